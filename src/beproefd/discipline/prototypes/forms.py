# SPDX-License-Identifier: EUPL-1.2
"""Forms of the pages about screens. Texts and lengths come from the models."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.discipline.validation.forms import PlaceForm
from beproefd.discipline.validation.models import TargetGroup, TestCard
from beproefd.ui.forms import ActionForm, RequestKeyForm, StampedForm, model_fields

from .actions import ButtonInput
from .actions.making import PROTOTYPE_FIELDS, SCREEN_FIELDS
from .models import MOST_BUTTONS, Button, Prototype, Screen, Session
from .pictograms import Pictogram
from .pictures import MOST_BYTES, Picture, read_drawing, read_picture

NO_PICTOGRAM = ("", gettext_lazy("no picture"))


class NewPrototypeForm(RequestKeyForm):
    """A new row of screens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Prototype, *PROTOTYPE_FIELDS)
        self.fields["question"].initial = _("What do you think of this?")

    def values(self) -> dict[str, str]:
        """What it says."""
        return {name: self.cleaned_data[name] for name in PROTOTYPE_FIELDS}


class PrototypeForm(StampedForm):
    """Title, task and question of a row of screens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= model_fields(Prototype, *PROTOTYPE_FIELDS)

    def values(self) -> dict[str, str]:
        """What it says."""
        return {name: self.cleaned_data[name] for name in PROTOTYPE_FIELDS}


class ScreenForm(StampedForm, RequestKeyForm):
    """One screen with up to four buttons. `kind` decides what is asked."""

    def __init__(
        self, *args: Any, kind: str, others: Iterable[Screen] = (), screen: Screen | None = None, **kwargs: Any
    ) -> None:
        self.kind, self.others, self.screen = kind, list(others), screen
        if screen:
            kwargs["initial"] = _as_typed(screen) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if screen:
            del self.fields["request_key"]
        own = model_fields(Screen, *SCREEN_FIELDS)
        own["pictogram"].choices = [NO_PICTOGRAM, *Pictogram.choices]
        self.fields["title"] = own["title"]
        own["text"].widget = forms.Textarea(attrs={"rows": 3, "maxlength": own["text"].max_length})
        if kind == Screen.Kind.TEXT:
            own["text"].required = True
        else:
            self.fields["picture"] = forms.FileField(
                label=_("Picture") if kind == Screen.Kind.PICTURE else _("Or choose a photo of a drawing"),
                help_text=_("PNG, JPEG or WebP, at most 5 MB. No photo of a person without their consent."),
                widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
                required=False,
            )
            self.fields["picture"].asked_later = screen is None and kind == Screen.Kind.PICTURE
            if kind == Screen.Kind.DRAWING:
                self.fields["drawing"] = forms.CharField(widget=forms.HiddenInput, required=False)
            self.fields["alt"] = own["alt"]
            own["alt"].required = True
        self.fields["text"] = own["text"]
        self.fields["pictogram"] = own["pictogram"]
        for number in range(1, MOST_BUTTONS + 1):
            self.fields |= self._button(number)
        self.fields["question"] = own["question"]

    def _button(self, number: int) -> dict[str, forms.Field]:
        told = model_fields(Button, "word", "pictogram")
        told["word"].required = False
        told["pictogram"].choices = [NO_PICTOGRAM, *Pictogram.choices]
        goes = [
            (Button.Goes.NEXT.value, Button.Goes.NEXT.label),
            *((f"screen-{row.pk}", _("to “%(title)s”") % {"title": row.title}) for row in self.others),
            (Button.Goes.DONE.value, Button.Goes.DONE.label),
        ]
        return {
            f"word_{number}": told["word"],
            f"pictogram_{number}": told["pictogram"],
            f"goes_{number}": forms.ChoiceField(
                label=_("Where to?"), choices=goes, required=False, initial=Button.Goes.NEXT.value
            ),
        }

    @property
    def button_rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The fields of each button together."""
        return [
            (number, [self[f"{name}_{number}"] for name in ("word", "pictogram", "goes")])
            for number in range(1, MOST_BUTTONS + 1)
        ]

    def clean_picture(self) -> Picture | None:
        """The uploaded picture, drawn anew."""
        upload = self.cleaned_data.get("picture")
        if not upload:
            return None
        if upload.size > MOST_BYTES:
            raise ValidationError(_("This picture is larger than 5 MB. Make it smaller and try again."))
        return read_picture(upload.read())

    def clean_drawing(self) -> Picture | None:
        """What came from the drawing board, drawn anew."""
        sent = self.cleaned_data.get("drawing")
        return read_drawing(sent) if sent else None

    def clean(self) -> dict[str, Any]:
        """A button needs a word; a new screen needs its picture."""
        cleaned = super().clean() or {}
        for number in range(1, MOST_BUTTONS + 1):
            if cleaned.get(f"pictogram_{number}") and not cleaned.get(f"word_{number}"):
                self.add_error(f"word_{number}", _("A picture alone is not enough: write a word on the button too."))
        if self.kind != Screen.Kind.TEXT and not self.screen and not self.new_picture() and not self.errors:
            self.add_error("picture", _("Choose a picture, or draw one."))
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """A drawing that is refused itself does not come back with the page."""
        super().add_error(field, error)
        if field == "drawing":
            self.put(drawing="")

    @property
    def kept_drawing(self) -> bool:
        """Whether a refused form gives the drawing back; it goes along with the next press on Save."""
        return bool(self.errors and self.data.get("drawing") and "drawing" in self.fields)

    @property
    def lost_picture(self) -> bool:
        """Whether a refused form held a file: a browser does not send that again by itself."""
        return bool(self.errors and self.files.get("picture"))

    def new_picture(self) -> Picture | None:
        """The new picture, if there is one; a chosen file goes before a drawing."""
        return self.cleaned_data.get("picture") or self.cleaned_data.get("drawing") or None

    def values(self) -> dict[str, str]:
        """The texts."""
        return {name: self.cleaned_data[name] for name in SCREEN_FIELDS if name in self.cleaned_data}

    def buttons(self) -> list[ButtonInput]:
        """The buttons with a word on them."""
        by_choice = {f"screen-{row.pk}": row for row in self.others}
        found = []
        for number in range(1, MOST_BUTTONS + 1):
            word = self.cleaned_data[f"word_{number}"]
            goes = self.cleaned_data[f"goes_{number}"] or Button.Goes.NEXT
            if word:
                to = by_choice.get(goes)
                found.append(
                    ButtonInput(word, self.cleaned_data[f"pictogram_{number}"], Button.Goes.SCREEN if to else goes, to)
                )
        return found


