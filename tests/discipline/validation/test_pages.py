# SPDX-License-Identifier: EUPL-1.2
"""The pages of the follow-up, as their users find them."""

import json
import uuid
from typing import Any

import pytest
from beproefd.discipline.validation.models import Assumption, CanvasRevision, Evidence, Observation, TestCard
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tests.factories.validation import Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Workshop:
    return make.workshop()


def visit(person: Any) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def at(shop: Workshop, name: str, *more: Any) -> str:
    return reverse(f"validation:{name}", args=[shop.idea.challenge.slug, shop.idea.reference, *more])


@pytest.fixture
def furnished(shop: Workshop) -> Workshop:
    """One of everything."""
    about = make.assumption(shop)
    make.assumption(shop, "Partners doen mee", kind="partner", importance=3)
    make.observe(shop, make.card(shop, [about]), [True, False, True])
    make.evidence(shop, about)
    return shop


PAGES = ["assumptions", "assumption_new", "groups", "cards", "card_new", "evidence", "evidence_new", "learning", "canvas", "canvas_edit"]
ABOUT_ONE = ["assumption", "assumption_edit", "override", "retire", "card", "live", "observe", "deviation", "card_drop"]


def test_the_team_opens_every_page(furnished: Workshop) -> None:
    client = visit(furnished.owner)
    codes = {name: client.get(at(furnished, name)).status_code for name in PAGES}
    codes |= {name: client.get(at(furnished, name, 1)).status_code for name in [*ABOUT_ONE, "evidence_entry"]}
    codes["strike"] = client.get(at(furnished, "strike", 1, 1)).status_code
    assert set(codes.values()) == {200}, codes
