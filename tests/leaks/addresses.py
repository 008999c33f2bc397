# SPDX-License-Identifier: EUPL-1.2
"""Every address of the product up to the decision, filled in, and all that it answers to a viewer."""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import pypdf
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from beproefd.discipline.ideas.models import TeamInvitation
from beproefd.discipline.juries.models import Interest
from beproefd.ground.accounts.models import User
from tests.leaks.worlds import HIDDEN, OPEN, Room

Address = tuple[str, str]  # name and path
NOWHERE = UUID("7c0b9d0e-6b0a-4d5c-8b7e-3f8a3a0c1d11")  # the key of no invitation
FOLLOW_UP = ("validation:", "tracks:", "prototypes:", "trying:", "portfolio:", "library:")  # test_follow_up.py
QUIET = ("/account/", "/accounts/", "/stijlgids/", "/taal/", "/.well-known/")


def every_address(room: Room, references: Iterable[str] = (HIDDEN, OPEN)) -> list[Address]:
    """Every address of the product up to the decision, filled in."""
    found = []
    for name, route, names in _patterns(get_resolver().url_patterns):
        if name.startswith(FOLLOW_UP):
            continue
        if not names:
            found.append((name, f"/{route}"))
            continue
        found += [(name, reverse(name, kwargs=values)) for values in fillings(name, names, room, list(references))]
    return found


def rooms(addresses: Iterable[Address]) -> list[Address]:
    """The addresses that tell something of an idea or a jury, and every one that is new. The rest is looked at once."""
    return [(name, path) for name, path in addresses if not path.startswith(QUIET) and "challenges:" not in name]


def _patterns(patterns: Iterable[Any], route: str = "", space: str = "") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for pattern in patterns:
        here, names = route + str(pattern.pattern), space
        if isinstance(pattern, URLResolver):
            names += f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _patterns(pattern.url_patterns, here, names)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name or here}", here, tuple(re.findall(r"<(?:\w+:)?(\w+)>", here))


def fillings(name: str, names: tuple[str, ...], room: Room, references: list[str]) -> Iterator[dict[str, Any]]:
    """Values for the parts of an address. An address with a part that is not known here fails the test."""
    waiting = room.round.seats.filter(user=room.alternate).values_list("pk", flat=True)
    hidden = Interest.objects.filter(round=room.round, idea__reference=HIDDEN).values_list("pk", flat=True)
    invitations = TeamInvitation.objects.filter(idea__challenge=room.challenge).values_list("key", flat=True)
    known: dict[str, list[Any]] = {
        "slug": [room.challenge.slug],
        "reference": references,
        "number": [1],
        "version": [1],
        "juries:interest_decide/pk": [hidden[0] if hidden else 999_999],
        "juries:seat_remove/pk": list(waiting),
        "juries:seat_activate/pk": list(waiting),
        "juries:seat_lay_down/pk": list(waiting),
        "juries:change_score/key": ["waarde"],
        "challenges:stimulus_edit/pk": [room.challenge.stimuli.get().pk],
        "challenges:criterion_edit/key": ["waarde"],
        "challenges:criterion_remove/key": ["waarde"],
        "accounts:edit/key": [room.owner.key],
        "ideas:invitation/key": [*invitations] or [NOWHERE],
        "tracks:sign_off/token": ["abc"],
        "account_confirm_email/key": ["abc"],
        "account_reset_password_from_key/uidb36": ["1"],
        "account_reset_password_from_key/key": ["abc-def"],
        "mfa_remove_webauthn/pk": [1],
        "mfa_edit_webauthn/pk": [1],
        "openid_connect_login/provider_id": ["gemeente"],
        "openid_connect_callback/provider_id": ["gemeente"],
    }
    filled: list[dict[str, Any]] = [{}]
    for part in names:
        values = known.get(f"{name}/{part}", known.get(part))
        assert values is not None, f"say in fillings what <{part}> in the address {name} is"
        filled = [values_so_far | {part: value} for values_so_far in filled for value in values]
    yield from filled


# What an address answers


TOKENS = re.compile(rb'((?:name="(?:csrfmiddlewaretoken|request_key)" value="|X-CSRFToken": "))[^"]+')
NUMBERS = re.compile(
    rb'(/(?:belangen|zetels)/|(?:id|for)="reason-|name="(?:remove|withdraw)" value=")\d+|(/uitnodiging/)[0-9a-f-]{36}'
)


def said(response: Any) -> tuple[Any, ...]:
    """Everything an answer says, without what is random and the numbers of rows in addresses."""
    body = response.content
    assert response.status_code < 500
    if response.headers.get("Content-Type") == "application/pdf":
        body = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).encode()
    body = NUMBERS.sub(rb"\g<1>\g<2>N", TOKENS.sub(rb"\g<1>T", body))
    location = NUMBERS.sub(rb"\g<1>\g<2>N", response.headers.get("Location", "").encode())  # may repeat what was asked
    headers = (location, *(response.headers.get(name) for name in ("Content-Type", "Content-Disposition")))
    return response.status_code, headers, body


class Browser(Client):
    """Django's test client without its bookkeeping of templates, which costs more here than the pages themselves."""

    def request(self, **request: Any) -> Any:
        """Ask, and keep the cookies."""
        response = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response


def visit(viewer: User | None = None) -> Client:
    """A browser in which this person is signed in."""
    client = Browser()
    if viewer:
        client.force_login(viewer)
    return client


def look(viewer: User | None, addresses: Iterable[Address]) -> dict[Address, tuple[Any, ...]]:
    """What every address answers to this viewer."""
    client = visit(viewer)
    return {plain(address): said(client.get(address[1])) for address in addresses}


def plain(address: Address) -> Address:
    """The address without the numbers of rows."""
    return address[0], NUMBERS.sub(rb"\g<1>\g<2>N", address[1].encode()).decode()


def differing(with_it: dict[Any, tuple[Any, ...]], without: dict[Any, tuple[Any, ...]]) -> list[str]:
    """The addresses whose answers differ, with the first line that does."""
    found = []
    assert list(with_it) == list(without)
    for key, one in with_it.items():
        other = without[key]
        if one != other:
            lines = zip(one[-1].splitlines(), other[-1].splitlines(), strict=False)
            first = next(((a, b) for a, b in lines if a != b), (one[:2], other[:2]))
            found.append(f"{key}: {first[0]!r} <> {first[1]!r}")
    return found
