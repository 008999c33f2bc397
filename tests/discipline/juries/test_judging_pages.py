# SPDX-License-Identifier: EUPL-1.2
"""The pages of a juror: declare, judge, and forms that are no longer fresh; as a browser without JavaScript uses them."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from beproefd.discipline.ideas.actions import ask_correction, revise_idea
from beproefd.discipline.juries import actions
from beproefd.discipline.juries.models import Assessment
from beproefd.ground.accounts.actions import change_account
from tests import factories
from tests.discipline.juries.pages import again, dutch, filled, flat, url
from tests.discipline.pages import visit

pytestmark = pytest.mark.django_db


def test_a_juror_declares_reads_keeps_a_draft_hands_in_and_then_sees_what_others_gave() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, colleague, idea = *world.jurors, world.ideas[0]
    factories.judge(world, colleague, idea, 5)
    client, page = visit(juror), url(world, "idea", idea.reference)
    assert dutch("First say whether anything binds you") in client.get(url(world, "room")).content.decode()
    opened = client.get(page)
    assert "Mensen met weinig geld" not in opened.content.decode()
    assert client.post(page, {"free": "yes"}).url == page
    opened = client.get(page)
    assert "Mensen met weinig geld" in opened.content.decode()
    assert colleague.name not in opened.content.decode()
    draft = filled(score_haalbaar="", reason_haalbaar="", confidence="")
    del draft["submit"]
    assert client.post(page, draft | {"draft": "1"}).url == page
    assert dutch("Draft saved, not handed in") in client.get(url(world, "room")).content.decode()
    form = client.get(page).context["form"]
    assert (form["score_waarde"].value(), form["reason_waarde"].value(), form["revision"].value()) == (
        4,
        "Want waarde.",
        1,
    )
    assert client.post(page, filled(revision="1")).url == url(world, "room")
    assert [assessment.state for assessment in Assessment.objects.filter(seat__user=juror)] == ["submitted"]
    shown = client.get(page)
    assert [assessment.seat.name for assessment, _scores in shown.context["assessments"]] == [
        juror.name,
        colleague.name,
    ]
    assert shown.context["form"] is None


def test_who_says_to_be_bound_is_thanked_and_the_idea_is_gone() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    client, page = visit(world.jurors[0]), url(world, "idea", world.ideas[0].reference)
    asked = client.post(page, {"free": "no"})  # only now it is asked what binds
    assert (set(asked.context["form"].fields), asked.context["form"].errors) == ({"free", "kind", "note"}, {})
    assert set(client.get(page).context["form"].fields) == {"free"}
    refused = client.post(page, {"free": "no", "kind": "", "note": ""})
    assert set(refused.context["form"].errors) == {"kind", "note"}
    assert dutch("Choose what binds you.") in refused.content.decode()
    assert dutch("Say in one sentence what binds you.") in refused.content.decode()
    thanked = client.post(page, {"free": "no", "kind": "personal", "note": "Mijn zus."}, follow=True)
    assert dutch("Thank you. This idea goes to other jury members.") in thanked.content.decode()
    assert world.ideas[0].reference not in thanked.content.decode()
    assert client.get(page).status_code == 404
    assert client.get(url(world, "recuse", world.ideas[0].reference)).status_code == 404


def test_the_word_that_nothing_binds_is_taken_back_from_an_old_window_too() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, idea = world.jurors[0], world.ideas[0]
    factories.judge(world, juror, idea, 5)
    client, page = visit(juror), url(world, "idea", idea.reference)
    assert client.post(page, {"free": "yes"}).url == page
    thanked = client.post(page, {"free": "no", "kind": "personal", "note": "Mijn zus."})
    assert thanked.url == url(world, "room")
    assert Assessment.objects.get(seat__user=juror, idea=idea).state == "void"
    assert client.get(page).status_code == 404


def test_whose_jury_role_was_taken_away_finds_no_room_and_changes_nothing() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, idea = world.jurors[0], world.ideas[0]
    factories.judge(world, juror, idea, 5)
    change_account(by=factories.person("administrator"), user=juror, roles=[], active=True)
    client = visit(juror)
    pages = [url(world, "room"), url(world, "idea", idea.reference), url(world, "recuse", idea.reference)]
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    with pytest.raises(PermissionDenied):
        actions.declare(by=juror, jury_round=world.round, idea=world.ideas[1], free=True)
    with pytest.raises(PermissionDenied):
        factories.judge(world, juror, world.ideas[1], 4)
    assert Assessment.objects.filter(seat__user=juror).count() == 1


def test_a_late_step_back_voids_the_scores_and_the_page_says_so() -> None:
    world = factories.world("deliberation", ideas=2, jurors=3)
    client, idea = visit(world.jurors[0]), world.ideas[0]
    page = url(world, "recuse", idea.reference)
    assert set(client.post(page, {"kind": "love", "note": ""}).context["form"].errors) == {"kind", "note"}
    answer = client.post(page, {"kind": "financial", "note": "Aandelen."}, follow=True)
    assert dutch("Thank you. Your scores for this idea no longer count. The trace stays.") in answer.content.decode()
    assert Assessment.objects.get(seat__user=world.jurors[0], idea=idea).state == "void"
    lines = visit(world.manager).get(url(world, "standings")).context["rows"]
    assert {line.idea: line.readings for line, *_rest in lines}[idea.reference] == 2


def test_a_manager_with_a_seat_declares_first_and_gets_nothing_of_others_before_the_own_score() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    both = factories.person("manager", "juror", name="Beide")
    actions.seat_juror(by=world.manager, jury_round=world.round, user=both, kind="member")
    actions.assign_ideas(by=world.manager, jury_round=world.round, per_idea=3)
    factories.judge_all(world)
    actions.close_scoring(by=world.manager, jury_round=world.round)
    factories.answer_all(world.fresh(), text="De jury gaf een vijf.")
    client, idea = visit(both), world.ideas[0]
    page, answer = url(world, "idea", idea.reference), url(world, "answer", idea.reference)
    assert "Mensen met weinig geld" not in client.get(page).content.decode()
    assert client.get(url(world, "standings")).context["rows"] == []
    assert client.get(answer).status_code == 404
    client.post(page, {"free": "yes"})
    opened = client.get(page)
    assert ("Mensen met weinig geld" in opened.content.decode(), opened.context["assessments"]) == (True, [])
    assert client.get(answer).status_code == 404
    assert client.post(answer, {"text": "Anders", "revision": "1"}).status_code == 404
    assert "vijf" not in client.get(url(world, "decide")).content.decode()
    client.post(page, filled())
    assert len(client.get(page).context["assessments"]) == 3
    assert "vijf" in client.get(answer).content.decode()


def test_every_missing_part_of_an_assessment_is_named_beside_its_field_in_dutch() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, idea = world.jurors[0], world.ideas[0]
    actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    client, page = visit(juror), url(world, "idea", idea.reference)
    bare = client.post(page, {"version_number": "1", "revision": "0", "submit": "1"})
    assert set(bare.context["form"].errors) == {"score_mag-het", "score_waarde", "score_haalbaar", "confidence"}
    assert dutch("Choose a score, or “I cannot judge this”.") in bare.content.decode()
    assert dutch("Say how sure you are.") in bare.content.decode()
    silent = client.post(page, filled(reason_waarde=""))
    assert list(silent.context["form"].errors) == ["reason_waarde"]
    assert dutch("Give your reason in one sentence.") in silent.content.decode()
    assert Assessment.objects.count() == 0


def test_a_note_of_dissent_is_never_said_to_be_saved_when_nothing_was_noted(deliberation: Any) -> None:
    client, page = visit(deliberation.jurors[0]), url(deliberation, "dissent")
    assert list(client.post(page, {"text": " "}).context["form"].errors) == ["text"]
    assert dutch("Saved.") in flat(client.post(page, {"text": "Ik zag liever idee 2."}, follow=True))
    taken_back = flat(client.post(page, {"text": ""}, follow=True))
    assert dutch("Your note was taken back. Nothing is noted now.") in taken_back
    assert dutch("Saved.") not in taken_back


# Forms that are no longer fresh


def test_what_was_typed_stays_when_the_idea_changed_meanwhile_and_the_second_save_works() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, idea, owner = world.jurors[0], world.ideas[0], world.owners[0]
    actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    ask_correction(by=world.manager, idea=idea, reason="Het bedrag klopt niet.")
    revise_idea(by=owner, idea=idea, base_number=1, values={"problem": "Het nieuwe probleem."})
    client, page = visit(juror), url(world, "idea", idea.reference)
    refused = client.post(page, filled(reason_waarde="Dit typte ik."))
    sentence = (
        "The idea was changed while you were judging. Your text is kept below. Read the new version, then save again."
    )
    assert dutch(sentence) in refused.content.decode()
    assert ("Dit typte ik." in refused.content.decode(), "Het nieuwe probleem." in refused.content.decode()) == (
        True,
        True,
    )
    assert Assessment.objects.count() == 0
    assert client.post(page, again(refused, submit="1")).status_code == 302
    made = Assessment.objects.get()
    assert (made.state, made.version.number, made.scores.get(criterion="waarde").reason) == (
        "submitted",
        2,
        "Dit typte ik.",
    )


def test_a_draft_from_another_window_is_not_overwritten_and_the_second_save_works() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, idea = world.jurors[0], world.ideas[0]
    factories.judge(world, juror, idea, 2, submit=False)
    client, page = visit(juror), url(world, "idea", idea.reference)
    refused = client.post(page, filled(reason_waarde="In het tweede venster."))
    sentence = "You saved this in another window too. Your text is kept below. Compare it with the other window, then save again."
    assert dutch(sentence) in refused.content.decode()
    assert "In het tweede venster." in refused.content.decode()
    assert Assessment.objects.get().scores.get(criterion="waarde").value == 2
    assert client.post(page, again(refused, submit="1")).status_code == 302
    assert Assessment.objects.get().scores.get(criterion="waarde").value == 4


def test_scores_handed_in_twice_are_welcome_and_other_scores_from_a_second_window_are_refused_and_kept() -> None:
    world = factories.world("scoring", ideas=2, jurors=2)
    juror, idea = world.jurors[0], world.ideas[0]
    actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    client, page = visit(juror), url(world, "idea", idea.reference)
    assert [client.post(page, filled()).url for _time in range(2)] == [url(world, "room")] * 2
    refused = client.post(page, filled(score_waarde="1", reason_waarde="Toch heel anders."))
    sentence = "You have handed in your scores for this idea. In the deliberation you can change one, with a reason."
    assert (dutch(sentence) in refused.content.decode(), "Toch heel anders." in refused.content.decode()) == (
        True,
        True,
    )
    assert Assessment.objects.get().scores.get(criterion="waarde").value == 4


def test_a_score_changed_in_another_window_is_not_changed_back_unseen() -> None:
    world = factories.world("deliberation", ideas=2, jurors=2)
    page, client = url(world, "change_score", world.ideas[0].reference, "waarde"), visit(world.jurors[0])
    said = {"old_value": "4", "reason": "Na het gesprek."}
    assert client.post(page, said | {"value": "2"}).status_code == 302
    refused = client.post(page, said | {"value": "5", "reason": "Uit het oude venster."})
    assert dutch("This score was changed in another window. Look again, then decide.") in refused.content.decode()
    assert "Uit het oude venster." in refused.content.decode()
    missing = client.post(page, {"old_value": "2", "value": "3", "reason": ""})
    assert list(missing.context["form"].errors) == ["reason"]
