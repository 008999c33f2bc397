# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen to an idea."""

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.models import Challenge, Stimulus
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_manager, require
from beproefd.ground.audit.actions import change, record_creation

from .models import NEXT_IDEA_STATES, VERSION_FIELDS, Idea, IdeaState, IdeaVersion, TeamMember
from .queries import possible_coaches, visible_ideas
from .rules import (
    can_change_idea,
    can_change_team,
    can_follow_up,
    can_organise_ideas,
    can_start_idea,
    owns_idea,
)
from .signals import team_grew

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O or 1/I: people read references aloud
NEEDED_TO_SUBMIT = ("problem", "solution", "value")


def start_idea(
    *,
    by: User,
    challenge: Challenge,
    values: Mapping[str, str],
    sparks: Iterable[Stimulus] = (),
    kind: str = "",
    channel: str = Idea.Channel.ONLINE,
    channel_note: str = "",
    request_key: uuid.UUID | None = None,
    import_key: str = "",
    is_demo: bool = False,
) -> Idea:
    """Start a draft. Whoever starts one online owns it; a paper, spoken or imported one belongs to who told it.

    Online we need the kind of organisation of the owner, on paper or spoken who told it, where and when.
    The same request key, or the same import key within a challenge, gives the same idea.
    """
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update().get(pk=challenge.pk)  # so the same form twice at once waits
        existing = Idea.objects.filter(request_key=request_key).first() if request_key else None
        require(existing is None or existing.entered_by_id == by.pk)
        if import_key and existing is None:
            existing = Idea.objects.filter(challenge=challenge, import_key=import_key).first()
        if existing:
            return existing
        require(
            can_start_idea(by, challenge),
            _("Ideas can be handed in only while intake is open, from an account for teams or of the programme."),
        )
        if channel != Idea.Channel.ONLINE:
            require(is_manager(by))
        elif not kind:
            raise ValidationError({"kind": _("Choose the kind of organisation.")})
        if channel in {Idea.Channel.PAPER, Idea.Channel.SPOKEN} and not channel_note.strip():
            raise ValidationError({"channel_note": _("Write down who told it, where and when.")})
        idea = Idea(
            challenge=challenge,
            reference=_free_reference(challenge),
            channel=channel,
            channel_note=channel_note.strip(),
            entered_by=by,
            request_key=request_key or uuid.uuid4(),
            import_key=import_key,
            is_demo=is_demo,
        )
        idea.full_clean()
        idea.save()
        cards = _of_challenge(challenge, sparks)
        idea.sparks.set(cards)
        record_creation(by, "start_idea", idea, channel=channel, sparks=sorted(card.pk for card in cards))
        _add_version(by=by, idea=idea, number=1, values=values)
        if channel == Idea.Channel.ONLINE:
            owner = TeamMember(idea=idea, user=by, name=by.name, organisation=by.organisation, kind=kind, is_owner=True)
            owner.full_clean()
            owner.save()
            record_creation(by, "join_team", owner)
    return idea


def revise_idea(
    *,
    by: User,
    idea: Idea,
    base_number: int,
    values: Mapping[str, str],
    sparks: Iterable[Stimulus] | None = None,
) -> IdeaVersion:
    """Save a new version. `base_number` is the version the writer started from.

    Errors: ValidationError when someone else in the team saved a version meanwhile. The same content makes no version.
    """
    with transaction.atomic():
        idea = _locked_row(idea)
        require(can_change_idea(by, idea), _("This idea can no longer be changed. Your text was not saved."))
        latest = idea.current
        if sparks is not None:
            cards = _of_challenge(idea.challenge, sparks)
            with change(by, "note_sparks", idea, sparks=sorted(card.pk for card in cards)):
                idea.sparks.set(cards)
        if all(getattr(latest, name) == values.get(name, getattr(latest, name)).strip() for name in VERSION_FIELDS):
            return latest
        if base_number != latest.number:
            raise ValidationError(
                _("Someone in your team saved version %(number)s while you were writing. Compare, then save again.")
                % {"number": latest.number}
            )
        kept = {name: getattr(latest, name) for name in VERSION_FIELDS}
        version = _add_version(by=by, idea=idea, number=latest.number + 1, values=kept | dict(values))
        if idea.correction_reason and not idea.challenge.takes_ideas:
            with change(by, "correct_idea", idea):
                idea.correction_reason = ""
                idea.save(update_fields=["correction_reason"])
    return version


