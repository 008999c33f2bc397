# SPDX-License-Identifier: EUPL-1.2
"""Test cards: locked by the first observation, read by the engine, stopped when we know enough."""


import pytest
from tests import factories as make
from tests.factories.validation import Workshop

from beproefd.discipline.validation.models import Evidence
from beproefd.discipline.validation.queries import register, verdict_of
from beproefd.ground.audit.queries import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Workshop:
    return make.workshop()


def test_eight_of_eight_ends_the_test_and_becomes_evidence(shop: Workshop) -> None:
    about = make.assumption(shop)
    card = make.observe(shop, make.card(shop, [about]), [True] * 8)
    reading = verdict_of(card)
    assert reading is not None
    assert reading.verdict == "SUPPORTED"
    found = Evidence.objects.get(card=card)
    assert found.strength == 4
    assert [line.status for line in register(shop.owner, shop.idea)] == ["supported"]
    assert verify().problem == ""
