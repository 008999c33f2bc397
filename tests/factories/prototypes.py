# SPDX-License-Identifier: EUPL-1.2
"""Screens of an idea that is being worked out, and people who try them."""

import io
import uuid
from typing import Any

from PIL import Image

from beproefd.discipline.prototypes import actions
from beproefd.discipline.prototypes.actions import ButtonInput
from beproefd.discipline.prototypes.models import Prototype, Screen, Session, Step
from beproefd.discipline.prototypes.pictures import Picture, read_picture
from beproefd.discipline.validation.models import TestCard

from .validation import Workshop, card


def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (60, 80), colour: str = "navy", **options: Any) -> bytes:
    """A small picture as a file."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def picture() -> Picture:
    """A small picture, drawn anew."""
    return read_picture(picture_bytes())


def prototype(shop: Workshop, **values: Any) -> Prototype:
    """A row without screens."""
    values = {"title": "Spaarpot", "task": "Zet 5 euro opzij.", "question": "Wat vind je ervan?"} | values
    return actions.make_prototype(by=shop.owner, idea=shop.idea, values=values)


def screen(shop: Workshop, of: Prototype, title: str = "Begin", *buttons: ButtonInput, **values: Any) -> Screen:
    """A screen of plain text."""
    values = {"title": title, "text": f"Dit is {title}."} | values
    return actions.add_screen(by=shop.owner, prototype=of, kind="text", values=values, buttons=buttons)


def three_screens(shop: Workshop, **values: Any) -> Prototype:
    """Begin (a picture) > Sparen (asks for a face) > Klaar; from Begin one can also go straight to the end."""
    made = prototype(shop, **values)
    actions.add_screen(
        by=shop.owner,
        prototype=made,
        kind="picture",
        values={"title": "Begin", "text": "Wil je sparen?", "alt": "Een blauwe spaarpot", "pictogram": "euro"},
        buttons=[ButtonInput("Ja", "yes"), ButtonInput("Nee", "no", "done")],
        picture=picture(),
    )
    screen(shop, made, "Sparen", ButtonInput("5 euro", "euro"), question="Is dit duidelijk?")
    screen(shop, made, "Klaar")
    return made


def session(shop: Workshop, of: Prototype | None = None, on: TestCard | None = None, **said: Any) -> Session:
    """An address for one tester."""
    said = {"mode": "alone"} | said
    return actions.start_session(by=shop.owner, prototype=of or three_screens(shop), card=on or card(shop), **said)


def walk(session: Session, *pressed: str) -> Step:
    """Take part if that was not done yet, and press these one after the other."""
    actions.join(session=session)
    for choice in pressed:
        last = session.steps.order_by("-position")[0]
        actions.press(session=session, at=last.position, pressed=choice, key=uuid.uuid4())
    return session.steps.order_by("-position")[0]


def tried(session: Session, face: str = "good", alone: str = "yes") -> Session:
    """The whole way through three screens, up to and including handing in."""
    helped = ["together"] if session.is_assisted else []
    walk(session, "on", "1", "1", "good", *helped, "on", face, *(helped if face != "skip" else []))
    if session.is_assisted:
        walk(session, alone)
    return actions.finish(session=session)
