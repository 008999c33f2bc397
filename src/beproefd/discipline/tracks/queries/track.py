# SPDX-License-Identifier: EUPL-1.2
"""Tracks and their cycles, for who may look in at the idea."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.models import Challenge, Phase
from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas import queries as ideas_room
from beproefd.discipline.ideas.models import Idea, IdeaState, IdeaVersion
from beproefd.discipline.juries.models import BLOCKING, Interest, Round, RoundState
from beproefd.discipline.validation.models import Assumption, LearningCard, TestCard
from beproefd.discipline.validation.queries import Tempo, tempos, visible_work
from beproefd.discipline.validation.rules import closed_to
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_manager

from ..models import Agreement, Cycle, Track


def track_of(viewer: Any, idea: Idea) -> Track | None:
    """The track of an idea, if the viewer may look in."""
    return (
        Track.objects.filter(idea=idea, idea__in=visible_work(viewer))
        .select_related("idea__challenge", "continues__idea", "opened_by")
        .prefetch_related(Prefetch("cycles", queryset=Cycle.objects.order_by("number")))
        .first()
    )


def has_follow_up(viewer: Any) -> bool:
    """Whether there is anything behind "Follow-up" in the menu for this person."""
    if not getattr(viewer, "is_authenticated", False):
        return False
    if is_manager(viewer):
        return Challenge.objects.filter(phase=Phase.DECIDED).exists()
    return Track.objects.filter(Q(idea__members__user=viewer) | Q(idea__coach=viewer)).exists()


# The list


@dataclass(frozen=True)
class TrackLine:
    """One track on the list. `cycle` is the one going on, `learned` the number of learning cards."""

    track: Track
    idea: Idea
    tempo: Tempo
    cycle: Cycle | None
    cycles: int

    @property
    def signal(self) -> str:
        """Why this track needs a look, in one sentence; empty when all is well."""
        return signal_of(self.track, self.tempo)


def signal_of(track: Track, tempo: Tempo) -> str:
    """The signal of lesson 5, only while a track is under way."""
    if not track.is_running or not tempo.quiet:
        return ""
    if not tempo.running:
        return _("No test is running. Plan one and go to the target group.")
    return _("No test was finished in the last 14 days. Make the test smaller, or stop it.")


def tracks(viewer: Any) -> list[TrackLine]:
    """All tracks the viewer may see, those under way first. The number of queries does not grow with the list."""
    order = list(Track.State)
    ideas = {idea.pk: idea for idea in visible_work(viewer)}
    found = list(Track.objects.filter(idea__in=ideas).prefetch_related("cycles"))
    pace = tempos(list(ideas.values()))
    lines = []
    for track in found:
        cycles = list(track.cycles.all())
        lines.append(
            TrackLine(track, ideas[track.idea_id], pace[track.idea_id], current_cycle(track, cycles), len(cycles))
        )
    ranks = {Track.State.RUNNING: -2, Track.State.PREPARING: -1}
    return sorted(lines, key=lambda line: (ranks.get(Track.State(line.track.state), order.index(Track.State(line.track.state))), line.track.ends_on, line.track.pk))  # fmt: skip


def current_cycle(track: Track, cycles: list[Cycle]) -> Cycle | None:
    """The first cycle that is not closed; none when the track is not under way."""
    return next((cycle for cycle in cycles if not cycle.is_closed), None) if track.is_running else None


# Opening one


def waiting_ideas(viewer: Any) -> list[Idea]:
    """Winning ideas and pivots without a track that the viewer may open one for."""
    if not is_manager(viewer):
        return []
    challenges = visible_challenges(viewer).filter(phase=Phase.DECIDED)
    tied = set(Interest.objects.filter(user=viewer, status__in=BLOCKING).values_list("round__challenge_id", flat=True))
    rounds = Round.objects.filter(state=RoundState.DECIDED, challenge__in=challenges).values_list(
        "challenge_id", "package"
    )
    won = Q(pk__in=[])
    for challenge, package in rounds:
        if challenge not in tied:
            won |= Q(challenge=challenge, reference__in=json.loads(package)["winners"])
    pivots = Q(state=IdeaState.PIVOT, followed_up_at__isnull=False, challenge__in=challenges) & ~Q(challenge__in=tied)
    newest = IdeaVersion.objects.order_by("-number")
    return list(
        Idea.objects.filter((won | pivots) & Q(follow_up_ended_at=None, track=None))
        .exclude(pk__in=Idea.objects.filter(members__user=viewer).values("pk"))
        .exclude(pk__in=closed_to(viewer))
        .select_related("challenge", "coach")
        .prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest"), "members")
        .order_by("challenge", "reference")
    )


def has_won(idea: Idea) -> bool:
    """Whether the jury's stored decision names it a winner, or it came from one by a pivot."""
    if idea.state == IdeaState.PIVOT:
        return idea.followed_up_at is not None
    decided = Round.objects.filter(challenge=idea.challenge_id, state=RoundState.DECIDED).first()
    return bool(decided and idea.reference in json.loads(decided.package)["winners"])


