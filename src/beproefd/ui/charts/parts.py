# SPDX-License-Identifier: EUPL-1.2
"""What the charts are made of: sizes, colours, axes, and a line of its own for each name."""

import textwrap
from typing import Any

from django.utils.formats import number_format

WIDTH = 400  # units; a phone shows about 0.8 pixel for each, so 17 units of text stay readable
TEXT = 17
LINE = 44  # characters of that text on one line
INK = "currentColor"  # follows the theme
STRONG = "#0f8a80"  # these two stand at 3:1 or more on white and on the dark surface of the evening theme
PLAIN = "#7b8794"
DASH = "–"


def written(value: float | None, digits: int) -> str:
    """The number in the language of the reader."""
    return DASH if value is None else number_format(round(value, digits), decimal_pos=digits)


def own_line() -> dict[str, Any]:
    """Each item has a line of its own: the name above, the marks under it, so that long names fit on a phone."""
    return {"field": "n", "type": "ordinal", "axis": None, "scale": {"type": "band", "padding": 0}}


def amount_axis(field: str, title: str, domain: tuple[float, float] | None, *, zero: bool = False) -> dict[str, Any]:
    """An axis of amounts, its title in lines that fit a phone."""
    scale = {"domain": list(domain)} if domain else {"zero": zero, "nice": True}
    lines = [line for part in title.splitlines() for line in textwrap.wrap(part, LINE)]
    return {"field": field, "type": "quantitative", "title": lines, "scale": scale}


def legend() -> dict[str, Any]:
    """What the colours or shapes mean, above the picture."""
    return {"orient": "top", "title": None, "symbolFillColor": INK, "symbolType": "square", "columns": 1}


def labels(lines: list[dict[str, Any]], *, bold: str = "false", suffix: str = "''") -> dict[str, Any]:
    """The name of each item on its line; `bold` and `suffix` are Vega expressions about one of them."""
    return {
        "data": {"values": lines},
        "transform": [{"calculate": f"datum.label + {suffix}", "as": "shown"}],
        "mark": {"type": "text", "align": "left", "x": 0, "yOffset": -9, "limit": WIDTH, "color": INK},
        "encoding": {
            "y": own_line(),
            "text": {"field": "shown"},
            "fontWeight": {"condition": {"test": bold, "value": 700}, "value": 400},
        },
    }


def spec_of(count: int, layers: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole specification of a chart with so many lines."""
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
