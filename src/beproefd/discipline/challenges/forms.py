# SPDX-License-Identifier: EUPL-1.2
"""Forms of the challenge pages. Texts and lengths come from the models, so that the two never differ."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms.models import fields_for_model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.ui.forms import DateInput, DateTimeInput

from .actions import CANVAS_FIELDS
from .models import CanvasVersion, Challenge, CriteriaSet, Criterion, Stimulus
from .queries import OUTCOMES

LONG = 400  # characters; a text that may be this long gets more than one line
ANCHOR_LENGTH = 300


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
    return field.formfield(**options)


def model_fields(model: type[models.Model], *names: str) -> dict[str, forms.Field]:
    """The fields of a model as form fields, in this order."""
    return fields_for_model(model, fields=names, formfield_callback=_field_of_form)


class ActionForm(forms.Form):
    """A form whose answer goes to an action; what the action refuses comes back beside what was typed."""

    use_required_attribute = False  # the server says what is missing, in our words and before anything turns red

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


class RequestKeyForm(ActionForm):
    """A form that makes something new: sent twice, it makes one thing."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ChallengeForm(RequestKeyForm):
    """A new challenge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Challenge, "title")
        self.fields["title"].help_text = _("A few words. You write the mission on the next page.")


class ReasonForm(ActionForm):
    """Why something happens; `needed` when it cannot be left out."""

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = PlainText(
            label=_("Reason"), max_length=500, required=needed, widget=forms.Textarea(attrs={"rows": 3})
        )


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

    def __init__(self, *args: Any, canvas: CanvasVersion | None = None, **kwargs: Any) -> None:
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


class StimulusForm(RequestKeyForm):
    """A card."""

    def __init__(self, *args: Any, stimulus: Stimulus | None = None, **kwargs: Any) -> None:
        names = ("kind", "title", "body", "source", "source_url", "source_date")
        if stimulus:
            kwargs["initial"] = {name: getattr(stimulus, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Stimulus, *names)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "request_key"}


class DecisionRulesForm(ActionForm):
    """Scale, quorum, winners and what happens with equal scores."""

    def __init__(self, *args: Any, criteria_set: CriteriaSet, **kwargs: Any) -> None:
        names = ("scale_min", "scale_max", "quorum", "winners", "tie_break")
        kwargs["initial"] = {name: getattr(criteria_set, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(CriteriaSet, *names)

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


class CriterionForm(ActionForm):
    """A criterion with one plain text per score, or for yes and no."""

    def __init__(
        self, *args: Any, criteria_set: CriteriaSet, kind: str, criterion: Criterion | None = None, **kwargs: Any
    ) -> None:
        if criterion:
            kwargs["initial"] = {name: getattr(criterion, name) for name in ("name", "question", "weight")} | {
                f"anchor_{score}": text for score, text in criterion.anchors.items()
            }
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


class LockForm(ActionForm):
    """Lock what was read: `seen` is the digest of the draft on the page."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone."))
