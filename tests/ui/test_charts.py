# SPDX-License-Identifier: EUPL-1.2
from datetime import date
from xml.etree import ElementTree as ET

import pytest
import vl_convert
from django.core.cache import cache
from django.template import Context, Template
from django.utils.translation import override

from beproefd.ui.charts import Interval, Stretch, bars, dots, interval_chart, timeline, trend
from tests.ui.page import Page

IDEAS = [
    Interval("Tools", 7.84, 7.1, 8.5, median=8, highlight=True),
    Interval("Kitchen", 6.1, 5, 7.25, median=6.5),
]
CYCLES = [
    Stretch("Cycle 1", date(2026, 3, 2), date(2026, 3, 15), "closed", "Do people dare?"),
    Stretch("Cycle 2", date(2026, 3, 16), date(2026, 3, 29), "now", ""),
]
ALL = {
    "timeline": lambda: timeline(CYCLES, caption="Cycles", kinds=["closed", "now", "later"], today=date(2026, 3, 17)),
    "trend": lambda: trend([("2 Mar", 8), ("9 Mar", None)], caption="Hours", axis="Hours", domain=(0, 40), level=16),
    "interval": lambda: interval_chart(IDEAS, caption="Scores", axis="Score", domain=(0, 10)),
    "bars": lambda: bars([("Tools", 3), ("Kitchen", 1250.5)], caption="Counts", axis="Count", digits=1),
    "dots": lambda: dots([("Tools", [7, 8.5]), ("Kitchen", [])], caption="Spread", axis="Score"),
}


def read(svg):
    return ET.fromstring(svg)  # noqa: S314 -- our own drawing


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.mark.parametrize("kind", ALL)
def test_a_chart_fits_a_page_with_a_strict_policy(kind):
    svg = ALL[kind]().svg
    assert Page(svg).inline_code == []
    assert "url(" not in svg
    assert "style" not in svg


@pytest.mark.parametrize("kind", ALL)
def test_a_chart_is_one_image_with_a_title_and_a_description(kind):
    chart = ALL[kind]()
    root = read(chart.svg)
    assert root.get("role") == "img"
    title, description = list(root)[:2]
    assert title.text == chart.caption
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert all(row[0] in description.text for row in chart.rows)


@pytest.mark.parametrize("kind", ALL)
def test_a_chart_scales_with_the_page(kind):
    root = read(ALL[kind]().svg)
    assert (root.get("width"), root.get("height")) == (None, None)
    width = float(root.get("viewBox").split()[2])
    assert width < 450  # so that text of 17 units stays 12 pixels or more on a phone of 360 pixels


def test_the_table_holds_the_figures_of_the_picture():
    with override("nl"):
        chart = ALL["interval"]()
    assert [row[:5] for row in chart.rows] == [
        ("Tools", "7,8", "8,0", "7,1", "8,5"),
        ("Kitchen", "6,1", "6,5", "5,0", "7,2"),
    ]
    assert all(len(row) == len(chart.columns) for row in chart.rows)


def test_figures_are_written_in_the_language_of_the_reader():
    with override("nl"):
        dutch = ALL["bars"]()
    with override("en"):
        english = ALL["bars"]()
    assert (dutch.rows[1][1], english.rows[1][1]) == ("1250,5", "1250.5")
    assert "1250,5" in dutch.svg
    assert "1250.5" in english.svg


def test_a_chart_without_medians_or_winners_leaves_them_out():
    chart = interval_chart([Interval("Tools", 7, 6, 8)], caption="Scores", axis="Score")
    assert len(chart.columns) == 4
    assert chart.rows == (("Tools", "7,0", "6,0", "8,0"),)


def test_the_same_chart_is_drawn_once(monkeypatch):
    drawn = []
    draw = vl_convert.vegalite_to_svg
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *a, **k: drawn.append(1) or draw(*a, **k))
    assert ALL["dots"]() == ALL["dots"]()
    assert len(drawn) == 1
    dots([("Tools", [7, 9])], caption="Spread", axis="Score")
    assert len(drawn) == 2


@pytest.mark.parametrize(
    "make", [lambda x: bars([(x, 1)], caption=x, axis=x), lambda x: dots([(x, [1])], caption=x, axis=x)]
)
def test_a_name_that_holds_code_is_drawn_as_text(make):
    chart = make("<script>alert('1')</script>' + \"")
    assert Page(chart.svg).all("script") == []
    assert chart.rows[0][0].startswith("<script>")
    html = Template("{% figure chart %}").render(Context({"chart": chart}))
    assert "<script" not in html


def test_two_ideas_with_the_same_name_each_have_their_line():
    chart = bars([("Tools", 1), ("Tools", 2)], caption="Counts", axis="Count")
    assert chart.svg.count("Tools: 1<") == 1
    assert chart.svg.count("Tools: 2<") == 1


@pytest.mark.parametrize("make", [interval_chart, bars, dots])
def test_a_chart_of_nothing_is_an_empty_picture(make):
    chart = make([], caption="Nothing yet", axis="Score")
    assert chart.rows == ()
    assert read(chart.svg).get("role") == "img"


def test_the_figure_tag_shows_picture_and_table():
    html = Template("{% figure chart %}").render(Context({"chart": ALL["bars"]()}))
    page = Page(html)
    assert len(page.all("svg", role="img")) == 1
    assert len(page.all("th", scope="row")) == 2


def test_a_timeline_names_today_only_when_it_lies_in_the_picture():
    there = timeline(CYCLES, caption="Cycles", kinds=["closed", "now"], today=date(2026, 3, 29))
    after = timeline(CYCLES, caption="Cycles", kinds=["closed", "now"], today=date(2026, 3, 30))
    assert ("vandaag" in there.svg, "vandaag" in after.svg) == (True, False)
    assert [row[0] for row in there.rows] == ["Cycle 1", "Cycle 2"]


def test_a_week_without_an_answer_is_a_gap_and_not_a_zero():
    assert ALL["trend"]().rows == (("2 Mar", "8,0"), ("9 Mar", "–"))


def test_names_that_people_wrote_are_marked_in_the_picture_and_the_table_on_a_page_in_another_language():
    template = Template("{% load ui %}{% figure chart written=True %}")
    other = Template("{% load ui %}{% figure chart own_words=1 %}")
    for language, marked in (("en", True), ("nl", False)):
        with override(language):
            chart = ALL["interval"]()
            page = Page(template.render(Context({"chart": chart})))
            assert len(page.all("text", lang="nl")) == (len(IDEAS) if marked else 0)
            assert len(page.all("th", lang="nl")) == (len(IDEAS) if marked else 0)
            page = Page(other.render(Context({"chart": chart})))
            assert (len(page.all("text", lang="nl")), len(page.all("td", lang="nl"))) == (
                0,
                len(IDEAS) if marked else 0,
            )
