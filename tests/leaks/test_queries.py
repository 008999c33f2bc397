# SPDX-License-Identifier: EUPL-1.2
"""What someone may not see does not show: every query gives the same with the hidden thing and without it.

The hidden rows are taken out of the database directly, as if they had never been; then every answer must be equal,
lists, orders, counts, averages and probabilities included.
"""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.utils import timezone

from beproefd.discipline.challenges.models import CriteriaSet
from beproefd.discipline.ideas import actions as idea_actions
from beproefd.discipline.ideas import queries as idea_queries
from beproefd.discipline.ideas import rules as idea_rules
from beproefd.discipline.ideas.models import Idea, IdeaVersion, TeamInvitation, TeamMember
from beproefd.discipline.juries import actions, queries
from beproefd.discipline.juries.models import (
    Answer,
    Assessment,
    Assignment,
    Declaration,
    Interest,
    Round,
    Score,
    ScoreChange,
)
from beproefd.discipline.juries.queries import before_lock
from tests import factories


def plain(value: Any) -> Any:
    """A value as data that can be compared."""
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, np.ndarray | np.generic):
        return repr(value.tolist())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, models.QuerySet | list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return repr(value)


def seen_by(viewer: Any, jury_round: Round) -> dict[str, Any]:
    """Everything the two rooms tell this viewer about a round, by the name of the query."""
    viewer = type(viewer).objects.get(pk=viewer.pk) if viewer.is_authenticated else viewer
    jury_round = Round.objects.get(pk=jury_round.pk)
    challenge = jury_round.challenge
    told = {
        "own_ideas": idea_queries.own_ideas(viewer, challenge),
        "visible_ideas": idea_queries.visible_ideas(viewer, challenge),
        "competes": idea_rules.competes(viewer, challenge),
        "intake_numbers": idea_queries.intake_numbers(viewer, challenge),
        "similar_to": idea_queries.similar_to(viewer, challenge, "sparen met een maatje, verbeterd idee"),
        "visible_rounds": queries.visible_rounds(viewer, challenge),
        "decided_round": queries.decided_round(viewer, challenge),
        "current_round": queries.current_round(viewer, challenge),
        "own_answers": queries.own_answers(viewer),
        "own_invitations": idea_queries.own_invitations(viewer),
        "own_invitation": [
            idea_queries.own_invitation(viewer, challenge, item.key)
            for item in TeamInvitation.objects.filter(idea__in=idea_queries.visible_ideas(viewer, challenge))
        ],
        "visible_invitations": [
            idea_queries.visible_invitations(viewer, idea) for idea in idea_queries.visible_ideas(viewer, challenge)
        ],
        "own_ideas_in": sorted(idea_queries.own_ideas_in(viewer, [challenge]).items()),
        "waiting_for": sorted(queries.waiting_for(viewer, [challenge]).items()),
        "behind": sorted(queries.behind(viewer, [challenge]).items()),
    }
    if not viewer.is_authenticated:
        return plain(told)
    field = list(queries.visible_field(viewer, jury_round))
    told |= {
        "seat_of": queries.seat_of(viewer, jury_round),
        "jury_members": queries.jury_members(viewer, jury_round),
        "visible_field": field,
        "readable_idea": [queries.readable_idea(viewer, jury_round, idea.reference) for idea in field],
        "own_tasks": queries.own_tasks(viewer, jury_round),
        "own_assessment": [queries.own_assessment(viewer, jury_round, idea) for idea in field],
        "ideas_with_open_scores": queries.ideas_with_open_scores(viewer, jury_round),
        "assessments_of": [queries.assessments_of(viewer, jury_round, idea) for idea in field],
        "visible_standings": queries.visible_standings(viewer, jury_round),
        "progress": queries.progress(viewer, jury_round),
        "coverage": queries.coverage(viewer, jury_round),
        "visible_interests": queries.visible_interests(viewer, jury_round),
        "scoring_readiness": queries.scoring_readiness(viewer, jury_round),
        "answers": queries.answers(viewer, jury_round),
        "answers_to_read_again": queries.answers_to_read_again(viewer, jury_round),
        "what_is_decided": queries.what_is_decided(viewer, jury_round),
        "answer_draft": [queries.answer_draft(viewer, jury_round, idea) for idea in field],
        "visible_changes": queries.visible_changes(viewer, jury_round),
        "visible_dissents": queries.visible_dissents(viewer, jury_round),
        # rules that always ask for more than there is, so that every number the warning can tell is in it
        "lock_warnings": before_lock.lock_warnings(viewer, CriteriaSet(challenge=challenge, quorum=99, winners=99)),
    }
    return plain(told)


