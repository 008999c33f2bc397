# SPDX-License-Identifier: EUPL-1.2
"""Reading ideas, as far as the viewer may see them: your own always, those of others after the deadline."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from beproefd.discipline.challenges.models import Challenge, Phase, Stimulus
from beproefd.ground.accounts.models import Role, User
from beproefd.ground.accounts.rules import is_coach, is_manager

from .models import Idea, IdeaState, IdeaVersion, TeamInvitation, TeamMember
from .rules import can_take_back_invitations, closed_idea_ids, competes, is_in_team, takes_members

TOLD = timedelta(days=30)  # so long a team reads that someone declined


def _with_contents(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    newest = IdeaVersion.objects.order_by("-number")
    return ideas.select_related("challenge", "merged_into").prefetch_related(
        Prefetch("versions", queryset=newest, to_attr="newest"),
        Prefetch("members", queryset=TeamMember.objects.select_related("user")),
    )


def own_ideas(viewer: Any, challenge: Challenge) -> QuerySet[Idea]:
    """Ideas the viewer is in the team of, or typed in for someone else and may still read."""
    if not viewer.is_authenticated:
        return Idea.objects.none()
    pks = Idea.objects.filter(_mine(viewer, [challenge]), challenge=challenge).values("pk")
    return _with_contents(Idea.objects.filter(pk__in=pks))


def own_ideas_in(viewer: Any, challenges: Iterable[Challenge]) -> dict[int, list[Idea]]:
    """`own_ideas` of several challenges, per challenge id; in the same few queries however many there are."""
    found: dict[int, list[Idea]] = defaultdict(list)
    if viewer.is_authenticated:
        asked = list(challenges)
        pks = Idea.objects.filter(_mine(viewer, asked), challenge__in=asked).values("pk")
        for idea in _with_contents(Idea.objects.filter(pk__in=pks)):
            found[idea.challenge_id].append(idea)
    return found


def _mine(viewer: Any, challenges: Collection[Challenge]) -> Q:
    typed_in = ~Q(channel=Idea.Channel.ONLINE) & Q(entered_by=viewer)
    return Q(members__user=viewer) | (typed_in & ~Q(pk__in=closed_idea_ids(viewer, challenges)))


def visible_ideas(viewer: Any, challenge: Challenge) -> QuerySet[Idea]:
    """What the idea pages show: your own, and for the programme and coaches the handed-in ones once the seal is off.

    Jury members read ideas in the jury room (juries.queries), after declaring that nothing binds them.
    A manager or coach who is in a team of this challenge is a competitor: the seal stays on for them until the decision.
    """
    if not viewer.is_authenticated:
        return Idea.objects.none()
    seen = Q(pk__in=own_ideas(viewer, challenge).values("pk"))
    if (is_manager | is_coach)(viewer) and not challenge.is_sealed and not competes(viewer, challenge):
        seen |= Q(submitted_at__isnull=False) & ~Q(pk__in=closed_idea_ids(viewer, [challenge]))
    return _with_contents(Idea.objects.filter(seen, challenge=challenge))


def own_invitations(viewer: Any) -> list[TeamInvitation]:
    """Invitations to a team that wait for the viewer's answer. Of the idea they tell the title and who invites."""
    if not viewer.is_authenticated:
        return []
    found = TeamInvitation.objects.filter(answer=TeamInvitation.Answer.WAITING, email=viewer.email.lower())
    return [
        item for item in found.select_related("version", "invited_by", "idea__challenge") if takes_members(item.idea)
    ]


def own_invitation(viewer: Any, challenge: Challenge, key: uuid.UUID) -> TeamInvitation | None:
    """The invitation with this key, when it waits for the viewer or the viewer answered it. Others do not find it."""
    if not viewer.is_authenticated:
        return None
    waiting = Q(answer=TeamInvitation.Answer.WAITING, email=viewer.email.lower())
    found = TeamInvitation.objects.filter(waiting | Q(user=viewer), idea__challenge=challenge, key=key)
    return found.select_related("version", "invited_by", "idea__challenge").first()


