# SPDX-License-Identifier: EUPL-1.2
"""Gates: a team asks, named people declare and review, someone of the programme decides."""

import json
import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.actions.doors import mail_after_commit
from beproefd.discipline.juries.models import Interest
from beproefd.discipline.validation.actions.doors import enter
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation
from beproefd.ground.audit.chain import canonical, sha256

from ..models import Decision, GateRequest, Outcome, Review, Reviewer, Tie
from ..queries.dossier import dossier_of
from ..queries.gates import Refusal, counting_reviews, gate_to_ask, has_read_reviews, own_review, seat_of
from ..rules import belongs_to, bound_idea_ids, can_judge, can_run_gates, can_run_request, may_be_named
from .doors import need

DECLARED_KINDS = (Interest.Kind.ORGANISATION, Interest.Kind.FINANCIAL, Interest.Kind.PERSONAL)


def ask_review(
    *, by: User, idea: Idea, plan: str, budget_cents: int, request_key: uuid.UUID | None = None
) -> GateRequest:
    """Ask to pass the next gate. The dossier is computed and kept as it is now. The same key, the same request."""
    with transaction.atomic():
        idea = enter(by, idea)
        existing = GateRequest.objects.filter(idea=idea, request_key=request_key).first() if request_key else None
        if existing:
            return existing
        gate = gate_to_ask(idea)
        if isinstance(gate, Refusal):
            raise ValidationError(gate.text)
        plan = need(plan, _("Say what you will do after this gate."), "plan")
        dossier = canonical(dossier_of(idea, gate, plan=plan, budget_cents=budget_cents, at=timezone.now()))
        last = GateRequest.objects.filter(idea=idea).order_by("-number").first()
        if last and _says_the_same(last.dossier, dossier):
            raise ValidationError(
                _("Nothing has changed since the last decision. Do first what was asked, then ask again.")
            )
        request = GateRequest(
            idea=idea,
            number=last.number + 1 if last else 1,
            gate=gate.key,
            plan=plan,
            budget_cents=budget_cents,
            dossier=dossier,
            dossier_digest=sha256(dossier),
            asked_by=by,
            request_key=request_key or uuid.uuid4(),
            is_demo=idea.is_demo,
        )
        request.full_clean()
        request.save()
        record_creation(by, "ask_gate_review", request, gate=gate.key, dossier=request.dossier_digest)
    return request


def name_reviewer(*, by: User, request: GateRequest, user: User) -> Reviewer:
    """Name someone else. The same organisation as someone of the team blocks until it is decided about, also for `by`.

    Whoever of the programme could read a review of this request is not named any more: a review is made alone.
    """
    _look_again(by, request, by)
    with transaction.atomic():
        request = _running(by, request)
        if user.pk == by.pk:
            raise ValidationError({"user": _("You run this gate, so you cannot review it. Choose someone else.")})
        existing = Reviewer.objects.filter(request=request, user=user).first()
        if existing and existing.is_active:
            return existing
        if has_read_reviews(user, request):
            raise ValidationError(
                {"user": _("This person could read the reviews already. Choose someone outside the programme.")}
            )
        if not may_be_named(user):
            raise ValidationError({"user": _("Choose someone of the programme or a jury member.")})
        if belongs_to(user, request.idea):
            raise ValidationError({"user": _("Someone of the team, or its coach, cannot review this idea.")})
        if request.idea_id in bound_idea_ids(user):
            raise ValidationError({"user": _("This person is bound to this idea and cannot review it.")})
        if existing:  # taken off before, and free to come back
            reviewer = existing
            with change(by, "name_reviewer_again", reviewer):
                reviewer.withdrawn_at = None
                reviewer.save(update_fields=["withdrawn_at"])
        else:
            reviewer = Reviewer(request=request, user=user, name=user.name, organisation=user.organisation, named_by=by)
            reviewer.full_clean()
            reviewer.save()
            record_creation(by, "name_reviewer", reviewer)
        if not _suggest_tie(by, request.idea, user):
            _mail_reviewer(request, user)
    return reviewer


