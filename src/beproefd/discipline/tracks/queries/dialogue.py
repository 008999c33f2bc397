# SPDX-License-Identifier: EUPL-1.2
"""The dialogue about an idea, for who may look in."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import Evidence
from beproefd.discipline.validation.queries import evidence_log, with_titles
from beproefd.discipline.validation.rules import can_look_in
from beproefd.ground.accounts.models import User

from ..models import Objection, Reply, Resolution


@dataclass(frozen=True)
class Thread:
    """An objection with its answers and, when it is closed, what was decided."""

    objection: Objection
    replies: list[Reply]
    resolution: Resolution | None

    @property
    def rests_on_evidence(self) -> bool:
        """Whether an answer points to evidence."""
        return any(reply.rests_on_evidence for reply in self.replies)

    @property
    def only_opinions(self) -> bool:
        """Answered, but with nothing to rest on."""
        return bool(self.replies) and not self.rests_on_evidence


def threads(viewer: Any, idea: Idea, number: int | None = None) -> list[Thread]:
    """Open disagreements first, then those whose first action is not done, then the rest; or the one with a number."""
    if not can_look_in(viewer, idea):
        return []
    found = (
        Objection.objects.filter(idea=idea, **({"number": number} if number else {}))
        .select_related("created_by", "resolution__owner")
        .prefetch_related(
            Prefetch(
                "replies",
                queryset=Reply.objects.select_related("created_by").prefetch_related(
                    "evidence__idea", *with_titles("evidence__idea")
                ),
            )
        )
        .order_by("number")
    )
    lines = [
        Thread(objection, list(objection.replies.all()), getattr(objection, "resolution", None)) for objection in found
    ]
    return sorted(
        lines,
        key=lambda line: 0 if line.resolution is None else 1 if line.resolution.done_at is None else 2,
    )


def usable_evidence(viewer: Any, idea: Idea) -> list[Evidence]:
    """Evidence that an answer can rest on."""
    return [item for item in evidence_log(viewer, idea) if not item.retracted_at]


def possible_owners(viewer: Any, idea: Idea) -> list[User]:
    """People of the team with an account: they can do a first action and tick it."""
    if not can_look_in(viewer, idea):
        return []
    return [member.user for member in idea.members.all() if member.user]
