# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen to an idea."""

import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.discipline.challenges.models import Challenge, Stimulus
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_manager, require
from beproefd.ground.audit.actions import change, change_all, change_values, record_creation

from .invitation_mail import mail_invitation
from .models import NEXT_IDEA_STATES, VERSION_FIELDS, Idea, IdeaState, IdeaVersion, TeamInvitation, TeamMember
from .queries import possible_coaches, visible_ideas
from .rules import (
    answered,
    can_change_idea,
    can_change_team,
    can_follow_up,
    can_organise_ideas,
    can_start_idea,
    can_take_back_invitations,
    is_in_team,
    is_invited,
    owns_idea,
    takes_members,
)
from .signals import team_grew

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O or 1/I: people read references aloud
MOST_OF_AN_IDEA, MOST_IN_A_DAY = (
    20,
    40,
)  # invitations that are not accepted: of an idea, and sent by one person in a day
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
        _take_back_all(by, idea)
    return idea


def add_member(*, by: User, idea: Idea, name: str, organisation: str, kind: str, is_owner: bool = False) -> TeamMember:
    """Note someone without an account in the team, by name. Who may have an account is invited, and chooses."""
    with transaction.atomic():
        idea = _locked_row(idea)
        require(can_change_team(by, idea))
        if is_owner:
            raise ValidationError({"email": _("Who may change and hand in needs an account. Fill in its address.")})
        existing = idea.members.filter(user=None, name=name.strip(), organisation=organisation.strip()).first()
        if existing:
            change_values(by, "change_member", existing, {"kind": kind})
            return existing
        member = TeamMember(idea=idea, name=name.strip(), organisation=organisation.strip(), kind=kind)
        _join(by=by, member=member)
    return member


def invite_member(
    *, by: User, idea: Idea, email: str, name: str, organisation: str, kind: str, is_owner: bool = False
) -> TeamInvitation:
    """Ask someone into the team by e-mail; the same address again changes what is asked and sends no second mail.

    Whether the address has an account is never looked up here, so no answer can tell it (docs/decisions/0013).
    """
    with transaction.atomic():
        idea = _locked_row(idea)
        require(can_change_team(by, idea))
        address = email.strip().lower()
        if not address:
            raise ValidationError({"email": _("Fill in an e-mail address.")})
        if address == by.email.lower() and is_in_team(by, idea):
            raise ValidationError({"email": _("This is your own address. You are in the team already.")})
        asked = {"name": name.strip(), "organisation": organisation.strip(), "kind": kind, "is_owner": is_owner}
        waiting = idea.invitations.filter(answer=TeamInvitation.Answer.WAITING, email=address).first()
        if waiting:
            if any(getattr(waiting, field) != value for field, value in asked.items()):
                change_values(by, "change_invitation", waiting, asked)
            return waiting
        _refuse_too_many(by, idea)
        invitation = TeamInvitation(idea=idea, version=idea.current, email=address, invited_by=by, **asked)
        invitation.full_clean()
        invitation.save()
        record_creation(by, "invite_member", invitation)
        mail_invitation(invitation)
    return invitation


def accept_invitation(*, by: User, invitation: TeamInvitation) -> TeamInvitation:
    """Join the team one was invited to; harmless when already done. From here on the person is bound to the idea."""
    with transaction.atomic():
        invitation = _locked_invitation(invitation)
        _require_own(by, invitation)
        if invitation.answer == TeamInvitation.Answer.ACCEPTED:
            return invitation
        if not invitation.waits:
            raise ValidationError(_("You declined this invitation. Ask the team to invite you again."))
        idea = invitation.idea
        if not takes_members(idea):
            raise ValidationError(_("This idea has ended, or was not handed in. You can no longer join its team."))
        _answer(by, "accept_invitation", [invitation], TeamInvitation.Answer.ACCEPTED)
        said = {name: getattr(invitation, name) for name in ("name", "organisation", "kind", "is_owner")}
        named = {"user": None, "name": invitation.name, "organisation": invitation.organisation}
        member = idea.members.filter(user=by).first() or idea.members.filter(**named).first()
        if member is None:
            _join(by=by, member=TeamMember(idea=idea, user=by, **said))
        else:  # was in the team by name only, or is asked to be an owner now
            was_in_it = member.user_id is not None
            owner = member.is_owner or invitation.is_owner
            change_values(by, "change_member", member, {"user": by, "kind": invitation.kind, "is_owner": owner})
            if not was_in_it:
                team_grew.send(Idea, by=by, idea=idea, merged=False)
    return invitation


