# SPDX-License-Identifier: EUPL-1.2
"""Forms of the track pages. Texts and lengths come from the models, so that the two never differ."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.discipline.ideas.models import IdeaVersion
from beproefd.discipline.validation.models import Assumption, Evidence, LearningCard
from beproefd.discipline.validation.queries import named_evidence
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.chain import digest
from beproefd.ui.forms import ActionForm, DateInput, RequestKeyForm, StampedForm, model_fields

from .actions import PARTNER_FIELDS
from .cycles import two_months_after
from .models import (
    FIRST_ACTION_WITHIN,
    Agreement,
    Cycle,
    Objection,
    Partner,
    Reflection,
    Reply,
    Resolution,
    Skill,
    Track,
)


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


class CoachForm(ActionForm):
    """Who coaches."""

    coach = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Coach"), empty_label=None)

    def __init__(self, *args: Any, coaches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coach"].queryset = coaches


class OpenForm(CoachForm, PlanForm):
    """A track for a winning idea: who coaches, and when."""


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


def _shortened(text: str, most: int = 140) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


class EvidenceChoice(ActionForm):
    """A form in which someone points at evidence."""

    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("Which evidence does it rest on?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, evidence: Iterable[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_evidence = list(evidence)
        self.fields["evidence"].choices = [
            (str(item.pk), f"{name}: {_shortened(item.text)}") for item, name in named_evidence(self.known_evidence)
        ]

    def chosen_evidence(self) -> list[Evidence]:
        """What was ticked."""
        return [item for item in self.known_evidence if str(item.pk) in self.cleaned_data.get("evidence", [])]


PIVOT_FIELDS = ("title", "problem", "solution", "value")


class LearnForm(EvidenceChoice, RequestKeyForm):
    """A learning card with its decision, and for a pivot what the changed idea is."""

    def __init__(self, *args: Any, assumptions: Iterable[Assumption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_assumptions = list(assumptions)
        about = forms.MultipleChoiceField(
            label=_("Which assumptions is it about?"),
            widget=forms.CheckboxSelectMultiple,
            choices=[
                (str(item.pk), f"{item.reference}: {_shortened(item.statement)}") for item in self.known_assumptions
            ],
        )
        evidence, key = self.fields.pop("evidence"), self.fields.pop("request_key")
        evidence.required = True
        about.error_messages["required"] = evidence.error_messages["required"] = _("Choose at least one.")
        self.fields |= {"assumptions": about, "evidence": evidence}
        self.fields |= model_fields(LearningCard, "believed", "observed", "learned", "therefore", "decision")
        self.fields["decision"].widget = forms.RadioSelect(choices=LearningCard.Decision.choices)
        self.fields["decision"].help_text = _(
            "Stopping in time is a good result too: it saves people, money and hope for something that does work."
        )
        for name, field in model_fields(IdeaVersion, *PIVOT_FIELDS).items():
            field.required = False
            field.asked_later = name == "title"  # a pivot needs one; the other choices do not look at it
            self.fields[f"pivot_{name}"] = field
        self.fields["request_key"] = key

    def clean(self) -> dict[str, Any]:
        """A pivot needs a name."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == LearningCard.Decision.PIVOT and not cleaned.get("pivot_title"):
            self.add_error("pivot_title", _("Give the changed idea a name."))
        return cleaned

    def values(self) -> dict[str, str]:
        """What the card says."""
        return {name: self.cleaned_data[name] for name in ("believed", "observed", "learned", "therefore", "decision")}

    def pivot(self) -> dict[str, str]:
        """What the changed idea is; what was left empty stays as it was."""
        said = {name: self.cleaned_data.get(f"pivot_{name}", "") for name in PIVOT_FIELDS}
        return {name: text for name, text in said.items() if text}

    def chosen_assumptions(self) -> list[Assumption]:
        """What was ticked."""
        return [item for item in self.known_assumptions if str(item.pk) in self.cleaned_data["assumptions"]]


