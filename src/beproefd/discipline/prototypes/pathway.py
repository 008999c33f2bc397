# SPDX-License-Identifier: EUPL-1.2
"""The paths as a picture: a row per screen, a bow for every way that someone went, and a bar per button. Only arithmetic."""

from dataclasses import dataclass

from .pictograms import PATHS
from .queries import Paths, Pressed

ROW = 64
TOP = 40
RIGHT = 232
WIDTH = 400
BOW = 34  # how far a bow stands out per row it crosses
FURTHEST = 200
THICKEST = 12
LONGEST_NAME = 22
BUTTON = 50  # height of a button with its bar
HEAD = 40
LONGEST_BAR = 270
NARROW = 330  # so that the words stay large on a phone


@dataclass(frozen=True)
class Node:
    """A screen, or the end: where it stands and what is written."""

    y: int
    name: str
    people: int
    bar: int


@dataclass(frozen=True)
class Bow:
    """A way that people went; backward is drawn flatter and with dashes."""

    line: str
    width: float
    backward: bool


@dataclass(frozen=True)
class Pathway:
    """The whole picture."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    bows: tuple[Bow, ...]


def pathway(paths: Paths) -> Pathway:
    """Rows in the order of the screens, the end below; a thicker bow is more people."""
    places = {line.screen.position: n for n, line in enumerate(paths.lines)}
    end = len(paths.lines)
    most = max([1, *(line.came for line in paths.lines)])
    nodes = [
        Node(_y(n), _short(line.screen.title), line.came, round(150 * line.came / most))
        for n, line in enumerate(paths.lines)
    ]
    ended = sum(way.people for way in paths.ways if way.to is None)
    nodes.append(Node(_y(end), "", ended, round(150 * min(ended, most) / most)))
    bows = []
    for way in paths.ways:
        start, to = places[way.start], end if way.to is None else places[way.to]
        backward = to < start
        out = RIGHT + min(FURTHEST, BOW * abs(to - start) * (1 if backward else 2))
        width = round(2 + (THICKEST - 2) * way.people / most, 1)
        y, z = _y(start), _y(to)
        bows.append(Bow(f"M{RIGHT} {y}C{out} {y} {out} {z} {RIGHT} {z}", width, backward))
    return Pathway(WIDTH, _y(end) + 30, tuple(nodes), tuple(bows))


@dataclass(frozen=True)
class Bar:
    """A button of a screen: where it stands, its small picture, and how long the bar is."""

    y: int
    button: Pressed
    line: str
    bar: int


@dataclass(frozen=True)
class Head:
    """The name of a screen above its buttons."""

    y: int
    name: str


@dataclass(frozen=True)
class Presses:
    """The whole picture of what was pressed."""

    width: int
    height: int
    heads: tuple[Head, ...]
    bars: tuple[Bar, ...]


def pressed(paths: Paths) -> Presses:
    """The screens under each other, each with its buttons; a longer bar is more people."""
    most = max([1, *(button.people for line in paths.lines for button in line.pressed)])
    y, heads, bars = 0, [], []
    for line in paths.lines:
        heads.append(Head(y + 24, f"{line.screen.position}. {line.screen.title}"))
        y += HEAD
        for button in line.pressed:
            bars.append(Bar(y, button, PATHS.get(button.pictogram, ""), round(LONGEST_BAR * button.people / most)))
            y += BUTTON
    return Presses(NARROW, y + 10, tuple(heads), tuple(bars))


def _y(row: int) -> int:
    return TOP + ROW * row


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
