# SPDX-License-Identifier: EUPL-1.2
"""Forms of the jury room."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.discipline.challenges.rulebook import Rulebook, RuledCriterion
from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.models import User
from beproefd.ui.forms import CHOOSE, ActionForm, PlainText, SureForm, model_fields

from .actions import ScoreInput
from .models import Answer, Assessment, Dissent, Interest, Seat

CANNOT = "-"  # the choice "I cannot judge this"


class SeatForm(ActionForm):
    """A person with the jury role takes a seat."""

    user = forms.ModelChoiceField(label=gettext_lazy("person"), queryset=User.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("kind of seat"), choices=Seat.Kind.choices)
    expertise = forms.CharField(label=gettext_lazy("expertise"), max_length=200, required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people


class AssignForm(ActionForm):
    """How many jurors read each idea."""

    per_idea = forms.IntegerField(label=gettext_lazy("jury members for each idea"), min_value=1, max_value=50)


class DeclarationForm(ActionForm):
    """Does anything bind you? Asked before the idea opens."""

    free = forms.ChoiceField(
        label=gettext_lazy("Are you tied to this idea or to someone in the team?"),
        choices=[
            ("yes", gettext_lazy("No, nothing binds me. I can judge this idea freely.")),
            ("no", gettext_lazy("Yes, something binds me. I leave this idea to others.")),
        ],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("what binds you?"), choices=[("", CHOOSE), *Interest.Kind.choices], required=False
    )
    note = forms.CharField(label=gettext_lazy("explain in one sentence"), max_length=500, required=False)

    def __init__(self, *args: Any, bound: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "note"):  # asked only of who said yes
            self.fields[name].asked_later = True
            if not bound:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Who is bound says how."""
        cleaned = super().clean() or {}
        if cleaned.get("free") == "no":
            if not cleaned.get("kind"):
                self.add_error("kind", _("Choose what binds you."))
            if not cleaned.get("note", "").strip():
                self.add_error("note", _("Say in one sentence what binds you."))
        return cleaned


class RecusalForm(ActionForm):
    """Something binds after all."""

    kind = forms.ChoiceField(label=gettext_lazy("what binds you?"), choices=[("", CHOOSE), *Interest.Kind.choices])
    note = forms.CharField(label=gettext_lazy("explain in one sentence"), max_length=500)


class IdeaChoiceField(forms.ModelChoiceField):
    """A choice of ideas by title."""

    def label_from_instance(self, obj: Idea) -> str:
        """Title and reference."""
        return f"{obj.title} ({obj.reference})"


class ReportForm(RecusalForm):
    """Who runs the jury notes a tie of someone in it."""

    user = forms.ModelChoiceField(label=gettext_lazy("person"), queryset=User.objects.none())
    idea = IdeaChoiceField(label=gettext_lazy("idea"), queryset=Idea.objects.none(), to_field_name="reference")
    field_order = ("user", "idea", "kind", "note")

    def __init__(self, *args: Any, people: QuerySet[User], ideas: QuerySet[Idea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset, self.fields["idea"].queryset = people, ideas
        self.fields["kind"].label = _("what binds this person?")


class AssessmentForm(ActionForm):
    """A score, or “I cannot judge this”, and a reason per criterion; then how sure the juror is."""

    version_number = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rules: Rulebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        for criterion in rules.criteria:
            self.fields[f"score_{criterion.key}"] = forms.ChoiceField(
                label=criterion.question, choices=score_choices(criterion), widget=forms.RadioSelect, required=False
            )
            self.fields[f"reason_{criterion.key}"] = PlainText(
                label=_("Why? (%(criterion)s)") % {"criterion": criterion.name},
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["confidence"] = forms.TypedChoiceField(
            label=_("How sure are you of these scores?"),
            choices=Assessment.Confidence.choices,
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            required=False,
        )
        for name in self.fields:
            # A draft may miss anything, but nothing here is optional: the action asks for it at the end.
            self.fields[name].asked_later = True

    @classmethod
    def filled(cls, rules: Rulebook, assessment: Assessment | None, version_number: int) -> "AssessmentForm":
        """The form with what the juror saved before."""
        initial: dict[str, Any] = {"version_number": version_number, "revision": 0}
        if assessment:
            initial |= {"revision": assessment.revision, "confidence": assessment.confidence}
            for score in assessment.scores.all():
                value = CANNOT if score.abstained else score.value
                initial |= {f"score_{score.criterion}": value, f"reason_{score.criterion}": score.reason}
        return cls(rules=rules, initial=initial)

    def per_criterion(self) -> Iterator[tuple[RuledCriterion, forms.BoundField, forms.BoundField]]:
        """Criterion, score field and reason field together, in the locked order."""
        for criterion in self.rules.criteria:
            yield criterion, self[f"score_{criterion.key}"], self[f"reason_{criterion.key}"]

    def scores(self) -> dict[str, ScoreInput]:
        """What was filled in, per criterion key."""
        said = {}
        for criterion in self.rules.criteria:
            chosen = self.cleaned_data.get(f"score_{criterion.key}", "")
            said[criterion.key] = ScoreInput(
                value=int(chosen) if chosen not in {"", CANNOT} else None,
                abstained=chosen == CANNOT,
                reason=self.cleaned_data.get(f"reason_{criterion.key}", ""),
            )
        return said


def score_choices(criterion: RuledCriterion) -> list[tuple[str, str]]:
    """Each score with the plain text that the locked criteria give it, and the way to abstain."""
    if criterion.is_knock_out:
        given = [("1", _("Yes")), ("0", _("No"))]
        shown = [(value, f"{word}: {criterion.anchors.get(int(value), '')}") for value, word in given]
    else:
        shown = [(str(score), f"{score}: {anchor}") for score, anchor in criterion.anchors.items()]
    return [*shown, (CANNOT, _("I cannot judge this"))]


class ScoreChangeForm(ActionForm):
    """One score changes in deliberation, with the reason."""

    old_value = forms.CharField(widget=forms.HiddenInput, required=False)
    value = forms.ChoiceField(widget=forms.RadioSelect)
    reason = PlainText(
        label=gettext_lazy("why do you change it?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, criterion: RuledCriterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = score_choices(criterion)
        self.fields["value"].label = criterion.question


class DissentForm(ActionForm):
    """Who disagrees may say so; an empty text takes back what was noted before."""

    def __init__(self, *args: Any, noted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Dissent, "text", "is_named")
        self.fields["text"].required = not noted
        if noted:
            self.fields["text"].help_text = _("Leave this empty to take your note back.")


class DecideForm(SureForm):
    """The decision, on the order and the answers that the decider saw."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class AnswerForm(ActionForm):
    """The answer to a team, on top of the revision and the scores the writer saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Answer, "text")
        self.fields["text"].widget.attrs["rows"] = 12
