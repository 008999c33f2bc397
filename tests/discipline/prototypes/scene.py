# SPDX-License-Identifier: EUPL-1.2
"""Builds a team with screens on the data of a running site and prints what a browser needs, as JSON.

Run as a process of its own, with the site's environment: `python -m tests.discipline.prototypes.scene`.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


def build() -> dict[str, Any]:
    """A row of screens, a session alone and one with a helper, and a signed-in member of the team."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415 -- after start
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 -- idem
    from django.test.utils import override_settings  # noqa: PLC0415 -- idem

    from tests import factories as make  # noqa: PLC0415 -- idem
    from tests.factories import prototypes as draw  # noqa: PLC0415 -- idem

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        shop = make.workshop()
        prototype, card = draw.three_screens(shop), make.card(shop)
        alone = draw.session(shop, prototype, card)
        assisted = draw.session(shop, prototype, card, mode="assisted", place="Molenwijk")
    signed_in = SessionStore()
    signed_in[SESSION_KEY] = str(shop.owner.pk)
    signed_in[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    signed_in[HASH_SESSION_KEY] = shop.owner.get_session_auth_hash()
    signed_in.create()
    home = f"/trajecten/{shop.idea.challenge.slug}/{shop.idea.reference}/schermen/"
    return {
        "home": home,
        "prototype": f"{home}{prototype.number}/",
        "screens": [screen.pk for screen in prototype.screens.all()],
        "alone": alone.token,
        "assisted": assisted.token,
        "session": str(assisted.pk),
        "cookie": signed_in.session_key,
    }


def at_the_end() -> str:
    """A new database with one session that has only to be handed in."""
    from beproefd.cli.serve import prepare  # noqa: PLC0415 -- needs Django to be started
    from tests import factories as make  # noqa: PLC0415 -- idem
    from tests.factories import prototypes as draw  # noqa: PLC0415 -- idem

    prepare()
    session = draw.session(make.workshop(), mode="assisted")
    draw.walk(session, "on", "2", "good", "self", "yes")
    return str(session.token)


def finish(token: str, written: str = "") -> None:
    """Hand in; with `written` stop after the observation, inside the transaction, for as long as we live."""
    from django.db.models.signals import post_save  # noqa: PLC0415 -- needs Django to be started

    from beproefd.discipline.prototypes.actions import finish as hand_in  # noqa: PLC0415 -- idem
    from beproefd.discipline.prototypes.models import Session  # noqa: PLC0415 -- idem
    from beproefd.discipline.validation.models import Observation  # noqa: PLC0415 -- idem

    def hang(**_more: Any) -> None:
        Path(written).touch()
        time.sleep(600)

    if written:
        post_save.connect(hang, sender=Observation, weak=False)
    hand_in(session=Session.objects.get(token=token))


def count() -> dict[str, Any]:
    """What the database holds."""
    from beproefd.discipline.prototypes.models import Session  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.validation.models import Observation  # noqa: PLC0415 -- idem
    from beproefd.ground.audit.queries import verify  # noqa: PLC0415 -- idem

    states = list(Session.objects.values_list("state", "not_counted"))
    return {"observations": Observation.objects.count(), "sessions": states, "log": verify().problem}


COMMANDS: dict[str, Callable[..., Any]] = {"build": build, "at_the_end": at_the_end, "finish": finish, "count": count}

if __name__ == "__main__":
    django.setup()
    command, *rest = sys.argv[1:] or ["build"]
    sys.stdout.write(json.dumps(COMMANDS[command](*rest)))
