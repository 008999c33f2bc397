# SPDX-License-Identifier: EUPL-1.2
"""Forms of the track pages. Texts and lengths come from the models, so that the two never differ."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.ground.accounts.models import User
from beproefd.ui.forms import ActionForm, PlainText, model_fields

from .cycles import two_months_after
from .models import Cycle, Track


class PlanForm(ActionForm):
    """The dates of a track."""

    def __init__(self, *args: Any, track: Track | None = None, **kwargs: Any) -> None:
        today = timezone.localdate()
        start: dict[str, Any] = {"starts_on": today, "ends_on": two_months_after(today), "cycle_days": 14}
        if track:
            start = {name: getattr(track, name) for name in start}
        kwargs["initial"] = start | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Track, "starts_on", "ends_on")
        self.fields["ends_on"].required = False
        self.fields["ends_on"].help_text = _("Leave it empty for two months after the first day.")
        self.fields["cycle_days"] = forms.TypedChoiceField(
            label=_("How long is a cycle?"),
            choices=[(7, _("One week")), (10, _("Ten days")), (14, _("Two weeks"))],
            coerce=int,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        """No last day means two months."""
        cleaned = super().clean() or {}
        if cleaned.get("starts_on") and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            cleaned["ends_on"] = two_months_after(cleaned["starts_on"])
        return cleaned


class OpenForm(PlanForm):
    """A track for a winning idea: who coaches, and when."""

    coach = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Coach"), empty_label=None)

    def __init__(self, *args: Any, coaches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coach"].queryset = coaches


class ReasonForm(ActionForm):
    """Why."""

    reason = PlainText(label=gettext_lazy("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class GoalForm(ActionForm):
    """What the team wants to know at the end of a cycle."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Cycle, "goal")
        self.fields["goal"].required = True


class CloseForm(ActionForm):
    """The answer at the end of a cycle."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Cycle, "answer")
        self.fields["answer"].required = True
