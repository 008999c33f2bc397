# SPDX-License-Identifier: EUPL-1.2
"""Maps: names at a place on two axes, or at a stage along one."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .drawing import Chart, drawn
from .parts import INK, STRONG, TEXT, WIDTH, amount_axis, labels, legend, own_line, spec_of, written


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
        "legend": legend(),
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
    spec = spec_of(1, layers) | {"height": WIDTH * 0.8}
    rows = tuple(
        (spot.label, spot.text, written(spot.y, 0), f"{written(100 * spot.x, 0)}%", spot.kind) for spot in spots
    )
    return drawn(spec, caption, (_("Name"), _("What"), up, across, _("Status")), rows)


def _axis(field: str, title: str, domain: tuple[float, float]) -> dict[str, Any]:
    """Without numbers: what counts is who stands beside whom."""
    plain = {"labels": False, "ticks": False, "grid": False}
    return amount_axis(field, title, domain) | {"axis": plain}


@dataclass(frozen=True)
class Placed:
    """Something at a stage (0 is the first), as far along the axis as `x` says."""

    label: str
    stage: int
    x: float


LANE = 27  # units between marks that would cover each other
MOST_LANES = 6
NAMED = 12  # up to so many marks have their name beside them
NAME = 28  # characters of it
LETTER = 10.5  # units for one of them


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
    step = 58 + depth * LANE
    under = {
        "type": "rule",
        "color": INK,
        "opacity": 0.3,
        "yOffset": step / 2,
    }  # a line under each stage: a mark stands in one of them
    layers: list[dict[str, Any]] = [labels(lines)]
    layers[0]["mark"]["yOffset"] = lift - 11
    layers.append({"data": {"values": lines}, "mark": under, "encoding": {"y": own_line()}})
    for lane in range(depth + 1):
        here = {"values": [mark for at, mark in marks if at == lane]}
        across = amount_axis("x", axis, (-far * 0.04, far * 1.04))
        drop = lift + 12 + lane * LANE
        circle = {"type": "circle", "size": 520, "opacity": 1, "color": STRONG, "stroke": INK, "yOffset": drop}
        words = {"type": "text", "color": "#ffffff", "fontWeight": 700, "fontSize": TEXT - 3, "yOffset": drop}
        layers.append({"data": here, "mark": circle, "encoding": {"y": own_line(), "x": across}})
        layers.append(
            {"data": here, "mark": words, "encoding": {"y": own_line(), "x": across, "text": {"field": "number"}}}
        )
        for side, away in (("left", 16), ("right", -16)):
            beside = {"type": "text", "align": side, "dx": away, "color": INK, "fontSize": TEXT - 1, "yOffset": drop}
            there = {"values": [mark for mark in here["values"] if mark["side"] == side]}
            layers.append(
                {"data": there, "mark": beside, "encoding": {"y": own_line(), "x": across, "text": {"field": "name"}}}
            )
    spec = spec_of(len(stages), layers) | {"height": {"step": step}}
    rows = tuple(
        (f"{number}. {item.label}", stages[item.stage], written(item.x, digits))
        for number, item in enumerate(items, start=1)
    )
    return drawn(spec, caption, (name, stage, axis), rows)


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
