# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.template import Context, Template
from django.utils.translation import override

from tests.ui.page import Page

TABLE = """{% wide_table "Scores" %}<table><thead><tr><th scope="col">Idea</th><th scope="col" class="number"><em>Score</em>
of 5</th><th></th></tr></thead><tbody>{% for name in names %}<tr class="x"><th scope="row">{{ name }}</th>
<td class="number">4</td><td><a href="/">Open</a></td></tr>{% endfor %}</tbody></table>{% endwide_table %}"""


def render(source, **context):
    with override("en"):
        return Template(source).render(Context(context))


def test_each_part_of_a_table_says_its_role_and_each_cell_its_column():
    page = Page(render(TABLE, names=["Bicycle"]))
    found = [(tag, a["role"], a.get("data-column")) for tag, a in page.elements if tag.startswith("t")]
    assert found == [
        ("table", "table", None),
        ("thead", "rowgroup", None),
        ("tr", "row", None),
        ("th", "columnheader", None),
        ("th", "columnheader", None),
        ("th", "columnheader", None),
        ("tbody", "rowgroup", None),
        ("tr", "row", None),
        ("th", "rowheader", "Idea"),
        ("td", "cell", "Score of 5"),
        ("td", "cell", ""),
    ]


def test_what_a_template_gave_a_cell_stays():
    page = Page(render(TABLE, names=["Bicycle"]))
    assert (page.all("td")[0]["class"], page.all("tr")[1]["class"], page.all("a")[0]["href"]) == ("number", "x", "/")


def test_a_name_that_a_person_typed_stays_text_in_a_cell_and_above_it():
    html = render(
        '{% wide_table "x" %}<table><thead><tr><th>{{ bad }}</th></tr></thead><tr><td>{{ bad }}</td></tr></table>'
        "{% endwide_table %}",
        bad='<td onclick="x">"&',
    )
    page = Page(html)
    assert (len(page.all("td")), page.inline_code) == (1, [])
    assert page.text.count('<td onclick="x">"&') == 2


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>No head</td></tr></table>",
        '<table><thead><tr><th colspan="2">Two</th></tr></thead><tr><td>1</td><td>2</td></tr></table>',
        "<table><thead><tr><th>A</th></tr><tr><th>B</th></tr></thead><tr><td>1</td></tr></table>",
    ],
)
def test_a_table_that_cannot_be_cards_slides_and_says_so(table):
    html = render('{% wide_table "x" %}' + table + "{% endwide_table %}")
    assert (table in html, "slide-hint" in html, "wide-table--cards" in html) == (True, True, False)


def test_a_table_of_cards_needs_no_sliding():
    html = render(TABLE, names=["Bicycle"])
    assert ("slide-hint" in html, "wide-table--cards" in html) == (False, True)
