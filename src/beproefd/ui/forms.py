# SPDX-License-Identifier: EUPL-1.2
"""How forms look: every Django form and formset in the product is drawn as NL Design System form fields.

Page templates write `{{ form }}`, or lay out the fields themselves with `{% form_errors form %}` and
`{% field form.name %}`.
"""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


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