def submit_idea(*, by: User, idea: Idea) -> Idea:
    """Hand an idea in. Harmless when already done. It can still be changed until the deadline."""
    with transaction.atomic():
        idea = _locked_row(idea)
        require(owns_idea(by, idea))
        if idea.state == IdeaState.SUBMITTED:
            return idea
        if not idea.challenge.takes_ideas:
            raise ValidationError(_("The deadline has passed. Your draft is kept, but it was not handed in."))
        missing = [
            getattr(IdeaVersion._meta.get_field(name), "verbose_name", name)  # noqa: SLF001 -- Django's documented meta API
            for name in NEEDED_TO_SUBMIT
            if not getattr(idea.current, name)
        ]
        if missing:
            raise ValidationError(_("Fill in first: %(what)s.") % {"what": ", ".join(map(str, missing))})
        with change(by, "submit_idea", idea, version=idea.current.number):
            _to_state(idea, IdeaState.SUBMITTED)
            idea.submitted_at = timezone.now()
            idea.save()
    return idea


def withdraw_idea(*, by: User, idea: Idea, reason: str = "") -> Idea:
    """Take an idea back; after the deadline the programme does that, with a reason. It stays readable for its team."""
    with transaction.atomic():
        idea = _locked_row(idea)
        organises = can_organise_ideas(by, idea.challenge) and _is_open_to(by, idea)
        require(owns_idea(by, idea) or organises)
        if idea.state == IdeaState.WITHDRAWN:
            return idea
        if not idea.challenge.takes_ideas and not organises:
            raise ValidationError(_("The deadline has passed. Ask the programme manager to take the idea out."))
        if not owns_idea(by, idea) and not reason.strip():
            raise ValidationError({"reason": _("Say why this idea is taken out.")})
        with change(by, "withdraw_idea", idea):
            _to_state(idea, IdeaState.WITHDRAWN)
            idea.withdraw_reason = reason.strip()  # in the row, so that it can be erased; the log holds a digest
            idea.full_clean()
            idea.save()
    return idea


def add_member(
    *, by: User, idea: Idea, name: str, organisation: str, kind: str, email: str = "", is_owner: bool = False
) -> TeamMember:
    """Add someone to the team. With the address of an account the person can open the idea too."""
    with transaction.atomic():
        idea = _locked_row(idea)
        require(can_change_team(by, idea))
        user = User.objects.filter(email__iexact=email.strip()).first() if email.strip() else None
        if email.strip() and user is None:
            raise ValidationError(
                {"email": _("There is no account with this address. Leave it empty, or ask the programme to open one.")}
            )
        same = {"user": user} if user else {"user": None, "name": name.strip(), "organisation": organisation.strip()}
        existing = idea.members.filter(**same).first()
        if is_owner and user is None:
            raise ValidationError({"email": _("Who may change and hand in needs an account. Fill in its address.")})
        if existing:
            with change(by, "change_member", existing):
                existing.kind, existing.is_owner = kind, is_owner or existing.is_owner
                existing.save()
            return existing
        member = TeamMember(
            idea=idea, user=user, name=name.strip(), organisation=organisation.strip(), kind=kind, is_owner=is_owner
        )
        member.full_clean()
        member.save()
        record_creation(by, "join_team", member)
        team_grew.send(Idea, by=by, idea=idea, merged=False)
    return member


def remove_member(*, by: User, member: TeamMember) -> None:
    """Take someone out of the team; you may always leave yourself. An online idea keeps at least one owner."""
    with transaction.atomic():
        idea = _locked_row(member.idea)
        require(can_change_team(by, idea) or member.user_id == by.pk)
        others = [other for other in idea.members.all() if other.is_owner and other.pk != member.pk]
        if member.is_owner and not others and idea.channel == Idea.Channel.ONLINE:
            raise ValidationError(_("An idea needs at least one owner. Add another owner first."))
        with change(by, "leave_team", member):
            TeamMember.objects.filter(pk=member.pk).delete()


def ask_correction(*, by: User, idea: Idea, reason: str) -> Idea:
    """Let the team change a handed-in idea after the deadline. Scores for the old version are then flagged."""
    with transaction.atomic():
        idea = _locked_row(idea)
        require(can_organise_ideas(by, idea.challenge) and _is_open_to(by, idea))
        if not reason.strip():
            raise ValidationError({"reason": _("Say what must be corrected.")})
        if idea.state != IdeaState.SUBMITTED:
            raise ValidationError(_("Only an idea that was handed in can be corrected."))
        with change(by, "ask_correction", idea):
            idea.correction_reason = reason.strip()
            idea.full_clean()
            idea.save(update_fields=["correction_reason"])
    return idea


