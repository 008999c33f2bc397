# SPDX-License-Identifier: EUPL-1.2
"""Amounts per name, one under the other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .drawing import Chart, drawn
from .parts import DASH, INK, PLAIN, STRONG, amount_axis, labels, legend, own_line, spec_of, written


@dataclass(frozen=True)
class Interval:
    """One line of an interval chart: an estimate, how sure we are, and where wanted the median."""

    label: str
    point: float
    low: float
    high: float
    median: float | None = None
    highlight: bool = False


def interval_chart(
    items: Sequence[Interval],
    *,
    caption: str,
    axis: str,
    point: str = "",
    median: str = "",
    highlight: str = "",
    domain: tuple[float, float] | None = None,
    digits: int = 1,
) -> Chart:
    """Estimates with their uncertainty, one under the other in the order given; the highlighted ones stand out.

    `point`, `median` and `highlight` are the words for the legend and the table.
    """
    point, median, highlight = point or _("Average"), median or _("Median"), highlight or _("In the top")
    rest = _("Not in the top")
    numbered = list(enumerate(items))
    lines = [
        {"n": n, "label": i.label, "low": i.low, "high": i.high, "set": highlight if i.highlight else rest}
        for n, i in numbered
    ]
    marks = [{"n": n, "x": i.point, "kind": point, "set": highlight if i.highlight else rest} for n, i in numbered]
    marks += [
        {"n": n, "x": i.median, "kind": median, "set": highlight if i.highlight else rest}
        for n, i in numbered
        if i.median is not None
    ]
    title = f"{axis}\n{_('(the line shows where it probably lies)')}"
    colour = _colour([highlight, rest] if any(i.highlight for i in items) else [rest])
    kinds = [point, median] if any(i.median is not None for i in items) else [point]
    spec = spec_of(
        len(items),
        [
            labels(lines, bold=f"datum.set === {json.dumps(highlight)}"),
            {
                "data": {"values": lines},
                "mark": {"type": "rule", "strokeWidth": 5, "yOffset": 12, "strokeCap": "round"},
                "encoding": {
                    "y": own_line(),
                    "x": amount_axis("low", title, domain),
                    "x2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "data": {"values": marks},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 130, "yOffset": 12, "stroke": INK},
                "encoding": {
                    "y": own_line(),
                    "x": amount_axis("x", title, domain),
                    "color": colour,
                    "shape": {
                        "field": "kind",
                        "scale": {"domain": kinds, "range": ["circle", "diamond"][: len(kinds)]},
                        "legend": legend() if len(kinds) > 1 else None,
                    },
                },
            },
        ],
    )
    columns = (
        _("Name"),
        point,
        *([median] if len(kinds) > 1 else []),
        _("Lowest likely"),
        _("Highest likely"),
        _("Result"),
    )
    rows = tuple(
        (
            i.label,
            written(i.point, digits),
            *([written(i.median, digits)] if len(kinds) > 1 else []),
            written(i.low, digits),
            written(i.high, digits),
            highlight if i.highlight else rest,
        )
        for i in items
    )
    if not any(i.highlight for i in items):
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    return drawn(spec, caption, columns, rows)


def bars(
    items: Sequence[tuple[str, float]],
    *,
    caption: str,
    axis: str,
    domain: tuple[float, float] | None = None,
    digits: int = 0,
) -> Chart:
    """One amount per name, in the order given."""
    lines = [{"n": n, "label": label, "x": x, "text": written(x, digits)} for n, (label, x) in enumerate(items)]
    bar = {"type": "bar", "height": 16, "yOffset": 12, "color": STRONG}
    spec = spec_of(
        len(items),
        [
            labels(lines, suffix="': ' + datum.text"),
            {
                "data": {"values": lines},
                "mark": bar,
                "encoding": {"y": own_line(), "x": amount_axis("x", axis, domain, zero=True)},
            },
        ],
    )
    return drawn(spec, caption, (_("Name"), axis), tuple((label, written(x, digits)) for label, x in items))


def dots(
    items: Sequence[tuple[str, Sequence[float]]],
    *,
    caption: str,
    axis: str,
    domain: tuple[float, float] | None = None,
    digits: int = 1,
) -> Chart:
    """Every single value per name, so that spread and outliers can be seen."""
    lines = [{"n": n, "label": label} for n, (label, _values) in enumerate(items)]
    marks = [{"n": n, "x": x} for n, (_label, values) in enumerate(items) for x in values]
    spec = spec_of(
        len(items),
        [
            labels(lines),
            {
                "data": {"values": marks},
                "mark": {"type": "circle", "size": 130, "opacity": 0.6, "yOffset": 12, "color": STRONG, "stroke": INK},
                "encoding": {"y": own_line(), "x": amount_axis("x", axis, domain)},
            },
        ],
    )
    rows = tuple((label, " · ".join(written(x, digits) for x in sorted(values)) or DASH) for label, values in items)
    return drawn(spec, caption, (_("Name"), axis), rows)


def _colour(sets: list[str]) -> dict[str, Any]:
    two = len(sets) > 1
    scale = {"domain": sets, "range": [STRONG, PLAIN] if two else [STRONG]}
    return {"field": "set", "type": "nominal", "scale": scale, "legend": legend() if two else None}
