# SPDX-License-Identifier: EUPL-1.2
"""What someone practised: for that person, and for whom that person shares it with."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from beproefd.discipline.ideas.models import Idea, IdeaVersion
from beproefd.discipline.ideas.rules import is_in_team
from beproefd.ground.accounts.models import User

from ..models import Reflection, Share, Skill, Track
from ..rules import sees_each_person


@dataclass(frozen=True)
class Profile:
    """How often each skill was practised, in the order of `Skill`, and in how many cycles someone looked back."""

    user: User
    skills: list[tuple[str, int]]
    cycles: int


def own_reflections(viewer: Any) -> list[Reflection]:
    """Everything the viewer wrote, newest first. Only ever the viewer's own."""
    if not viewer.is_authenticated:
        return []
    return list(
        Reflection.objects.filter(user=viewer)
        .select_related("cycle__track__idea__challenge")
        .prefetch_related(
            "practices",
            Prefetch(
                "cycle__track__idea__versions", queryset=IdeaVersion.objects.order_by("-number"), to_attr="newest"
            ),
        )
        .order_by("-cycle__starts_on", "-pk")
    )


def own_profile(viewer: Any) -> Profile:
    """The viewer's own profile, over all tracks."""
    return _profile(viewer, own_reflections(viewer))


def own_shares(viewer: Any, track: Track) -> set[str]:
    """With whom the viewer shares in this track; not with a coach who came later."""
    shares = Share.objects.filter(track=track, user=viewer).filter(Q(coach=None) | Q(coach=track.idea.coach_id))
    return set(shares.values_list("audience", flat=True))


def shared_profiles(viewer: Any, track: Track, idea: Idea) -> list[Profile]:
    """Profiles of this track that its members share with the coach (for the coach) or with the team (for the team).

    Only skills and counts, never a sentence, and only of people who are in the team now.
    """
    if sees_each_person(viewer, idea):
        shares = Share.objects.filter(track=track, audience=Share.Audience.COACH, coach=viewer)
    elif is_in_team(viewer, idea):
        shares = Share.objects.filter(track=track, audience=Share.Audience.TEAM)
    else:
        return []
    sharing = set(shares.values_list("user_id", flat=True))
    people = [member.user for member in idea.members.all() if member.user_id in sharing and member.user_id != viewer.pk]
    written: dict[int, list[Reflection]] = {user.pk: [] for user in people if user}
    for reflection in Reflection.objects.filter(cycle__track=track, user__in=written).prefetch_related("practices"):
        written[reflection.user_id].append(reflection)
    return [_profile(user, written[user.pk]) for user in people if user]


def _profile(user: User, reflections: Iterable[Reflection]) -> Profile:
    reflections = list(reflections)
    counts = Counter(practice.skill for reflection in reflections for practice in reflection.practices.all())
    return Profile(user, [(skill.value, counts[skill.value]) for skill in Skill], len(reflections))


def own_export(viewer: Any) -> dict[str, Any]:
    """Everything about the viewer's own skills, to take along."""
    profile = own_profile(viewer)
    return {
        "format": "beproefd-skills-1",
        "skills": dict(profile.skills),
        "reflections": [
            {
                "idea": reflection.cycle.track.idea.title,
                "cycle": reflection.cycle.number,
                "from": reflection.cycle.starts_on.isoformat(),
                "until": reflection.cycle.ends_on.isoformat(),
                "written_on": reflection.written_on.isoformat(),
                "skills": sorted(practice.skill for practice in reflection.practices.all()),
                "sentence": reflection.sentence,
            }
            for reflection in own_reflections(viewer)
        ],
    }
