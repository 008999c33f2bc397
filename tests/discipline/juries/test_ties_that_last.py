# SPDX-License-Identifier: EUPL-1.2
"""A tie goes where the idea goes, and outlives the round it was said in."""

import pytest
from django.core.exceptions import PermissionDenied

from beproefd.discipline.ideas.actions import (
    add_member,
    ask_correction,
    merge_ideas,
)
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.actions import (
    assign_ideas,
    close_scoring,
    declare,
    dismiss_interest,
    open_round,
    open_scoring,
    report_interest,
    seat_juror,
    void_round,
)
from beproefd.discipline.juries.models import Assessment, Assignment, Interest
from beproefd.discipline.juries.queries import (
    own_tasks,
    readable_idea,
    visible_field,
)
from beproefd.discipline.juries.sentences import interest_paragraph
from beproefd.ground.audit.queries import verify
from tests import factories


def merged(world, source, into):
    merge_ideas(
        by=world.manager,
        into=into,
        sources=[source],
        reason="Samen sterker.",
        values={},
        base_number=into.current.number,
    )
    world.fresh()
    return Idea.objects.get(pk=into.pk)


@pytest.mark.parametrize("how", ["declared", "confirmed", "suggested"])
def test_a_tie_with_an_idea_that_becomes_part_of_another_holds_for_the_other(tied, how):
    source, into = tied.ideas[0], tied.ideas[1]
    juror = tied.jurors[-1] if how == "suggested" else tied.jurors[0]
    factories.judge(tied, juror, into, 5)
    if how == "declared":
        declare(by=juror, jury_round=tied.round, idea=source, free=False, kind="personal", note="Mijn zus doet mee.")
    if how == "confirmed":
        report_interest(
            by=tied.manager, jury_round=tied.round, user=juror, idea=source, kind="financial", note="Aandelen."
        )
    into = merged(tied, source, into)
    was, now = (Interest.objects.get(user=juror, idea=idea) for idea in (source, into))
    assert (now.kind, now.status, now.note, now.noted_by, now.is_late) == (
        was.kind,
        was.status,
        was.note,
        was.noted_by,
        True,
    )
    assert into not in visible_field(juror, tied.round)
    assert list(tied.seat(juror).assessments.filter(idea=into).values_list("state", flat=True)) == ["void"]
    with pytest.raises(PermissionDenied):
        declare(by=juror, jury_round=tied.round, idea=into, free=True)


def test_after_a_merge_every_juror_says_again_that_nothing_binds(scoring):
    juror, (source, into, *_others) = scoring.jurors[0], scoring.ideas
    factories.judge(scoring, juror, into, 5)
    into = merged(scoring, source, into)
    assert readable_idea(juror, scoring.round, into.reference) is None
    assert {task.idea: task.step for task in own_tasks(juror, scoring.round)}[into] == "declare"
    factories.judge(scoring, juror, into, 4)
    assert [a.version.number for a in Assessment.objects.filter(idea=into, state="submitted")] == [2]
    assert verify().whole


def test_who_works_where_a_new_team_member_works_no_longer_reads_the_idea(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    factories.judge(scoring, juror, idea, 5)
    ask_correction(by=scoring.manager, idea=idea, reason="Het team is niet volledig.")
    add_member(by=scoring.owners[0], idea=idea, name="Piet", organisation=juror.organisation, kind="company")
    interest = Interest.objects.get()
    assert (interest.user, interest.kind, interest.status, interest.is_late) == (juror, "organisation", "open", True)
    assert idea not in visible_field(juror, scoring.round)


LIKE_EACH_OTHER = {
    "legal form": ("Bureau 1 B.V.", "x", "organisation"),
    "punctuation": ("bureau-1", "x", "organisation"),
    "same name": ("Buurthuis", "jurylid 1", "personal"),
}


@pytest.mark.parametrize("case", LIKE_EACH_OTHER)
def test_a_tie_with_who_told_an_idea_on_paper_is_found_by_name_too(scoring, case):
    organisation, name, kind = LIKE_EACH_OTHER[case]
    ask_correction(by=scoring.manager, idea=scoring.ideas[0], reason="Wie vertelde het?")
    add_member(by=scoring.owners[0], idea=scoring.ideas[0], name=name, organisation=organisation, kind="company")
    assert [(tie.user, tie.idea, tie.kind, tie.status) for tie in Interest.objects.all()] == [
        (scoring.jurors[0], scoring.ideas[0], kind, "open")
    ]


def test_organisations_that_share_a_legal_form_alone_are_not_the_same(scoring):
    ask_correction(by=scoring.manager, idea=scoring.ideas[0], reason="Wie vertelde het?")
    add_member(by=scoring.owners[0], idea=scoring.ideas[0], name="x", organisation="Stichting Bureau", kind="company")
    assert Interest.objects.count() == 0


# A tie outlives its round


def started_again(world):
    """The round is void and the same people sit in the next one."""
    void_round(by=world.manager, jury_round=world.round, reason="Opnieuw.")
    jury_round = open_round(by=world.manager, challenge=world.challenge)
    for number, juror in enumerate(world.jurors, start=1):
        kind = "experience" if number == len(world.jurors) else "member"
        seat_juror(by=world.manager, jury_round=jury_round, user=juror, kind=kind)
    assign_ideas(by=world.manager, jury_round=jury_round, per_idea=len(world.jurors))
    open_scoring(by=world.manager, jury_round=jury_round)
    world.round = jury_round
    return world.fresh()


def test_a_tie_that_was_noted_in_a_void_round_holds_in_the_next(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    report_interest(
        by=scoring.manager, jury_round=scoring.round, user=juror, idea=idea, kind="financial", note="Aandelen."
    )
    report_interest(
        by=scoring.manager, jury_round=scoring.round, user=scoring.second_manager, idea=idea, kind="personal", note="x"
    )
    world = started_again(scoring)
    for bound in (juror, world.second_manager):
        assert idea not in visible_field(bound, world.round)
    assert not Assignment.objects.filter(seat__round=world.round, seat__user=juror, idea=idea).exists()
    assert f"Jurylid 1: {idea.reference}" in interest_paragraph(world.round.interests.all())
    for attempt in (close_scoring, void_round):
        with pytest.raises(PermissionDenied):
            attempt(
                by=world.second_manager, jury_round=world.round, **({"reason": "x"} if attempt is void_round else {})
            )


def test_what_is_decided_about_a_tie_in_the_next_round_holds_from_then_on(scoring):
    juror, idea = scoring.jurors[0], scoring.ideas[0]
    report_interest(
        by=scoring.manager, jury_round=scoring.round, user=juror, idea=idea, kind="financial", note="Aandelen."
    )
    world = started_again(scoring)
    dismiss_interest(by=world.manager, interest=world.round.interests.get(), reason="Verkocht.")
    assert idea in visible_field(juror, world.round)
