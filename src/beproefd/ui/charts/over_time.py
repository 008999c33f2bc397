# SPDX-License-Identifier: EUPL-1.2
"""What lasts, and what changes, over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .drawing import Chart, drawn
from .parts import INK, PLAIN, STRONG, WIDTH, labels, own_line, spec_of, written


@dataclass(frozen=True)
class Stretch:
    """A stretch of days with a name, its kind, and what it is about (for the table)."""

    label: str
    first: date
    last: date
    kind: str
    text: str


def timeline(stretches: Sequence[Stretch], *, caption: str, kinds: Sequence[str], today: date | None = None) -> Chart:
    """Stretches of days one under the other; the look of a bar tells its kind, and a line shows today."""
    shown = [kind for kind in kinds if any(stretch.kind == kind for stretch in stretches)]
    looks = {
        kind: (STRONG, 1.0) if n == 0 else (STRONG, 0.45) if n == 1 else (PLAIN, 0.45) for n, kind in enumerate(kinds)
    }
    lines = [
        {
            "n": n,
            "label": f"{s.label}: {s.kind}",
            "from": s.first.isoformat(),
            "until": (s.last + timedelta(days=1)).isoformat(),
            "set": s.kind,
        }
        for n, s in enumerate(stretches)
    ]
    axis = {"format": "%-d-%-m", "title": None, "labelOverlap": True, "tickCount": 6}
    across: dict[str, Any] = {"field": "from", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}
    colour = {"domain": shown, "range": [looks[kind][0] for kind in shown]}
    opacity = {"domain": shown, "range": [looks[kind][1] for kind in shown]}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": lines},
            "mark": {"type": "bar", "height": 16, "yOffset": 12, "stroke": INK},
            "encoding": {
                "y": own_line(),
                "x": across,
                "x2": {"field": "until"},
                "color": {"field": "set", "type": "nominal", "scale": colour, "legend": None},
                "fillOpacity": {"field": "set", "type": "nominal", "scale": opacity, "legend": None},
            },
        },
        labels(lines),
    ]
    if today and stretches and stretches[0].first <= today <= stretches[-1].last:
        mark = [{"at": today.isoformat(), "word": _("today")}]
        place = {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}
        rule = {"type": "rule", "color": INK, "strokeWidth": 2, "strokeDash": [6, 4]}
        word = {"type": "text", "y": -8, "align": "center", "color": INK}  # above the bars
        layers += [
            {"data": {"values": mark}, "mark": rule, "encoding": {"x": place}},
            {"data": {"values": mark}, "mark": word, "encoding": {"x": place, "text": {"field": "word"}}},
        ]
    rows = tuple(
        (s.label, date_format(s.first, "SHORT_DATE_FORMAT"), date_format(s.last, "SHORT_DATE_FORMAT"), s.kind, s.text)
        for s in stretches
    )
    return drawn(
        spec_of(len(lines), layers), caption, (_("Name"), _("First day"), _("Last day"), _("Status"), _("What")), rows
    )


def trend(
    points: Sequence[tuple[str, float | None]],
    *,
    caption: str,
    axis: str,
    domain: tuple[float, float],
    level: float | None = None,
    level_name: str = "",
    digits: int = 1,
) -> Chart:
    """One amount over time, in the order given; a dashed line shows the level it is compared with. None is a gap."""
    order = [label for label, _value in points]
    values = [{"when": label, "x": value} for label, value in points if value is not None]
    across = {
        "field": "when",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": order},
        "axis": {"labelAngle": 0, "labelOverlap": True, "grid": False},
    }
    up = {"field": "x", "type": "quantitative", "title": None, "scale": {"domain": list(domain)}}
    line = {"type": "line", "color": STRONG, "strokeWidth": 3, "point": {"size": 130, "color": STRONG, "stroke": INK}}
    layers: list[dict[str, Any]] = [
        {"data": {"values": values}, "mark": line, "encoding": {"x": across, "y": up}},
    ]
    if level is not None:
        here = [{"x": level, "word": f"- - - {level_name} {written(level, digits)}"}]
        rule = {"type": "rule", "color": INK, "strokeWidth": 2, "strokeDash": [6, 4]}
        word = {"type": "text", "align": "left", "x": 0, "y": -10, "color": INK}  # above the plot, clear of the line
        layers += [
            {"data": {"values": here}, "mark": rule, "encoding": {"y": up}},
            {"data": {"values": here}, "mark": word, "encoding": {"text": {"field": "word"}}},
        ]
    rows = tuple((label, written(value, digits)) for label, value in points)
    return drawn(spec_of(1, layers) | {"width": WIDTH - 40, "height": WIDTH * 0.55}, caption, (_("Week"), axis), rows)
