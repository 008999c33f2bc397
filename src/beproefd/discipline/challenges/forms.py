# SPDX-License-Identifier: EUPL-1.2
"""Forms of the challenge pages. Texts and lengths come from the models, so that the two never differ."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.ui.forms import ActionForm, PlainText, RequestKeyForm, StampedForm, SureForm, model_fields

from .actions import CANVAS_FIELDS
from .models import DECISION_RULES, STIMULUS_FIELDS, CanvasVersion, Challenge, CriteriaSet, Criterion, Stimulus
from .queries import OUTCOMES

ANCHOR_LENGTH = 300


class ChallengeForm(RequestKeyForm):
    """A new challenge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Challenge, "title")
        self.fields["title"].help_text = _("A few words. You write the mission on the next page.")


class CanvasForm(ActionForm):
    """A version of the canvas, on top of the version the writer saw."""

    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    outcomes = forms.MultipleChoiceField(
        label=gettext_lazy("What should grow?"),
        choices=list(OUTCOMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    own_outcomes = forms.CharField(
        label=gettext_lazy("Or your own words, separated by commas"), max_length=200, required=False
    )

    def __init__(self, *args: Any, canvas: CanvasVersion | None = None, is_public: bool = False, **kwargs: Any) -> None:
        self.canvas = canvas or CanvasVersion(number=0)
        words = self.canvas.outcome_words
        kwargs["initial"] = {name: getattr(self.canvas, name) for name in CANVAS_FIELDS} | {
            "base_number": self.canvas.number,
            "outcomes": [word for word in words if word in OUTCOMES],
            "own_outcomes": ", ".join(word for word in words if word not in OUTCOMES),
        }
        super().__init__(*args, **kwargs)
        texts = [name for name in CANVAS_FIELDS if name != "outcome_words"]
        self.fields |= model_fields(CanvasVersion, *texts, "change_reason")
        for name in texts:
            self.fields[name].asked_later = name != "areas"  # the readiness check asks for all others
        self.fields["change_reason"].asked_later = is_public  # the action asks for it once people read the challenge
        self.fields["intake_deadline"].help_text = _("Day and time in the Netherlands.")

    def clean_intake_deadline(self) -> datetime | None:
        """The input of the browser knows no seconds; a deadline that was not touched keeps its own."""
        deadline, before = self.cleaned_data["intake_deadline"], self.canvas.intake_deadline
        if deadline and before and deadline == before.replace(second=0, microsecond=0):
            return before
        return deadline

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        said = dict(self.cleaned_data)
        own = [word.strip() for word in said.pop("own_outcomes").split(",") if word.strip()]
        said["outcome_words"] = list(dict.fromkeys([*said.pop("outcomes"), *own]))
        for name in ("base_number", "change_reason"):
            del said[name]
        return said


class StimulusForm(StampedForm, RequestKeyForm):
    """A card."""

    def __init__(self, *args: Any, stimulus: Stimulus | None = None, **kwargs: Any) -> None:
        if stimulus:
            kwargs["initial"] = {name: getattr(stimulus, name) for name in STIMULUS_FIELDS} | {"seen": stimulus.stamp}
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Stimulus, *STIMULUS_FIELDS)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in STIMULUS_FIELDS}


class DecisionRulesForm(StampedForm):
    """Scale, quorum, winners and what happens with equal scores."""

    def __init__(self, *args: Any, criteria_set: CriteriaSet, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(criteria_set, name) for name in DECISION_RULES} | {
            "seen": criteria_set.stamp
        }
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(CriteriaSet, *DECISION_RULES)

    def clean(self) -> dict[str, Any]:
        """What the database would refuse, said at the field it is about."""
        cleaned = super().clean() or {}
        low, high = cleaned.get("scale_min"), cleaned.get("scale_max")
        if high is not None and high > 10:
            self.add_error("scale_max", _("The highest score is at most 10."))
        elif low is not None and high is not None and high <= low:
            self.add_error("scale_max", _("The highest score must be above the lowest."))
        for name in ("quorum", "winners"):
            if cleaned.get(name) == 0:
                self.add_error(name, _("Fill in 1 or more."))
        return cleaned


class CriterionForm(StampedForm):
    """A criterion with one plain text per score, or for yes and no."""

    def __init__(
        self, *args: Any, criteria_set: CriteriaSet, kind: str, criterion: Criterion | None = None, **kwargs: Any
    ) -> None:
        if criterion:
            kwargs["initial"] = (
                {name: getattr(criterion, name) for name in ("name", "question", "weight")}
                | {f"anchor_{score}": text for score, text in criterion.anchors.items()}
                | {"seen": criterion.stamp}
            )
        super().__init__(*args, **kwargs)
        self.kind = kind
        weighted = kind == Criterion.Kind.WEIGHTED
        self.fields |= model_fields(Criterion, "name", "question")
        if weighted:
            weight = Criterion._meta.get_field("weight")  # noqa: SLF001 -- Django's documented meta API
            self.fields["weight"] = forms.IntegerField(
                label=capfirst(weight.verbose_name), help_text=weight.help_text, min_value=1, max_value=100
            )
            labels = {score: _("What does a %(score)s mean?") % {"score": score} for score in criteria_set.scale}
        else:
            labels = {1: _("When is the answer “yes”?"), 0: _("When is the answer “no”?")}
        self.scores = tuple(labels)
        for score, label in labels.items():
            self.fields[f"anchor_{score}"] = PlainText(
                label=label, max_length=ANCHOR_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )

    def anchor_fields(self) -> Iterator[forms.BoundField]:
        """The fields for the texts per score."""
        return (self[f"anchor_{score}"] for score in self.scores)

    def values(self) -> dict[str, Any]:
        """What the action takes, besides the anchors."""
        said = {name: self.cleaned_data[name] for name in ("name", "question")}
        return said | {"kind": self.kind, "weight": self.cleaned_data.get("weight", 0)}

    def anchors(self) -> dict[int, str]:
        """The text per score."""
        return {score: self.cleaned_data[f"anchor_{score}"] for score in self.scores}


class LockForm(SureForm):
    """Lock what was read: `seen` is the digest of the draft on the page."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
