# SPDX-License-Identifier: EUPL-1.2
"""Charts as SVG in the page: no script, no inline style, readable on a phone and on a light or a dark theme.

A chart always carries its figures as a table as well; `{% figure chart %}` shows both. The pictures are drawn on the
server from a Vega-Lite specification.
"""

from .amounts import Interval, bars, dots, interval_chart
from .drawing import Chart, in_language
from .maps import Placed, Spot, placed, scatter
from .over_time import Stretch, timeline, trend

__all__ = [
    "Chart",
    "Interval",
    "Placed",
    "Spot",
    "Stretch",
    "bars",
    "dots",
    "in_language",
    "interval_chart",
    "placed",
    "scatter",
    "timeline",
    "trend",
]