def decide_tie(*, by: User, request: GateRequest, tie: Tie, binds: bool, reason: str) -> Tie:
    """Say of a suggested tie whether it binds, and why. Someone else decides about one's own."""
    with transaction.atomic():
        request = _running(by, request)
        tie = Tie.objects.select_for_update(of=("self",)).get(pk=tie.pk, idea=request.idea)
        require(tie.user_id != by.pk, _("Someone else must decide about your own interests."))
        status = Interest.Status.CONFIRMED if binds else Interest.Status.DISMISSED
        if tie.status == status:
            return tie
        if tie.status != Interest.Status.OPEN:
            raise ValidationError(_("This was decided already. Reload the page."))
        reason = need(reason, _("Say why this binds, or why not."))
        with change(by, "decide_gate_tie", tie, status=status):
            tie.status, tie.decision_reason, tie.decided_by = status, reason, by
            tie.full_clean()
            tie.save()
        if binds:
            _withdraw(by, request.idea, tie.user)
        elif seat_of(tie.user, request) and not own_review(tie.user, request):
            _mail_reviewer(request, tie.user)
    return tie


def note_own_tie(*, by: User, idea: Idea, kind: str, note: str) -> Tie:
    """Someone of the programme says to be bound to an idea: from then on its gates are closed to them."""
    with transaction.atomic():
        idea = Idea.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=idea.pk)
        require(can_run_gates(by, idea))
        tie = _bind(by, idea, kind, note)
        _withdraw(by, idea, by)
    return tie


def declare(
    *, by: User, request: GateRequest, free: bool, kind: str = Interest.Kind.PERSONAL, note: str = ""
) -> Reviewer:
    """A reviewer says, before the dossier opens, whether anything binds; or later that something does after all.

    What binds closes the idea for this person, and a review already written counts no more.
    """
    with transaction.atomic():
        request = _locked(request)
        seat = _own_seat(by, request)
        _require_open(request)
        if free:
            if seat.declared_free:
                return seat
            _say_declared(by, seat, free=True)
            return seat
        _bind(by, request.idea, kind, note)
        if seat.declared_free is None:
            _say_declared(by, seat, free=False)
        _withdraw(by, request.idea, by)
        seat.refresh_from_db()
    return seat


def write_review(
    *,
    by: User,
    request: GateRequest,
    outcome: str,
    reasons: str,
    exception_reason: str = "",
    request_key: uuid.UUID | None = None,
) -> Review:
    """A named reviewer judges the dossier, once. The same key, the same review."""
    with transaction.atomic():
        request = _locked(request)
        seat = _own_seat(by, request)
        existing = Review.objects.filter(reviewer=seat).first()
        if existing and request_key and existing.request_key == request_key:
            return existing
        _require_open(request)
        require(bool(seat.declared_free), _("Say first whether anything binds you to this idea. Nothing was saved."))
        if existing:
            raise ValidationError(_("You have handed in your review. It stays as it was written."))
        review = Review(
            reviewer=seat,
            **_judged(request, outcome, reasons, exception_reason),
            request_key=request_key or uuid.uuid4(),
        )
        review.full_clean()
        review.save()
        record_creation(by, "write_gate_review", review, outcome=outcome)
    return review


def release_reviewer(*, by: User, reviewer: Reviewer) -> Reviewer:
    """Take someone off who has not reviewed, so that the decision need not wait; or who turned out to be bound.

    Harmless when already off.
    """
    with transaction.atomic():
        request = _running(by, reviewer.request)
        reviewer = Reviewer.objects.select_for_update(of=("self",)).get(pk=reviewer.pk, request=request)
        if not reviewer.is_active:
            return reviewer
        if Review.objects.filter(reviewer=reviewer).exists() and can_judge(reviewer.user, request.idea):
            raise ValidationError(_("This person has handed in a review. It counts."))
        with change(by, "release_reviewer", reviewer):
            reviewer.withdrawn_at = timezone.now()
            reviewer.save(update_fields=["withdrawn_at"])
    return reviewer


