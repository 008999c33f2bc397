# SPDX-License-Identifier: EUPL-1.2
"""Ideas come in sealed, keep every version, and are nobody else's until the deadline."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from beproefd.discipline.ideas.actions import (
    add_member,
    ask_correction,
    merge_ideas,
    remove_member,
    revise_idea,
    start_idea,
    submit_idea,
    withdraw_idea,
)
from beproefd.discipline.ideas.models import Idea, IdeaState, IdeaVersion, TeamMember
from beproefd.discipline.ideas.queries import (
    intake_numbers,
    lineage,
    own_ideas,
    similar_to,
    submitted_ideas,
    visible_ideas,
)
from beproefd.ground.audit.actions import record_creation
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories

BAD_TEXTS = [
    "'; DROP TABLE ideas_idea; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%s %(x)s",
    "\u202egnol",
    "🙂" * 20,
]


def after_deadline(challenge):
    return time_machine.travel(challenge.deadline + timedelta(minutes=1), tick=False)


# Sealed until the deadline


@pytest.mark.parametrize("role", ["manager", "coach", "administrator", "team", "juror"])
def test_before_the_deadline_nobody_sees_the_idea_of_another(open_challenge, owner, role):
    idea = factories.idea(owner, open_challenge)
    assert list(visible_ideas(factories.person(role), open_challenge)) == []
    assert list(visible_ideas(AnonymousUser(), open_challenge)) == []
    assert list(visible_ideas(owner, open_challenge)) == [idea]


def test_after_the_deadline_the_programme_and_coaches_read_what_was_handed_in(open_challenge, owner, manager, coach):
    handed_in = factories.idea(owner, open_challenge)
    draft = factories.idea(owner, open_challenge, submit=False)
    with after_deadline(open_challenge):
        sees = {who.name: set(visible_ideas(who, open_challenge)) for who in (manager, coach, owner)}
        others = [
            list(visible_ideas(factories.person(role), open_challenge)) for role in ("team", "juror", "administrator")
        ]
    assert sees == {manager.name: {handed_in}, coach.name: {handed_in}, owner.name: {handed_in, draft}}
    assert others == [[], [], []]


def test_one_moment_before_the_deadline_ideas_come_in_and_at_the_deadline_no_more(open_challenge, owner):
    idea = factories.idea(owner, open_challenge, submit=False)
    with time_machine.travel(open_challenge.deadline - timedelta(seconds=1), tick=False):
        assert list(visible_ideas(factories.person("manager"), open_challenge)) == []
        revise_idea(by=owner, idea=idea, base_number=1, values={"title": "Net op tijd"})
    with time_machine.travel(open_challenge.deadline, tick=False):
        with pytest.raises(ValidationError, match="Your draft is kept, but it was not handed in"):
            submit_idea(by=owner, idea=idea)
        with pytest.raises(PermissionDenied, match="Your text was not saved"):
            revise_idea(by=owner, idea=idea, base_number=2, values={"title": "Te laat"})
        with pytest.raises(PermissionDenied, match="only while intake is open"):
            factories.idea(owner, open_challenge)
    kept = Idea.objects.get()
    assert (kept.title, kept.state) == ("Net op tijd", IdeaState.DRAFT)


def test_a_manager_in_a_team_is_a_competitor_and_sees_no_other_ideas(open_challenge, owner, manager, second_manager):
    others = factories.idea(owner, open_challenge)
    mine = factories.idea(second_manager, open_challenge)
    with after_deadline(open_challenge):
        assert set(visible_ideas(manager, open_challenge)) == {others, mine}
        assert set(visible_ideas(second_manager, open_challenge)) == {mine}


def test_numbers_of_intake_are_for_the_programme_and_count_only(open_challenge, owner, manager, coach):
    factories.idea(owner, open_challenge)
    factories.idea(owner, open_challenge, submit=False)
    found = intake_numbers(manager, open_challenge)
    assert (found.submitted, found.drafts) == (1, 1)
    assert [intake_numbers(who, open_challenge) for who in (coach, owner, AnonymousUser())] == [None, None, None]


def test_references_say_nothing_about_the_order_of_arrival(open_challenge, owner):
    made = [factories.idea(owner, open_challenge, title=f"Idee {n}").reference for n in range(12)]
    assert len(set(made)) == 12
    assert [idea.reference for idea in submitted_ideas(open_challenge)] == sorted(made)
    assert made != sorted(made)


# Versions


def test_every_change_is_a_version_and_the_old_ones_stay(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    revise_idea(by=owner, idea=idea, base_number=1, values={"title": "Scherper"})
    assert list(idea.versions.values_list("number", "title")) == [(1, "Sparen loont"), (2, "Scherper")]
    assert Idea.objects.get().current.problem == factories.TEXTS["problem"]


def test_the_same_text_makes_no_version(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    assert revise_idea(by=owner, idea=idea, base_number=1, values=factories.TEXTS).number == 1
    assert IdeaVersion.objects.count() == 1


def test_a_stale_form_is_refused_and_the_colleagues_text_stays(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    colleague = factories.person("team")
    factories.joins(owner, idea, colleague, is_owner=True)
    revise_idea(by=colleague, idea=idea, base_number=1, values={"title": "Van de collega"})
    with pytest.raises(ValidationError, match="Someone in your team saved version 2"):
        revise_idea(by=owner, idea=idea, base_number=1, values={"title": "Van mij"})
    assert Idea.objects.get().title == "Van de collega"


def test_the_database_refuses_to_change_a_version(open_challenge, owner):
    factories.idea(owner, open_challenge)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ideas_ideaversion SET title = 'anders'")


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_any_text_is_kept_as_it_was_typed(open_challenge, owner, text):
    idea = factories.idea(owner, open_challenge, **dict.fromkeys(factories.TEXTS, text))
    assert [getattr(idea.current, name) for name in factories.TEXTS] == [text] * 5
    assert verify().whole


@pytest.mark.parametrize("field", list(factories.TEXTS))
def test_five_megabytes_in_a_field_are_refused_and_nothing_is_half_written(open_challenge, owner, field):
    entries = Entry.objects.count()
    with pytest.raises(ValidationError) as refusal:
        factories.idea(owner, open_challenge, **{field: "a" * 5_000_000})
    assert list(refusal.value.message_dict) == [field]
    assert (Idea.objects.count(), Entry.objects.count()) == (0, entries)


# Handing in


def test_handing_in_twice_is_once(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    entries = Entry.objects.count()
    again = submit_idea(by=owner, idea=idea)
    assert (again.submitted_at, Entry.objects.count()) == (idea.submitted_at, entries)


def test_the_same_form_sent_twice_starts_one_idea(open_challenge, owner):
    key = uuid.uuid4()
    ideas = [
        start_idea(by=owner, challenge=open_challenge, values=factories.TEXTS, kind="company", request_key=key)
        for _time in range(2)
    ]
    assert (ideas[0], Idea.objects.count()) == (ideas[1], 1)


def test_a_key_of_someone_elses_form_gives_nothing_of_theirs(open_challenge, owner):
    key = uuid.uuid4()
    start_idea(by=owner, challenge=open_challenge, values=factories.TEXTS, kind="company", request_key=key)
    stranger = factories.person("team")
    with pytest.raises((PermissionDenied, ValidationError)):
        start_idea(by=stranger, challenge=open_challenge, values=factories.TEXTS, kind="company", request_key=key)


def test_an_idea_without_its_main_texts_is_not_handed_in(open_challenge, owner):
    idea = factories.idea(owner, open_challenge, submit=False, problem="", value=" ")
    with pytest.raises(ValidationError, match="Fill in first: problem, value"):
        submit_idea(by=owner, idea=idea)
    assert Idea.objects.get().state == IdeaState.DRAFT


def test_a_withdrawn_idea_stays_readable_for_its_team_and_for_nobody_else(open_challenge, owner, manager):
    idea = factories.idea(owner, open_challenge)
    withdraw_idea(by=owner, idea=idea, reason="Geen tijd.")
    assert list(own_ideas(owner, open_challenge)) == [idea]
    assert list(submitted_ideas(open_challenge)) == []


@pytest.mark.parametrize("role", ["manager", "coach", "administrator", "team", "juror"])
def test_only_its_owner_changes_an_idea(open_challenge, owner, role):
    idea = factories.idea(owner, open_challenge)
    someone = factories.person(role)
    entries = Entry.objects.count()
    for attempt in (
        lambda: revise_idea(by=someone, idea=idea, base_number=1, values={"title": "x"}),
        lambda: submit_idea(by=someone, idea=idea),
        lambda: withdraw_idea(by=someone, idea=idea),
        lambda: add_member(by=someone, idea=idea, name="x", organisation="", kind="company"),
        lambda: remove_member(by=someone, member=idea.members.get()),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("role", ["juror", "coach", "administrator"])
def test_jurors_coaches_and_administrators_hand_in_no_ideas(open_challenge, role):
    with pytest.raises(PermissionDenied):
        factories.idea(factories.person(role), open_challenge)


# Teams and paper


def test_a_paper_idea_belongs_to_who_told_it_and_is_kept_by_who_typed_it(open_challenge, manager, second_manager):
    idea = factories.paper_idea(manager, open_challenge, member="Mw. Jansen")
    assert [(member.name, member.is_owner) for member in idea.members.all()] == [("Mw. Jansen", False)]
    assert list(own_ideas(manager, open_challenge)) == [idea]
    assert list(own_ideas(second_manager, open_challenge)) == []


def test_a_team_cannot_enter_a_paper_idea(open_challenge, owner):
    with pytest.raises(PermissionDenied):
        start_idea(by=owner, challenge=open_challenge, values=factories.TEXTS, channel=Idea.Channel.PAPER)


@pytest.mark.parametrize(
    ("channel", "said", "field"),
    [
        (Idea.Channel.ONLINE, {}, "kind"),
        (Idea.Channel.PAPER, {"channel_note": "  "}, "channel_note"),
        (Idea.Channel.SPOKEN, {}, "channel_note"),
    ],
)
def test_an_idea_says_where_it_comes_from_whatever_the_form_asked(open_challenge, manager, channel, said, field):
    with pytest.raises(ValidationError) as refusal:
        start_idea(by=manager, challenge=open_challenge, values=factories.TEXTS, channel=channel, **said)
    assert (list(refusal.value.message_dict), Idea.objects.count()) == ([field], 0)


def test_adding_the_same_member_twice_is_once(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    for _time in range(2):
        add_member(by=owner, idea=idea, name="Bo", organisation="Bedrijf", kind="company")
    assert idea.members.count() == 2


def test_an_online_idea_keeps_an_owner(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    with pytest.raises(ValidationError, match="at least one owner"):
        remove_member(by=owner, member=idea.members.get())


def test_a_card_of_another_challenge_sparks_nothing(manager, owner, open_challenge):
    other = factories.ready_challenge(manager, title="Andere")
    idea = factories.idea(owner, open_challenge, sparks=[*open_challenge.stimuli.all(), *other.stimuli.all()])
    assert list(idea.sparks.all()) == list(open_challenge.stimuli.all())


# Correction and merging


def test_a_correction_opens_the_idea_for_one_new_version(jury_challenge, manager):
    idea = Idea.objects.first()
    owner = idea.owners[0].user
    with pytest.raises(PermissionDenied):
        revise_idea(by=owner, idea=idea, base_number=1, values={"title": "Zomaar"})
    with pytest.raises(ValidationError) as refusal:
        ask_correction(by=manager, idea=idea, reason=" ")
    assert list(refusal.value.message_dict) == ["reason"]
    ask_correction(by=manager, idea=idea, reason="Het bedrag klopt niet.")
    assert revise_idea(by=owner, idea=idea, base_number=1, values={"title": "Verbeterd"}).number == 2
    with pytest.raises(PermissionDenied):
        revise_idea(by=owner, idea=idea, base_number=2, values={"title": "Nog een keer"})


@pytest.mark.parametrize("role", ["coach", "administrator", "team", "juror"])
def test_only_the_programme_asks_for_corrections_and_merges(jury_challenge, role):
    into, source, _third = Idea.objects.all()
    someone = factories.person(role)
    with pytest.raises(PermissionDenied):
        ask_correction(by=someone, idea=into, reason="x")
    with pytest.raises(PermissionDenied):
        merge_ideas(by=someone, into=into, sources=[source], reason="x", values={}, base_number=1)


def test_sealed_ideas_are_neither_corrected_nor_merged(open_challenge, owner, manager):
    into, source = factories.idea(owner, open_challenge), factories.idea(factories.person("team"), open_challenge)
    with pytest.raises(PermissionDenied):
        ask_correction(by=manager, idea=into, reason="x")
    with pytest.raises(PermissionDenied):
        merge_ideas(by=manager, into=into, sources=[source], reason="x", values={}, base_number=1)


def test_merging_keeps_the_family_tree_and_shares_the_authorship(jury_challenge, manager):
    first, second, third = Idea.objects.all()
    merge_ideas(
        by=manager, into=second, sources=[third], reason="Zelfde plan.", values={"title": "Samen"}, base_number=1
    )
    merge_ideas(by=manager, into=first, sources=[second], reason="Nog breder.", values={}, base_number=1)
    into = Idea.objects.get(pk=first.pk)
    assert list(submitted_ideas(jury_challenge)) == [into]
    assert lineage(into) == [second, third]
    owners = {idea.pk: idea.members.filter(via=None).get().user for idea in (first, second, third)}
    assert {(member.user, member.is_owner, member.via) for member in into.members.all()} == {
        (owners[first.pk], True, None),
        (owners[second.pk], True, second),
        (owners[third.pk], True, third),
    }
    assert (
        Idea.objects.get(pk=third.pk).versions.get().title == "Idee 3"
        or Idea.objects.get(pk=third.pk).versions.exists()
    )
    assert set(own_ideas(owners[third.pk], jury_challenge)) == {first, second, third}
    assert verify().whole


def test_someone_in_both_teams_is_in_the_merged_team_once(open_challenge, manager, owner):
    ideas = [factories.idea(owner, open_challenge, title=f"Idee {n}") for n in (1, 2)]
    for idea in ideas:
        add_member(by=owner, idea=idea, name="Bo", organisation="Bedrijf", kind="company")
    factories.close_intake_early(manager, open_challenge)
    merge_ideas(by=manager, into=ideas[0], sources=[ideas[1]], reason="Dubbel.", values={}, base_number=1)
    assert sorted(ideas[0].members.values_list("name", flat=True)) == ["Bo", "Olga Eigenaar"]


@pytest.mark.parametrize("case", ["itself", "nothing", "no reason", "stale", "other challenge", "merged before"])
def test_a_merge_that_makes_no_sense_is_refused_and_changes_nothing(jury_challenge, manager, case):
    first, second, third = Idea.objects.all()
    arguments = {"into": first, "sources": [second], "reason": "x", "values": {}, "base_number": 1}
    if case == "itself":
        arguments["sources"] = [first]
    elif case == "nothing":
        arguments["sources"] = []
    elif case == "no reason":
        arguments["reason"] = "  "
    elif case == "stale":
        arguments["base_number"] = 7
    elif case == "other challenge":
        arguments["sources"] = [
            Idea.objects.get(challenge=factories.jury_challenge(manager, [factories.person("team")]))
        ]
    elif case == "merged before":
        merge_ideas(by=manager, into=third, sources=[second], reason="x", values={}, base_number=1)
    head = verify().head
    with pytest.raises(ValidationError):
        merge_ideas(by=manager, **arguments)
    assert verify().head == head


@pytest.mark.parametrize(
    "attempt",
    [
        lambda by, into, source, text: ask_correction(by=by, idea=into, reason=text),
        lambda by, into, source, text: merge_ideas(
            by=by, into=into, sources=[source], reason=text, values={}, base_number=1
        ),
    ],
)
def test_a_reason_of_five_megabytes_is_refused(jury_challenge, manager, attempt):
    into, source, _third = Idea.objects.all()
    with pytest.raises(ValidationError):
        attempt(manager, into, source, "a" * 5_000_000)
    assert verify().whole


# Does it exist already?


def test_dutch_compounds_are_recognised(open_challenge, owner):
    mine = factories.idea(
        owner,
        open_challenge,
        title="Spaarrekening met buddy",
        problem="Geen buffer.",
        solution="Een spaarrekening.",
        value="Rust.",
        building_blocks="",
    )
    factories.idea(
        owner,
        open_challenge,
        title="Laptops voor ouderen",
        problem="Niet digitaal.",
        solution="Leren internetten.",
        value="Meedoen.",
        building_blocks="",
    )
    found = [item.idea for item in similar_to(owner, open_challenge, "sparen op een rekening") if item.idea]
    assert found == [mine]


def test_the_sealed_idea_of_another_changes_nothing_about_what_looks_alike(open_challenge, owner):
    stranger = factories.person("team")
    factories.idea(stranger, open_challenge, title="Mijn eigen plan met fietsen")
    before = [
        (item.title, item.likeness) for item in similar_to(stranger, open_challenge, "sparen loont met een maatje")
    ]
    factories.idea(owner, open_challenge)
    after = [
        (item.title, item.likeness) for item in similar_to(stranger, open_challenge, "sparen loont met een maatje")
    ]
    assert after == before


@pytest.mark.parametrize("text", ["", "   ", "de het een", "?!", "a", "é", "🙂", "x" * 200_000])
def test_any_text_can_be_compared(open_challenge, owner, text):
    factories.idea(owner, open_challenge)
    assert all(0 <= item.likeness <= 1.000001 for item in similar_to(owner, open_challenge, text))


def test_an_idea_does_not_look_like_itself(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    assert [item for item in similar_to(owner, open_challenge, idea.current.text, besides=idea) if item.idea] == []


def test_a_stranger_is_named_once_however_often_added(open_challenge, owner):
    idea = factories.idea(owner, open_challenge)
    with pytest.raises(DatabaseError), transaction.atomic():
        TeamMember.objects.create(idea=idea, user=owner, name="x", kind="company")


def test_after_the_deadline_the_programme_takes_an_idea_out_with_a_reason(jury_challenge: Any, manager: Any) -> None:
    """The team cannot any more; a manager who competes may not either."""
    idea = Idea.objects.filter(challenge=jury_challenge).first()
    owner = idea.members.get(is_owner=True).user
    with pytest.raises(ValidationError):
        withdraw_idea(by=owner, idea=idea)
    with pytest.raises(ValidationError) as refusal:
        withdraw_idea(by=manager, idea=idea)
    assert list(refusal.value.message_dict) == ["reason"]
    taken_out = withdraw_idea(by=manager, idea=idea, reason="Dubbel ingediend")
    assert (taken_out.state, taken_out.withdraw_reason) == (IdeaState.WITHDRAWN, "Dubbel ingediend")
    assert Entry.objects.get(action="withdraw_idea").detail == {}  # a text in the log could never be erased


def test_a_member_becomes_owner_when_asked_and_only_with_an_account(open_challenge: Any, owner: Any) -> None:
    """Asking twice changes the member that is there."""
    idea = factories.idea(owner, open_challenge)
    other = factories.person("team")
    assert not factories.joins(owner, idea, other).is_owner
    assert factories.joins(owner, idea, other, is_owner=True).is_owner
    assert idea.members.count() == 2
    with pytest.raises(ValidationError) as refusal:
        add_member(by=owner, idea=idea, name="Zonder account", organisation="", kind="resident", is_owner=True)
    assert list(refusal.value.message_dict) == ["email"]
    assert verify().whole


def test_whoever_was_put_in_a_team_unasked_can_leave_it(jury_challenge: Any) -> None:
    """Also after the deadline, so that nobody is bound to an idea against their will."""
    idea = Idea.objects.filter(challenge=jury_challenge).first()
    stranger = factories.person("juror")
    member = TeamMember.objects.create(idea=idea, user=stranger, name=stranger.name, kind="resident")
    record_creation("test", "join_team", member)
    remove_member(by=stranger, member=member)
    assert not idea.members.filter(user=stranger).exists()
