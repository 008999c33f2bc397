# SPDX-License-Identifier: EUPL-1.2
"""A session: started by the team, walked by someone without an account, and ended by that person in one press.

Where two locks are needed the order is idea, session, prototype. Who acts in the log is the session itself: it knows
no name. Every press carries a key made with the page, so that what is sent twice counts once.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation import areas
from beproefd.discipline.validation.actions import Seen, observe
from beproefd.discipline.validation.actions.doors import enter
from beproefd.discipline.validation.models import TargetGroup, TestCard
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.actions import change, record_creation

from .. import counting, walk
from ..models import VALID, Prototype, Screen, Session, Step
from ..sentences import path_in_words
from ..walk import BACK, Place
from .making import lock_prototype

SALT = "beproefd.prototypes.kept"
LONGEST_NOTE = 400
STEP_FIELDS = ("position", "kind", "screen_id", "came_from", "pressed", "left", "answer", "answered_by")


def start_session(
    *,
    by: User,
    prototype: Prototype,
    card: TestCard,
    mode: str,
    group: TargetGroup | None = None,
    place: str = "",
    arm: str = "",
    goal: Screen | None = None,
    request_key: uuid.UUID | None = None,
) -> Session:
    """Make an address for one tester, for a running test of the same idea. The same request key, the same session.

    What will count as a yes is said here, before anyone tries: `goal`, coming to that screen; without it, who watched
    says so at the end (counting.py).
    """
    with transaction.atomic():
        idea = enter(by, prototype.idea)
        existing = Session.objects.filter(request_key=request_key, prototype=prototype).first() if request_key else None
        if existing:
            return existing
        card = TestCard.objects.get(pk=card.pk)
        if card.idea_id != idea.pk or card.state != TestCard.State.RUNNING:
            raise ValidationError({"card": _("Choose a running test of this idea.")})
        if group is not None and group.idea_id != idea.pk:
            raise ValidationError({"group": _("Choose a target group of this idea.")})
        if card.has_two_arms != bool(arm):
            raise ValidationError(
                {"arm": _("Say which of the two ways this person gets.")}
                if card.has_two_arms
                else {"arm": _("This test has one way only.")}
            )
        _need_screens(prototype)
        _can_count(prototype, mode, goal)
        session = Session(
            prototype=prototype,
            card=card,
            request_key=request_key or uuid.uuid4(),
            mode=mode,
            group=group or card.group,
            place=areas.spelled(place),
            arm=arm,
            goal=goal,
            started_by=by,
        )
        session.full_clean()
        session.save()
        record_creation(by, "start_session", session)
    return session


def join(*, session: Session, same_device: bool = False) -> Session:
    """“Yes, I take part.” From now on the screens are locked. Harmless when already under way."""
    with transaction.atomic():
        Idea.objects.select_for_update(of=("self",)).get(pk=session.prototype.idea_id)
        session = _locked(session)
        if session.state == Session.State.RUNNING:
            return session
        _live(session)
        _need_screens(session.prototype)
        lock_prototype(session, session.prototype)
        with change(session, "join_session", session):
            _to_state(session, Session.State.RUNNING)
            session.same_device = same_device
            session.save()
            _add_step(session, walk.first(), came_from=None, key=uuid.uuid4(), position=1)
    return session


def decline(*, session: Session) -> Session:
    """“No, rather not.” Nothing is kept but that."""
    with transaction.atomic():
        session = _locked(session)
        if session.state == Session.State.DECLINED:
            return session
        _live(session)
        with change(session, "decline_session", session):
            _to_state(session, Session.State.DECLINED)
            _empty(session)
            session.save()
    return session


def press(*, session: Session, at: int, pressed: str, key: uuid.UUID) -> Step:
    """What someone pressed on the page of step `at`; the step that now counts. The same key twice is one press.

    Not in the log: an entry there has a time, and of a press we promise the tester to know none.

    Pressing on an earlier page (the browser's own way back) counts as turning back.
    """
    with transaction.atomic():
        session = _locked(session)
        _live(session)
        steps = list(session.steps.order_by("position").select_related("screen"))
        key = uuid.uuid5(key, pressed)  # another button on a page that the browser kept is another press
        again = next((step for step in steps if step.key == key), None)
        here = next((step for step in steps if step.position == at), None)
        if again:
            return again
        if session.state != Session.State.RUNNING or here is None:
            raise ValidationError(_("This page is no longer open. Go on from where you are."))
        screens = screens_of(session.prototype)
        last = steps[-1]
        place = _place(here)
        if pressed == BACK:
            target = next((step for step in steps if step.position == here.came_from), None)
            if target is None:
                return here
            to, came_from = _place(target), target.came_from
        else:
            if pressed not in walk.choices(place, screens):
                raise ValidationError(_("Press one of the buttons on the page."))
            onward = walk.after(place, pressed, screens, assisted=session.is_assisted)
            if onward is None:
                return here
            to, came_from = onward, here.position
        if here.pk != last.pk:
            last.left = Step.Left.BACK
            last.save(update_fields=["left"])
        if here.pk == last.pk or pressed != BACK:
            _note(here, pressed, steps)
        return _add_step(session, to, came_from=came_from, key=key, position=last.position + 1)


def finish(*, session: Session) -> Session:
    """The person hands the answers in: one observation on the test card. Sent twice, or after a crash, it is one.

    When nobody sat beside the person and no screen was agreed on, the observation waits for `confirm_session`.
    """
    with transaction.atomic():
        Idea.objects.select_for_update(of=("self",)).get(pk=session.prototype.idea_id)
        session = _locked(session)
        if session.state == Session.State.DONE:
            return session
        _live(session)
        steps = list(session.steps.order_by("position").select_related("screen"))
        if session.state != Session.State.RUNNING or not steps or steps[-1].kind != Step.Kind.END:
            raise ValidationError(_("You are not at the end yet. Go on from where you are."))
        with change(session, "finish_session", session):
            _to_state(session, Session.State.DONE)
            session.ended_at = timezone.now()
            session.result = counting.result_of(session, steps)
            if session.result:
                session.not_counted = _observed(session.started_by, session, steps)[:300]
            session.save()
    return session


def confirm_session(*, by: User, session: Session, result: str) -> Session:
    """Someone of the team says what was seen; now it is one observation. Said once: a mistake is struck on the card."""
    with transaction.atomic():
        enter(by, session.prototype.idea)
        session = _locked(session)
        if session.state != Session.State.DONE:
            raise ValidationError(_("This session has not ended. Nothing was saved."))
        if session.result == result:
            return session
        if session.result:
            raise ValidationError(
                _(
                    "It was already said of this session: %(result)s. That stays so. A mistake? Strike it out on the card."
                )
                % {"result": session.get_result_display()}
            )
        if result not in Session.Result.values:
            raise ValidationError({"result": _("Choose what you saw.")})
        with change(by, "confirm_session", session):
            session.result = result
            steps = list(session.steps.order_by("position").select_related("screen"))
            session.not_counted = _observed(by, session, steps)[:300]
            session.save()
    return session


def stop(*, session: Session) -> tuple[Session, str]:
    """“I want to stop”: at once, everything of this session is erased but that it was stopped.

    What was erased comes back as signed text, for the page that asks whether it may be kept. Only that page holds it:
    who closes it has withdrawn.
    """
    with transaction.atomic():
        session = _locked(session)
        if session.state == Session.State.STOPPED:
            return session, ""
        last = session.steps.order_by("-position").first()
        if last:
            last.left = Step.Left.STOPPED
        held = {
            "group": session.group_id,
            "place": session.place,
            "arm": session.arm,
            "steps": [
                [getattr(last if last and step.pk == last.pk else step, name) for name in STEP_FIELDS]
                for step in session.steps.order_by("position")
            ],
        }
        with change(session, "stop_session", session):
            _to_state(session, Session.State.STOPPED)
            _empty(session)
            session.key = uuid.uuid4()  # so that nobody can guess from the digests in the log what was erased
            session.save()
    return session, signing.dumps([str(session.key), held], salt=SALT, compress=True) if last else ""


def keep_answers(*, session: Session, held: str) -> Session:
    """The person stopped and says that the answers may be kept after all. Sent twice, they are kept once."""
    with transaction.atomic():
        session = _locked(session)
        if session.kept:
            return session
        try:
            key, said = signing.loads(held, salt=SALT, max_age=VALID)
        except signing.BadSignature as problem:
            raise ValidationError(_("Your answers were thrown away. That stays so.")) from problem
        if session.state != Session.State.STOPPED or key != str(session.key):
            raise ValidationError(_("Your answers were thrown away. That stays so."))
        with change(session, "keep_answers", session):
            session.group_id, session.place, session.arm = said["group"], said["place"], said["arm"]
            session.kept = True
            session.save()
            Step.objects.bulk_create(
                Step(session=session, **dict(zip(STEP_FIELDS, row, strict=True))) for row in said["steps"]
            )
    return session


def screens_of(prototype: Prototype) -> list[Screen]:
    """The screens in their order, with their buttons."""
    return list(prototype.screens.order_by("position").prefetch_related("buttons"))


def _locked(session: Session) -> Session:
    return (
        Session.objects.select_for_update(of=("self",))
        .select_related("prototype__idea", "card", "started_by")
        .get(pk=session.pk)
    )


def _live(session: Session) -> None:
    if not session.is_live:
        raise ValidationError(_("This address is no longer open. Nothing more is saved."))


def _need_screens(prototype: Prototype) -> None:
    if not prototype.screens.exists():
        raise ValidationError(_("There are no screens to show yet. Make one first."))


def _can_count(prototype: Prototype, mode: str, goal: Screen | None) -> None:
    """Refuse what cannot be a yes on this card."""
    if goal is not None and goal.prototype_id != prototype.pk:
        raise ValidationError({"counts": _("Choose a screen of this row.")})
    if goal is not None and mode == Session.Mode.ASSISTED:
        raise ValidationError({"counts": _("With a helper, the helper says whether it succeeded. Choose that.")})


def _to_state(session: Session, state: Session.State) -> None:
    if state not in Session.NEXT_STATES[session.state]:
        raise ValidationError(_("This address is no longer open. Nothing more is saved."))
    session.state = state


def _empty(session: Session) -> None:
    session.steps.all().delete()
    session.group, session.place, session.arm, session.same_device = None, "", "", False
    session.ended_at = timezone.now()


def _place(step: Step) -> Place:
    waiting = step.pressed if step.kind in {Step.Kind.FACE, Step.Kind.WHO} else ""
    return Place(step.kind, step.screen, waiting)


def _note(here: Step, pressed: str, steps: Sequence[Step]) -> None:
    """Write down on a step what was pressed."""
    here.left = Step.Left.BACK if pressed == BACK else Step.Left.ON
    if pressed != BACK:
        if here.kind == Step.Kind.SCREEN:
            here.pressed = pressed
        elif here.kind == Step.Kind.FACE:
            here.answer = "" if pressed == walk.SKIP else pressed
            here.answered_by = "self" if here.answer else ""
        elif here.kind == Step.Kind.RESULT:
            here.answer = pressed
        elif here.kind == Step.Kind.WHO:
            asked = [step for step in steps if step.kind == Step.Kind.FACE and step.position < here.position]
            if asked:
                asked[-1].answered_by = pressed
                asked[-1].save(update_fields=["answered_by"])
    here.save()


def _add_step(session: Session, place: Place, *, came_from: int | None, key: uuid.UUID, position: int) -> Step:
    return Step.objects.create(
        session=session,
        position=position,
        key=key,
        kind=place.kind,
        screen=place.screen,
        came_from=came_from,
        pressed=place.pressed,
    )


def _observed(by: User, session: Session, steps: list[Step]) -> str:
    """Record the observation; why it does not count, when the test takes none any more.

    The outcome is what was seen (counting.py). The face at the end stands in the note and decides nothing.
    """
    with override("nl"):
        note = path_in_words(session.prototype, steps)[:LONGEST_NOTE]
    seen: Any = Seen(
        key=session.key,
        outcome=counting.outcome(session),
        seen_at=session.ended_at or timezone.now(),
        arm=session.arm,
        group=session.group_id,
        place=session.place,
        note=note,
        answered_by=counting.answered_by(session, steps),
    )
    try:
        with transaction.atomic():
            taken, refused = observe(by=by, card=session.card, seen=[seen])
    except (PermissionDenied, ValidationError) as refusal:
        return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    if refused:
        return refused[0].reason
    return "" if taken[0].card.state == TestCard.State.RUNNING else _("This test is closed.")
