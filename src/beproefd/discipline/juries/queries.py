# SPDX-License-Identifier: EUPL-1.2
"""Reading the jury room, as far as the viewer may see it.

Everything a viewer gets, orders, counts and averages included, is computed from the ideas that viewer may see and from
nothing else. So what is hidden cannot show through: the pages are the same as if it did not exist (tests/leaks).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import Check, visible_challenges
from beproefd.discipline.ideas.models import Idea, IdeaState, IdeaVersion, TeamMember
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.ground.accounts.models import User

from .models import (
    BLOCKING,
    Answer,
    Assessment,
    Assignment,
    Declaration,
    Dissent,
    Interest,
    Round,
    RoundState,
    Score,
    ScoreChange,
    Seat,
)
from .rules import can_run_jury
from .standings import Given, Standings, compute

TOGETHER = (RoundState.DELIBERATION, RoundState.DECIDED)
TAKES_SCORES = (RoundState.SCORING, RoundState.DELIBERATION)
CLOSED = (RoundState.PREPARING, RoundState.VOID)  # for jury members


# Rounds and seats


def visible_rounds(viewer: Any, challenge: Challenge) -> QuerySet[Round]:
    """Rounds whose jury room the viewer may enter: who runs the jury, and who has an active seat in it."""
    rounds = Round.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer)).select_related(
        "challenge", "criteria_set", "decided_by"
    )
    if not viewer.is_authenticated:
        return rounds.none()
    if can_run_jury(viewer, challenge):
        return rounds
    return rounds.filter(seats__user=viewer, seats__is_active=True).exclude(state=RoundState.VOID)


def decided_round(viewer: Any, challenge: Challenge) -> Round | None:
    """The round with the decision, public for everyone who can see the challenge."""
    return (
        Round.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer), state=RoundState.DECIDED)
        .select_related("challenge", "criteria_set", "decided_by")
        .first()
    )


def current_round(viewer: Any, challenge: Challenge) -> Round | None:
    """The round that is going on or was decided, if the viewer may enter its room."""
    return visible_rounds(viewer, challenge).exclude(state=RoundState.VOID).first()


def seat_of(viewer: Any, jury_round: Round) -> Seat | None:
    """The viewer's own active seat."""
    if not viewer.is_authenticated:
        return None
    return jury_round.seats.filter(user=viewer, is_active=True).first()


def jury_members(viewer: Any, jury_round: Round) -> QuerySet[Seat]:
    """All seats, for those in the room. The jury is named, never secret (ECLI:NL:RVS:2021:2439)."""
    return Seat.objects.filter(round=jury_round, round__in=visible_rounds(viewer, jury_round.challenge))


# Which ideas


def blocked_idea_ids(viewer: User, jury_round: Round) -> set[int]:
    """Ideas the viewer is bound to, by an undecided or confirmed interest; all of them for who is in a team now."""
    bound = Interest.objects.filter(round=jury_round, user=viewer, status__in=BLOCKING).values_list(
        "idea_id", flat=True
    )
    ideas = Idea.objects.filter(challenge=jury_round.challenge)
    if TeamMember.objects.filter(user=viewer, idea__in=ideas, idea__state=IdeaState.SUBMITTED).exists():
        return set(ideas.values_list("pk", flat=True))
    return set(bound)


def tied_idea_ids(viewer: User, challenge: Challenge) -> set[int]:
    """Ideas of a challenge that the viewer is tied to; a tie stays when its round is void."""
    bound = Interest.objects.filter(round__challenge=challenge, user=viewer, status__in=BLOCKING)
    return set(bound.values_list("idea_id", flat=True))


def visible_field(viewer: Any, jury_round: Round) -> QuerySet[Idea]:
    """The ideas that exist for this viewer in this room, in an order that says nothing (by reference)."""
    runs = can_run_jury(viewer, jury_round.challenge)
    if not runs and (jury_round.state in CLOSED or seat_of(viewer, jury_round) is None):
        return submitted_ideas(jury_round.challenge).none()
    return _not_blocked(viewer, jury_round)


