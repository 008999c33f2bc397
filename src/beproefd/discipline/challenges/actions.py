# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen to a challenge."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, change_values, record_creation
from beproefd.ground.audit.chain import canonical, digest, sha256

from . import rulebook
from .models import (
    DECISION_RULES,
    NEXT_CRITERIA_STATES,
    NEXT_PHASES,
    STIMULUS_FIELDS,
    CanvasVersion,
    Challenge,
    CriteriaSet,
    CriteriaState,
    Criterion,
    Phase,
    Stimulus,
)
from .queries import criteria_draft, criteria_in_force, intake_readiness, lock_readiness
from .rules import can_manage_challenges

CANVAS_FIELDS = (
    "mission",
    "target_group",
    "target_number",
    "target_number_source",
    "target_number_date",
    "outcome_words",
    "areas",
    "out_of_scope",
    "owner",
    "mandate",
    "intake_opens",
    "intake_deadline",
    "jury_until",
    "decision_on",
    "follow_up_until",
)

# Words that stand in our own addresses (urls.py), so nothing else can be called that.
RESERVED = frozenset({"nieuw", "regels", "vastleggen", "nieuwe-versie"})


def create_challenge(*, by: User, title: str, request_key: uuid.UUID | None = None, is_demo: bool = False) -> Challenge:
    """Start a challenge. The same request key gives the same challenge."""
    require(can_manage_challenges(by))
    with transaction.atomic():
        User.objects.select_for_update().get(
            pk=by.pk
        )  # a double click waits here, then finds the first one's challenge
        existing = Challenge.objects.filter(request_key=request_key).first() if request_key else None
        if existing:
            return existing
        base = slugify(title)[:50] or "uitdaging"
        taken = RESERVED | set(Challenge.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        slug = next(name for name in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if name not in taken)
        challenge = Challenge(
            title=title.strip(), slug=slug, created_by=by, request_key=request_key or uuid.uuid4(), is_demo=is_demo
        )
        challenge.full_clean()
        challenge.save()
        record_creation(by, "create_challenge", challenge)
    return challenge


def revise_canvas(
    *, by: User, challenge: Challenge, base_number: int, values: Mapping[str, Any], reason: str = ""
) -> CanvasVersion:
    """Save a new version of the canvas. `base_number` is the version the writer started from (0: none).

    Errors: ValidationError when someone else saved a version meanwhile, or when dates or texts do not fit. The same
    content again makes no new version. Once intake is open, a change needs a reason.
    """
    require(can_manage_challenges(by))
    with transaction.atomic():
        challenge = _locked_row(challenge)
        latest = challenge.canvas
        current = latest.number if latest else 0
        same = latest is not None and all(
            getattr(latest, name) == values.get(name, getattr(latest, name)) for name in values
        )
        if latest is not None and same:
            return latest
        if base_number != current:
            raise ValidationError(
                _("Someone else saved version %(number)s while you were writing. Compare, then save again.")
                % {"number": current}
            )
        if challenge.phase == Phase.DECIDED:
            raise ValidationError(_("The decision is taken. The canvas can no longer change."))
        if challenge.phase != Phase.PREPARING and not reason.strip():
            raise ValidationError({"change_reason": _("Ideas can already be handed in. Say why the canvas changes.")})
        kept = {name: getattr(latest, name) for name in CANVAS_FIELDS} if latest else {}
        version = CanvasVersion(
            challenge=challenge, number=current + 1, author=by, change_reason=reason.strip(), **(kept | dict(values))
        )
        _check_dates(version, challenge)
        version.full_clean()
        version.save()
        record_creation(by, "revise_canvas", version)
    return version


def _check_dates(version: CanvasVersion, challenge: Challenge) -> None:
    """Phases follow each other; an open intake keeps a deadline."""
    deadline = timezone.localtime(version.intake_deadline).date() if version.intake_deadline else None
    order = [
        ("intake_opens", version.intake_opens),
        ("intake_deadline", deadline),
        ("jury_until", version.jury_until),
        ("decision_on", version.decision_on),
        ("follow_up_until", version.follow_up_until),
    ]
    known = [(name, day) for name, day in order if day]
    for (before, earlier), (name, later) in pairwise(known):
        if later < earlier:
            field = CanvasVersion._meta.get_field(before)  # noqa: SLF001 -- Django's documented meta API
            what = getattr(field, "verbose_name", before)
            raise ValidationError(
                {
                    name: _("This date lies before “%(what)s”: %(when)s.")
                    % {"what": what, "when": date_format(earlier, "DATE_FORMAT")}
                }
            )
    if challenge.phase == Phase.INTAKE and deadline is None:
        raise ValidationError({"intake_deadline": _("Ideas can be handed in now, so there must be a deadline.")})
    opened = challenge.phase == Phase.INTAKE and not challenge.is_sealed
    if opened and deadline and version.intake_deadline != challenge.deadline:
        raise ValidationError(
            {"intake_deadline": _("The deadline has passed and ideas can be read. It cannot move any more.")}
        )


def save_stimulus(
    *,
    by: User,
    challenge: Challenge,
    values: Mapping[str, Any],
    stimulus: Stimulus | None = None,
    seen: str = "",
    request_key: uuid.UUID | None = None,
    is_demo: bool = False,
) -> Stimulus:
    """Add a card, or change one. `seen` is the stamp of the card that the writer started from."""
    require(can_manage_challenges(by))
    with transaction.atomic():
        _locked_row(challenge)
        if stimulus is None:
            existing = Stimulus.objects.filter(request_key=request_key).first() if request_key else None
            if existing:
                return existing
            stimulus = Stimulus(
                challenge=challenge, created_by=by, request_key=request_key or uuid.uuid4(), is_demo=is_demo, **values
            )
            stimulus.full_clean()
            stimulus.save()
            record_creation(by, "add_stimulus", stimulus)
            return stimulus
        stimulus = challenge.stimuli.select_for_update().get(pk=stimulus.pk)
        _refuse_stale(stimulus, seen, {name: values.get(name) for name in STIMULUS_FIELDS})
        change_values(by, "change_stimulus", stimulus, values)
    return stimulus


def draft_criteria(*, by: User, challenge: Challenge, reason: str = "") -> CriteriaSet:
    """Start a version of the criteria, copied from the one before; returns the draft that is already there.

    After a lock a new version needs a reason; after the first score it is refused (void the round instead).
    """
    require(can_manage_challenges(by))
    with transaction.atomic():
        challenge = _locked_row(challenge)
        draft = criteria_draft(challenge)
        if draft:
            return draft
        previous = challenge.criteria_sets.order_by("-version").first()
        if previous and previous.state == CriteriaState.IN_USE:
            raise ValidationError(
                _("The jury has given scores by these criteria. Void the round first, then start again.")
            )
        if previous and not reason.strip():
            raise ValidationError({"reason": _("These criteria were published. Say why a new version is needed.")})
        draft = CriteriaSet(challenge=challenge, created_by=by, reason=reason.strip(), version=1)
        if previous:
            draft.version = previous.version + 1
            for name in DECISION_RULES:
                setattr(draft, name, getattr(previous, name))
        draft.full_clean()
        draft.save()
        for criterion in previous.criteria.all() if previous else ():
            criterion.pk, criterion.criteria_set = None, draft
            criterion.save(force_insert=True)
        record_creation(by, "draft_criteria", draft)
    return draft


def set_decision_rules(
    *, by: User, criteria_set: CriteriaSet, values: Mapping[str, Any], seen: str = ""
) -> CriteriaSet:
    """Set scale, quorum, winners and tie-break of a draft. `seen` is the stamp the writer started from."""
    require(can_manage_challenges(by))
    with transaction.atomic():
        draft = _draft_row(criteria_set)
        _refuse_stale(draft, seen, values)
        rules = {name: values[name] for name in DECISION_RULES if name in values}
        change_values(by, "set_decision_rules", draft, rules)
    return draft


def save_criterion(
    *,
    by: User,
    criteria_set: CriteriaSet,
    values: Mapping[str, Any],
    anchors: Mapping[int, str],
    criterion: Criterion | None = None,
    seen: str = "",
) -> Criterion:
    """Add a criterion to a draft, or change one. `anchors` maps each score to its plain text.

    `seen` is the stamp of the criterion that the writer started from.
    """
    require(can_manage_challenges(by))
    with transaction.atomic():
        draft = _draft_row(criteria_set)
        with change(by, "save_criterion", draft):
            if criterion is None:
                said = {name: values[name] for name in ("kind", "name", "question")}
                twin = draft.criteria.filter(**said).first()
                if twin:  # the form was sent twice; a set has no use for the same question twice
                    return twin
                last = draft.criteria.order_by("-position").first()
                criterion = Criterion(
                    criteria_set=draft, position=last.position + 1 if last else 1, key=_free_key(draft, values["name"])
                )
            else:
                criterion = draft.criteria.select_for_update().get(pk=criterion.pk)
                texts = {str(score): text.strip() for score, text in anchors.items()}
                _refuse_stale(criterion, seen, dict(values) | {"anchors": texts})
            others = draft.criteria.exclude(pk=criterion.pk).values_list("name", flat=True)
            if _plain(values["name"]) in {_plain(name) for name in others}:
                raise ValidationError({"name": _("There is a criterion with this name already. Choose another name.")})
            for name in ("kind", "name", "question", "weight"):
                setattr(criterion, name, values[name])
            if criterion.kind == Criterion.Kind.KNOCK_OUT:
                criterion.weight = 0
            elif criterion.weight < 1:
                raise ValidationError({"weight": _("A weighted criterion needs a weight of 1 or more.")})
            criterion.anchors = {str(score): text.strip() for score, text in sorted(anchors.items())}
            criterion.full_clean()
            criterion.save()
    return criterion


def remove_criterion(*, by: User, criterion: Criterion) -> None:
    """Take a criterion out of a draft."""
    require(can_manage_challenges(by))
    with transaction.atomic():
        draft = _draft_row(criterion.criteria_set)
        with change(by, "remove_criterion", draft, criterion=criterion.key):
            criterion.delete()


def lock_criteria(*, by: User, criteria_set: CriteriaSet, seen: str = "") -> CriteriaSet:
    """Publish a draft: canonical JSON, SHA-256 and time. Irreversible; a second call returns what was locked.

    The seed for drawing lots is fixed here too; the document holds its SHA-256, so it can be checked after the decision.
    """
    require(can_manage_challenges(by))
    with transaction.atomic():
        challenge = _locked_row(criteria_set.challenge)
        criteria_set = CriteriaSet.objects.select_for_update().get(pk=criteria_set.pk)
        if criteria_set.is_locked:
            return criteria_set
        if seen and seen != digest(criteria_set):
            raise ValidationError(_("Someone changed the draft while you were reading. Read it again, then lock it."))
        missing = [check.text for check in lock_readiness(criteria_set) if not check.done]
        if missing:
            raise ValidationError(
                [_("Not ready to lock. Still needed: %(what)s.") % {"what": text} for text in missing]
            )
        replaced = criteria_in_force(challenge)
        if replaced:
            replaced = CriteriaSet.objects.select_for_update().get(pk=replaced.pk)
            _to_state(replaced, CriteriaState.REPLACED, by=by, action="replace_criteria")
        with change(by, "lock_criteria", criteria_set):
            now = timezone.now()
            seed = secrets.token_hex(32)
            text = canonical(
                rulebook.document(
                    criteria_set,
                    locked_at=now.astimezone(UTC).isoformat(timespec="seconds"),
                    lottery_commitment=sha256(seed),
                )
            )
            criteria_set.canonical, criteria_set.fingerprint = text, sha256(text)
            criteria_set.lottery_seed = seed
            criteria_set.locked_at, criteria_set.locked_by = now, by
            criteria_set.state = CriteriaState.LOCKED
            criteria_set.save()
    return criteria_set


def open_intake(*, by: User, challenge: Challenge) -> Challenge:
    """Let ideas in. Refused while the readiness check misses something; harmless when already open."""
    require(can_manage_challenges(by))
    with transaction.atomic():
        challenge = _locked_row(challenge)
        if challenge.phase == Phase.INTAKE:
            return challenge
        missing = [check.text for check in intake_readiness(challenge) if not check.done]
        if missing:
            raise ValidationError(
                [_("Not ready to open. Still needed: %(what)s.") % {"what": text} for text in missing]
            )
        planned = challenge.canvas.intake_deadline if challenge.canvas else None
        if planned and planned <= timezone.now():
            raise ValidationError(_("The deadline for ideas lies in the past. Choose a later one in the canvas."))
        with change(by, "open_intake", challenge):
            _enter(challenge, Phase.INTAKE)
            challenge.intake_opened_at = timezone.now()
            challenge.save()
    return challenge


def close_intake(*, by: User, challenge: Challenge, reason: str = "") -> Challenge:
    """End intake and hand the ideas to the jury. Before the deadline this needs a reason."""
    require(can_manage_challenges(by))
    with transaction.atomic():
        challenge = _locked_row(challenge)
        if challenge.phase == Phase.JURY:
            return challenge
        if challenge.takes_ideas and not reason.strip():
            raise ValidationError({"reason": _("The deadline has not passed. Say why intake closes now.")})
        with change(by, "close_intake", challenge):
            _enter(challenge, Phase.JURY)
            challenge.intake_closed_at = timezone.now()
            challenge.closing_reason = reason.strip()  # in the row, so that it can be erased; the log holds a digest
            challenge.full_clean()
            challenge.save()
    return challenge


def _enter(challenge: Challenge, phase: Phase) -> None:
    if phase not in NEXT_PHASES[Phase(challenge.phase)]:
        raise ValidationError(
            _("This step does not follow now: the challenge is “%(phase)s”.") % {"phase": challenge.get_phase_display()}
        )
    challenge.phase = phase


def _to_state(criteria_set: CriteriaSet, state: CriteriaState, *, by: User, action: str, **detail: Any) -> None:
    if state not in NEXT_CRITERIA_STATES[CriteriaState(criteria_set.state)]:
        raise ValidationError(_("These criteria cannot change any more."))
    with change(by, action, criteria_set, **detail):
        criteria_set.state = state
        criteria_set.save(update_fields=["state"])


def _locked_row(challenge: Challenge) -> Challenge:
    return Challenge.objects.select_for_update().get(pk=challenge.pk)


def _refuse_stale(row: Stimulus | CriteriaSet | Criterion, seen: str, values: Mapping[str, Any]) -> None:
    """Refuse a save over someone else's change; saving the same again is fine."""
    same = all(getattr(row, name) == value for name, value in values.items())
    if seen and seen != row.stamp and not same:
        raise ValidationError(
            _("A colleague changed this while you were writing. Your text is kept below. Compare, then save again.")
        )


def _draft_row(criteria_set: CriteriaSet) -> CriteriaSet:
    row = CriteriaSet.objects.select_for_update().get(pk=criteria_set.pk)
    if row.is_locked:
        when = date_format(timezone.localtime(row.locked_at), "DATETIME_FORMAT")
        raise ValidationError(
            _("These criteria are locked since %(when)s. They can no longer change.") % {"when": when}
        )
    return row


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _free_key(criteria_set: CriteriaSet, name: str) -> str:
    base = slugify(name)[:34] or "criterium"
    taken = RESERVED | set(criteria_set.criteria.values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 1000))) if key not in taken)