def merge_ideas(
    *, by: User, into: Idea, sources: Sequence[Idea], reason: str, values: Mapping[str, str], base_number: int
) -> Idea:
    """Make one idea of several: `into` gets a new version and everyone's team; the sources keep their history.

    Errors: ValidationError for ideas of another challenge, ideas not handed in, no reason, or a stale form.
    """
    with transaction.atomic():
        rows = {
            row.pk: row
            for row in Idea.objects.select_for_update(no_key=True).filter(pk__in=[into.pk, *(s.pk for s in sources)])
        }
        into = rows.pop(into.pk)
        require(
            can_organise_ideas(by, into.challenge) and all(_is_open_to(by, idea) for idea in (into, *rows.values()))
        )
        if not rows:
            raise ValidationError(_("Choose at least one idea to merge into this one."))
        if not reason.strip():
            raise ValidationError({"reason": _("Say why these ideas become one.")})
        if any(
            idea.challenge_id != into.challenge_id or idea.state != IdeaState.SUBMITTED
            for idea in (into, *rows.values())
        ):
            raise ValidationError(_("Only handed-in ideas of the same challenge can be merged."))
        if base_number != into.current.number:
            raise ValidationError(_("The idea was changed while you were writing. Compare, then save again."))
        kept = {name: getattr(into.current, name) for name in VERSION_FIELDS}
        _add_version(by=by, idea=into, number=into.current.number + 1, values=kept | dict(values))
        for source in rows.values():
            with change(by, "merge_idea", source, into=into.reference):
                _to_state(source, IdeaState.MERGED)
                source.merged_into, source.merge_reason = into, reason.strip()
                source.full_clean()
                source.save()
            into.sparks.add(*source.sparks.all())
            _share_authorship(by=by, into=into, source=source)
        into.__dict__.pop("current", None)
        team_grew.send(Idea, by=by, idea=into, merged=True)
    return into


def follow_up(*, by: User, idea: Idea, coach: User) -> Idea:
    """Let a team work its idea out, with a coach; again, to change the coach. The rooms above say which ideas won."""
    with transaction.atomic():
        idea = _locked_row(idea)
        require(can_follow_up(by, idea.challenge))
        if not possible_coaches(idea).filter(pk=coach.pk).exists():
            raise ValidationError(
                {"coach": _("Choose a coach who is in no team of this challenge and not tied to this idea.")}
            )
        if idea.follow_up_ended_at:
            raise ValidationError(_("The follow-up of this idea has ended."))
        if idea.is_followed_up and idea.coach_id == coach.pk:
            return idea
        with change(by, "follow_up_idea", idea):
            idea.coach, idea.followed_up_at = coach, idea.followed_up_at or timezone.now()
            idea.full_clean()
            idea.save(update_fields=["coach", "followed_up_at"])
    return idea


def _share_authorship(*, by: User, into: Idea, source: Idea) -> None:
    present = {
        (member.user_id, "" if member.user_id else f"{member.name}|{member.organisation}")
        for member in into.members.all()
    }
    for member in source.members.all():
        if (member.user_id, "" if member.user_id else f"{member.name}|{member.organisation}") in present:
            continue
        joined = TeamMember.objects.create(
            idea=into,
            user=member.user,
            name=member.name,
            organisation=member.organisation,
            kind=member.kind,
            is_owner=member.is_owner,
            via=member.via or source,
        )
        record_creation(by, "join_team", joined, via=source.reference)


def _add_version(*, by: User, idea: Idea, number: int, values: Mapping[str, str]) -> IdeaVersion:
    texts = {name: values.get(name, "").strip() for name in VERSION_FIELDS}
    version = IdeaVersion(idea=idea, number=number, author=by, **texts)
    version.full_clean()
    version.save()
    record_creation(by, "save_idea_version", version)
    idea.__dict__.pop("current", None)
    return version


def _to_state(idea: Idea, state: IdeaState) -> None:
    if state not in NEXT_IDEA_STATES[IdeaState(idea.state)]:
        raise ValidationError(
            _("This is not possible for an idea that is “%(state)s”.") % {"state": idea.get_state_display()}
        )
    idea.state = state


def _is_open_to(by: User, idea: Idea) -> bool:
    return visible_ideas(by, idea.challenge).filter(pk=idea.pk).exists()


def _locked_row(idea: Idea) -> Idea:
    """Locked for other writers of the idea; the jury room may still refer to it, so the two never wait for each other."""
    return Idea.objects.select_for_update(of=("self",), no_key=True).select_related("challenge").get(pk=idea.pk)


def _of_challenge(challenge: Challenge, sparks: Iterable[Stimulus]) -> list[Stimulus]:
    return [card for card in sparks if card.challenge_id == challenge.pk]


def _free_reference(challenge: Challenge) -> str:
    """A short name without meaning: it says nothing about order of arrival, so lists sorted by it are fair."""
    taken = set(Idea.objects.filter(challenge=challenge).values_list("reference", flat=True))
    while True:
        reference = "".join(secrets.choice(ALPHABET) for _letter in range(5))
        if reference not in taken:
            return reference
