# SPDX-License-Identifier: EUPL-1.2
"""A request of that team at a gate."""

import pytest

from tests import factories
from tests.factories import portfolio


@pytest.fixture
def gate(shop: factories.Workshop) -> portfolio.Gate:
    """A request at the first gate with two reviewers who declared; the evidence is below the level."""
    return portfolio.gate(shop, reviewers=2)
