# SPDX-License-Identifier: EUPL-1.2
"""Tracks and their cycles, for who may look in at the idea."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beproefd.discipline.challenges.models import Challenge, Phase
from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas import queries as ideas_room
from beproefd.discipline.ideas.models import Idea, IdeaState, IdeaVersion, TeamMember
from beproefd.discipline.juries.models import BLOCKING, Interest, Round, RoundState
from beproefd.discipline.validation.models import Assumption, LearningCard, TestCard
from beproefd.discipline.validation.queries import Tempo, tempos, visible_work
from beproefd.discipline.validation.rules import closed_to
from beproefd.discipline.validation.sentences import days
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_coach, is_manager

from ..models import Agreement, Cycle, Track
from ..rules import can_see_capacity


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
        """The signal of lesson 5; empty when tests go on."""
        return signal_of(self.track, self.tempo)

    @property
    def need(self) -> str:
        """Why someone should look at this track, in one sentence; empty when nothing is wrong."""
        return next((why for why in (ask(self) for ask in NEEDS) if why), "")

    @property
    def place(self) -> int:
        """Where it stands in the order by need: the most urgent need first, the tracks that ended last."""
        calm = len(NEEDS)
        need = next((place for place, ask in enumerate(NEEDS) if ask(self)), calm)
        rest = {Track.State.RUNNING: calm, Track.State.PARKED: calm + 1}
        return need if need < calm else rest.get(Track.State(self.track.state), calm + 2)

    @property
    def wait(self) -> str:
        """How long it takes from an assumption to its first evidence, in words."""
        return wait_text(self.tempo)

    @property
    def going(self) -> str:
        """How it goes when nothing is wrong."""
        if not self.track.is_running:
            return ""
        running = self.tempo.running
        return ngettext("%(n)s test is running.", "%(n)s tests are running.", running) % {"n": running}


def signal_of(track: Track, tempo: Tempo) -> str:
    """The signal of lesson 5, only while a track is under way."""
    if not track.is_running or not tempo.quiet:
        return ""
    if not tempo.running:
        return _("No test is running. Plan one and go to the target group.")
    return _("No test was finished in the last 14 days. Make the test smaller, or stop it.")


def wait_text(tempo: Tempo) -> str:
    """Days in words; empty as long as nothing is known."""
    waited = tempo.median_days_to_evidence
    return "" if waited is None else _("within a day") if waited < 1 else days(waited)


def _late_cycle(line: TrackLine) -> str:
    if line.cycle is None or not line.cycle.is_overdue:
        return ""
    return _("Cycle %(number)s is over, but not closed.") % {"number": line.cycle.number}


def _all_closed(line: TrackLine) -> str:
    return _("Every cycle is closed. The track can be finished.") if line.track.is_running and not line.cycle else ""


def _late_start(line: TrackLine) -> str:
    late = line.track.state == Track.State.PREPARING and line.track.starts_on < timezone.localdate()
    return _("The first day has passed, but the team has not started.") if late else ""


def _before_start(line: TrackLine) -> str:
    return _("The team is getting ready for the start.") if line.track.state == Track.State.PREPARING else ""


NEEDS: tuple[Callable[[TrackLine], str], ...] = (
    lambda line: line.signal,
    _late_cycle,
    _all_closed,
    _late_start,
    _before_start,
)
"""What can be wrong with a track, the most urgent first. A quiet team comes before a late one (lesson 5)."""


def tracks(viewer: Any) -> list[TrackLine]:
    """All tracks the viewer may see, by need. The number of queries does not grow with the list."""
    ideas = {idea.pk: idea for idea in visible_work(viewer)}
    found = list(Track.objects.filter(idea__in=ideas).prefetch_related("cycles"))
    pace = tempos(list(ideas.values()))
    lines = []
    for track in found:
        cycles = list(track.cycles.all())
        lines.append(
            TrackLine(track, ideas[track.idea_id], pace[track.idea_id], current_cycle(track, cycles), len(cycles))
        )
    return sorted(lines, key=lambda line: (line.place, line.track.ends_on, line.track.pk))


def tracks_in_need(viewer: Any) -> list[TrackLine]:
    """The tracks to look at, the most urgent first: a coach's own, and for the programme the quiet ones (lesson 5)."""
    if not (is_coach | is_manager)(viewer):
        return []
    steers = is_manager(viewer)
    return [
        line for line in tracks(viewer) if (line.need and line.idea.coach_id == viewer.pk) or (line.signal and steers)
    ]


def current_cycle(track: Track, cycles: list[Cycle]) -> Cycle | None:
    """The first cycle that is not closed; none when the track is not under way."""
    return next((cycle for cycle in cycles if not cycle.is_closed), None) if track.is_running else None


# Who won


@dataclass(frozen=True)
class Chosen:
    """Ids of ideas that a jury chose and a team worked out, and of those that it still works out."""

    ideas: frozenset[int] = frozenset()
    worked_out: frozenset[int] = frozenset()


def chosen_ideas(viewer: Any) -> Chosen:
    """What the badge of an idea may say, for who may see the work on it; a follow-up begins only after the decision."""
    if not getattr(viewer, "is_authenticated", False):
        return Chosen()
    seen = visible_work(viewer).filter(state=IdeaState.SUBMITTED).order_by()
    ended = dict(seen.values_list("pk", "follow_up_ended_at"))
    return Chosen(frozenset(ended), frozenset(pk for pk, moment in ended.items() if moment is None))


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
    """One line of a checklist. `name` is set for a line that people tick; `where` (and `numbers`) is a page to mend it.

    `wrong`: the assumption that proved wrong, for which there are three ways out.
    """

    text: str
    done: bool
    name: str = ""
    where: str = ""
    numbers: tuple[int, ...] = ()
    wrong: Assumption | None = None


