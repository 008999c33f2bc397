# SPDX-License-Identifier: EUPL-1.2
"""From a Vega-Lite specification to a picture in the page, kept in the cache under a hash of that specification."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

DRAWING = 2  # part of the cache key: raise it when the drawing changes
SVG = "{http://www.w3.org/2000/svg}"
LOCALES = {"nl": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€ ", ""]}}

Row = tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """A picture and the same figures in words."""

    svg: SafeString
    caption: str
    columns: Row
    rows: tuple[Row, ...]


def drawn(spec: dict[str, Any], caption: str, columns: Row, rows: tuple[Row, ...]) -> Chart:
    """The chart, from the cache when it was drawn before."""
    language = (get_language() or "nl").split("-")[0]
    words = "; ".join(_sentence(columns, row) for row in rows)
    source = json.dumps([DRAWING, language, caption, words, spec], sort_keys=True)
    key = hashlib.sha256(source.encode()).hexdigest()
    svg = cache.get(f"ui.chart.{key}")
    if svg is None:
        svg = _inline(_draw(spec, language), caption, words, key[:12])
        cache.set(f"ui.chart.{key}", svg, timeout=24 * 3600)
    return Chart(svg=mark_safe(svg), caption=caption, columns=columns, rows=rows)


def in_language(chart: Chart, language: str) -> SafeString:
    """The picture with the names in it marked as words of another language than the page (WCAG 2.2, 3.1.2)."""
    root = ET.fromstring(chart.svg)  # noqa: S314 -- our own drawing, not something a user sent
    names = {row[0] for row in chart.rows}
    for element in root.iter(f"{SVG}text"):
        if "".join(element.itertext()).strip() in names:
            element.set("lang", language)
    ET.register_namespace("", SVG.strip("{}"))
    return mark_safe(ET.tostring(root, encoding="unicode"))


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