def possible_coaches(viewer: Any, idea: Idea) -> QuerySet[User]:
    """Coaches who do not compete and are not tied to the idea, for the programme that opens a track."""
    return ideas_room.possible_coaches(idea) if is_manager(viewer) else User.objects.none()


# Ready to start?


@dataclass(frozen=True)
class Check:
    """One line of a checklist. `name` is set for a line that people tick; `where` is a page to mend it."""

    text: str
    done: bool
    name: str = ""
    where: str = ""


def start_checks(track: Track) -> list[Check]:
    """What must be in place before a track starts. Of hours it says complete or not, and nothing more."""
    idea = track.idea
    believed = Assumption.objects.filter(idea=idea, retired_reason="").count()
    planned = TestCard.objects.filter(idea=idea).exclude(state=TestCard.State.DROPPED).exists()
    return [
        Check(_("A coach is named"), idea.coach_id is not None, where="tracks:plan"),
        Check(_("First and last day are set"), True, where="tracks:plan"),
        Check(_("At least 3 assumptions are written"), believed >= 3, where="validation:assumptions"),
        Check(_("At least one test is planned"), planned, where="validation:cards"),
        Check(
            _("The hours of everyone with an account are agreed, with a yes of the line manager"),
            hours_complete(track),
            where="tracks:team",
        ),
        Check(_("There is a way to meet the target group"), track.has_access, name="has_access"),
        Check(_("It is agreed who decides when you disagree"), track.knows_who_decides, name="knows_who_decides"),
    ]


def hours_complete(track: Track) -> bool:
    """Whether everyone in the team with an account has hours that the line manager agreed with."""
    members = set(track.idea.members.exclude(user=None).values_list("user_id", flat=True))
    signed = Agreement.objects.filter(track=track, sign_off=Agreement.SignOff.AGREED)
    return members <= set(signed.values_list("user_id", flat=True))


# Cycles


@dataclass(frozen=True)
class CycleLine:
    """A cycle with what was learned in it."""

    cycle: Cycle
    learned: int
    is_current: bool

    @property
    def state(self) -> str:
        """closed, late (its last day has passed), now or later."""
        if self.cycle.is_closed:
            return "closed"
        if not self.is_current:
            return "late" if self.cycle.is_overdue else "later"
        return "late" if self.cycle.is_overdue else "now" if self.cycle.has_begun else "later"


def cycle_lines(track: Track) -> list[CycleLine]:
    """The cycles in order, with the number of learning cards written in each.

    A card counts for one cycle: from its first day and after the one before was closed, until it was closed itself.
    """
    cycles = list(track.cycles.all())
    written = list(LearningCard.objects.filter(idea=track.idea_id).values_list("created_at", flat=True))
    current = current_cycle(track, cycles)
    lines: list[CycleLine] = []
    for cycle in cycles:
        until = cycle.closed_at or timezone.now()
        since = lines[-1].cycle.closed_at if lines else None
        learned = sum(
            timezone.localdate(at) >= cycle.starts_on and (since is None or since < at) and at <= until
            for at in written
        )
        lines.append(CycleLine(cycle, learned, cycle == current))
    return lines


def learned_in(cycle: Cycle) -> bool:
    """Whether a learning card was written that counts for this cycle."""
    return any(line.cycle == cycle and line.learned for line in cycle_lines(cycle.track))
