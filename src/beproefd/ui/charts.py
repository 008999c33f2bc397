# SPDX-License-Identifier: EUPL-1.2
"""Charts as SVG in the page: no script, no inline style, readable on a phone and on a light or a dark theme.

A chart always carries its figures as a table as well; `{% figure chart %}` shows both. The pictures are drawn on the
server from a Vega-Lite specification and kept in the cache under a hash of that specification.
"""

import hashlib
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from django.core.cache import cache
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DRAWING = 2  # part of the cache key: raise it when the drawing changes
WIDTH = 400  # units; a phone shows about 0.8 pixel for each, so 17 units of text stay readable
TEXT = 17
LINE = 44  # characters of that text on one line
INK = "currentColor"  # follows the theme
STRONG = "#0f8a80"  # these two stand at 3:1 or more on white and on the dark surface of the evening theme
PLAIN = "#7b8794"
SVG = "{http://www.w3.org/2000/svg}"
LOCALES = {"nl": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€ ", ""]}}
DASH = "–"

Row = tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """A picture and the same figures in words."""

    svg: SafeString
    caption: str
    columns: Row
    rows: tuple[Row, ...]


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
    spec = _spec(
        len(items),
        [
            _labels(lines, bold=f"datum.set === {json.dumps(highlight)}"),
            {
                "data": {"values": lines},
                "mark": {"type": "rule", "strokeWidth": 5, "yOffset": 12, "strokeCap": "round"},
                "encoding": {"y": _line(), "x": _x("low", title, domain), "x2": {"field": "high"}, "color": colour},
            },
            {
                "data": {"values": marks},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 130, "yOffset": 12, "stroke": INK},
                "encoding": {
                    "y": _line(),
                    "x": _x("x", title, domain),
                    "color": colour,
                    "shape": {
                        "field": "kind",
                        "scale": {"domain": kinds, "range": ["circle", "diamond"][: len(kinds)]},
                        "legend": _legend() if len(kinds) > 1 else None,
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
            _write(i.point, digits),
            *([_write(i.median, digits)] if len(kinds) > 1 else []),
            _write(i.low, digits),
            _write(i.high, digits),
            highlight if i.highlight else rest,
        )
        for i in items
    )
    if not any(i.highlight for i in items):
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    return _chart(spec, caption, columns, rows)


def bars(
    items: Sequence[tuple[str, float]],
    *,
    caption: str,
    axis: str,
    domain: tuple[float, float] | None = None,
    digits: int = 0,
) -> Chart:
    """One amount per name, in the order given."""
    lines = [{"n": n, "label": label, "x": x, "text": _write(x, digits)} for n, (label, x) in enumerate(items)]
    bar = {"type": "bar", "height": 16, "yOffset": 12, "color": STRONG}
    spec = _spec(
        len(items),
        [
            _labels(lines, suffix="': ' + datum.text"),
            {"data": {"values": lines}, "mark": bar, "encoding": {"y": _line(), "x": _x("x", axis, domain, zero=True)}},
        ],
    )
    return _chart(spec, caption, (_("Name"), axis), tuple((label, _write(x, digits)) for label, x in items))


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
    spec = _spec(
        len(items),
        [
            _labels(lines),
            {
                "data": {"values": marks},
                "mark": {"type": "circle", "size": 130, "opacity": 0.6, "yOffset": 12, "color": STRONG, "stroke": INK},
                "encoding": {"y": _line(), "x": _x("x", axis, domain)},
            },
        ],
    )
    rows = tuple((label, " · ".join(_write(x, digits) for x in sorted(values)) or DASH) for label, values in items)
    return _chart(spec, caption, (_("Name"), axis), rows)


@dataclass(frozen=True)
class Spot:
    """One spot on a map: a short name, its place, its kind, and what it is in a sentence (for the table)."""

    label: str
    x: float
    y: float
    kind: str
    text: str


SHAPES = ("circle", "triangle-up", "square", "diamond")


def scatter(
    spots: Sequence[Spot],
    *,
    caption: str,
    across: str,
    up: str,
    across_ends: tuple[float, float],
    up_ends: tuple[float, float],
    kinds: Sequence[str],
) -> Chart:
    """A map of named spots; the shape tells the kind. Spots on the same place share one mark with all their names."""
    together: dict[tuple[float, float, str], list[str]] = {}
    for spot in spots:
        together.setdefault((round(spot.x, 2), round(spot.y, 2), spot.kind), []).append(spot.label)
    marks = [{"x": x, "y": y, "kind": kind, "names": ", ".join(names)} for (x, y, kind), names in together.items()]
    shown = [kind for kind in kinds if any(mark["kind"] == kind for mark in marks)]
    room = {"across": 0.08 * (across_ends[1] - across_ends[0]), "up": 0.12 * (up_ends[1] - up_ends[0])}
    places = {
        "x": _axis("x", across, (across_ends[0] - room["across"], across_ends[1] + room["across"])),
        "y": _axis("y", up, (up_ends[0] - room["up"], up_ends[1] + room["up"])),
    }
    shape = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": shown, "range": list(SHAPES[: len(shown)])},
        "legend": _legend(),
    }
    layers = [
        {
            "data": {"values": marks},
            "mark": {"type": "point", "filled": True, "opacity": 0.9, "size": 220, "color": STRONG, "stroke": INK},
            "encoding": {**places, "shape": shape},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "text", "dy": -17, "color": INK, "fontWeight": 700, "fontSize": TEXT},
            "encoding": {**places, "text": {"field": "names"}},
        },
    ]
    spec = _spec(1, layers) | {"height": WIDTH * 0.8}
    rows = tuple((spot.label, spot.text, _write(spot.y, 0), f"{_write(100 * spot.x, 0)}%", spot.kind) for spot in spots)
    return _chart(spec, caption, (_("Name"), _("What"), up, across, _("Status")), rows)


def _axis(field: str, title: str, domain: tuple[float, float]) -> dict[str, Any]:
    lines = [line for part in title.splitlines() for line in textwrap.wrap(part, LINE)]
    axis = {"labels": False, "ticks": False, "grid": False}
    return {"field": field, "type": "quantitative", "title": lines, "scale": {"domain": list(domain)}, "axis": axis}


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
                "y": _line(),
                "x": across,
                "x2": {"field": "until"},
                "color": {"field": "set", "type": "nominal", "scale": colour, "legend": None},
                "fillOpacity": {"field": "set", "type": "nominal", "scale": opacity, "legend": None},
            },
        },
        _labels(lines),
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
    return _chart(
        _spec(len(lines), layers), caption, (_("Name"), _("First day"), _("Last day"), _("Status"), _("What")), rows
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
        here = [{"x": level, "word": f"- - - {level_name} {_write(level, digits)}"}]
        rule = {"type": "rule", "color": INK, "strokeWidth": 2, "strokeDash": [6, 4]}
        word = {"type": "text", "align": "left", "x": 0, "y": -10, "color": INK}  # above the plot, clear of the line
        layers += [
            {"data": {"values": here}, "mark": rule, "encoding": {"y": up}},
            {"data": {"values": here}, "mark": word, "encoding": {"text": {"field": "word"}}},
        ]
    rows = tuple((label, _write(value, digits)) for label, value in points)
    return _chart(_spec(1, layers) | {"width": WIDTH - 40, "height": WIDTH * 0.55}, caption, (_("Week"), axis), rows)


def _write(value: float | None, digits: int) -> str:
    return DASH if value is None else number_format(round(value, digits), decimal_pos=digits)


def _line() -> dict[str, Any]:
    """Each item has a line of its own: the name above, the marks under it, so that long names fit on a phone."""
    return {"field": "n", "type": "ordinal", "axis": None, "scale": {"type": "band", "padding": 0}}


def _x(field: str, title: str, domain: tuple[float, float] | None, *, zero: bool = False) -> dict[str, Any]:
    scale = {"domain": list(domain)} if domain else {"zero": zero, "nice": True}
    lines = [line for part in title.splitlines() for line in textwrap.wrap(part, LINE)]
    return {"field": field, "type": "quantitative", "title": lines, "scale": scale}


def _colour(sets: list[str]) -> dict[str, Any]:
    two = len(sets) > 1
    scale = {"domain": sets, "range": [STRONG, PLAIN] if two else [STRONG]}
    return {"field": "set", "type": "nominal", "scale": scale, "legend": _legend() if two else None}


def _legend() -> dict[str, Any]:
    return {"orient": "top", "title": None, "symbolFillColor": INK, "symbolType": "square", "columns": 1}


def _labels(lines: list[dict[str, Any]], *, bold: str = "false", suffix: str = "''") -> dict[str, Any]:
    return {
        "data": {"values": lines},
        "transform": [{"calculate": f"datum.label + {suffix}", "as": "shown"}],
        "mark": {"type": "text", "align": "left", "x": 0, "yOffset": -9, "limit": WIDTH, "color": INK},
        "encoding": {
            "y": _line(),
            "text": {"field": "shown"},
            "fontWeight": {"condition": {"test": bold, "value": 700}, "value": 400},
        },
    }


def _spec(count: int, layers: list[dict[str, Any]]) -> dict[str, Any]:
    text = {"labelFontSize": TEXT, "titleFontSize": TEXT, "labelColor": INK, "titleColor": INK}
    axis = {"gridColor": INK, "gridOpacity": 0.15, "domainColor": INK, "tickColor": INK, "tickCount": 5, **text}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "height": {"step": 56} if count else 56,
        "padding": 12,
        "background": None,
        "layer": layers,
        "config": {
            "font": "inherit",
            "text": {"fontSize": TEXT},
            "view": {"stroke": None},
            "axis": {**axis, "titleFontWeight": 400, "titlePadding": 10},
            "legend": {**text, "symbolSize": 130, "labelLimit": WIDTH},
        },
    }