def start_checks(track: Track) -> list[Check]:
    """What must be in place before a track starts. Of hours it says complete or not, and nothing more."""
    return start_checks_of([track])[track.pk]


def start_checks_of(tracks: Sequence[Track]) -> dict[int, list[Check]]:
    """`start_checks` for many tracks at once. For this room; the callers decide who sees what."""
    ideas = [track.idea_id for track in tracks]
    believed = Counter(
        Assumption.objects.filter(idea__in=ideas, retired_reason="").order_by().values_list("idea_id", flat=True)
    )
    plans = TestCard.objects.filter(idea__in=ideas).exclude(state=TestCard.State.DROPPED)
    planned = set(plans.order_by().values_list("idea_id", flat=True))
    complete = _with_complete_hours(tracks)
    return {
        track.pk: [
            Check(_("A coach is named"), track.idea.coach_id is not None, where="tracks:plan"),
            Check(_("First and last day are set"), True, where="tracks:plan"),
            Check(
                _("At least 3 assumptions are written"), believed[track.idea_id] >= 3, where="validation:assumptions"
            ),
            Check(_("At least one test is planned"), track.idea_id in planned, where="validation:cards"),
            Check(
                _("The hours of everyone with an account are agreed, with a yes of the line manager"),
                track.pk in complete,
                where="tracks:team",
            ),
            Check(_("There is a way to meet the target group"), track.has_access, name="has_access"),
            Check(_("It is agreed who decides when you disagree"), track.knows_who_decides, name="knows_who_decides"),
        ]
        for track in tracks
    }


@dataclass(frozen=True)
class StartList:
    """The start checklist of a track that has begun: how it was then, or how it stands now when it began early."""

    checks: list[Check]
    early: bool

    @property
    def summary(self) -> str:
        """How much of it is ready, in one line."""
        numbers = {"done": sum(check.done for check in self.checks), "all": len(self.checks)}
        if self.early:
            return _("Started early: %(done)s of %(all)s of the start checklist is ready by now") % numbers
        return _("Start: %(done)s of %(all)s ready") % numbers


def start_list(viewer: Any, track: Track) -> StartList | None:
    """What had to be in place, to read back later; None before the start and where a pivot carried the work on.

    Without a reason to start early everything was ready (`start_track`), so what changed since does not show here.
    Otherwise it is what is ready now; of hours (lesson 6) only the team and its coach then hear more.
    """
    if track.started_at is None or (track.continues and track.continues.started_at):
        return None
    if not track.early_reason:
        return StartList([replace(check, done=True) for check in start_checks(track)], early=False)
    checks = start_checks(track)
    if not can_see_capacity(viewer, track.idea):
        checks = [check for check in checks if check.where != "tracks:team"]
    return StartList(checks, early=True)


def hours_complete(track: Track) -> bool:
    """Whether everyone in the team with an account has hours that the line manager agreed with."""
    return track.pk in _with_complete_hours([track])


def _with_complete_hours(tracks: Sequence[Track]) -> set[int]:
    people: defaultdict[int, set[int]] = defaultdict(set)
    members = TeamMember.objects.filter(idea__in=[track.idea_id for track in tracks], user__isnull=False)
    for idea, user in members.values_list("idea_id", "user_id"):
        people[idea].add(user or 0)
    signed: defaultdict[int, set[int]] = defaultdict(set)
    agreed = Agreement.objects.filter(track__in=tracks, sign_off=Agreement.SignOff.AGREED)
    for track, user in agreed.order_by().values_list("track_id", "user_id"):
        signed[track].add(user)
    return {track.pk for track in tracks if people[track.idea_id] <= signed[track.pk]}


# Cycles


@dataclass(frozen=True)
class CycleLine:
    """A cycle with what was learned in it."""

    cycle: Cycle
    learned: int
    is_current: bool

    @property
    def state(self) -> str:
        """closed, late (its last day has passed), now or later; unfinished or dropped when the track has ended."""
        track = self.cycle.track
        if self.cycle.is_closed:
            return "closed"
        if track.ended_at:
            return "unfinished" if self.cycle.starts_on <= timezone.localdate(track.ended_at) else "dropped"
        if track.parked_on and self.cycle.ends_on >= track.parked_on:
            return "later"  # its days move when the team goes on
        if self.cycle.is_overdue:
            return "late"
        return "now" if self.is_current and self.cycle.has_begun else "later"


def cycle_lines(track: Track, written: Iterable[datetime] | None = None) -> list[CycleLine]:
    """The cycles in order, with the number of learning cards written in each (`written`: when, if it is known already).

    A card counts for one cycle: from its first day and after the one before was closed, until it was closed itself.
    """
    cycles = list(track.cycles.all())
    if written is None:
        written = LearningCard.objects.filter(idea=track.idea_id).values_list("created_at", flat=True)
    moments = list(written)
    current = current_cycle(track, cycles)
    lines: list[CycleLine] = []
    for cycle in cycles:
        until = cycle.closed_at or timezone.now()
        since = lines[-1].cycle.closed_at if lines else None
        learned = sum(
            timezone.localdate(at) >= cycle.starts_on and (since is None or since < at) and at <= until
            for at in moments
        )
        lines.append(CycleLine(cycle, learned, cycle == current))
    return lines


def learned_in(cycle: Cycle) -> bool:
    """Whether a learning card was written that counts for this cycle."""
    return any(line.cycle == cycle and line.learned for line in cycle_lines(cycle.track))