def _not_blocked(viewer: User, jury_round: Round) -> QuerySet[Idea]:
    """The field for someone of whom it is known that they run the jury, or have a seat in an open room."""
    ideas = submitted_ideas(jury_round.challenge)
    if jury_round.challenge.is_sealed:
        return ideas.none()
    return ideas.exclude(pk__in=blocked_idea_ids(viewer, jury_round))


def _among(ideas: QuerySet[Idea], pks: Collection[int] | None) -> QuerySet[Idea]:
    return ideas if pks is None else ideas.filter(pk__in=pks)


def _listed(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """With their titles, but without texts and teams: a list of hundreds shows neither."""
    newest = IdeaVersion.objects.order_by("-number").only("idea_id", "number", "title")
    bare = ideas.select_related(None).prefetch_related(None)
    return bare.prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest"))


def readable_idea(viewer: Any, jury_round: Round, reference: str) -> Idea | None:
    """One idea with its contents: for a juror only after declaring that nothing binds, for who runs the jury always."""
    idea = visible_field(viewer, jury_round).filter(reference=reference).first()
    if idea is None or _only_runs(viewer, jury_round):
        return idea
    return (
        idea
        if Declaration.objects.filter(seat__in=_own_seats(viewer, jury_round), idea=idea, free=True).exists()
        else None
    )


def _only_runs(viewer: Any, jury_round: Round) -> bool:
    """Who runs the jury without a seat in it. A manager with a seat declares and judges like every juror."""
    return can_run_jury(viewer, jury_round.challenge) and seat_of(viewer, jury_round) is None


def _own_seats(viewer: User, jury_round: Round) -> QuerySet[Seat]:
    return Seat.objects.filter(round=jury_round, user=viewer, is_active=True)


# The juror's own work


@dataclass(frozen=True)
class Task:
    """One idea on a juror's list. `step` is what comes next: declare, judge, again (the idea changed) or done."""

    idea: Idea
    step: str
    assigned: bool
    assessment: Assessment | None


def own_tasks(viewer: Any, jury_round: Round, *, among: Collection[int] | None = None) -> list[Task]:
    """The juror's list: assigned ideas, and in deliberation the other ones too (declare, then read along).

    `among` (ids of ideas) reads no more of the list than that.
    """
    seat = seat_of(viewer, jury_round)
    if seat is None:
        return []
    assigned = set(seat.assignments.filter(withdrawn_at=None).values_list("idea_id", flat=True))
    declared = set(seat.declarations.filter(free=True).values_list("idea_id", flat=True))
    assessments = {
        assessment.idea_id: assessment for assessment in seat.assessments.exclude(state=Assessment.State.VOID)
    }
    tasks = []
    for idea in _listed(_among(visible_field(viewer, jury_round), among)):
        if idea.pk not in assigned and jury_round.state not in TOGETHER:
            continue
        assessment = assessments.get(idea.pk)
        step = "judge"
        if idea.pk not in declared:
            step = "declare"
        elif assessment and assessment.state == Assessment.State.SUBMITTED:
            step = "done" if assessment.version_id == idea.current.pk else "again"
        elif idea.pk not in assigned:
            step = "read"
        tasks.append(Task(idea, step, idea.pk in assigned, assessment))
    return tasks


def waiting_for(viewer: Any, challenges: Iterable[Challenge]) -> Counter[int]:
    """Per challenge how many ideas wait for the viewer's judgement, as `own_tasks` counts them; a few queries for all."""
    open_now = {challenge.pk for challenge in challenges if not challenge.is_sealed}
    if not viewer.is_authenticated or not open_now:
        return Counter()
    seats = Seat.objects.filter(user=viewer, is_active=True, round__state__in=TAKES_SCORES)
    own = {seat.pk: seat.round for seat in seats.filter(round__challenge__in=open_now).select_related("round")}
    if not own:
        return Counter()
    bound = set(
        Interest.objects.filter(round__in=own.values(), user=viewer, status__in=BLOCKING)
        .order_by()
        .values_list("round_id", "idea_id")
    )
    competing = TeamMember.objects.filter(user=viewer, idea__state=IdeaState.SUBMITTED, idea__challenge__in=open_now)
    closed = set(competing.values_list("idea__challenge_id", flat=True))
    free = set(Declaration.objects.filter(seat__in=own, free=True).values_list("seat_id", "idea_id"))
    judged = {
        (seat, idea, version)
        for seat, idea, version in Assessment.objects.filter(
            seat__in=own, state=Assessment.State.SUBMITTED
        ).values_list("seat_id", "idea_id", "version__number")
    }
    assigned = Assignment.objects.filter(seat__in=own, withdrawn_at=None, idea__state=IdeaState.SUBMITTED)
    waiting: Counter[int] = Counter()
    for seat, idea, newest in (
        assigned.order_by().annotate(newest=Max("idea__versions__number")).values_list("seat_id", "idea_id", "newest")
    ):
        done = (seat, idea) in free and (seat, idea, newest) in judged
        hidden = own[seat].challenge_id in closed or (own[seat].pk, idea) in bound
        if not done and not hidden:
            waiting[own[seat].challenge_id] += 1
    return waiting


def own_assessment(viewer: Any, jury_round: Round, idea: Idea) -> Assessment | None:
    """The juror's live assessment of an idea."""
    return (
        Assessment.objects.filter(seat__in=_own_seats(viewer, jury_round), idea=idea)
        .exclude(state=Assessment.State.VOID)
        .select_related("version", "seat")
        .prefetch_related("scores", "changes")
        .first()
    )


# The scores of others


def ideas_with_open_scores(viewer: Any, jury_round: Round, *, among: Collection[int] | None = None) -> list[Idea]:
    """Ideas whose scores by others the viewer may see; `among` (ids of ideas) asks about no more than those.

    Who runs the jury without a seat in it: only once scoring is closed. A juror: after the own word that nothing binds, and, where the juror
    has to judge too, after handing in the own score; ideas the juror need not judge open in deliberation.
    """
    seat = seat_of(viewer, jury_round)
    if seat is None and jury_round.state in TOGETHER and can_run_jury(viewer, jury_round.challenge):
        return list(_listed(_among(_not_blocked(viewer, jury_round), among)))
    if seat is None or jury_round.state in CLOSED:
        return []
    open_steps = {"done", "read"} if jury_round.state in TOGETHER else {"done"}
    return [task.idea for task in own_tasks(viewer, jury_round, among=among) if task.step in open_steps]


def assessments_of(viewer: Any, jury_round: Round, idea: Idea) -> list[Assessment]:
    """The handed-in assessments of one idea, if they are open to the viewer; otherwise none at all."""
    if not ideas_with_open_scores(viewer, jury_round, among=[idea.pk]):
        return []
    return list(
        Assessment.objects.filter(seat__round=jury_round, idea=idea, state=Assessment.State.SUBMITTED)
        .select_related("seat", "version")
        .prefetch_related("scores", "changes")
        .order_by("seat__name", "pk")
    )


@dataclass(frozen=True)
class VisibleStandings(Standings):
    """The order, with the ideas it is about by reference, the ones whose scores the viewer may see, and their changes."""

    ideas: Mapping[str, Idea] = field(default_factory=dict)
    changes: tuple[ScoreChange, ...] = ()


def visible_standings(viewer: Any, jury_round: Round) -> VisibleStandings | None:
    """The order among the ideas the viewer may see scores of; None before the jury deliberates."""
    if jury_round.state not in TOGETHER:
        return None
    ideas = ideas_with_open_scores(viewer, jury_round)
    seed = jury_round.criteria_set.lottery_seed if jury_round.state == RoundState.DECIDED else ""
    found = standings_among(jury_round, ideas, seed=seed)
    return VisibleStandings(
        found.lines,
        found.ranking,
        found.drawn,
        found.undecided_ties,
        found.winners,
        ideas={idea.reference: idea for idea in ideas},
        changes=tuple(_with_their_ideas(_changes(jury_round), ideas)),
    )


def standings_among(jury_round: Round, ideas: Iterable[Idea], *, seed: str = "") -> Standings:
    """The order among these ideas. The caller has decided who may see them."""
    references = {idea.pk: idea.reference for idea in ideas}
    jurors = [str(pk) for pk in jury_round.seats.order_by("pk").values_list("pk", flat=True)]
    return compute(jury_round.rules, list(references.values()), jurors, _given(jury_round, references), seed=seed)


def _given(jury_round: Round, references: dict[int, str]) -> Iterator[Given]:
    """Scores that count: handed in, for the idea as it stands now, on ideas in `references`."""
    counted = _counted(jury_round)
    read = {
        pk: (str(seat), references[idea])
        for pk, seat, idea in counted.values_list("pk", "seat_id", "idea_id")
        if idea in references
    }
    scores = Score.objects.filter(assessment__in=counted, value__isnull=False).order_by()
    for assessment, criterion, value in scores.values_list("assessment_id", "criterion", "value"):
        if assessment in read and value is not None:
            yield (*read[assessment], criterion, value)


def _counted(jury_round: Round) -> QuerySet[Assessment]:
    """Assessments that count: handed in, for the idea as it stands now."""
    newer = IdeaVersion.objects.filter(idea=OuterRef("idea"), number__gt=OuterRef("version__number"))
    return Assessment.objects.filter(
        ~Exists(newer), seat__round=jury_round, state=Assessment.State.SUBMITTED
    ).order_by()


# For who runs the jury


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
    ideas = _not_blocked(viewer, jury_round).order_by().values("pk")
    total = _per("seat_id", _assigned(jury_round).filter(idea__in=ideas))
    done = _per("seat_id", _counted(jury_round).filter(idea__in=ideas))
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
    return _coverage(jury_round, _listed(_not_blocked(viewer, jury_round)))


def _coverage(jury_round: Round, ideas: Iterable[Idea]) -> list[Coverage]:
    weighted = [criterion.key for criterion in jury_round.rules.weighted]
    given = Score.objects.filter(assessment=OuterRef("pk"), criterion__in=weighted, value__isnull=False)
    assigned = _per("idea_id", _assigned(jury_round))
    done = _per("idea_id", _counted(jury_round).filter(Exists(given)))
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
        line
        for line in _coverage(jury_round, _listed(submitted_ideas(jury_round.challenge)))
        if line.done < line.quorum
    ]