def _chart(spec: dict[str, Any], caption: str, columns: Row, rows: tuple[Row, ...]) -> Chart:
    language = (get_language() or "nl").split("-")[0]
    words = "; ".join(_sentence(columns, row) for row in rows)
    source = json.dumps([DRAWING, language, caption, words, spec], sort_keys=True)
    key = hashlib.sha256(source.encode()).hexdigest()
    svg = cache.get(f"ui.chart.{key}")
    if svg is None:
        svg = _inline(_draw(spec, language), caption, words, key[:12])
        cache.set(f"ui.chart.{key}", svg, timeout=24 * 3600)
    return Chart(svg=mark_safe(svg), caption=caption, columns=columns, rows=rows)


def _sentence(columns: Row, row: Row) -> str:
    facts = (f"{name} {cell}".strip() for name, cell in zip(columns[1:], row[1:], strict=True) if cell)
    return f"{row[0]}: {', '.join(facts)}"


def _draw(spec: dict[str, Any], language: str) -> str:
    import vl_convert  # noqa: PLC0415 -- slow import, only when a chart is not in the cache

    return vl_convert.vegalite_to_svg(spec, vl_version="6.4", format_locale=LOCALES.get(language), allowed_base_urls=[])


def _inline(svg: str, title: str, description: str, key: str) -> str:
    """Make the picture fit for a page with a strict Content-Security-Policy and for a screen reader.

    Styles become presentation attributes, the whole is one image with a title and a description, and it scales.
    """
    root = ET.fromstring(svg)  # noqa: S314 -- our own drawing, not something a user sent
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{SVG}style", f"{SVG}script"}:
                parent.remove(child)
    for element in root.iter():
        for declaration in filter(None, element.attrib.pop("style", "").split(";")):
            name, _colon, value = declaration.partition(":")
            element.set(name.strip(), value.strip())
        for name in [n for n in element.attrib if n in {"role", "class"} or n.startswith("aria-")]:
            del element.attrib[name]
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"chart-{key}-title chart-{key}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{SVG}{tag}", {"id": f"chart-{key}-{tag}"})
        element.text = text
        root.insert(place, element)
    ET.register_namespace("", SVG.strip("{}"))
    return ET.tostring(root, encoding="unicode")