SHOWN_THROUGH_OTHERS = {
    "blocked_idea_ids": "the viewer's own ties; used by the other queries and by no page",
    "not_blocked": "what visible_field gives; used by the other queries and by no page",
    "own_seats": "what seat_of gives; used by the other queries and by no page",
    "tied_idea_ids": "the viewer's own ties; used by the other queries and by no page",
    "closed_idea_ids": "the viewer's own ties and words; closes ideas.queries.visible_ideas and is used by no page",
}


PARTS = [importlib.import_module(f"{queries.__name__}.{part.name}") for part in pkgutil.iter_modules(queries.__path__)]


@pytest.mark.parametrize("module", [idea_queries, *PARTS])
def test_every_query_for_a_viewer_is_compared_here(module):
    for_viewers = {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if "viewer" in inspect.signature(function).parameters
    }
    source = inspect.getsource(seen_by)
    assert sorted(name for name in for_viewers if f".{name}(" not in source and name not in SHOWN_THROUGH_OTHERS) == []


def remove(*querysets: models.QuerySet) -> None:
    """Take rows out from under the product, past its guards; the caller rolls back (`compare`)."""
    for queryset in querysets:
        pks = list(queryset.values_list("pk", flat=True))
        if pks:
            marks = ", ".join(["%s"] * len(pks))
            table = queryset.model._meta.db_table
            where = f" ON {table}" if connection.vendor == "postgresql" else ""
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TRIGGER IF EXISTS forbid_delete_{table}{where}")
                cursor.execute(f"DELETE FROM {table} WHERE id IN ({marks})", pks)


def remove_scores(assessments: models.QuerySet) -> None:
    """Scores as if they had never been given."""
    pks = list(assessments.values_list("pk", flat=True))
    remove(
        ScoreChange.objects.filter(assessment__in=pks),
        Score.objects.filter(assessment__in=pks),
        Assessment.objects.filter(pk__in=pks),
    )


def remove_idea(idea: Idea) -> None:
    """An idea as if it had never been, with everything about it."""
    remove_scores(Assessment.objects.filter(idea=idea))
    remove(
        Declaration.objects.filter(idea=idea),
        Assignment.objects.filter(idea=idea),
        Answer.objects.filter(idea=idea),
        Interest.objects.filter(idea=idea),
        TeamMember.objects.filter(idea=idea),
        TeamInvitation.objects.filter(idea=idea),
        IdeaVersion.objects.filter(idea=idea),
        Idea.sparks.through.objects.filter(idea=idea),
        Idea.objects.filter(pk=idea.pk),
    )


