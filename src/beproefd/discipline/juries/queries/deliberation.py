# SPDX-License-Identifier: EUPL-1.2
"""What the jury has before it when it deliberates: the order, the changes, and who thinks otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from beproefd.discipline.ideas.models import Idea, IdeaVersion
from beproefd.discipline.ideas.queries import submitted_ideas

from ..models import Assessment, Dissent, Round, RoundState, Score, ScoreChange
from ..rules import can_run_jury
from ..standings import Given, Standings, compute
from .field import TOGETHER, blocked_idea_ids, listed
from .judging import ideas_with_open_scores


@dataclass(frozen=True)
class VisibleStandings(Standings):
    """The order, with the ideas it is about by reference, the ones of which single scores are closed to the viewer, and the
    changes on the others."""

    ideas: Mapping[str, Idea] = field(default_factory=dict)
    closed: tuple[Idea, ...] = ()
    changes: tuple[ScoreChange, ...] = ()


def visible_standings(viewer: Any, jury_round: Round) -> VisibleStandings | None:
    """The order among the ideas the viewer may see scores of; None before the jury deliberates.

    Once decided it is the order of the decision, which is public and one for everyone (docs/decisions/0003).
    """
    if jury_round.state not in TOGETHER:
        return None
    ideas = shown = ideas_with_open_scores(viewer, jury_round)
    seed = ""
    if jury_round.state == RoundState.DECIDED:
        seed, shown = jury_round.criteria_set.lottery_seed, list(listed(submitted_ideas(jury_round.challenge)))
    found = standings_among(jury_round, shown, seed=seed)
    return VisibleStandings(
        found.lines,
        found.ranking,
        found.drawn,
        found.undecided_ties,
        found.winners,
        ideas={idea.reference: idea for idea in shown},
        closed=tuple(idea for idea in shown if idea not in ideas),
        changes=tuple(_with_their_ideas(_changes(jury_round), ideas)),
    )


def standings_among(jury_round: Round, ideas: Iterable[Idea], *, seed: str = "") -> Standings:
    """The order among these ideas. The caller has decided who may see them."""
    references = {idea.pk: idea.reference for idea in ideas}
    jurors = [str(pk) for pk in jury_round.seats.order_by("pk").values_list("pk", flat=True)]
    return compute(jury_round.rules, list(references.values()), jurors, _given(jury_round, references), seed=seed)


def _given(jury_round: Round, references: dict[int, str]) -> Iterator[Given]:
    """Scores that count: handed in, for the idea as it stands now, on ideas in `references`."""
    handed_in = counted(jury_round)
    read = {
        pk: (str(seat), references[idea])
        for pk, seat, idea in handed_in.values_list("pk", "seat_id", "idea_id")
        if idea in references
    }
    scores = Score.objects.filter(assessment__in=handed_in, value__isnull=False).order_by()
    for assessment, criterion, value in scores.values_list("assessment_id", "criterion", "value"):
        if assessment in read and value is not None:
            yield (*read[assessment], criterion, value)


def counted(jury_round: Round) -> QuerySet[Assessment]:
    """Assessments that count: handed in, for the idea as it stands now."""
    newer = IdeaVersion.objects.filter(idea=OuterRef("idea"), number__gt=OuterRef("version__number"))
    return Assessment.objects.filter(
        ~Exists(newer), seat__round=jury_round, state=Assessment.State.SUBMITTED
    ).order_by()


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
