# SPDX-License-Identifier: EUPL-1.2
"""Conflicts of interest (Awb 2:4): suggested, declared, decided, and blocking from that moment on."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_manager, require
from beproefd.ground.audit.actions import change, change_all, record_creation

from ..models import ALWAYS_BINDS, BLOCKING, Assessment, Assignment, Declaration, Interest, Round, RoundState, Seat
from ..ties import blocking_ties
from .doors import locked_round, own_seat, require_runner, require_state, require_visible

NO_NAME = {"bv", "nv", "vof", "cv", "ua", "stichting", "vereniging"}  # legal forms, which say nothing about who it is


def suggest_interests(*, by: User, jury_round: Round) -> int:
    """Look for ties between people and ideas and note the new ones: known before, own team, competing, same
    organisation, same name as a team member without an account.

    Being in a team always binds. What only looks like a tie blocks until someone confirms or dismisses it with a reason.
    """
    ideas = list(submitted_ideas(jury_round.challenge))
    known = set(Interest.objects.filter(round=jury_round).values_list("user_id", "idea_id", "kind"))
    found = {(tie.user_id, tie.idea_id, tie.kind): tie for tie in _known_before(jury_round, ideas)}
    for seat in jury_round.seats.select_related("user"):
        own = {idea.pk for idea in ideas if any(member.user_id == seat.user_id for member in idea.members.all())}
        for idea in ideas:
            for kind, note in _ties(seat, idea, own):
                status = Interest.Status.CONFIRMED if kind in ALWAYS_BINDS else Interest.Status.OPEN
                tie = Interest(
                    round=jury_round, user=seat.user, idea=idea, kind=kind, note=note, is_suggested=True, status=status
                )
                found.setdefault((seat.user_id, idea.pk, kind), tie)
    new = [tie for key, tie in found.items() if key not in known]
    made = Interest.objects.bulk_create(new, batch_size=500)
    record_creation(by, "suggest_interest", *made)
    _take_effect(by=by, jury_round=jury_round, interests=made)
    return len(made)


def _known_before(jury_round: Round, ideas: Sequence[Idea]) -> Iterator[Interest]:
    """Ties that were noted in an earlier round, or about an idea that became part of one of these: they go along."""
    field = {idea.pk for idea in ideas}
    merged = Idea.objects.filter(challenge=jury_round.challenge, merged_into__isnull=False)
    into = dict(merged.values_list("pk", "merged_into_id"))
    for tie in blocking_ties([jury_round.challenge]):
        idea = tie.idea_id
        while idea in into:
            idea = into[idea]
        if idea in field and (tie.round_id, tie.idea_id) != (jury_round.pk, idea):
            yield Interest(
                round=jury_round,
                user_id=tie.user_id,
                idea_id=idea,
                kind=tie.kind,
                status=tie.status,
                note=tie.note,
                is_suggested=tie.is_suggested,
                noted_by_id=tie.noted_by_id,
                decision_reason=tie.decision_reason,
                decided_by_id=tie.decided_by_id,
            )


def _ties(seat: Seat, idea: Idea, own: set[int]) -> Iterator[tuple[str, str]]:
    """The kinds of tie between a seat and an idea, each with what to say about it."""
    if idea.pk in own:
        yield Interest.Kind.OWN_TEAM, ""
        return
    if own:
        yield Interest.Kind.COMPETING, ""
        return
    home, name = _plain(seat.organisation), _plain(seat.name)
    members = list(idea.members.all())
    if home and any(_plain(member.organisation) == home for member in members):
        yield Interest.Kind.ORGANISATION, ""
    if any(member.user_id is None and _plain(member.name) == name for member in members):
        with override("nl"):  # kept as it is, so in the language of the record
            yield Interest.Kind.PERSONAL, _("Someone in the team has the same name.")


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A name as people hear it: without capitals, punctuation and legal form."""
    words = re.sub(r"[^\w\s]", " ", name.casefold().replace(".", "")).split()
    return " ".join([word for word in words if word not in NO_NAME] or words)