def compare(viewer: Any, world: factories.World, hide: Callable[[], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the viewer is told with the hidden thing and without it."""
    with time_machine.travel(timezone.now(), tick=False), transaction.atomic():
        with_it = seen_by(viewer, world.round)
        hide()
        without = seen_by(viewer, world.round)
        transaction.set_rollback(True)
    return with_it, without


def full_round(state: str) -> factories.World:
    """A round with ties of every kind, changed scores, answers, and hidden idea number one."""
    world = factories.world("scoring", ideas=4, jurors=6)
    hidden = world.ideas[0]
    run = {"by": world.manager, "jury_round": world.round}
    actions.report_interest(**run, user=world.jurors[0], idea=hidden, kind="financial", note="Aandelen.")
    actions.declare(
        by=world.jurors[1], jury_round=world.round, idea=hidden, free=False, kind="personal", note="Een neef van mij."
    )
    actions.report_interest(**run, user=world.second_manager, idea=hidden, kind="personal", note="Buren.")
    actions.report_interest(**run, user=world.jurors[5], idea=world.ideas[3], kind="personal", note="Buren.")
    if state == "scoring":
        for juror in world.jurors[:4]:
            for idea in world.ideas[:3]:
                if idea in queries.visible_field(juror, world.round):
                    factories.judge(world, juror, idea, 4)
        factories.judge(world, world.jurors[4], world.ideas[1], 2, submit=False)
    else:
        values = {idea.pk: 5 - number for number, idea in enumerate(world.ideas)}
        for juror in world.jurors[:5]:  # the sixth has still to judge
            for task in queries.own_tasks(juror, world.round):
                factories.judge(world, juror, task.idea, values[task.idea.pk])
        actions.close_scoring(by=world.manager, jury_round=world.round)
        actions.change_score(
            by=world.jurors[2],
            jury_round=world.round,
            idea=hidden,
            criterion="waarde",
            value=1,
            reason="Nee.",
            old_value=5,
        )
        factories.answer_all(world.fresh())
        actions.note_dissent(by=world.jurors[2], jury_round=world.round, text="Idee 1 is te duur.", is_named=True)
    if state == "decided":
        actions.close_round(by=world.manager, jury_round=world.round)
    return world.fresh()


@pytest.mark.parametrize("state", ["scoring", "deliberation", "decided"])
def test_who_is_bound_to_an_idea_is_told_the_same_as_if_it_did_not_exist(db, state):
    world = full_round(state)
    hidden = world.ideas[0]
    viewers = {
        "bound juror": world.jurors[0],
        "juror who said so": world.jurors[1],
        "bound manager": world.second_manager,
    }
    for who, viewer in viewers.items():
        told = compare(viewer, world, lambda: remove_idea(hidden))
        # A decision is public, its ideas and their order too; the changes that a tied person may not see stay out of it.
        apart = {"similar_to", "visible_standings"} if state == "decided" else set()
        if state == "decided":
            shown = queries.visible_standings(viewer, world.round)
            assert (who, shown.closed, shown.changes) == (who, (hidden,), ())
        if who == "bound manager":
            # Who runs a jury gets all of the jury's words or none, and sees in the ideas room what was handed in.
            apart |= {"visible_dissents", "visible_ideas", "intake_numbers", "similar_to"}
        with_it, without = ({name: said for name, said in each.items() if name not in apart} for each in told)
        assert (who, with_it) == (who, without)


def outsiders(world: factories.World) -> dict[str, Any]:
    """People without a place in the jury room."""
    return {
        "team": world.owners[1],
        "other team": factories.person("team"),
        "administrator": factories.person("administrator"),
        "juror without a seat": factories.person("juror"),
        "anonymous": AnonymousUser(),
    }


@pytest.mark.parametrize("state", ["scoring", "deliberation"])
def test_outside_the_jury_room_scores_ties_and_answers_do_not_exist(db, state):
    world = full_round(state)

    def hide() -> None:
        remove_scores(Assessment.objects.all())
        remove(Declaration.objects.all(), Assignment.objects.all(), Answer.objects.all(), Interest.objects.all())

    for who, viewer in (outsiders(world) | {"coach": factories.person("coach")}).items():
        with_it, without = compare(viewer, world, hide)
        assert (who, with_it) == (who, without)


def test_outside_the_teams_ideas_do_not_exist_while_the_jury_is_at_work(db):
    world = full_round("deliberation")
    for who, viewer in outsiders(world).items():
        with_it, without = compare(viewer, world, lambda: remove_idea(world.ideas[0]))
        assert (who, with_it) == (who, without)


@pytest.mark.parametrize("state", ["scoring", "deliberation"])
def test_a_juror_who_has_still_to_judge_an_idea_learns_nothing_of_the_scores_for_it(db, state):
    world = full_round(state)
    juror, idea = world.jurors[5], world.ideas[1]
    actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    with_it, without = compare(juror, world, lambda: remove_scores(Assessment.objects.filter(idea=idea)))
    assert with_it == without


def test_who_runs_the_jury_learns_how_far_it_is_and_no_score_while_jurors_judge_alone(db):
    world = full_round("scoring")

    def hide() -> None:
        Score.objects.filter(criterion__in=["waarde", "haalbaar"]).update(value=1, reason="Anders.")
        Assessment.objects.update(confidence=1)

    with_it, without = compare(world.manager, world, hide)
    assert with_it == without


def test_a_draft_score_is_known_to_its_juror_alone(db):
    world = full_round("scoring")
    drafts = Assessment.objects.filter(state="draft")
    assert drafts.count() == 1
    for viewer in [world.manager, *world.jurors[:4], world.jurors[5], *world.owners]:
        with_it, without = compare(viewer, world, lambda: remove_scores(drafts.all()))
        assert with_it == without


@pytest.mark.parametrize("submit", [True, False])
def test_a_sealed_idea_does_not_exist_for_anyone_outside_its_team(manager, submit):
    challenge = factories.open_challenge(manager)
    team = factories.person("team")
    factories.idea(team, challenge, title="Eigen plan met fietsen")
    hidden = factories.idea(factories.person("team", organisation="Zelfde"), challenge, submit=submit)
    jury_round = actions.open_round(by=manager, challenge=challenge)
    juror = factories.person("juror", organisation="Zelfde")
    actions.seat_juror(by=manager, jury_round=jury_round, user=juror, kind="member")
    world = factories.World(
        manager, manager, [factories.person("team"), team], [juror], challenge, jury_round, [hidden]
    )
    viewers = outsiders(world) | {"manager": manager, "coach": factories.person("coach"), "juror": juror}
    for who, viewer in viewers.items():
        with_it, without = compare(viewer, world, lambda: remove_idea(hidden))
        if who == "manager":  # the programme may know how many ideas came in, and nothing else
            assert with_it.pop("intake_numbers") != without.pop("intake_numbers")
        assert (who, with_it) == (who, without)


def test_a_draft_that_was_never_handed_in_stays_hidden_after_the_deadline(manager, coach):
    challenge = factories.open_challenge(manager)
    factories.idea(factories.person("team"), challenge)
    draft = factories.idea(factories.person("team"), challenge, submit=False)
    with time_machine.travel(challenge.deadline + timedelta(hours=1)):
        jury_round = actions.open_round(by=manager, challenge=challenge)
        world = factories.World(manager, manager, [], [], challenge, jury_round, [draft])
        for viewer in (manager, coach, factories.person("juror"), AnonymousUser()):
            with_it, without = compare(viewer, world, lambda: remove_idea(draft))
            with_it.pop("intake_numbers"), without.pop("intake_numbers")
            assert with_it == without


# Refusals say nothing about what exists


def refusal(attempt: Callable[[], Any]) -> tuple[type, list[str]]:
    """The kind of error and its text."""
    with pytest.raises((PermissionDenied, ValidationError)) as caught:
        attempt()
    problem = caught.value
    return type(problem), problem.messages if isinstance(problem, ValidationError) else [str(problem)]


def attempts(by: Any, world: factories.World, idea: Idea) -> Iterable[tuple[str, Callable[[], Any]]]:
    """Everything one can try on an idea in the jury room."""
    where = {"by": by, "jury_round": world.round, "idea": idea}
    yield "declare free", lambda: actions.declare(**where, free=True)
    yield "declare bound", lambda: actions.declare(**where, free=False, note="x")
    yield "recuse", lambda: actions.recuse(**where, kind="personal", note="x")
    yield "recuse without a reason", lambda: actions.recuse(**where, kind="personal", note="")
    for number in (1, 7):
        yield (
            f"judge version {number}",
            lambda number=number: actions.save_assessment(
                **where, version_number=number, revision=0, scores=factories.all_scores(), confidence=2, submit=True
            ),
        )
    yield (
        "judge off the scale",
        lambda: actions.save_assessment(
            **where, version_number=1, revision=0, scores=factories.all_scores(99), confidence=99, submit=False
        ),
    )
    yield "change", lambda: actions.change_score(**where, criterion="waarde", value=1, reason="x", old_value=5)
    yield (
        "change without a reason",
        lambda: actions.change_score(**where, criterion="nee", value=99, reason="", old_value=None),
    )
    yield "answer", lambda: actions.write_answer(**where, text="x", revision=0)
    yield "empty answer", lambda: actions.write_answer(**where, text="", revision=0)
    yield "report", lambda: actions.report_interest(**where, user=world.jurors[3], kind="personal", note="x")


@pytest.mark.parametrize("state", ["scoring", "deliberation", "decided"])
def test_a_refusal_is_the_same_for_a_hidden_idea_and_one_that_does_not_exist(db, state):
    world = full_round(state)
    hidden = world.ideas[0]
    nothing = Idea(pk=10**9, challenge=world.challenge, reference="ZZZZZ")
    elsewhere = factories.idea(factories.person("team"), factories.open_challenge(world.manager))
    viewers = [world.jurors[0], world.jurors[1], world.second_manager, world.owners[1], factories.person("juror")]
    for viewer in viewers:
        for (name, on_hidden), (_, on_nothing), (_, on_elsewhere) in zip(
            attempts(viewer, world, hidden),
            attempts(viewer, world, nothing),
            attempts(viewer, world, elsewhere),
            strict=True,
        ):
            told = refusal(on_hidden)
            assert (name, told) == (name, refusal(on_nothing))
            assert (name, told) == (name, refusal(on_elsewhere))


def test_a_refusal_in_the_ideas_room_is_the_same_for_every_idea_of_another(manager):
    challenge = factories.open_challenge(manager)
    owner, stranger = factories.person("team"), factories.person("team")
    others = [
        factories.idea(owner, challenge),
        factories.idea(owner, challenge, submit=False),
        factories.idea(owner, challenge, submit=False, problem=""),
    ]
    idea_actions.withdraw_idea(by=owner, idea=others[1])

    def told(idea: Idea) -> list[Any]:
        where = {"by": stranger, "idea": idea}
        return [
            refusal(lambda: idea_actions.revise_idea(**where, base_number=1, values={"title": "x"})),
            refusal(lambda: idea_actions.revise_idea(**where, base_number=9, values={"title": "a" * 9999})),
            refusal(lambda: idea_actions.submit_idea(**where)),
            refusal(lambda: idea_actions.withdraw_idea(**where)),
            refusal(lambda: idea_actions.add_member(**where, name="x", organisation="", kind="x")),
            refusal(lambda: idea_actions.invite_member(**where, name="x", organisation="", kind="x", email="x@x.nl")),
            refusal(lambda: idea_actions.ask_correction(**where, reason="")),
            refusal(
                lambda: idea_actions.merge_ideas(
                    by=stranger, into=idea, sources=[], reason="", values={}, base_number=1
                )
            ),
        ]

    first, *rest = [told(idea) for idea in others]
    assert rest == [first, first]


def test_numbers_that_come_back_from_an_action_count_what_the_manager_may_see(db):
    world = factories.world("preparing")
    hidden = world.ideas[0]
    actions.report_interest(
        by=world.second_manager,
        jury_round=world.round,
        user=world.second_manager,
        idea=hidden,
        kind="personal",
        note="Buren.",
    )
    added = actions.assign_ideas(by=world.second_manager, jury_round=world.round, per_idea=2)
    assert added == sum(line.assigned for line in queries.coverage(world.second_manager, world.round))
    actions.open_scoring(by=world.manager, jury_round=world.round)
    for juror in world.jurors:
        for task in queries.own_tasks(juror, world.fresh().round):
            if task.idea != hidden:
                factories.judge(world, juror, task.idea)
    assert actions.send_reminders(by=world.second_manager, jury_round=world.round) == 0
