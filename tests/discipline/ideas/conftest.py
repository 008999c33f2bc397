# SPDX-License-Identifier: EUPL-1.2
"""An idea that is being written, and someone who may come into its team."""

from typing import Any

import pytest

from beproefd.discipline.ideas.models import Idea
from tests import factories


@pytest.fixture
def idea(open_challenge: Any, owner: Any) -> Idea:
    return factories.idea(owner, open_challenge)


@pytest.fixture
def bo() -> Any:
    return factories.person("team", name="Bo", organisation="Bedrijf")