def decide_gate(
    *,
    by: User,
    request: GateRequest,
    outcome: str,
    reasons: str,
    exception_reason: str = "",
    request_key: uuid.UUID | None = None,
) -> Decision:
    """End a request once everyone who was named has reviewed. The team hears outcome, reasons and who reviewed.

    Going on against a reviewer is possible: the reasons say why. A stop does not end the work by itself: the team
    writes what it learned first (the learning card that stops), so that nothing is lost.
    """
    _look_again(by, request, by, *(seat.user for seat in _active(request)))
    with transaction.atomic():
        request = _running(by, request, may_be_closed=True)
        existing = Decision.objects.filter(request=request).first()
        if existing and request_key and existing.request_key == request_key:
            return existing
        _require_open(request)
        named = _active(request)
        counting = counting_reviews(request)
        if not counting:
            raise ValidationError(_("Nobody has reviewed this yet."))
        if len(counting) < len(named):
            raise ValidationError(_("Not everyone has reviewed. Wait, or take off who cannot."))
        bound = [seat.name for seat in named if not can_judge(seat.user, request.idea)]
        if bound:
            raise ValidationError(
                _(
                    "Something may bind %(names)s to this idea by now. Decide about the tie or take this person off, "
                    "then decide. Nothing was saved."
                )
                % {"names": ", ".join(bound)}
            )
        decision = Decision(
            request=request,
            **_judged(request, outcome, reasons, exception_reason),
            reviewers=", ".join(review.reviewer.name for review in counting)[:1000],
            decided_by=by,
            request_key=request_key or uuid.uuid4(),
        )
        decision.full_clean()
        decision.save()
        record_creation(by, "decide_gate", decision, outcome=outcome)
        with change(by, "close_gate_request", request):
            request.decided_at = timezone.now()
            request.save(update_fields=["decided_at"])
        _mail_team(request, decision)
    return decision


def _says_the_same(older: str, newer: str) -> bool:
    """Whether two dossiers differ in nothing but the moment."""
    return {**json.loads(older), "at": ""} == {**json.loads(newer), "at": ""}


def _judged(request: GateRequest, outcome: str, reasons: str, exception_reason: str) -> dict[str, object]:
    reasons = need(reasons, _("Give your reasons."), "reasons")
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose an outcome.")})
    exception = exception_reason.strip() if outcome == Outcome.GO and not request.level_met else ""
    if outcome == Outcome.GO and not request.level_met and not exception:
        raise ValidationError(
            {
                "exception_reason": _(
                    "The evidence is below the level this gate asks. Choose another outcome, or say why this is an exception."
                )
            }
        )
    return {"outcome": outcome, "reasons": reasons, "exception_reason": exception, "level_met": request.level_met}


def _locked(request: GateRequest) -> GateRequest:
    return (
        GateRequest.objects.select_for_update(of=("self",))
        .select_related("idea__challenge", "idea__coach")
        .get(pk=request.pk)
    )


def _running(by: User, request: GateRequest, *, may_be_closed: bool = False) -> GateRequest:
    request = _locked(request)
    require(can_run_request(by, request))
    if not may_be_closed:
        _require_open(request)
    return request


def _require_open(request: GateRequest) -> None:
    if request.is_lapsed:
        raise ValidationError(
            _("The team no longer works on this idea, so this request ended without a decision. Nothing was changed.")
        )
    if not request.is_open:
        raise ValidationError(_("This request was decided. Nothing was changed."))


def _own_seat(by: User, request: GateRequest) -> Reviewer:
    seat = seat_of(by, request)
    if seat is None:
        raise PermissionDenied(_("You may not do this. Nothing was changed."))
    return Reviewer.objects.select_for_update(of=("self",)).get(pk=seat.pk)


def _say_declared(by: User, seat: Reviewer, *, free: bool) -> None:
    with change(by, "declare_at_gate", seat, free=free):
        seat.declared_free, seat.declared_at = free, timezone.now()
        seat.save(update_fields=["declared_free", "declared_at"])


