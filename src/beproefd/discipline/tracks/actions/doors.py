# SPDX-License-Identifier: EUPL-1.2
"""What every action here begins with: the track locked, the person allowed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from beproefd.discipline.validation.actions.doors import require_work

from ..models import NEXT_STATES, Track


def locked(track: Track) -> Track:
    """The track as it stands, with its row locked."""
    return Track.objects.select_for_update(of=("self",)).select_related("idea__challenge").get(pk=track.pk)


def enter(by: Any, track: Track) -> Track:
    """The locked track, for the team and its coach."""
    track = locked(track)
    require_work(by, track.idea)
    return track


def to_state(track: Track, state: str) -> None:
    """Move to the next state, if it follows."""
    if state not in NEXT_STATES[track.state]:
        raise ValidationError(
            _("This is not possible for a track that is “%(state)s”.") % {"state": track.get_state_display()}
        )
    track.state = state


def require_running(track: Track) -> None:
    """Refuse before the start, while parked, and after the end."""
    if not track.is_running:
        raise ValidationError(
            _("This is not possible for a track that is “%(state)s”.") % {"state": track.get_state_display()}
        )