@dataclass(frozen=True)
class Placed:
    """Something at a stage (0 is the first), as far along the axis as `x` says."""

    label: str
    stage: int
    x: float


LANE = 27  # units between marks that would cover each other
MOST_LANES = 6
NAMED = 12  # up to so many marks have their name beside them
NAME = 20  # characters of it
LETTER = 9.5  # units for one of them


def placed(
    items: Sequence[Placed], *, stages: Sequence[str], caption: str, axis: str, name: str, stage: str, digits: int = 1
) -> Chart:
    """Numbered marks per stage, the last stage on top; what would overlap goes lower. The table says which number is what.

    A few marks carry their names as well, to the side where there is room.
    """
    far = max([item.x for item in items] + [1.0])
    taken: dict[int, list[list[tuple[float, float]]]] = {}
    marks = []
    for number, item in sorted(enumerate(items, start=1), key=lambda pair: pair[1].x):
        at = item.x / far * WIDTH
        label = textwrap.shorten(item.label, NAME, placeholder="…") if len(items) <= NAMED else ""
        side, long = ("right" if at > WIDTH / 2 else "left"), len(label) * LETTER
        start = at - LANE / 2 - (long if side == "right" else 0)
        lane = _free_lane(taken.setdefault(item.stage, []), (start, start + LANE + long))
        mark = {"n": len(stages) - 1 - item.stage, "x": item.x, "number": str(number), "name": label, "side": side}
        marks.append((lane, mark))
    depth = max((lane for lane, _mark in marks), default=0)
    lift = -(depth * LANE) / 2
    lines = [{"n": n, "label": label} for n, label in enumerate(reversed(stages))]
    layers: list[dict[str, Any]] = [_labels(lines)]
    layers[0]["mark"]["yOffset"] = lift - 11
    for lane in range(depth + 1):
        here = {"values": [mark for at, mark in marks if at == lane]}
        across = _x("x", axis, (-far * 0.04, far * 1.04))
        drop = lift + 12 + lane * LANE
        circle = {"type": "circle", "size": 520, "opacity": 1, "color": STRONG, "stroke": INK, "yOffset": drop}
        words = {"type": "text", "color": "#ffffff", "fontWeight": 700, "fontSize": TEXT - 3, "yOffset": drop}
        layers.append({"data": here, "mark": circle, "encoding": {"y": _line(), "x": across}})
        layers.append(
            {"data": here, "mark": words, "encoding": {"y": _line(), "x": across, "text": {"field": "number"}}}
        )
        for side, away in (("left", 16), ("right", -16)):
            beside = {"type": "text", "align": side, "dx": away, "color": INK, "fontSize": TEXT - 1, "yOffset": drop}
            there = {"values": [mark for mark in here["values"] if mark["side"] == side]}
            layers.append(
                {"data": there, "mark": beside, "encoding": {"y": _line(), "x": across, "text": {"field": "name"}}}
            )
    spec = _spec(len(stages), layers) | {"height": {"step": 58 + depth * LANE}}
    rows = tuple(
        (f"{number}. {item.label}", stages[item.stage], _write(item.x, digits))
        for number, item in enumerate(items, start=1)
    )
    return _chart(spec, caption, (name, stage, axis), rows)


def _free_lane(lanes: list[list[tuple[float, float]]], span: tuple[float, float]) -> int:
    """The first lane in which nothing lies on this stretch, and take it; when all are full, share one."""
    start, end = span
    for number, lane in enumerate(lanes):
        if all(end <= other[0] or start >= other[1] for other in lane):
            lane.append(span)
            return number
    if len(lanes) < MOST_LANES:
        lanes.append([span])
        return len(lanes) - 1
    return sum(map(len, lanes)) % MOST_LANES