def visible_invitations(viewer: Any, idea: Idea) -> list[TeamInvitation]:
    """For the team: who has not answered yet, and who declined lately. Nobody else hears who was asked."""
    if not (is_in_team | can_take_back_invitations)(viewer, idea):
        return []
    waiting = Q(answer=TeamInvitation.Answer.WAITING)
    lately = Q(answer=TeamInvitation.Answer.DECLINED, answered_at__gt=timezone.now() - TOLD)
    since = {member.user_id for member in idea.members.all() if member.user_id}  # asked again, and then accepted
    return list(idea.invitations.filter(waiting | (lately & ~Q(user__in=since))))


def possible_coaches(idea: Idea) -> QuerySet[User]:
    """Coaches who may coach this idea: in no team that took part in the challenge, and not known to be tied to it.

    A coach reads everything a team does, so a competitor must not be one. For the rooms above; they decide who chooses.
    """
    racing = TeamMember.objects.filter(
        idea__challenge=idea.challenge_id, idea__state__in=(IdeaState.SUBMITTED, IdeaState.PIVOT), user__isnull=False
    )
    free = User.objects.filter(grants__role=Role.COACH, is_active=True).exclude(pk__in=racing.values("user"))
    tied = [user.pk for user in free if idea.pk in closed_idea_ids(user, [idea.challenge])]
    return free.exclude(pk__in=tied)


def submitted_ideas(challenge: Challenge) -> QuerySet[Idea]:
    """The field of the jury. For the rooms above; they decide who sees which."""
    return _with_contents(Idea.objects.filter(challenge=challenge, state=IdeaState.SUBMITTED)).order_by("reference")


@dataclass(frozen=True)
class Intake:
    """How intake goes, in numbers only; who manages it may know these while the seal is on."""

    submitted: int
    drafts: int
    seconds_left: float | None


def intake_numbers(viewer: Any, challenge: Challenge) -> Intake | None:
    """Counts for the programme; None for everyone else."""
    if not is_manager(viewer):
        return None
    states = list(Idea.objects.filter(challenge=challenge).values_list("state", flat=True))
    left = (challenge.deadline - timezone.now()).total_seconds() if challenge.deadline else None
    return Intake(states.count(IdeaState.SUBMITTED), states.count(IdeaState.DRAFT), left)


@dataclass(frozen=True)
class Similar:
    """Something that looks like what is being written. `likeness` is 0 to 1."""

    kind: str
    title: str
    text: str
    likeness: float
    idea: Idea | None = None
    stimulus: Stimulus | None = None


def similar_to(
    viewer: Any, challenge: Challenge, text: str, *, besides: Idea | None = None, most: int = 5
) -> list[Similar]:
    """Cards, lessons and ideas that look like `text`, most alike first. Sealed ideas of others are never compared."""
    from .similarity import likeness  # noqa: PLC0415 -- slow import (scikit-learn), kept out of the web start-up

    found = [
        Similar(card.kind, card.title, f"{card.title} {card.body}", 0.0, stimulus=card)
        for card in challenge.stimuli.all()
    ]
    decided = Idea.objects.filter(challenge__phase=Phase.DECIDED, state=IdeaState.SUBMITTED)
    ideas = {idea.pk: idea for idea in (*_with_contents(decided), *visible_ideas(viewer, challenge))}
    found += [Similar("idea", idea.title, idea.current.text, 0.0, idea=idea) for idea in ideas.values()]
    if besides:
        found = [similar for similar in found if not similar.idea or similar.idea.pk != besides.pk]
    values = likeness(text, [similar.text for similar in found])
    ranked = [
        Similar(item.kind, item.title, item.text, value, item.idea, item.stimulus)
        for item, value in zip(found, values, strict=True)
    ]
    return sorted((item for item in ranked if item.likeness >= 0.12), key=lambda item: -item.likeness)[:most]


def lineage(idea: Idea) -> list[Idea]:
    """The ideas that were merged into this one, in all generations."""
    found, queue = [], [idea]
    while queue:
        sources = list(_with_contents(Idea.objects.filter(merged_into__in=queue)))
        found += sources
        queue = sources
    return found
