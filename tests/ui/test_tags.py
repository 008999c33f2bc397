# SPDX-License-Identifier: EUPL-1.2
import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from tests.ui.page import Page

HOSTILE = "<script>alert(1)</script>"


def render(source, language="nl", **context):
    with override(language):
        return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "language", "text"),
    [
        ("{% score 7.25 %}", "nl", "7,2"),
        ("{{ 7.26|score }}", "nl", "7,3"),
        ("{{ 7.26|score }}", "en", "7.3"),
        ("{{ 7|score:2 }}", "nl", "7,00"),
        ("{{ 0.725|percentage }}", "nl", "72%"),
        ("{{ 0.725|percentage:1 }}", "nl", "72,5%"),
        ("{% percentage 0.725 1 %}", "en", "72.5%"),
        ("{{ nothing|score }}", "nl", "–"),
        ("{{ nan|percentage }}", "nl", "–"),
        ("{{ zero|percentage }}", "nl", "0%"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(source, language, text):
    assert render(source, language, nothing=None, nan=float("nan"), zero=0) == text


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["An"], "An"), (["An", "Bo"], "An and Bo"), (["An", "Bo", "Cis"], "An, Bo and Cis")]
)
def test_names_in_a_row_read_as_a_sentence(names, text):
    assert render("{{ names|as_list }}", "en", names=names) == text


@pytest.mark.parametrize(
    "source",
    [
        "{% badge bad 'ok' %}",
        "{% alert 'error' %}{{ bad }}{% endalert %}",
        "{% card bad bad %}{{ bad }}{% endcard %}",
        "{% explain bad %}{{ bad }}{% endexplain %}",
        "{% wide_table bad %}{{ bad }}{% endwide_table %}",
        "{% breadcrumbs bad '/' bad %}",
        "{{ bad|as_written }}",
    ],
)
def test_what_a_person_typed_is_shown_as_text(source):
    html = render(source, bad=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("source", ["{% badge 'x' 'green' %}", "{% alert 'success' %}x{% endalert %}"])
def test_an_unknown_kind_is_a_clear_error(source):
    with pytest.raises(TemplateSyntaxError, match=r"knows .*info.*not"):
        render(source)


def test_an_alert_says_its_kind_in_words_and_has_a_role_only_when_asked():
    assert Page(render("{% alert 'warning' %}Last day{% endalert %}", "en")).text.split() == ["Warning:", "Last", "day"]
    assert Page(render("{% alert 'ok' role='status' %}x{% endalert %}")).all("div", role="status")
    assert not Page(render("{% alert 'ok' %}x{% endalert %}")).all(role="status")


def test_a_badge_with_a_meaning_has_a_picture_beside_its_text():
    assert Page(render("{% badge 'refused' 'error' %}")).all("svg", aria_hidden="true")


def test_a_wide_table_can_be_scrolled_with_the_keyboard():
    page = Page(render("{% wide_table 'Scores' %}<table></table>{% endwide_table %}"))
    assert page.all("div") == [{"class": "wide-table", "role": "region", "aria-label": "Scores", "tabindex": "0"}]


def test_the_last_breadcrumb_is_this_page_and_no_link():
    page = Page(render("{% breadcrumbs 'Home' '/' 'Ideas' '/ideas/' 'Mine' %}"))
    assert [a["href"] for a in page.all("a")] == ["/", "/ideas/"]
    assert len(page.all("span", aria_current="page")) == 1


@pytest.mark.parametrize(
    ("source", "language", "html"),
    [
        ("{{ text|as_written }}", "en", '<span lang="nl">Sparen &amp; lenen</span>'),
        ("{{ text|as_written }}", "nl", "Sparen &amp; lenen"),
        ("{{ nothing|as_written|default:'–' }}", "en", "–"),
        ("{{ lines|linebreaksbr|as_written }}", "en", '<span lang="nl">A<br>B</span>'),
        ("<p{% written_lang %}>{{ text }}</p>", "en", '<p lang="nl">Sparen &amp; lenen</p>'),
        ("<p{% written_lang %}>{{ text }}</p>", "nl", "<p>Sparen &amp; lenen</p>"),
    ],
)
def test_what_people_wrote_is_marked_as_dutch_on_a_page_in_another_language(source, language, html):
    assert render(source, language, text="Sparen & lenen", lines="A\nB", nothing="") == html


def test_a_form_on_an_english_page_says_that_people_write_dutch_in_it():
    class Story(forms.Form):
        title = forms.CharField()
        story = forms.CharField(widget=forms.Textarea)
        number = forms.IntegerField()

    def tongues(language):
        page = Page(render("{{ form }}", language, form=Story()))
        return {field["name"]: field.get("lang") for field in page.all("input") + page.all("textarea")}

    assert (tongues("en"), tongues("nl")) == (
        {"title": "nl", "number": None, "story": "nl"},
        {"title": None, "number": None, "story": None},
    )
