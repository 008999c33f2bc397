# SPDX-License-Identifier: EUPL-1.2
"""What the jury room knows of criteria that are about to be locked: can this jury do what they ask?"""

from typing import Any

from django.utils.translation import gettext as _

from beproefd.discipline.challenges.models import CriteriaSet
from beproefd.discipline.ideas.models import IdeaState
from beproefd.discipline.ideas.queries import visible_ideas
from beproefd.ground.accounts.models import Role, User

from ..models import Seat
from ..rules import can_run_jury
from .field import current_round, jury_members


def lock_warnings(viewer: Any, criteria_set: CriteriaSet) -> list[str]:
    """A quorum that the jury cannot reach, and more winners than ideas; for who runs the jury.

    Ideas are counted once the seal is off, and only those that the viewer may see.
    """
    challenge = criteria_set.challenge
    if not can_run_jury(viewer, challenge):
        return []
    found = [_quorum(viewer, criteria_set)]
    if not challenge.is_sealed:
        ideas = visible_ideas(viewer, challenge).filter(state=IdeaState.SUBMITTED).count()
        if criteria_set.winners > ideas:
            found.append(
                _("%(winners)s winners is more than the ideas that you see: %(ideas)s. Then every idea wins.")
                % {"winners": criteria_set.winners, "ideas": ideas}
            )
    return [text for text in found if text]


def _quorum(viewer: Any, criteria_set: CriteriaSet) -> str:
    jury_round = current_round(viewer, criteria_set.challenge)
    seats = (
        jury_members(viewer, jury_round).filter(is_active=True).exclude(kind=Seat.Kind.ALTERNATE)
        if jury_round
        else None
    )
    judging = seats.count() if seats is not None else 0
    if judging and criteria_set.quorum > judging:
        return _("A quorum of %(quorum)s cannot be reached: the jury has %(seats)s seats.") % {
            "quorum": criteria_set.quorum,
            "seats": judging,
        }
    if judging:
        return ""
    jurors = User.objects.filter(is_active=True, grants__role=Role.JUROR).distinct().count()
    if criteria_set.quorum > jurors:
        return _("A quorum of %(quorum)s cannot be reached yet: %(jurors)s people can be in a jury.") % {
            "quorum": criteria_set.quorum,
            "jurors": jurors,
        }
    return ""
