# SPDX-License-Identifier: EUPL-1.2
"""Every team gets a reasoned answer: written, read again when scores change, and sent."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, override

from beproefd.discipline.juries.actions import (
    ScoreInput,
    close_round,
    close_scoring,
    write_answer,
)
from beproefd.discipline.juries.models import Answer
from beproefd.discipline.juries.queries import (
    answer_draft,
    answers,
    own_answers,
)
from tests import factories


def test_a_round_does_not_close_while_a_team_has_no_answer(deliberation):
    for idea in deliberation.ideas[:-1]:
        write_answer(by=deliberation.manager, jury_round=deliberation.round, idea=idea, text="Omdat.", revision=0)
    with pytest.raises(ValidationError) as refusal:
        close_round(by=deliberation.manager, jury_round=deliberation.round)
    assert deliberation.ideas[-1].reference in refusal.value.messages[0]
    assert [idea.reference for idea in deliberation.ideas[:-1] if idea.reference in refusal.value.messages[0]] == []
    assert deliberation.fresh().round.state == "deliberation"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_answer_is_no_answer(deliberation, text):
    with pytest.raises(ValidationError):
        write_answer(
            by=deliberation.manager, jury_round=deliberation.round, idea=deliberation.ideas[0], text=text, revision=0
        )
    assert Answer.objects.count() == 0


def test_two_managers_do_not_overwrite_each_others_answer(deliberation):
    idea, jury_round = deliberation.ideas[0], deliberation.round
    write_answer(by=deliberation.manager, jury_round=jury_round, idea=idea, text="Een", revision=0)
    write_answer(by=deliberation.second_manager, jury_round=jury_round, idea=idea, text="Twee", revision=1)
    with pytest.raises(ValidationError, match="meanwhile"):
        write_answer(by=deliberation.manager, jury_round=jury_round, idea=idea, text="Drie", revision=1)
    assert answers(deliberation.manager, jury_round)[idea.pk].text == "Twee"


def test_the_same_answer_twice_is_once(deliberation):
    for _time in range(2):
        write_answer(
            by=deliberation.manager, jury_round=deliberation.round, idea=deliberation.ideas[0], text="Een", revision=0
        )
    assert Answer.objects.get().revision == 1


def test_an_answer_of_five_megabytes_is_refused(deliberation):
    with pytest.raises(ValidationError):
        write_answer(
            by=deliberation.manager,
            jury_round=deliberation.round,
            idea=deliberation.ideas[0],
            text="a" * 5_000_000,
            revision=0,
        )


def test_the_draft_of_an_answer_holds_the_jurys_reasons(deliberation):
    text = answer_draft(deliberation.manager, deliberation.round, deliberation.ideas[0])
    assert "Want 4." in text
    assert "Dat is een 4." in text
    assert [juror.name for juror in deliberation.jurors if juror.name in text] == []


def test_every_team_gets_its_answer_by_mail_and_on_its_own_page_after_the_decision(
    deliberation, django_capture_on_commit_callbacks
):
    factories.answer_all(deliberation)
    assert list(own_answers(deliberation.owners[0])) == []
    with django_capture_on_commit_callbacks(execute=True):
        close_round(by=deliberation.manager, jury_round=deliberation.round)
    told = {message.to[0]: message.body for message in mail.outbox}
    assert sorted(told) == sorted(owner.email for owner in deliberation.owners)
    for owner, idea in zip(deliberation.owners, deliberation.ideas, strict=True):
        assert [answer.idea for answer in own_answers(owner)] == [idea]
        assert own_answers(owner).get().text in told[owner.email]


@pytest.mark.usefixtures("mail_is_down_once")
def test_a_mail_that_does_not_go_out_keeps_the_decision_and_the_mails_after_it(
    deliberation, django_capture_on_commit_callbacks
):
    factories.answer_all(deliberation)
    with django_capture_on_commit_callbacks(execute=True):
        close_round(by=deliberation.manager, jury_round=deliberation.round)
    assert len(mail.outbox) == len(deliberation.owners) - 1
    assert deliberation.fresh().round.state == "decided"


# The draft of an answer


def drafted(db, given):
    """The draft for the first idea when juror number n gives given(n)."""
    world = factories.world("scoring", ideas=2, jurors=4)
    for number, juror in enumerate(world.jurors):
        for idea in world.ideas:
            factories.judge(world, juror, idea, given(number))
    close_scoring(by=world.manager, jury_round=world.round)
    return answer_draft(world.manager, world.fresh().round, world.ideas[0])


def test_the_draft_says_the_same_median_and_the_same_knock_out_as_the_standings(db):
    text = drafted(db, lambda number: factories.all_scores(3 + number % 2, mag_het=number % 2))
    with override("nl"):
        yes = gettext("Yes")
    assert [line.split(")")[0].rpartition(" ")[2] for line in text.split("\n\n")[1:]] == [yes, "3,5", "3,5"]


def test_a_draft_that_would_be_too_long_leaves_whole_reasons_out_and_says_so(db):
    def given(number):
        return {
            key: ScoreInput(1 if key == "mag-het" else 4, reason=f"Begin {number} {key} " + "lang " * 100 + "einde.")
            for key in ("mag-het", "waarde", "haalbaar")
        }

    text = drafted(db, given)
    with override("nl"):
        more = gettext("The jury said more than fits here.")
    assert len(text) <= 4000
    assert text.endswith(more)
    assert 0 < text.count("Begin") == text.count("einde.") < 12
