# SPDX-License-Identifier: EUPL-1.2
"""Reflections and who may see them. In the log they stand without a name: what someone practises is that person's own."""

import uuid
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.actions import change, record_creation

from ..models import Cycle, Practice, Reflection, Share, Skill, Track
from ..rules import is_in_team
from .capacity import SOMEONE
from .doors import enter


def write_reflection(*, by: User, cycle: Cycle, skills: Collection[str], sentence: str = "") -> Reflection:
    """Which skills you practised in a cycle, and one sentence. Once per cycle; you can change it."""
    wanted = sorted(set(skills))
    with transaction.atomic():
        track = enter(by, cycle.track)
        require(is_in_team(by, track.idea), _("Only someone in the team can look back on a cycle."))
        if track.started_at is None or not cycle.has_begun:
            raise ValidationError(_("This cycle has not begun yet."))
        if not wanted or not set(wanted) <= set(Skill.values):
            raise ValidationError({"skills": _("Choose at least one skill.")})
        reflection = Reflection.objects.select_for_update(of=("self",)).filter(cycle=cycle, user=by).first()
        if reflection is None:
            reflection = Reflection(cycle=cycle, user=by, sentence=sentence.strip(), written_on=timezone.localdate())
            reflection.full_clean()
            reflection.save()
            _practise(reflection, wanted)
            record_creation(SOMEONE, "write_reflection", reflection)
            return reflection
        had = sorted(reflection.practices.values_list("skill", flat=True))
        if (had, reflection.sentence) == (wanted, sentence.strip()):
            return reflection
        with change(SOMEONE, "write_reflection", reflection):
            reflection.sentence = sentence.strip()
            reflection.full_clean()
            reflection.save()
            reflection.practices.all().delete()
            _practise(reflection, wanted)
    return reflection


def share_skills(*, by: User, track: Track, audience: str) -> Share:
    """Let the coach or the team see which skills you practised in this track. Your sentences stay yours.

    After a change of coach it is a new question, with a new answer.
    """
    with transaction.atomic():
        track = _own(by, track)
        if audience not in Share.Audience.values:
            raise ValidationError(_("Choose the coach or the team."))
        coach = track.idea.coach if audience == Share.Audience.COACH else None
        share = Share.objects.select_for_update(of=("self",)).filter(track=track, user=by, audience=audience).first()
        if share is None:
            share = Share(track=track, user=by, audience=audience, coach=coach, salt=uuid.uuid4())
            share.full_clean()
            share.save()
            record_creation(SOMEONE, "share_skills", share)
        elif share.coach != coach:
            with change(SOMEONE, "share_skills", share):
                share.coach = coach
                share.save(update_fields=["coach"])
    return share


def unshare_skills(*, by: User, track: Track, audience: str) -> None:
    """Take it back, at once. Also after the track has ended, or after leaving the team."""
    if audience not in Share.Audience.values:
        raise ValidationError(_("Choose the coach or the team."))
    with transaction.atomic():
        share = Share.objects.select_for_update().filter(track=track, user=by, audience=audience).first()
        if share:
            with change(SOMEONE, "unshare_skills", share):
                Share.objects.filter(pk=share.pk).delete()


def _own(by: User, track: Track) -> Track:
    track = Track.objects.select_for_update(of=("self",)).select_related("idea").get(pk=track.pk)
    require(is_in_team(by, track.idea))
    return track


def _practise(reflection: Reflection, skills: Collection[str]) -> None:
    Practice.objects.bulk_create([Practice(reflection=reflection, skill=skill) for skill in skills])
