# SPDX-License-Identifier: EUPL-1.2
"""How the tests of the pages visit them, and read what stands there."""

import re
from typing import Any

from django.urls import reverse

from beproefd.discipline.prototypes import actions
from beproefd.discipline.prototypes.models import Prototype, Session
from tests.factories import prototypes as draw
from tests.ui.page import Page


def of(prototype: Prototype, name: str, *rest: Any) -> str:
    idea = prototype.idea
    return reverse(f"prototypes:{name}", args=[idea.challenge.slug, idea.reference, prototype.number, *rest])


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", Page(response.content.decode()).text)


def pages_walked(session: Session) -> list[str]:
    """Every page of a session with a helper, walked to its end; each looked at before it is left."""
    found = [reverse("trying:welcome", args=[session.token])]
    actions.join(session=session)
    presses = ["on", "1", "1", "good", "together", "on", "good", "self", "yes"]
    if not session.is_assisted:
        presses = ["on", "1", "1", "good", "on", "good"]
    for press in [*presses, ""]:
        last = session.steps.order_by("-position")[0]
        found.append(reverse("trying:step", args=[session.token, last.position]))
        if press:
            draw.walk(session, press)
    return found
