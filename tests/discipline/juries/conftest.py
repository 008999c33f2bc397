# SPDX-License-Identifier: EUPL-1.2
"""A round in which someone may be tied to an idea."""

import pytest

from beproefd.discipline.juries.actions import assign_ideas, seat_juror
from tests import factories


@pytest.fixture
def tied(manager):
    """A juror of the same organisation as a team, in a round that is scored."""
    world = factories.world("scoring", ideas=3, jurors=3)
    juror = factories.person("juror", name="Dorien", organisation="Stichting 1")
    seat_juror(by=world.manager, jury_round=world.round, user=juror, kind="member")
    assign_ideas(by=world.manager, jury_round=world.round, per_idea=4)
    world.jurors.append(juror)
    return world.fresh()
