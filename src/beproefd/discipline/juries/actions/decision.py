# SPDX-License-Identifier: EUPL-1.2
"""The end of a round: an answer for every team and a signed decision, or void and start again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges.for_rooms_above import note_decision, void_criteria
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, change_values, record_creation
from beproefd.ground.audit.chain import canonical

from ..models import Answer, Interest, Round, RoundState
from ..package import build, taking_part
from ..queries import basis_of, standings_among, what_is_decided
from ..rules import can_decide_round
from ..signing import sign
from .deliberation import refuse_below_quorum
from .doors import enter, locked_round, mail_after_commit, require_runner, require_state, require_visible
from .interests import suggest_interests


def write_answer(
    *, by: User, jury_round: Round, idea: Idea, text: str, revision: int, seen: str | None = None
) -> Answer:
    """Write or change the answer to a team, or read it again: save it as it is after the scores changed.

    `revision` is the one the writer started from (0: none), `seen` the digest of the scores the writer saw (now: none).
    """
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.DELIBERATION)
        idea = require_visible(by, jury_round, idea)
        if not text.strip():
            raise ValidationError({"text": _("Write an answer. No team is left without a reason.")})
        based_on = basis_of(jury_round, [idea])[idea.pk] if seen is None else seen
        answer = Answer.objects.filter(round=jury_round, idea=idea).first()
        if answer is None:
            answer = Answer(round=jury_round, idea=idea, text=text.strip(), author=by, based_on=based_on)
            answer.full_clean()
            answer.save()
            record_creation(by, "write_answer", answer)
            return answer
        if answer.text == text.strip():
            if answer.based_on != based_on:
                change_values(by, "read_answer_again", answer, {"based_on": based_on})
            return answer
        if answer.revision != revision:
            raise ValidationError(
                _("A colleague changed this answer meanwhile. Your text is kept below. Compare, then save.")
            )
        with change(by, "change_answer", answer):
            answer.text, answer.author, answer.revision = text.strip(), by, answer.revision + 1
            answer.based_on = based_on
            answer.full_clean()
            answer.save()
    return answer


def close_round(*, by: User, jury_round: Round, seen: str | None = None) -> Round:
    """Decide: order by the locked rules, draw lots where needed, sign the package, tell every team. Final.

    `seen` is the digest of what the decider looked at (`what_is_decided`). Errors: ValidationError when that changed
    meanwhile, and while an answer, a judgement or a decision about an interest is missing.
    """
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        if jury_round.state == RoundState.DECIDED:
            return jury_round
        require(
            can_decide_round(by, jury_round), _("You are bound to an idea in this round. Let a colleague do this step.")
        )
        require_state(jury_round, RoundState.DELIBERATION)
        suggest_interests(by=by, jury_round=jury_round)  # a team may have grown since
        if seen is not None and seen != what_is_decided(by, jury_round):
            raise ValidationError(
                _(
                    "A score or an answer changed after you opened this page. Nothing was decided. Look at the order again."
                )
            )
        refuse_below_quorum(jury_round)
        ideas = list(submitted_ideas(jury_round.challenge))
        if not ideas:
            raise ValidationError(_("No idea is left to decide about. Void this round."))
        answers = {answer.idea_id: answer for answer in jury_round.answers.all()}
        silent = [idea.reference for idea in ideas if idea.pk not in answers]
        if silent:
            raise ValidationError(
                _("No answer yet for: %(ideas)s. Every team gets a reason.") % {"ideas": ", ".join(silent)}
            )
        now = basis_of(jury_round, ideas)
        stale = [idea.reference for idea in ideas if answers[idea.pk].based_on != now[idea.pk]]
        if stale:
            raise ValidationError(
                _("Scores changed after the answer was written for: %(ideas)s. Read these answers again and save them.")
                % {"ideas": ", ".join(stale)}
            )
        takes_part = taking_part(jury_round).values("user")
        if jury_round.interests.filter(status=Interest.Status.OPEN, idea__in=ideas, user__in=takes_part).exists():
            raise ValidationError(_("Decide first about every suggested interest."))
        standings = standings_among(jury_round, ideas, seed=jury_round.criteria_set.lottery_seed)
        at = timezone.now()
        package = canonical(build(jury_round, ideas, answers, standings, decided_by=by, decided_at=at))
        with change(by, "close_round", jury_round, winners=list(standings.winners)):
            enter(jury_round, RoundState.DECIDED)
            jury_round.decided_at, jury_round.decided_by = at, by
            jury_round.package = package
            jury_round.signature, jury_round.public_key = sign(package)
            jury_round.save()
        note_decision(by=by, challenge=jury_round.challenge)
        for idea in ideas:
            _tell_team(idea, answers[idea.pk].text, wins=idea.reference in standings.winners)
    return jury_round


def _tell_team(idea: Idea, text: str, *, wins: bool) -> None:
    """Mail the outcome and the answer to every member with an account."""
    addresses = sorted({member.user.email for member in idea.members.all() if member.user})
    with override("nl"):
        subject = _("The decision about your idea %(reference)s") % {"reference": idea.reference}
        outcome = _("Your idea goes on.") if wins else _("Your idea does not go on.")
    for address in addresses:
        mail_after_commit(subject, f"{outcome}\n\n{text}", address)


def void_round(*, by: User, jury_round: Round, reason: str) -> Round:
    """Void the round with everything in it; the trace stays. Used criteria are void too, so a new version can come."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        if jury_round.state == RoundState.VOID:
            return jury_round
        require(
            can_decide_round(by, jury_round), _("You are bound to an idea in this round. Let a colleague do this step.")
        )
        if not reason.strip():
            raise ValidationError({"reason": _("Say why this round is void.")})
        require_state(jury_round, RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
        with change(by, "void_round", jury_round):
            enter(jury_round, RoundState.VOID)
            jury_round.void_reason = reason.strip()
            jury_round.save()
        void_criteria(by=by, criteria_set=jury_round.criteria_set)
    return jury_round