def visible_interests(viewer: Any, jury_round: Round) -> QuerySet[Interest]:
    """Interests of jurors, for who runs the jury, as far as the ideas are visible to them; a juror sees none."""
    interests = Interest.objects.filter(round=jury_round).select_related("user", "idea", "decided_by")
    if not can_run_jury(viewer, jury_round.challenge):
        return interests.none()
    return interests.filter(idea__in=_not_blocked(viewer, jury_round).values("pk")).exclude(user=viewer)


def scoring_readiness(viewer: Any, jury_round: Round) -> list[Check]:
    """What must be in place before jurors get their ideas."""
    seats = list(jury_members(viewer, jury_round).filter(is_active=True))
    judging = [seat for seat in seats if seat.kind != Seat.Kind.ALTERNATE]
    ideas = (
        list(_not_blocked(viewer, jury_round).values_list("pk", flat=True))
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


def answers(viewer: Any, jury_round: Round) -> dict[int, Answer]:
    """The answers written so far, per idea, for who runs the jury; with a seat, on ideas whose scores are open."""
    if not can_run_jury(viewer, jury_round.challenge):
        return {}
    visible: Any = _not_blocked(viewer, jury_round).values("pk")
    if seat_of(viewer, jury_round) is not None:  # an answer tells what others gave
        visible = [idea.pk for idea in ideas_with_open_scores(viewer, jury_round)]
    return {answer.idea_id: answer for answer in Answer.objects.filter(round=jury_round, idea__in=visible)}


def visible_changes(viewer: Any, jury_round: Round) -> list[ScoreChange]:
    """Scores changed in deliberation, on ideas whose scores are open to the viewer."""
    changes = list(_changes(jury_round))
    changed = {change.assessment.idea_id for change in changes}
    return _with_their_ideas(changes, ideas_with_open_scores(viewer, jury_round, among=changed) if changed else [])


def _changes(jury_round: Round) -> QuerySet[ScoreChange]:
    return ScoreChange.objects.filter(assessment__seat__round=jury_round).select_related("assessment__seat")


def _with_their_ideas(changes: Iterable[ScoreChange], ideas: Iterable[Idea]) -> list[ScoreChange]:
    """The changes on these ideas, with the titles at hand: no query for each change."""
    by_pk = {idea.pk: idea for idea in ideas}
    found = [change for change in changes if change.assessment.idea_id in by_pk]
    for change in found:
        change.assessment.idea = by_pk[change.assessment.idea_id]
    return found


def visible_dissents(viewer: Any, jury_round: Round) -> list[Dissent]:
    """Your own; all of them for who may decide. A dissent may name any idea, so a bound manager sees none."""
    notes = Dissent.objects.filter(seat__round=jury_round).select_related("seat")
    runs = can_run_jury(viewer, jury_round.challenge)
    if runs and not blocked_idea_ids(viewer, jury_round):
        return list(notes)
    return list(notes.filter(Q(seat__user=viewer))) if viewer.is_authenticated else []


def answer_draft(viewer: Any, jury_round: Round, idea: Idea) -> str:
    """A first text for the answer to a team: per criterion the middle score, what it means, and the jury's reasons."""
    assessments = assessments_of(viewer, jury_round, idea)
    if not assessments:
        return ""
    with override("nl"):  # the decision, and so every answer in it, is in Dutch
        return _draft(jury_round, idea, assessments)


def _draft(jury_round: Round, idea: Idea, assessments: list[Assessment]) -> str:
    values: dict[str, list[int]] = defaultdict(list)
    reasons: dict[str, list[str]] = defaultdict(list)
    counted = [assessment for assessment in assessments if assessment.version_id == idea.current.pk]
    for score in (score for assessment in counted for score in assessment.scores.all()):
        if score.value is not None:
            values[score.criterion].append(score.value)
            if score.reason:
                reasons[score.criterion].append(score.reason)
    parts = [_("Thank you for your idea “%(title)s”.") % {"title": idea.title}]
    for criterion in jury_round.rules.criteria:
        given = sorted(values[criterion.key])
        if not given:
            continue
        middle = given[(len(given) - 1) // 2]
        said = " ".join(
            reason if reason.endswith((".", "!", "?")) else f"{reason}."
            for reason in dict.fromkeys(reasons[criterion.key])
        )
        word = (_("Yes") if middle else _("No")) if criterion.is_knock_out else str(middle)
        parts.append(
            _("%(criterion)s (score: %(score)s): “%(anchor)s” The jury said: %(reasons)s")
            % {"criterion": criterion.name, "score": word, "anchor": criterion.anchors.get(middle, ""), "reasons": said}
        )
    return "\n\n".join(parts)[:4000]


def own_answers(viewer: Any) -> QuerySet[Answer]:
    """The answers to the viewer's own ideas, once the round is decided."""
    if not viewer.is_authenticated:
        return Answer.objects.none()
    return (
        Answer.objects.filter(round__state=RoundState.DECIDED, idea__members__user=viewer)
        .select_related("idea", "round__challenge")
        .prefetch_related(Prefetch("idea__versions", IdeaVersion.objects.order_by("-number"), to_attr="newest"))
    )
