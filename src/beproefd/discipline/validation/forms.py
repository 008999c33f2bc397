# SPDX-License-Identifier: EUPL-1.2
"""Forms of the follow-up. Texts and lengths come from the models, so that the two never differ."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.ground.accounts.models import User
from beproefd.ground.audit.chain import digest
from beproefd.ui.forms import ActionForm, DateInput, PlainText, RequestKeyForm, StampedForm, model_fields

from . import areas
from .models import (
    CANVAS_FIELDS,
    Assumption,
    CanvasRevision,
    Deviation,
    Evidence,
    EvidenceLink,
    Observation,
    TargetGroup,
    TestCard,
)
from .queries import named_evidence

ASSUMPTION_FIELDS = ("statement", "kind", "importance", "belief", "effort_days", "group", "owner", "alternative")
CARD_FIELDS = (
    "question",
    "method",
    "who",
    "group",
    "measure",
    "right_from",
    "hope_for",
    "help_counts",
    "by_lot",
    "stakes",
    "cost_cents",
    "effort_days",
    "duration_days",
)
EVIDENCE_FIELDS = ("text", "source", "strength", "group", "people", "place", "seen_on", "source_title", "source_url")
CHOOSE = gettext_lazy("Choose ...")
DIRECTIONS = [("", gettext_lazy("says nothing about it")), *EvidenceLink.Direction.choices]


class WorkForm(RequestKeyForm, StampedForm):
    """Something new (sent twice it makes one thing), or a change on top of what the writer saw (`row`)."""

    FIELDS: ClassVar[tuple[str, ...]]
    """What the form takes over from the row as it stands there."""

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {"seen": digest(row)} | self.values_of(row) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    @classmethod
    def values_of(cls, row: Any) -> dict[str, Any]:
        """What stands in the row, by field."""
        return {name: getattr(row, name) for name in cls.FIELDS}

    def among(self, name: str, rows: Iterable[Model], empty: str) -> None:
        """Offer these rows of the idea and no others."""
        choices = [("", empty), *((str(row.pk), str(row)) for row in rows)]
        field = self.fields[name]
        self.fields[name] = forms.ChoiceField(
            label=field.label, help_text=field.help_text, choices=choices, required=False
        )
        if isinstance(self.initial.get(name), Model):
            self.initial[name] = self.initial[name].pk
        self.rows = getattr(self, "rows", {}) | {name: {str(row.pk): row for row in rows}}

    def chosen(self, name: str) -> Any:
        """The row that was chosen, or None."""
        return self.rows[name].get(self.cleaned_data[name])


class AreaField(forms.ChoiceField):
    """A neighbourhood to choose; a page that was kept for long may send a name that is no longer offered."""

    def valid_value(self, value: str) -> bool:  # noqa: ARG002
        """The action reads it."""
        return True


class PlaceForm(ActionForm):
    """A form that asks for a neighbourhood: one to choose, or another one to write."""

    def offer_places(self, near: Sequence[str]) -> None:
        """`near` comes first: where the challenge works, and what the team named before."""
        rest = [
            (district, [(name, name) for name in names if name not in near])
            for district, names in areas.offered().items()
        ]
        self.fields["place"] = AreaField(
            label=_("neighbourhood"),
            choices=[("", _("not said")), (_("Nearby"), [(name, name) for name in near]), *rest]
            if near
            else [("", _("not said")), *rest],
            required=False,
        )
        self.fields["other_place"] = forms.CharField(
            label=_("another neighbourhood"), max_length=60, required=False, help_text=_("No street, no house number.")
        )

    def clean(self) -> dict[str, Any]:
        """What was written goes before what was chosen."""
        cleaned = super().clean() or {}
        cleaned["place"] = cleaned.get("other_place") or cleaned.get("place", "")
        return cleaned


class AssumptionForm(WorkForm):
    """An assumption."""

    FIELDS = ASSUMPTION_FIELDS

    def __init__(self, *args: Any, groups: Sequence[TargetGroup], people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Assumption, *ASSUMPTION_FIELDS)
        for name in ("kind", "importance", "belief"):
            self.fields[name].widget = forms.RadioSelect(
                choices=[choice for choice in self.fields[name].choices if choice[0] != ""]
            )
        self.among("group", groups, _("everyone"))
        self.among("owner", people, _("nobody yet"))

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        plain = {name: self.cleaned_data[name] for name in ASSUMPTION_FIELDS}
        return plain | {"group": self.chosen("group"), "owner": self.chosen("owner")}


class GroupForm(RequestKeyForm):
    """A target group."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(TargetGroup, "name")


