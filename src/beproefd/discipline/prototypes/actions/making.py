# SPDX-License-Identifier: EUPL-1.2
"""A team makes screens. Nothing changes any more once someone has seen them: then a copy is the next version."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.actions.doors import add, enter, refuse_stale, sent_before
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, change_values, record_creation

from .. import pictures
from ..models import MOST_BUTTONS, Button, Prototype, Screen, Session
from ..pictures import Picture

PROTOTYPE_FIELDS = ("title", "task", "question")
SCREEN_FIELDS = ("title", "text", "pictogram", "alt", "question")
MOST_SCREENS = 40


@dataclass(frozen=True)
class ButtonInput:
    """A button as a team says it: `to` is a screen of the same prototype when it goes to a certain one."""

    word: str
    pictogram: str = ""
    goes: str = Button.Goes.NEXT
    to: Screen | None = None


def make_prototype(
    *, by: User, idea: Idea, values: Mapping[str, Any], request_key: uuid.UUID | None = None
) -> Prototype:
    """Begin a row of screens. The same request key gives the same one."""
    with transaction.atomic():
        idea = enter(by, idea)
        return sent_before(Prototype, idea, request_key) or add(
            Prototype, by=by, action="make_prototype", idea=idea, values=values, request_key=request_key
        )


def change_prototype(*, by: User, prototype: Prototype, values: Mapping[str, Any], seen: str = "") -> Prototype:
    """Change the title, the task or the question at the end."""
    with transaction.atomic():
        prototype = _open(by, prototype)
        refuse_stale(prototype, seen)
        said = {name: values[name] for name in PROTOTYPE_FIELDS if name in values}
        change_values(by, "change_prototype", prototype, said)
    return prototype


def add_screen(
    *,
    by: User,
    prototype: Prototype,
    kind: str,
    values: Mapping[str, Any],
    buttons: Sequence[ButtonInput] = (),
    picture: Picture | None = None,
    request_key: uuid.UUID | None = None,
) -> Screen:
    """Put a screen at the end of the row. The same request key, the same screen."""
    with _saved_with(picture) as name:
        prototype = _open(by, prototype)
        existing = prototype.screens.filter(request_key=request_key).first() if request_key else None
        if existing:
            return existing
        last = prototype.screens.aggregate(last=Max("position"))["last"] or 0
        if last >= MOST_SCREENS:
            raise ValidationError(_("A row has at most %(most)s screens.") % {"most": MOST_SCREENS})
        key = request_key or uuid.uuid4()
        screen = Screen(prototype=prototype, position=last + 1, kind=kind, request_key=key)
        _fill(screen, values, picture, name)
        screen.save()
        _put_buttons(screen, buttons)
        record_creation(by, "add_screen", screen)
        _keep(picture, screen, name)
    return screen


def change_screen(
    *,
    by: User,
    screen: Screen,
    values: Mapping[str, Any],
    buttons: Sequence[ButtonInput] = (),
    picture: Picture | None = None,
    seen: str = "",
) -> Screen:
    """Change a screen; without a new picture the old one stays."""
    with _saved_with(picture) as name:
        _open(by, screen.prototype)
        screen = Screen.objects.select_related("prototype").get(pk=screen.pk)
        refuse_stale(screen, seen)
        before = screen.image
        with change(by, "change_screen", screen):
            _fill(screen, values, picture, name)
            screen.save()
            screen.buttons.all().delete()
            _put_buttons(screen, buttons)
        _keep(picture, screen, name)
        if screen.image != before:
            _forget(before)
    return screen


def move_screen(*, by: User, screen: Screen, up: bool) -> Screen:
    """One place up or down; harmless at the end of the row."""
    with transaction.atomic():
        prototype = _open(by, screen.prototype)
        screen = prototype.screens.get(pk=screen.pk)
        order = list(prototype.screens.order_by("position"))
        at = order.index(screen)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(order):
            return screen
        mine, other = order[at], order[to]
        with change(by, "move_screen", mine), change(by, "move_screen", other):
            here, there = mine.position, other.position
            for row, position in ((mine, 0), (other, here), (mine, there)):  # a place holds one screen at a time
                row.position = position
                row.save(update_fields=["position"])
    return mine


def remove_screen(*, by: User, screen: Screen) -> None:
    """Take a screen out. Buttons that led to it go to the next screen in the row.

    Sessions that nobody began, and in which coming to it was the yes, wait for someone who watched instead.
    """
    with transaction.atomic():
        prototype = _open(by, screen.prototype)
        found = prototype.screens.filter(pk=screen.pk).first()
        if found is None:
            return
        for other in prototype.screens.filter(buttons__to=found).exclude(pk=found.pk).distinct():
            with change(by, "redirect_buttons", other):
                other.buttons.filter(to=found).update(goes=Button.Goes.NEXT, to=None)
        for session in Session.objects.filter(goal=found):
            with change(by, "forget_goal", session):
                session.goal = None
                session.save(update_fields=["goal"])
        with change(by, "remove_screen", found):
            found.buttons.all().delete()
            Screen.objects.filter(pk=found.pk).delete()
        _forget(found.image)


def copy_prototype(*, by: User, prototype: Prototype) -> Prototype:
    """The next version of screens that someone has seen. There is one next version: asked again, it is found again."""
    with transaction.atomic():
        idea = enter(by, prototype.idea)
        prototype = Prototype.objects.select_for_update(of=("self",)).get(pk=prototype.pk)
        existing = Prototype.objects.filter(previous=prototype).first()
        if existing:
            return existing
        if not prototype.is_locked:
            raise ValidationError(_("Nobody has seen these screens yet, so you can still change them."))
        values = {name: getattr(prototype, name) for name in PROTOTYPE_FIELDS}
        values |= {"previous": prototype, "version": prototype.version + 1}
        made = add(Prototype, by=by, action="copy_prototype", idea=idea, values=values)
        twins = {}
        for screen in prototype.screens.prefetch_related("buttons"):
            twins[screen.pk] = Screen.objects.create(
                prototype=made,
                **{
                    name: getattr(screen, name)
                    for name in (*SCREEN_FIELDS, "position", "kind", "image", "width", "height")
                },
            )
        for screen in prototype.screens.prefetch_related("buttons"):
            for button in screen.buttons.all():
                Button.objects.create(
                    screen=twins[screen.pk],
                    position=button.position,
                    word=button.word,
                    pictogram=button.pictogram,
                    goes=button.goes,
                    to=twins[button.to_id] if button.to_id else None,
                )
        record_creation(by, "copy_screen", *twins.values())
    return made


def lock_prototype(actor: Any, prototype: Prototype) -> None:
    """Someone sees it: from now on nothing changes (database triggers). Harmless when already locked."""
    prototype = Prototype.objects.select_for_update(of=("self",)).get(pk=prototype.pk)
    if prototype.is_locked:
        return
    for screen in prototype.screens.all():
        with change(actor, "lock_screen", screen):
            screen.locked = True
            screen.save(update_fields=["locked"])
            screen.buttons.update(locked=True)
    with change(actor, "lock_prototype", prototype):
        prototype.locked_at = timezone.now()
        prototype.save(update_fields=["locked_at"])


def _open(by: User, prototype: Prototype) -> Prototype:
    """The prototype as it stands, allowed and not locked; whoever works on the same idea waits."""
    enter(by, prototype.idea)
    prototype = Prototype.objects.select_for_update(of=("self",)).select_related("idea").get(pk=prototype.pk)
    if prototype.is_locked:
        raise ValidationError(
            _("Someone has tried these screens, so they stay as they are. Make a copy and change that one.")
        )
    return prototype


@contextmanager
def _saved_with(picture: Picture | None) -> Iterator[str]:
    """One transaction around a row and its picture, with the name for it. When the row is refused, no file stays."""
    name = pictures.name_for(picture) if picture else ""
    try:
        with transaction.atomic():
            yield name
    except BaseException:
        pictures.throw_away(name)
        raise


def _keep(picture: Picture | None, screen: Screen, name: str) -> None:
    """Write the file, as the last thing that can fail before the commit."""
    if picture is not None and screen.image == name:
        pictures.keep(picture, name)


def _fill(screen: Screen, values: Mapping[str, Any], picture: Picture | None, image: str) -> None:
    for name in SCREEN_FIELDS:
        setattr(screen, name, values.get(name, getattr(screen, name)).strip())
    if screen.kind == Screen.Kind.TEXT:
        screen.alt = ""
        if not screen.text:
            raise ValidationError({"text": _("Write what stands on the screen.")})
    else:
        if picture is None and not screen.image:
            raise ValidationError({"picture": _("Choose a picture, or draw one.")})
        if not screen.alt:
            raise ValidationError({"alt": _("Say what can be seen, for who cannot see the picture.")})
    screen.full_clean(validate_constraints=False)
    if picture is not None and screen.kind != Screen.Kind.TEXT:
        screen.width, screen.height = picture.width, picture.height
        screen.image = image


def _put_buttons(screen: Screen, buttons: Sequence[ButtonInput]) -> None:
    if len(buttons) > MOST_BUTTONS:
        raise ValidationError(_("A screen has at most %(most)s buttons.") % {"most": MOST_BUTTONS})
    for position, said in enumerate(buttons, start=1):
        to = said.to if said.goes == Button.Goes.SCREEN else None
        if said.goes == Button.Goes.SCREEN and (to is None or to.prototype_id != screen.prototype_id):
            raise ValidationError(_("Choose a screen of this row for the button “%(word)s”.") % {"word": said.word})
        button = Button(
            screen=screen, position=position, word=said.word.strip(), pictogram=said.pictogram, goes=said.goes, to=to
        )
        button.full_clean()
        button.save()


def _forget(name: str) -> None:
    """After the commit: throw a picture away unless another version shows it."""
    if name:
        transaction.on_commit(lambda: None if Screen.objects.filter(image=name).exists() else pictures.throw_away(name))