def decline_invitation(*, by: User, invitation: TeamInvitation) -> TeamInvitation:
    """Say no to an invitation. The team reads that, and the address is erased. Harmless when already done."""
    with transaction.atomic():
        invitation = _locked_invitation(invitation)
        _require_own(by, invitation)
        if invitation.answer == TeamInvitation.Answer.ACCEPTED:
            raise ValidationError(_("You accepted this invitation. On the page of the team you can leave it."))
        if invitation.waits:
            _answer(by, "decline_invitation", [invitation], TeamInvitation.Answer.DECLINED)
    return invitation


def withdraw_invitation(*, by: User, invitation: TeamInvitation) -> TeamInvitation:
    """Take an invitation back: nobody can accept it any more, and nothing about the person stays."""
    with transaction.atomic():
        invitation = _locked_invitation(invitation)
        require(can_take_back_invitations(by, invitation.idea))
        if invitation.waits:
            _take_back(by, [invitation])
        elif invitation.answer != TeamInvitation.Answer.WITHDRAWN:
            raise ValidationError(_("This invitation was answered meanwhile."))
    return invitation


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
            _take_back_all(by, source)
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


def _join(*, by: User, member: TeamMember) -> None:
    member.full_clean()
    member.save()
    record_creation(by, "join_team", member)
    team_grew.send(Idea, by=by, idea=member.idea, merged=False)


def _locked_invitation(invitation: TeamInvitation) -> TeamInvitation:
    """The invitation as it is now, with its idea locked: whatever else happens to the team or the idea waits."""
    idea = _locked_row(invitation.idea)
    found = TeamInvitation.objects.select_related("version", "invited_by").get(pk=invitation.pk)
    found.idea = idea
    return found


def _require_own(by: User, invitation: TeamInvitation) -> None:
    """In the same words for another address and for an invitation that was taken back."""
    allowed = is_invited(by, invitation) or answered(by, invitation)
    require(allowed, _("This invitation is no longer there, or it is for another e-mail address. Nothing was changed."))


def _answer(by: User, deed: str, invitations: Collection[TeamInvitation], answer: TeamInvitation.Answer) -> None:
    """Write down what became of them, and keep no more of the person than that needs."""
    values: dict[str, Any] = {"answer": answer, "answered_at": timezone.now(), "email": ""}
    if answer == TeamInvitation.Answer.WITHDRAWN:
        values |= {"name": "", "organisation": ""}
    else:
        values["user"] = by
    with change_all(by, deed, invitations):
        TeamInvitation.objects.filter(pk__in=[row.pk for row in invitations]).update(**values)
    for row in invitations:
        for name, value in values.items():
            setattr(row, name, value)


def _take_back(by: User, invitations: Collection[TeamInvitation]) -> None:
    _answer(by, "withdraw_invitation", invitations, TeamInvitation.Answer.WITHDRAWN)


def _take_back_all(by: User, idea: Idea) -> None:
    """The idea ends here, so nobody can join it any more."""
    _take_back(by, list(idea.invitations.filter(answer=TeamInvitation.Answer.WAITING)))


def _refuse_too_many(by: User, idea: Idea) -> None:
    """So that nobody's mailbox is flooded: what waits counts, and what was sent in the last day and not accepted."""
    lately = Q(created_at__gt=timezone.now() - timedelta(days=1))
    unanswered = TeamInvitation.objects.exclude(answer=TeamInvitation.Answer.ACCEPTED)
    here = unanswered.filter(lately | Q(answer=TeamInvitation.Answer.WAITING), idea=idea).count()
    if here >= MOST_OF_AN_IDEA or unanswered.filter(lately, invited_by=by).count() >= MOST_IN_A_DAY:
        raise ValidationError(
            _(
                "Too many invitations are not answered yet. Wait for answers, or invite again tomorrow. Nothing was sent."
            )
        )


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
