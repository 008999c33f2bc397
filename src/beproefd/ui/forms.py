# SPDX-License-Identifier: EUPL-1.2
"""How forms look: every Django form and formset in the product is drawn as NL Design System form fields.

Page templates write `{{ form }}`, or lay out the fields themselves with `{% form_errors form %}` and
`{% field form.name %}`.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.models import fields_for_model
from django.forms.renderers import TemplatesSetting
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Renderer(TemplatesSetting):
    """Finds widget templates in ui/templates/django/forms and draws forms with ours."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    formset_template_name = "ui/forms/formset.html"


class DateInput(forms.DateInput):
    """The date picker of the browser, which exchanges dates as year-month-day in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The date and time picker of the browser, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class SuggestedInput(forms.TextInput):
    """A line of text with names to pick from; another name may be written too."""

    template_name = "ui/forms/suggested.html"

    def __init__(self, names: Iterable[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.names = list(names)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the names, under an id of their own."""
        context = super().get_context(name, value, attrs)
        if self.names:
            context["names"] = self.names
            context["widget"]["attrs"]["list"] = f"namen-{context['widget']['attrs'].get('id', name)}"
        return context


LONG = 400  # characters; a text that may be this long gets more than one line


class PlainText(forms.CharField):
    """A text of more lines. A line break counts as one character, as it does in the browser."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text with simple line breaks."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def _field_of_form(field: models.Field, **options: Any) -> forms.Field | None:
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    elif isinstance(field, models.DateTimeField):
        options["widget"] = DateTimeInput
    elif isinstance(field, models.DateField):
        options["widget"] = DateInput
    elif isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) >= LONG:
        rows = min(8, max(2, field.max_length // 250))
        return PlainText(
            label=capfirst(field.verbose_name),
            help_text=field.help_text,
            max_length=field.max_length,
            required=not field.blank,
            widget=forms.Textarea(attrs={"rows": rows}),
        )
    found = field.formfield(**options)
    _name_the_empty_choice(found)
    return found


CHOOSE = gettext_lazy("Choose…")


MISSING = (
    (forms.MultipleChoiceField, gettext_lazy("Choose at least one.")),
    (forms.ModelChoiceField, gettext_lazy("Choose one of these.")),
    (forms.ChoiceField, gettext_lazy("Choose one of these.")),
    (forms.BooleanField, gettext_lazy("Tick this box first.")),
    (forms.FileField, gettext_lazy("Choose a file.")),
    (forms.DateField, gettext_lazy("Choose a day.")),
)
"""What is missing, by kind of field; a text that was not filled in says so in ui/words.py."""


def _say_what_is_missing(field: forms.Field) -> None:
    """A field that is required says what to do, unless the form has its own words for it."""
    plain = forms.Field.default_error_messages["required"]
    if field.error_messages["required"] == plain:
        field.error_messages["required"] = next((words for kind, words in MISSING if isinstance(field, kind)), plain)


def _name_the_empty_choice(field: Any) -> None:
    """A select that starts empty says what to do, instead of showing dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == BLANK_CHOICE_DASH[0][1]:
            field.empty_label = CHOOSE
    elif isinstance(field, forms.ChoiceField) and list(field.choices)[:1] == BLANK_CHOICE_DASH:
        field.choices = [("", CHOOSE), *list(field.choices)[1:]]


def model_fields(model: type[models.Model], *names: str) -> dict[str, forms.Field]:
    """The fields of a model as form fields, in this order."""
    return fields_for_model(model, fields=names, formfield_callback=_field_of_form)


class ActionForm(forms.Form):
    """A form whose answer goes to an action; what the action refuses comes back beside what was typed."""

    use_required_attribute = False  # the server says what is missing, in our words and before anything turns red

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _name_the_empty_choice(field)

    def full_clean(self) -> None:
        """Checked once every field is there: many forms add theirs after this class has done its part."""
        for field in self.fields.values():
            _say_what_is_missing(field)
        super().full_clean()

    def refuse(self, refusal: ValidationError | PermissionDenied) -> None:
        """Show a refusal at the field it is about, or above the form."""
        if isinstance(refusal, ValidationError) and hasattr(refusal, "error_dict"):
            for name, errors in refusal.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        else:
            self.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))

    def put(self, **values: Any) -> None:
        """Change what a hidden field will send next time, for example the version the writer has now seen."""
        data = self.data.copy()
        for name, value in values.items():
            data[name] = value
        self.data = data


def _in_words(bound: forms.BoundField) -> Any:
    """The value of a field as a person reads it: the words of a choice, yes or no for a tick."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return _("yes") if value else _("no")
    words = {str(choice): label for choice, label in getattr(bound.field, "choices", ())}
    return words.get(str(value or ""), value)


class StampedForm(ActionForm):
    """A form on top of what the writer saw: `seen` is its stamp, empty for something new."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def newer_than(self, fresh: "StampedForm") -> list[tuple[str, Any]]:
        """After a refusal: what a colleague saved meanwhile and now differs from what was typed, label and value in words.

        The next save goes on top of that.
        """
        stamp = fresh.initial.get("seen", "")
        if self.cleaned_data.get("seen", "") == stamp:
            return []
        self.put(seen=stamp)
        return [
            (bound.label, _in_words(bound))
            for bound in fresh.visible_fields()
            if str(bound.value() or "") != str(self[bound.name].value() or "")
        ]


class ReasonForm(ActionForm):
    """Why something happens; `needed` when it cannot be left out: the action then asks for it in its own words."""

    def __init__(self, *args: Any, needed: bool, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = PlainText(
            label=label or _("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields["reason"].asked_later = needed


class SureForm(ActionForm):
    """The last question before a step that cannot be taken back."""

    sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone."),
        error_messages={"required": gettext_lazy("Tick this box first.")},
    )


class RequestKeyForm(ActionForm):
    """A form that makes something new: sent twice, it makes one thing."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
