# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from beproefd.ui.forms import ActionForm, DateInput, DateTimeInput
from tests.ui.page import Page


class IdeaForm(forms.Form):
    title = forms.CharField(help_text="Short.")
    day = forms.DateField(widget=DateInput, required=False)
    story = forms.CharField(widget=forms.Textarea, required=False)
    choice = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    place = forms.ChoiceField(choices=[("n", "Noord")], required=False)
    agree = forms.BooleanField()
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_new_form_shows_no_errors():
    page = Page(IdeaForm().render())
    assert page.all(role="alert") == []
    assert page.all(aria_invalid="true") == []


def test_errors_stand_above_the_form_and_link_to_their_fields():
    page = Page(IdeaForm({}).render())
    (summary,) = page.all(role="alert")
    assert summary["tabindex"] == "-1"
    assert [a["href"] for a in page.all("a")] == ["#id_title", "#id_choice_0", "#id_agree"]
    assert {a["href"][1:] for a in page.all("a")} <= set(page.ids)


def test_an_error_and_the_help_are_tied_to_their_field():
    page = Page(IdeaForm({}).render())
    (title,) = page.all("input", id="id_title")
    assert title["aria-invalid"] == "true"
    assert title["aria-describedby"].split() == ["id_title_helptext", "id_title_error"]
    (group,) = page.all("fieldset")
    assert group["aria-describedby"] == "id_choice_error"
    assert {"id_title_helptext", "id_title_error", "id_choice_error"} <= set(page.ids)


def test_every_field_but_the_hidden_one_has_a_label():
    page = Page(IdeaForm().render())
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    assert {"id_title", "id_day", "id_story", "id_choice_0", "id_choice_1", "id_place"} <= labelled
    assert page.all("input", type="hidden", name="secret")


@pytest.mark.parametrize(("language", "words"), [("en", "(not required)")])
def test_a_field_that_may_stay_empty_says_so(language, words):
    with override(language):
        assert Page(IdeaForm().render()).text.count(words) == 3


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("title", "utrecht-textbox utrecht-textbox--html-input"),
        ("story", "utrecht-textarea utrecht-textarea--html-textarea"),
        ("place", "utrecht-select utrecht-select--html-select"),
        ("choice", "utrecht-radio-button utrecht-radio-button--html-input"),
        ("agree", "utrecht-checkbox utrecht-checkbox--html-input"),
    ],
)
def test_each_kind_of_field_is_an_nl_design_system_component(name, css):
    assert Page(IdeaForm().render()).all(name=name)[0]["class"] == css


def test_a_class_that_a_form_gives_is_kept():
    class Wide(forms.Form):
        title = forms.CharField(widget=forms.TextInput(attrs={"class": "wide"}))

    assert Page(Wide().render()).all("input")[0]["class"].split()[-1] == "wide"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_dates_go_to_the_browser_and_back_in_every_language(language):
    class When(forms.Form):
        day = forms.DateField(widget=DateInput)
        moment = forms.DateTimeField(widget=DateTimeInput)

    with override(language):
        page = Page(When(initial={"day": date(2026, 2, 1), "moment": datetime(2026, 2, 1, 9, 30, tzinfo=UTC)}).render())
        sent = {"day": page.all(name="day")[0]["value"], "moment": "2026-02-01T09:30"}
        form = When(sent)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["day"] == date(2026, 2, 1)
    assert page.all(name="day")[0]["type"] == "date"
    assert page.all(name="moment")[0]["type"] == "datetime-local"


def test_a_page_may_lay_out_its_own_fields():
    template = Template("{% form_errors form %}{% field form.title %}")
    page = Page(template.render(Context({"form": IdeaForm({})})))
    assert len(page.all(role="alert")) == 1
    assert len(page.all(aria_invalid="true")) == 1


def test_what_was_typed_comes_back_as_text():
    html = IdeaForm({"title": "<b>'\"", "story": "</textarea><script>"}).render()
    assert "<script" not in html
    assert Page(html).all("input", name="title")[0]["value"] == "<b>'\""


def test_a_formset_shows_its_forms_and_what_counts_them():
    page = Page(forms.formset_factory(IdeaForm, extra=2)().render())
    assert page.all("input", name="form-TOTAL_FORMS")
    assert len(page.all("textarea")) == 2
    assert page.double_ids == []


class Answer(ActionForm):
    name = forms.CharField()
    day = forms.DateField()
    choice = forms.ChoiceField(choices=[("a", "A")])
    kinds = forms.MultipleChoiceField(choices=[("a", "A")])
    file = forms.FileField()
    agree = forms.BooleanField()
    own = forms.CharField(error_messages={"required": "Give it a title."})


def test_what_is_missing_is_said_in_words_that_fit_the_field():
    with override("nl"):
        said = {name: str(errors[0]) for name, errors in Answer({}).errors.items()}
    assert said == {
        "name": "Vul dit in.",
        "day": "Kies een dag.",
        "choice": "Kies er een.",
        "kinds": "Kies er ten minste één.",
        "file": "Kies een bestand.",
        "agree": "Zet hier eerst een vinkje.",
        "own": "Give it a title.",
    }


def test_a_password_is_asked_again_because_no_page_gives_it_back():
    class Sign(forms.Form):
        password = forms.CharField(widget=forms.PasswordInput)

    with override("nl"):
        assert "Vul je wachtwoord opnieuw in." in Page(Sign({}).render()).text
        assert "Wat je invulde" in Page(IdeaForm({}).render()).text