def look_again(*, by: User, idea: Idea, merged: bool, **_news: Any) -> None:
    """The team of an idea grew: look for ties again before anyone reads on. After a merge every word that nothing binds
    was about another text and another team, so it is asked again.
    """
    if idea.challenge.is_sealed:  # nobody outside the teams reads yet; opening the scores looks again
        return
    at_work = (RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
    rounds = Round.objects.select_for_update(of=("self",)).select_related("challenge")
    jury_round = rounds.filter(challenge=idea.challenge_id, state__in=at_work).first()
    if jury_round is None:
        return
    if merged:
        said = list(Declaration.objects.filter(seat__round=jury_round, idea=idea, free=True))
        with change_all(by, "ask_declaration_again", said):
            Declaration.objects.filter(pk__in=[word.pk for word in said]).delete()
    suggest_interests(by=by, jury_round=jury_round)


def declare(
    *, by: User, jury_round: Round, idea: Idea, free: bool, kind: str = Interest.Kind.PERSONAL, note: str = ""
) -> Declaration:
    """A juror says, before the idea opens, whether anything binds. Saying so later is `recuse`."""
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        seat = own_seat(by, jury_round)
        require_state(jury_round, RoundState.SCORING, RoundState.DELIBERATION)
        idea = require_visible(by, jury_round, idea)
        declaration = Declaration.objects.filter(seat=seat, idea=idea).first()
        if declaration and declaration.free == free:
            return declaration
        if declaration is None:
            declaration = Declaration.objects.create(seat=seat, idea=idea, free=free)
            record_creation(by, "declare", declaration, free=free)
        else:
            with change(by, "declare_again", declaration, free=free):
                declaration.free = free
                declaration.save(update_fields=["free"])
        if not free:
            _bind(by=by, jury_round=jury_round, user=by, idea=idea, kind=kind, note=note)
    return declaration


def recuse(*, by: User, jury_round: Round, idea: Idea, kind: str, note: str) -> Interest:
    """A juror finds out later that something binds: scores are void, the idea closes, a trace stays."""
    if not note.strip():
        raise ValidationError({"note": _("Say in one sentence what binds you.")})
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        own_seat(by, jury_round)
        require_state(jury_round, RoundState.SCORING, RoundState.DELIBERATION)
        idea = require_visible(by, jury_round, idea)
        return _bind(by=by, jury_round=jury_round, user=by, idea=idea, kind=kind, note=note)


def report_interest(*, by: User, jury_round: Round, user: User, idea: Idea, kind: str, note: str) -> Interest:
    """Who runs the jury notes a tie of someone with a seat, or of someone who runs it too."""
    if not note.strip():
        raise ValidationError({"note": _("Say in one sentence what binds this person.")})
    with transaction.atomic():
        jury_round = locked_round(jury_round)
        require_runner(by, jury_round)
        require_state(jury_round, RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
        in_it = is_manager(user) or jury_round.seats.filter(user=user).exists()
        require(in_it, _("This person has no seat in this jury."))
        idea = require_visible(by, jury_round, idea)
        return _bind(by=by, jury_round=jury_round, user=user, idea=idea, kind=kind, note=note)


def confirm_interest(*, by: User, interest: Interest, reason: str = "") -> Interest:
    """A suggested tie does bind."""
    return _decide(by=by, interest=interest, status=Interest.Status.CONFIRMED, reason=reason)


def dismiss_interest(*, by: User, interest: Interest, reason: str) -> Interest:
    """A tie that was suggested, or noted by who runs the jury, does not bind; the reason stays with it as a trace.

    Being in a team always binds, and what jury members said of themselves stays their own word.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this does not bind.")})
    if interest.kind in ALWAYS_BINDS:
        raise ValidationError(_("Someone in a team of this challenge may not judge. This always counts."))
    return _decide(by=by, interest=interest, status=Interest.Status.DISMISSED, reason=reason)


def _decide(*, by: User, interest: Interest, status: str, reason: str) -> Interest:
    with transaction.atomic():
        jury_round = locked_round(interest.round)
        require_runner(by, jury_round)
        require(interest.user_id != by.pk, _("Someone else must decide about your own interests."))
        require_visible(by, jury_round, interest.idea)
        require_state(jury_round, RoundState.PREPARING, RoundState.SCORING, RoundState.DELIBERATION)
        interest = Interest.objects.select_for_update().get(pk=interest.pk)
        if status == Interest.Status.DISMISSED and interest.is_own_word:
            raise ValidationError(_("This person said so personally. That stays as it is."))
        if interest.status != status:
            with change(by, "decide_interest", interest, status=status):
                interest.status, interest.decision_reason, interest.decided_by = status, reason.strip(), by
                interest.full_clean()
                interest.save()
            if status == Interest.Status.DISMISSED:
                _give_back(by=by, interest=interest)
            else:  # a dismissed one may have let scores in meanwhile
                _take_effect(by=by, jury_round=jury_round, interests=[interest])
    return interest


def _bind(*, by: User, jury_round: Round, user: User, idea: Idea, kind: str, note: str) -> Interest:
    interest = Interest.objects.filter(round=jury_round, user=user, idea=idea, kind=kind).first()
    if interest is None:
        interest = Interest(round=jury_round, user=user, idea=idea, kind=kind, note=note.strip(), noted_by=by)
        interest.full_clean()
        interest.save()
        record_creation(by, "note_interest", interest, kind=kind)
    elif interest.status != Interest.Status.CONFIRMED:
        with change(by, "confirm_interest", interest):
            interest.status, interest.note, interest.noted_by = Interest.Status.CONFIRMED, note.strip(), by
            interest.decision_reason = ""
            interest.full_clean()
            interest.save()
    _take_effect(by=by, jury_round=jury_round, interests=[interest])
    return interest


def _give_back(*, by: User, interest: Interest) -> None:
    """Put the idea back on the person's list, unless another interest still blocks it. Void scores stay void."""
    others = Interest.objects.filter(round=interest.round, user=interest.user, idea=interest.idea, status__in=BLOCKING)
    if others.exists():
        return
    withdrawn = Assignment.objects.filter(
        seat__round=interest.round, seat__user=interest.user, idea=interest.idea, withdrawn_at__isnull=False
    )
    for assignment in withdrawn:
        with change(by, "give_back_assignment", assignment):
            assignment.withdrawn_at = None
            assignment.save()


def _take_effect(*, by: User, jury_round: Round, interests: Collection[Interest]) -> None:
    """What a tie does at once: void what the person said of the idea and take it off the list. A few queries for all.

    A tie that came to light after the person had handed in scores is marked as late.
    """
    bound = {(interest.user_id, interest.idea_id): interest for interest in interests}
    about = {"idea__in": {idea for _user, idea in bound}, "seat__user__in": {user for user, _idea in bound}}
    said = [
        assessment
        for assessment in Assessment.objects.filter(seat__round=jury_round, **about)
        .exclude(state=Assessment.State.VOID)
        .select_related("seat")
        if (assessment.seat.user_id, assessment.idea_id) in bound
    ]
    judged = {(row.seat.user_id, row.idea_id) for row in said if row.state == Assessment.State.SUBMITTED}
    late = [interest for pair, interest in bound.items() if pair in judged and not interest.is_late]
    with change_all(by, "note_late_interest", late):
        Interest.objects.filter(pk__in=[interest.pk for interest in late]).update(is_late=True)
    for interest in late:
        interest.is_late = True
    for kind in sorted({interest.kind for interest in interests}):
        with override("nl"):  # kept as it is, so in the language of the record
            reason = str(Interest.Kind(kind).label)
        void = [row for row in said if bound[row.seat.user_id, row.idea_id].kind == kind]
        with change_all(by, "void_assessment", void, reason=reason):
            rows = Assessment.objects.filter(pk__in=[row.pk for row in void])
            rows.update(state=Assessment.State.VOID, void_reason=reason)
    held = [
        assignment
        for assignment in Assignment.objects.filter(seat__round=jury_round, withdrawn_at=None, **about).select_related(
            "seat"
        )
        if (assignment.seat.user_id, assignment.idea_id) in bound
    ]
    with change_all(by, "withdraw_assignment", held):
        Assignment.objects.filter(pk__in=[row.pk for row in held]).update(withdrawn_at=timezone.now())