class CardForm(WorkForm):
    """A test card."""

    FIELDS = CARD_FIELDS
    YES = gettext_lazy("yes: a good outcome supports it")
    NO = gettext_lazy("yes: a good outcome contradicts it")

    def __init__(
        self, *args: Any, groups: Sequence[TargetGroup], assumptions: Sequence[Assumption], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assumptions = list(assumptions)
        self.fields |= model_fields(TestCard, *CARD_FIELDS)
        for name in ("method", "stakes"):
            self.fields[name].widget = forms.RadioSelect(
                choices=[choice for choice in self.fields[name].choices if choice[0] != ""]
            )
        self.fields["cost_cents"] = forms.IntegerField(
            label=gettext_lazy("cost in whole euros"), min_value=0, max_value=1_000_000, initial=0
        )
        self.among("group", groups, _("everyone"))
        for assumption in self.assumptions:
            self.fields[f"about_{assumption.number}"] = forms.ChoiceField(
                label=f"{assumption.reference}: {assumption.statement}",
                choices=[("", _("no")), ("yes", self.YES), ("no", self.NO)],
                required=False,
            )
            self.fields[f"about_{assumption.number}"].asked_later = True  # at least one of them is asked for

    @classmethod
    def values_of(cls, row: Any) -> dict[str, Any]:
        """What stands on the card, in whole euros, and what it is about."""
        links = {
            f"about_{link.assumption.number}": "yes" if link.speaks_for else "no"
            for link in row.links.select_related("assumption")
        }
        return super().values_of(row) | {"cost_cents": row.cost_cents // 100} | links

    def about(self) -> list[forms.BoundField]:
        """The questions about the assumptions."""
        return [self[f"about_{assumption.number}"] for assumption in self.assumptions]

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        plain = {name: self.cleaned_data[name] for name in CARD_FIELDS}
        return plain | {"group": self.chosen("group"), "cost_cents": self.cleaned_data["cost_cents"] * 100}

    def links(self) -> dict[Assumption, bool]:
        """Per assumption whether a good outcome supports it."""
        answers = {a: self.cleaned_data.get(f"about_{a.number}", "") for a in self.assumptions}
        return {assumption: answer == "yes" for assumption, answer in answers.items() if answer}


class ObserveForm(PlaceForm, RequestKeyForm):
    """One person, one tap: the buttons carry the outcome. `last`: what this person wrote down before, for the place."""

    def __init__(
        self,
        *args: Any,
        card: TestCard,
        groups: Sequence[TargetGroup],
        places: Sequence[str],
        last: Observation | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"place": last.place if last else "", "group": last.group_id if last else card.group_id}
        super().__init__(*args, **kwargs)
        if card.has_two_arms:
            self.fields["arm"] = forms.ChoiceField(
                label=_("Which way does this person get? The coin says:")
                if card.by_lot
                else _("Which way did this person get?"),
                choices=[("control", _("the old way")), ("new", _("the new way"))],
                initial=secrets.choice(("control", "new")) if card.by_lot else None,
                widget=forms.RadioSelect,
            )
        self.fields |= model_fields(Observation, "note")
        self.fields["note"].help_text = _("Write no names or addresses of people.")
        self.offer_places(places)
        self.fields["answered_by"] = forms.ChoiceField(
            label=_("Who did it?"),
            choices=[
                (Observation.AnsweredBy.SELF.value, _("Alone")),
                (Observation.AnsweredBy.TOGETHER.value, _("With help")),
            ],
            help_text=_("With help is a yes too.") if card.help_counts else _("With help is a no."),
            initial=Observation.AnsweredBy.SELF,
            widget=forms.RadioSelect,
        )
        if groups:
            self.fields["group"] = forms.ChoiceField(
                label=_("Target group"),
                choices=[("", CHOOSE), *((str(group.pk), group.name) for group in groups)],
                required=False,
            )


class DeviationForm(RequestKeyForm):
    """What went otherwise than the locked card says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Deviation, "what", "reason", "results_seen")
        self.fields["results_seen"].widget = forms.RadioSelect(choices=Deviation.Seen.choices)


class EvidenceForm(PlaceForm, WorkForm):
    """Something seen, heard or read, and what it says about each assumption."""

    FIELDS = EVIDENCE_FIELDS

    def __init__(
        self,
        *args: Any,
        groups: Sequence[TargetGroup],
        assumptions: Sequence[Assumption],
        places: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assumptions = list(assumptions)
        self.fields |= model_fields(Evidence, *EVIDENCE_FIELDS)
        self.offer_places(places)
        self.fields["people"].min_value = 1
        self.fields["source"].widget = forms.RadioSelect(choices=Evidence.Source.choices)
        self.fields["strength"] = forms.TypedChoiceField(
            label=self.fields["strength"].label,
            choices=[choice for choice in Evidence.Strength.choices if choice[0] != Evidence.Strength.TESTED],
            coerce=int,
            widget=forms.RadioSelect,
        )
        self.fields["text"].help_text = _("Write no names or addresses of people.")
        self.fields["seen_on"].widget = DateInput()
        self.among("group", groups, _("no group in particular"))
        for assumption in self.assumptions:
            self.fields[f"about_{assumption.number}"] = forms.ChoiceField(
                label=f"{assumption.reference}: {assumption.statement}", choices=DIRECTIONS, required=False
            )
            self.fields[f"about_{assumption.number}"].asked_later = True  # at least one of them is asked for

    def about(self) -> list[forms.BoundField]:
        """The questions about the assumptions."""
        return [self[f"about_{assumption.number}"] for assumption in self.assumptions]

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        return {name: self.cleaned_data[name] for name in EVIDENCE_FIELDS} | {"group": self.chosen("group")}

    def directions(self) -> dict[Assumption, str]:
        """What it says about which assumptions."""
        answers = {a: self.cleaned_data.get(f"about_{a.number}", "") for a in self.assumptions}
        return {assumption: answer for assumption, answer in answers.items() if answer}


class OverrideForm(RequestKeyForm):
    """The team's own say about a status."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status according to the team"),
        choices=[
            ("open", gettext_lazy("still open")),
            ("supported", gettext_lazy("supported")),
            ("refuted", gettext_lazy("refuted")),
            ("mixed", gettext_lazy("mixed")),
        ],
        widget=forms.RadioSelect,
    )
    reason = PlainText(label=gettext_lazy("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class WhyForm(RequestKeyForm):
    """A reason."""

    reason = PlainText(label=gettext_lazy("Why?"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class CanvasForm(RequestKeyForm):
    """The idea on one page, and the evidence that changed it."""

    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, latest: CanvasRevision | None, log: Sequence[Evidence], **kwargs: Any) -> None:
        texts = {name: getattr(latest, name, "") for name in CANVAS_FIELDS}
        kwargs["initial"] = texts | {"base_number": latest.number if latest else 0} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.log = list(log)
        self.fields |= model_fields(CanvasRevision, *CANVAS_FIELDS)
        if latest is None:
            return
        self.fields["cause"] = forms.ChoiceField(
            label=_("Why does the canvas change?"),
            choices=[choice for choice in CanvasRevision.Cause.choices if choice[0] != CanvasRevision.Cause.FIRST],
            widget=forms.RadioSelect,
        )
        self.fields["evidence"] = forms.MultipleChoiceField(
            label=_("Which evidence showed it?"),
            choices=[(str(item.pk), f"{name}: {item.text[:120]}") for item, name in named_evidence(self.log)],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields |= model_fields(CanvasRevision, "explanation")
        self.fields["explanation"].required = True

    def values(self) -> dict[str, str]:
        """The texts."""
        return {name: self.cleaned_data[name] for name in CANVAS_FIELDS}

    def chosen_evidence(self) -> list[Evidence]:
        """The evidence that caused the change."""
        chosen = self.cleaned_data.get("evidence", [])
        return [item for item in self.log if str(item.pk) in chosen]
