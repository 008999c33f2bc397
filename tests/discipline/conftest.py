# SPDX-License-Identifier: EUPL-1.2
"""Refusals are read in the language of the source, whatever the translations say; a team that works out its idea."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests import factories


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db: None) -> factories.Workshop:
    """A winning idea in the follow-up."""
    return factories.workshop()
