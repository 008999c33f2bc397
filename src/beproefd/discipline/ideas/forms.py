# SPDX-License-Identifier: EUPL-1.2
"""Forms of the idea pages. Texts and lengths come from the models, so that the two never differ."""

import uuid
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.discipline.challenges.models import Stimulus
from beproefd.ui.forms import ActionForm, PlainText, model_fields

from .actions import NEEDED_TO_SUBMIT
from .csv_import import MOST_BYTES
from .models import VERSION_FIELDS, Idea, IdeaVersion, TeamMember


class IdeaForm(ActionForm):
    """What an idea says, and the cards that sparked it."""

    sparks = forms.MultipleChoiceField(
        label=gettext_lazy("Which cards sparked this idea?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self, *args: Any, cards: Iterable[Stimulus], version: IdeaVersion | None = None, **kwargs: Any
    ) -> None:
        if version:
            texts = {name: getattr(version, name) for name in VERSION_FIELDS}
            kwargs["initial"] = texts | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(IdeaVersion, *VERSION_FIELDS)
        for name in NEEDED_TO_SUBMIT:
            self.fields[name].asked_later = True
        self.cards = list(cards)
        if self.cards:
            self.fields["sparks"].choices = [
                (
                    str(card.pk),
                    _("%(title)s (%(kind)s)") % {"title": card.title, "kind": card.get_kind_display().lower()},
                )
                for card in self.cards
            ]
        else:
            del self.fields["sparks"]

    def values(self) -> dict[str, str]:
        """The text of the new version."""
        return {name: self.cleaned_data[name] for name in VERSION_FIELDS}

    def chosen_cards(self) -> list[Stimulus]:
        """The cards that sparked the idea."""
        chosen = self.cleaned_data.get("sparks", [])
        return [card for card in self.cards if str(card.pk) in chosen]


class StartForm(IdeaForm):
    """A new idea. The programme may type one in for someone who told it or wrote it on paper."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of organisation are you from?"),
        choices=TeamMember.Kind.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, manages: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if manages:
            self.fields["kind"].required = False  # the action asks for it, and for the note, as the channel needs
            self.fields["kind"].asked_later = True
            self.fields["channel"] = forms.ChoiceField(
                label=_("Whose idea is it?"),
                choices=[
                    (Idea.Channel.ONLINE, _("My own idea")),
                    (Idea.Channel.PAPER, _("Of someone who wrote it on paper")),
                    (Idea.Channel.SPOKEN, _("Of someone who told it")),
                ],
                initial=Idea.Channel.ONLINE,
                widget=forms.RadioSelect,
            )
            self.fields |= model_fields(Idea, "channel_note")

    def origin(self) -> dict[str, Any]:
        """Where the idea comes from, as the action takes it."""
        said = {name: self.cleaned_data[name] for name in ("channel", "channel_note") if name in self.cleaned_data}
        return said | {"kind": self.cleaned_data.get("kind", "")}


class EditForm(IdeaForm):
    """The next version of an idea, on top of the version the writer saw."""

    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def typed(data: QueryDict) -> dict[str, Any]:
    """What stands in a form that is not sent yet, to show it again without judging it."""
    return {name: data.getlist(name) if name == "sparks" else data[name] for name in data}


class MemberForm(ActionForm):
    """Someone is invited into the team, or noted in it by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(TeamMember, "name", "organisation", "kind")
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"),
            help_text=_(
                "We send an invitation. After accepting it, this person can open the idea too. Without an address only "
                "the name is noted."
            ),
            required=False,
        )
        self.fields |= model_fields(TeamMember, "is_owner")


class MergeForm(ActionForm):
    """One new text for several ideas, and why they become one."""

    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, into: Idea, sources: Iterable[Idea], **kwargs: Any) -> None:
        kwargs["initial"] = {"base_number": into.current.number} | {
            name: _together(name, [into, *sources]) for name in VERSION_FIELDS
        }
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(IdeaVersion, *VERSION_FIELDS)
        self.fields["reason"] = PlainText(
            label=_("Why do these ideas become one?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
        )

    def values(self) -> dict[str, str]:
        """The text of the new version."""
        return {name: self.cleaned_data[name] for name in VERSION_FIELDS}


def _together(name: str, ideas: Iterable[Idea]) -> str:
    """The texts under each other when they fit, otherwise the first; a title is never a sum."""
    texts = list(dict.fromkeys(filter(None, (getattr(idea.current, name) for idea in ideas))))
    whole = "\n\n".join(texts)
    limit = IdeaVersion._meta.get_field(name).max_length  # noqa: SLF001 -- Django's documented meta API
    return whole if name != "title" and len(whole) <= limit else next(iter(texts), "")


class ImportForm(ActionForm):
    """A CSV file."""

    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> UploadedFile:
        """The name says CSV and the size is bearable; the contents are for the import itself."""
        upload = self.cleaned_data["file"]
        if PurePath(upload.name).suffix.lower() != ".csv":
            raise ValidationError(_("This is not a CSV file. Its name must end in .csv. Nothing was taken in."))
        if upload.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 2 MB. Split it and try again. Nothing was taken in."))
        return upload
