# SPDX-License-Identifier: EUPL-1.2
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from beproefd.ui.checks import style_sheets_exist
from tests.ui.page import Page

THEMES = ["ui/theme.css", "ui/theme-avond.css"]
# text or mark, background, and the least contrast of WCAG 2.2 (1.4.3 for text, 1.4.11 for what one must see to use it)
PAIRS = [
    *[(text, ground, 4.5) for text in ("ink", "ink-soft", "brand", "brand-strong") for ground in ("page", "surface")],
    *[(text, "surface-soft", 4.5) for text in ("ink", "ink-soft", "brand-strong")],
    *[("ink", f"{kind}-soft", 4.5) for kind in ("info", "ok", "warning", "error")],
    *[(kind, f"{kind}-soft", 4.5) for kind in ("info", "ok", "warning", "error")],
    ("error", "page", 4.5), ("error", "surface", 4.5), ("visited", "page", 4.5), ("visited", "surface", 4.5),
    ("on-brand", "brand", 4.5), ("on-brand", "brand-strong", 4.5), ("on-band", "band", 4.5), ("surface", "error", 4.5),
    *[(link, f"{kind}-soft", 4.5) for link in ("brand", "visited") for kind in ("info", "ok", "warning", "error")],
    ("control-line", "surface", 3), ("control-line", "page", 3), ("focus", "page", 3), ("focus", "surface", 3),
    ("focus", "focus-inverse", 3), ("accent", "band", 3), ("brand", "surface-soft", 3),
]  # fmt: skip
CHART_COLOURS = ["#0f8a80", "#7b8794"]


def source(path):
    return Path(finders.find(path)).read_text()


def palette(theme):
    def colours(path):
        return dict(re.findall(r"--beproefd-([a-z-]+): (#[0-9a-f]{6});", source(path)))

    return {**colours("ui/theme.css"), **colours(theme)}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_and_controls_have_enough_contrast(theme, text, ground, least):
    colours = palette(theme)
    assert contrast(colours[text], colours[ground]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colour", CHART_COLOURS)
def test_chart_colours_stand_out_on_each_theme(theme, colour):
    assert contrast(colour, palette(theme)["surface"]) >= 3


def test_the_second_theme_changes_colours_that_the_first_one_has():
    names = set(re.findall(r"--beproefd-[a-z-]+(?=:)", source("ui/theme-avond.css")))
    assert names <= set(re.findall(r"--beproefd-[a-z-]+(?=:)", source("ui/theme.css")))
    assert palette("ui/theme-avond.css")["page"] != palette("ui/theme.css")["page"]


@pytest.mark.parametrize("path", ["ui/theme.css", "ui/layout.css"])
def test_every_own_token_that_is_used_is_defined(path):
    defined = set(re.findall(r"(--beproefd-[a-z-]+):", source("ui/theme.css")))
    assert set(re.findall(r"var\((--beproefd-[a-z-]+)", source(path))) - defined == set()


@pytest.mark.parametrize("path", [*THEMES, "ui/layout.css"])
def test_no_style_sheet_fetches_from_elsewhere(path):
    assert re.findall(r"url\(['\"]?(?:https?:|//|data:)[^)]*", source(path)) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("address", ["/stijlgids/", "/bestaat-niet/"])
def test_the_setting_changes_the_theme_of_every_page(client, settings, theme, address):
    settings.THEME = theme
    page = Page(client.get(address).content.decode())
    sheets = [link["href"] for link in page.all("link", rel="stylesheet")]
    assert sheets == [f"/static/{theme}", "/static/ui/vendor/components.css", "/static/ui/layout.css"]


@pytest.mark.parametrize(("theme", "problems"), [*[(theme, []) for theme in THEMES], ("ui/nergens.css", ["ui.E001"])])
def test_a_theme_that_does_not_exist_stops_the_start(settings, theme, problems):
    settings.THEME = theme
    assert [problem.id for problem in style_sheets_exist()] == problems