def _bind(by: User, idea: Idea, kind: str, note: str) -> Tie:
    """What someone says of themselves binds at once."""
    note = need(note, _("Say in one sentence what binds you."), "note")
    if kind not in DECLARED_KINDS:
        raise ValidationError({"kind": _("Choose what binds you.")})
    tie = Tie.objects.filter(idea=idea, user=by, kind=kind).first()
    if tie is None:
        tie = Tie(idea=idea, user=by, kind=kind, note=note)
        tie.full_clean()
        tie.save()
        record_creation(by, "note_gate_tie", tie, kind=kind)
    else:
        with change(by, "confirm_gate_tie", tie):
            tie.status, tie.note = Interest.Status.CONFIRMED, note
            tie.decision_reason, tie.decided_by = "", None  # what was decided before no longer holds
            tie.full_clean()
            tie.save()
    return tie


def _withdraw(by: User, idea: Idea, user: User) -> None:
    """Someone who is bound reviews no open request of this idea any more."""
    seats = Reviewer.objects.select_for_update(of=("self",)).filter(
        request__idea=idea, request__decided_at=None, user=user, withdrawn_at=None
    )
    for seat in seats:
        with change(by, "withdraw_reviewer", seat):
            seat.withdrawn_at = timezone.now()
            seat.save(update_fields=["withdrawn_at"])


def _suggest_tie(by: User, idea: Idea, user: User) -> bool:
    """Whether the person works where someone of the team or the coach works, and nobody has decided about that."""
    home = _plain(user.organisation)
    near = [member.organisation for member in idea.members.all()] + ([idea.coach.organisation] if idea.coach else [])
    same = home and home in map(_plain, near)
    known = Tie.objects.filter(idea=idea, user=user, kind=Interest.Kind.ORGANISATION).exists()
    if known or not same:
        return False
    tie = Tie(idea=idea, user=user, kind=Interest.Kind.ORGANISATION, is_suggested=True, status=Interest.Status.OPEN)
    tie.full_clean()
    tie.save()
    record_creation(by, "suggest_gate_tie", tie)
    return True


def _active(request: GateRequest) -> list[Reviewer]:
    return list(request.reviewers.filter(withdrawn_at=None).select_related("user"))


def _look_again(by: User, request: GateRequest, *people: User) -> None:
    """Look for ties of who runs it and who reviews, as teams change meanwhile. Refuses when one binds `by`.

    A transaction of its own: a tie it finds is kept when what comes next is refused.
    """
    with transaction.atomic():
        request = _running(by, request, may_be_closed=True)
        found = [user.pk for user in people if request.is_open and _suggest_tie(by, request.idea, user)]
    if by.pk in found:
        raise ValidationError(
            _(
                "You and someone of this team, or its coach, work for the same organisation. A colleague of the programme "
                "decides first whether that binds you. Until then this idea is closed to you. Nothing was saved."
            )
        )


def _plain(organisation: str) -> str:
    return " ".join(organisation.casefold().split())


def _mail_reviewer(request: GateRequest, user: User) -> None:
    with override("nl"):  # we do not know which language someone reads mail in
        address = settings.BASE_URL + reverse(
            "portfolio:request", args=[request.idea.challenge.slug, request.idea.reference, request.number]
        )
        mail_after_commit(
            str(_("You are asked to review an idea at a gate")),
            _("Someone asks what you think of an idea. Say first whether anything binds you to it: %(address)s")
            % {"address": address},
            user.email,
        )


def _mail_team(request: GateRequest, decision: Decision) -> None:
    with override("nl"):
        subject = _("The decision about your idea %(reference)s") % {"reference": request.idea.reference}
        text = "\n\n".join(
            part for part in (str(decision.get_outcome_display()), decision.reasons, decision.exception_reason) if part
        )
    people = {member.user.email for member in request.idea.members.all() if member.user}
    if request.idea.coach:
        people.add(request.idea.coach.email)
    for address in sorted(people):
        mail_after_commit(subject, text, address)
