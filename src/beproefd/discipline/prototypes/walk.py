# SPDX-License-Identifier: EUPL-1.2
"""What comes after what in a session. Nothing moves by itself: every step follows from something that was pressed."""

from collections.abc import Sequence
from dataclasses import dataclass

from .models import Button, Screen, Step

ON = "on"  # pressed where there is one way forward
SKIP = "skip"
BACK = "back"
FACES = (Step.Answer.GOOD, Step.Answer.SO_SO, Step.Answer.BAD)


@dataclass(frozen=True)
class Place:
    """Where a session stands: a kind of page and the screen it is about. `pressed`: the button that waits behind it."""

    kind: str
    screen: Screen | None = None
    pressed: str = ""


def first() -> Place:
    """A session begins with the task."""
    return Place(Step.Kind.TASK)


def choices(place: Place, screens: Sequence[Screen]) -> set[str]:
    """What can be pressed here, besides back and stop. `screens` in their order, with their buttons."""
    if place.kind == Step.Kind.SCREEN:
        buttons = _buttons(place.screen, screens)
        return {str(button.position) for button in buttons} or {ON}
    if place.kind == Step.Kind.FACE:
        return {*FACES, SKIP}
    if place.kind == Step.Kind.WHO:
        return {"self", "together", "helper"}
    if place.kind == Step.Kind.RESULT:
        return {Step.Answer.YES, Step.Answer.HELPED, Step.Answer.NO, Step.Answer.UNCLEAR}
    return {ON}


def after(place: Place, pressed: str, screens: Sequence[Screen], *, assisted: bool) -> Place | None:
    """The next place; None after the last one."""
    if place.kind == Step.Kind.TASK:
        return Place(Step.Kind.SCREEN, screens[0])
    if place.kind == Step.Kind.SCREEN:
        asks = place.screen and place.screen.question
        return Place(Step.Kind.FACE, place.screen, pressed) if asks else leads_to(place.screen, pressed, screens)
    if place.kind == Step.Kind.FACE and assisted and pressed != SKIP:
        return Place(Step.Kind.WHO, place.screen, place.pressed)
    if place.kind in {Step.Kind.FACE, Step.Kind.WHO} and place.screen:
        return leads_to(place.screen, place.pressed, screens)
    if place.kind in {Step.Kind.FACE, Step.Kind.WHO} and assisted:
        return Place(Step.Kind.RESULT)
    return None if place.kind == Step.Kind.END else Place(Step.Kind.END)


def leads_to(screen: Screen | None, pressed: str, screens: Sequence[Screen]) -> Place:
    """Where a button leads; behind the last screen, and after “done”, stands the question of the end."""
    button = next((b for b in _buttons(screen, screens) if str(b.position) == pressed), None)
    goes = button.goes if button else Button.Goes.NEXT
    by_pk = {row.pk: row for row in screens}
    if goes == Button.Goes.SCREEN and button and button.to_id in by_pk:
        return Place(Step.Kind.SCREEN, by_pk[button.to_id])
    if goes == Button.Goes.NEXT and screen:
        later = [row for row in screens if row.position > screen.position]
        if later:
            return Place(Step.Kind.SCREEN, later[0])
    return Place(Step.Kind.FACE)


def _buttons(screen: Screen | None, screens: Sequence[Screen]) -> list[Button]:
    return next((list(row.buttons.all()) for row in screens if screen and row.pk == screen.pk), [])