class HoursForm(ActionForm):
    """Hours a week, and who signs them off."""

    def __init__(self, *args: Any, agreement: Agreement | None = None, **kwargs: Any) -> None:
        names = ("hours", "line_manager_name", "line_manager_email")
        if agreement:
            kwargs["initial"] = {name: getattr(agreement, name) for name in names} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Agreement, *names)
        self.fields["hours"] = forms.IntegerField(
            label=self.fields["hours"].label, help_text=self.fields["hours"].help_text, min_value=1, max_value=40
        )


class PartnerForm(StampedForm, RequestKeyForm):
    """A partner in view."""

    def __init__(self, *args: Any, partner: Partner | None = None, **kwargs: Any) -> None:
        if partner:
            start = {name: getattr(partner, name) for name in PARTNER_FIELDS} | {"seen": digest(partner)}
            kwargs["initial"] = start | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        hidden = {name: self.fields.pop(name) for name in ("seen", "request_key")}
        self.fields |= model_fields(Partner, *PARTNER_FIELDS)
        for name, choices in (("trust", Partner.Trust.choices), ("timing", Partner.Timing.choices)):
            self.fields[name].choices = choices
            self.fields[name].widget = forms.RadioSelect(choices=choices)
        self.fields |= hidden

    def values(self) -> dict[str, Any]:
        """What is written about the partner."""
        said = {name: self.cleaned_data[name] for name in PARTNER_FIELDS}
        return said | {"trust": int(said["trust"])}


class ObjectionForm(RequestKeyForm):
    """Something someone has against it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = self.fields.pop("request_key")
        self.fields |= model_fields(Objection, "kind", "text")
        self.fields["kind"].choices = Objection.Kind.choices
        self.fields["kind"].widget = forms.RadioSelect(choices=Objection.Kind.choices)
        self.fields["request_key"] = key


class ReplyForm(EvidenceChoice, RequestKeyForm):
    """An answer, on evidence or as an opinion."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {name: self.fields.pop(name) for name in ("evidence", "request_key")}
        self.fields |= model_fields(Reply, "text")
        self.fields |= kept
        self.fields["evidence"].help_text = _("Choose nothing, and your answer is shown as an opinion.")
        if not self.known_evidence:
            del self.fields["evidence"]


class ResolveForm(ActionForm):
    """One joint decision, who does the first thing, and when."""

    def __init__(self, *args: Any, owners: Iterable[User], only_opinions: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {"due_on": timezone.localdate() + FIRST_ACTION_WITHIN} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.known_owners = list(owners)
        self.fields |= model_fields(Resolution, "decision", "first_action")
        self.fields["owner"] = forms.ChoiceField(
            label=_("Who does it?"),
            choices=[(str(user.pk), user.name) for user in self.known_owners],
            widget=forms.RadioSelect,
        )
        self.fields["due_on"] = forms.DateField(label=_("Done by"), help_text=_("Within seven days."), widget=DateInput)
        if only_opinions:
            self.fields["without_evidence"] = forms.BooleanField(
                label=_("We have no evidence about this yet"),
                help_text=_("Nobody answered with evidence. This stands with the decision."),
                error_messages={"required": _("Answer with evidence first, or tick this.")},
            )

    def chosen_owner(self) -> User:
        """Who does it."""
        return next(user for user in self.known_owners if str(user.pk) == self.cleaned_data["owner"])


class ReflectionForm(ActionForm):
    """Which skills you practised in a cycle."""

    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Which of these did you practise?"),
        choices=Skill.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, reflection: Reflection | None = None, **kwargs: Any) -> None:
        if reflection:
            kwargs["initial"] = {
                "skills": [practice.skill for practice in reflection.practices.all()],
                "sentence": reflection.sentence,
            }
        super().__init__(*args, **kwargs)
        self.fields["skills"].error_messages["required"] = _("Choose at least one.")
        self.fields |= model_fields(Reflection, "sentence")