def _as_typed(screen: Screen) -> dict[str, Any]:
    """A screen as its form shows it."""
    values: dict[str, Any] = {name: getattr(screen, name) for name in SCREEN_FIELDS}
    for button in screen.buttons.all():
        values[f"word_{button.position}"] = button.word
        values[f"pictogram_{button.position}"] = button.pictogram
        values[f"goes_{button.position}"] = f"screen-{button.to_id}" if button.to_id else button.goes
    return values


class SessionForm(PlaceForm, RequestKeyForm):
    """Start a session: for which test, who is there, what counts as a yes, and where."""

    def __init__(
        self,
        *args: Any,
        cards: list[TestCard],
        groups: list[TargetGroup],
        screens: Iterable[Screen] = (),
        places: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.goals = {f"screen-{row.pk}": row for row in screens}
        self.cards, self.groups = {str(card.pk): card for card in cards}, {str(group.pk): group for group in groups}
        self.fields["card"] = forms.ChoiceField(
            label=_("For which test?"),
            choices=[(str(card.pk), _card_in_words(card)) for card in cards],
            widget=forms.RadioSelect,
            initial=str(cards[0].pk) if len(cards) == 1 else None,
        )
        self.fields["mode"] = forms.ChoiceField(
            label=_("Who is there?"), choices=Session.Mode.choices, widget=forms.RadioSelect
        )
        self.fields["counts"] = forms.ChoiceField(
            label=_("Who or what says that it is a yes?"),
            help_text=_("Someone who watches is the safest. A face never counts: it tells how someone feels about it."),
            choices=[
                ("", _("someone who watched says it at the end")),
                *(
                    (value, _("the person comes to the screen “%(title)s”") % {"title": row.title})
                    for value, row in self.goals.items()
                ),
            ],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["counts"].asked_later = True  # the first choice is chosen, so it never stays empty
        if any(card.has_two_arms for card in cards):
            self.fields["arm"] = forms.ChoiceField(
                label=_("Which way does this person get?"),
                help_text=_("Only for a test that compares two ways."),
                choices=[("", _("this test has one way")), ("control", _("the old way")), ("new", _("the new way"))],
                widget=forms.RadioSelect,
                required=False,
            )
        if groups:
            self.fields["group"] = forms.ChoiceField(
                label=_("Target group"),
                choices=[("", _("as the test card says")), *((pk, group.name) for pk, group in self.groups.items())],
                required=False,
            )
        self.offer_places(places)

    def values(self) -> dict[str, Any]:
        """As the action takes it."""
        said = self.cleaned_data
        return {
            "card": self.cards[said["card"]],
            "mode": said["mode"],
            "arm": said.get("arm", ""),
            "group": self.groups.get(said.get("group", "")),
            "place": said["place"],
            "goal": self.goals.get(said["counts"]),
            "request_key": said["request_key"],
        }


def _card_in_words(card: TestCard) -> str:
    """The question of a test, what has to be seen for a yes, and whether help counts."""
    said = {"card": card, "question": card.question, "measure": card.measure}
    helped = _("With help is a yes too.") if card.help_counts else _("With help is a no.")
    return f"{_('%(card)s: %(question)s A yes is: “%(measure)s”') % said} {helped}"


class ResultForm(ActionForm):
    """What someone of the team saw in a session."""

    result = forms.ChoiceField(
        label=gettext_lazy("What did you see?"), choices=Session.Result.choices, widget=forms.RadioSelect
    )


class PressForm(forms.Form):
    """What a tester pressed. The key was made with the page."""

    pressed = forms.CharField(max_length=12)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
