# SPDX-License-Identifier: EUPL-1.2
"""The style guide: every component as the product uses it, with the words to write it."""

from datetime import date

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from beproefd.ui.charts import Interval, Spot, Stretch, bars, dots, interval_chart, scatter, timeline, trend
from beproefd.ui.forms import DateInput

ICONS = (
    "arrow", "calendar", "clock", "document", "download", "edit", "error", "idea", "info", "learn", "lock", "menu",
    "ok", "people", "person", "plus", "question", "scale", "search", "try", "warning",
)  # fmt: skip


class ExampleForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As you write it yourself."))
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    story = forms.CharField(label=gettext_lazy("Your story"), widget=forms.Textarea(attrs={"rows": 4}))
    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput)
    number = forms.IntegerField(label=gettext_lazy("Number of people"), min_value=1)
    district = forms.ChoiceField(
        label=gettext_lazy("District"), choices=[("", "–"), ("n", "Noord"), ("o", "Oost"), ("zo", "Zuidoost")]
    )
    certainty = forms.ChoiceField(
        label=gettext_lazy("How sure are you?"),
        widget=forms.RadioSelect,
        choices=[("1", gettext_lazy("Not sure")), ("2", gettext_lazy("Quite sure")), ("3", gettext_lazy("Very sure"))],
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Who takes part?"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", gettext_lazy("Residents")), ("b", gettext_lazy("Companies")), ("c", gettext_lazy("City"))],
        required=False,
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    agree = forms.BooleanField(label=gettext_lazy("I have read the rules."))


def _charts() -> dict[str, object]:
    names = [_("Lending library for tools"), _("Neighbourhood kitchen"), _("Bicycle for every child")]
    estimates = [
        Interval(names[0], 7.8, 7.1, 8.5, median=8.0, highlight=True),
        Interval(names[1], 7.2, 6.2, 8.1, median=7.0, highlight=True),
        Interval(names[2], 6.1, 5.0, 7.2, median=6.5),
    ]
    values = [(names[0], (8, 7.5, 8, 9, 6.5)), (names[1], (7, 7, 8, 6)), (names[2], (4, 6, 7, 7))]
    return {
        "interval": interval_chart(
            estimates, caption=_("Example: score per idea, with how sure it is"), axis=_("Score"), domain=(0, 10)
        ),
        "bars": bars(
            [(name, len(scores)) for name, scores in values],
            caption=_("Example: number of judgements"),
            axis=_("Judgements"),
        ),
        "map": scatter(
            [Spot("A1", 0.1, 5, _("Yes"), names[0]), Spot("A2", 0.8, 3, _("No"), names[1])],
            caption=_("Example: a map of named spots"),
            across=_("How sure are you?"),
            up=_("Score"),
            across_ends=(0.0, 1.0),
            up_ends=(1.0, 5.0),
            kinds=[_("Yes"), _("No")],
        ),
        "timeline": timeline(
            [
                Stretch(names[0], date(2027, 1, 4), date(2027, 1, 17), _("Yes"), ""),
                Stretch(names[1], date(2027, 1, 18), date(2027, 1, 31), _("No"), ""),
            ],
            caption=_("Example: stretches of days"),
            kinds=[_("Yes"), _("No")],
            today=date(2027, 1, 12),
        ),
        "trend": trend(
            [("1", 6.0), ("2", None), ("3", 7.5)],
            caption=_("Example: one amount over time"),
            axis=_("Score"),
            domain=(0, 10),
            level=7.0,
            level_name=_("Average"),
        ),
        "dots": dots(values, caption=_("Example: every score on its own"), axis=_("Score"), domain=(0, 10)),
    }


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all components in the language and theme of this moment."""
    context = {
        "form": ExampleForm({"email": "fout"}, use_required_attribute=False),
        "empty_form": ExampleForm(prefix="empty", use_required_attribute=False),
        "icons": ICONS,
        "charts": _charts(),
        "theme_setting": settings.THEME,
    }
    return render(request, "ui/styleguide.html", context)
