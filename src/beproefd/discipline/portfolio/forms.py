# SPDX-License-Identifier: EUPL-1.2
"""Forms of the gates and the library. Texts and lengths come from the models and the format."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.discipline.juries.models import Interest
from beproefd.discipline.validation.models import Assumption
from beproefd.ground.accounts.models import User
from beproefd.ground.personal_data import Flag
from beproefd.ui.forms import ActionForm, PlainText, RequestKeyForm, model_fields

from .actions import flag_key
from .exchange import LINE, LONG, MOST_BYTES, SHORT, Entry
from .models import GateRequest, LearningOutcome, Outcome, Review

KIND_NAMES = {
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("phone number"),
    "bsn": gettext_lazy("citizen service number (BSN)"),
    "iban": gettext_lazy("bank account number"),
    "postcode": gettext_lazy("postcode with house number"),
    "address": gettext_lazy("address"),
    "date": gettext_lazy("date, perhaps of birth"),
    "age": gettext_lazy("age"),
    "name": gettext_lazy("name"),
}


class AskForm(RequestKeyForm):
    """A team asks to pass the next gate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(GateRequest, "plan")
        self.fields["budget"] = forms.IntegerField(
            label=_("How much money do you ask, in whole euros?"),
            help_text=_("0 if you need no extra money."),
            min_value=0,
            max_value=100_000_000,
            initial=0,
        )


class ReviewerForm(ActionForm):
    """Who is asked to review."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        self.people = {str(person.key): person for person in people}
        super().__init__(*args, **kwargs)
        choices = [
            (key, f"{one.name} ({one.organisation})" if one.organisation else one.name)
            for key, one in self.people.items()
        ]
        self.fields["user"] = forms.ChoiceField(label=_("Who reviews?"), choices=[("", _("Choose ...")), *choices])

    def person(self) -> User:
        """Who was chosen."""
        return self.people[self.cleaned_data["user"]]


class TieForm(ActionForm):
    """Whether a suggested tie binds."""

    binds = forms.ChoiceField(
        label=gettext_lazy("Does this bind?"),
        choices=[
            ("no", gettext_lazy("No, this person can review")),
            ("yes", gettext_lazy("Yes, this person cannot review")),
        ],
        widget=forms.RadioSelect,
    )
    reason = PlainText(label=gettext_lazy("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RecuseForm(ActionForm):
    """What binds a reviewer."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What binds you?"),
        choices=[
            (kind.value, kind.label)
            for kind in (Interest.Kind.PERSONAL, Interest.Kind.FINANCIAL, Interest.Kind.ORGANISATION)
        ],
        widget=forms.RadioSelect,
    )
    note = PlainText(
        label=gettext_lazy("Explain it in one sentence"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class JudgeForm(RequestKeyForm):
    """A review or a decision. The exception is asked only where the evidence is below the level."""

    def __init__(self, *args: Any, level_met: bool, sure: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"] = forms.ChoiceField(
            label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect
        )
        self.fields |= model_fields(Review, "reasons", "exception_reason")
        self.fields["exception_reason"].help_text = _("Only if you choose “Go on”. It is shown as an exception.")
        if level_met:
            del self.fields["exception_reason"]
        if sure:
            self.fields["sure"] = forms.BooleanField(label=_("I know that this cannot be undone."))

    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        names = ("outcome", "reasons", "exception_reason", "request_key")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class BoardForm(ActionForm):
    """Which challenge the board shows."""

    uitdaging = forms.ChoiceField(label=gettext_lazy("Challenge"), required=False)

    def __init__(self, *args: Any, challenges: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uitdaging"].choices = [
            ("", _("All challenges")),
            *((challenge.slug, challenge.title) for challenge in challenges),
        ]


class SearchForm(ActionForm):
    """Words and filters of the library."""

    zoek = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=300)
    soort = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    groep = forms.ChoiceField(label=gettext_lazy("Target group"), required=False)
    uitkomst = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False)

    def __init__(self, *args: Any, groups: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("All"))]
        self.fields["soort"].choices = every + list(Assumption.Kind.choices)
        self.fields["groep"].choices = every + [(name, name) for name in groups]
        self.fields["uitkomst"].choices = every + list(LearningOutcome.choices)


class FlagsForm(RequestKeyForm):
    """For each thing that may be personal data, why it may stay."""

    def ask_about(self, found: Iterable[tuple[str, Flag]]) -> None:
        """A field for each of them; what was typed stays."""
        for where, flag in found:
            self.fields[f"stays_{flag_key(where, flag)}"] = forms.CharField(
                label=_("“%(text)s” (%(kind)s). Why may this stay?")
                % {"text": flag.text, "kind": KIND_NAMES[flag.kind]},
                help_text=_("Found in %(where)s. Leave it empty if you change the text.")
                % {"where": where_name(where)},
                max_length=300,
                required=False,
            )

    def flag_fields(self) -> list[forms.BoundField]:
        """The questions about flags."""
        return [self[name] for name in self.fields if name.startswith("stays_")]

    def confirmed(self) -> dict[str, str]:
        """Reason per flag; also of those that this form did not ask about yet."""
        return {
            name.removeprefix("stays_"): self.data.get(name, "")[:300]
            for name in self.data
            if name.startswith("stays_") and len(name) < 40
        }


def where_name(where: str) -> str:
    """The name of a field for people; a path in a file stays a path."""
    names = {"statement": _("the assumption"), "learning": _("what we learned"), "target_group": _("the target group")}
    return names.get(where, where)


class PublishForm(FlagsForm):
    """The public wording of an entry."""

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "statement": entry.statement,
            "learning": entry.learning,
            "target_group": entry.target_group,
        } | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["statement"] = PlainText(
            label=_("The assumption, in public words"), max_length=LINE, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields["learning"] = PlainText(
            label=_("What we learned, in public words"),
            help_text=_("Name no people. Say what another city can do with it."),
            max_length=LONG,
            required=False,
            widget=forms.Textarea(attrs={"rows": 6}),
        )
        self.fields["target_group"] = forms.CharField(label=_("Target group"), max_length=SHORT, required=False)

    def words(self) -> dict[str, str]:
        """As the action takes them."""
        return {name: self.cleaned_data[name] for name in ("statement", "learning", "target_group")}


class ImportForm(FlagsForm):
    """The file of another municipality."""

    file = forms.FileField(
        label=gettext_lazy("File (JSON)"), widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )

    def clean_file(self) -> UploadedFile:
        """A size that can be read."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB. Nothing was taken in."))
        return upload
