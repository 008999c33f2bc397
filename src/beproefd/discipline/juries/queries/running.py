# SPDX-License-Identifier: EUPL-1.2
"""For who runs the jury: how far it is, what is still missing, and who is tied to what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.queries import Check
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas

from ..models import Assignment, Interest, Round, Score, Seat
from ..rules import can_run_jury
from .deliberation import counted
from .field import jury_members, listed, not_blocked


@dataclass(frozen=True)
class Progress:
    """How far a juror is: x of y."""

    seat: Seat
    done: int
    total: int


def progress(viewer: Any, jury_round: Round) -> list[Progress]:
    """Per seat how many assigned ideas are judged, counted over the ideas the viewer may see. Empty for others."""
    if not can_run_jury(viewer, jury_round.challenge):
        return []
    ideas = not_blocked(viewer, jury_round).order_by().values("pk")
    total = _per("seat_id", _assigned(jury_round).filter(idea__in=ideas))
    done = _per("seat_id", counted(jury_round).filter(idea__in=ideas))
    return [
        Progress(seat, done[seat.pk], total[seat.pk])
        for seat in jury_members(viewer, jury_round).select_related("user")
    ]


@dataclass(frozen=True)
class Coverage:
    """How many jurors judge an idea, and how many have."""

    idea: Idea
    assigned: int
    done: int
    quorum: int


def coverage(viewer: Any, jury_round: Round) -> list[Coverage]:
    """Per visible idea the readers; numbers only, no scores. Empty for who does not run the jury."""
    if not can_run_jury(viewer, jury_round.challenge):
        return []
    return _coverage(jury_round, listed(not_blocked(viewer, jury_round)))


def _coverage(jury_round: Round, ideas: Iterable[Idea]) -> list[Coverage]:
    weighted = [criterion.key for criterion in jury_round.rules.weighted]
    given = Score.objects.filter(assessment=OuterRef("pk"), criterion__in=weighted, value__isnull=False)
    assigned = _per("idea_id", _assigned(jury_round))
    done = _per("idea_id", counted(jury_round).filter(Exists(given)))
    return [Coverage(idea, assigned[idea.pk], done[idea.pk], jury_round.rules.quorum) for idea in ideas]


def _assigned(jury_round: Round) -> QuerySet[Assignment]:
    """Which jurors judge which ideas."""
    return Assignment.objects.filter(seat__round=jury_round, withdrawn_at=None).order_by()


def _per(field: str, rows: QuerySet[Any]) -> Counter[int]:
    """How many rows there are for each value of a field."""
    return Counter(dict(rows.values_list(field).annotate(Count("pk"))))


def ideas_below_quorum(jury_round: Round) -> list[Coverage]:
    """Ideas that too few jurors have judged, over the whole field (for the actions, which decide who may know)."""
    return [
        line for line in _coverage(jury_round, listed(submitted_ideas(jury_round.challenge))) if line.done < line.quorum
    ]


def visible_interests(viewer: Any, jury_round: Round) -> QuerySet[Interest]:
    """Interests of jurors, for who runs the jury, as far as the ideas are visible to them; a juror sees none."""
    interests = Interest.objects.filter(round=jury_round).select_related("user", "idea", "decided_by")
    if not can_run_jury(viewer, jury_round.challenge):
        return interests.none()
    return interests.filter(idea__in=not_blocked(viewer, jury_round).values("pk")).exclude(user=viewer)


def scoring_readiness(viewer: Any, jury_round: Round) -> list[Check]:
    """What must be in place before jurors get their ideas."""
    seats = list(jury_members(viewer, jury_round).filter(is_active=True))
    judging = [seat for seat in seats if seat.kind != Seat.Kind.ALTERNATE]
    ideas = (
        list(not_blocked(viewer, jury_round).values_list("pk", flat=True))
        if can_run_jury(viewer, jury_round.challenge)
        else []
    )
    assigned = _per("idea_id", _assigned(jury_round))
    return [
        Check(_("Intake is closed"), not jury_round.challenge.is_sealed, "challenges:detail"),
        Check(_("At least one idea was handed in"), bool(ideas), "ideas:list"),
        Check(
            _("As many jury members as the quorum (%(quorum)s)") % {"quorum": jury_round.rules.quorum},
            len(judging) >= jury_round.rules.quorum,
            "juries:room",
        ),
        Check(
            _("A seat for an expert by experience"), any(s.kind == Seat.Kind.EXPERIENCE for s in seats), "juries:room"
        ),
        Check(
            _("Every idea assigned to at least %(quorum)s jury members") % {"quorum": jury_round.rules.quorum},
            bool(ideas) and all(assigned[pk] >= jury_round.rules.quorum for pk in ideas),
            "juries:room",
        ),
    ]
