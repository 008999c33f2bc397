# SPDX-License-Identifier: EUPL-1.2
"""The way into a track, and what every page here needs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.views import entry as validation

from .. import queries
from ..models import Track

enter_idea = validation.enter_work


def enter(request: HttpRequest, slug: str, reference: str) -> tuple[Idea, Track]:
    """The idea and its track, or 404 for who may not look in and where no track is open."""
    idea = validation.enter_work(request, slug, reference)
    track = queries.track_of(request.user, idea)
    if track is None:
        raise Http404
    track.idea = idea
    return idea, track


def page(request: HttpRequest, template: str, title: str, idea: Idea, **context: Any) -> HttpResponse:
    """A page in the room of this idea."""
    return validation.page(request, f"tracks/{template}.html", title, idea, **context)


def address(name: str, idea: Idea, *numbers: int) -> str:
    """The address of a page about this idea; empty when that room is not there."""
    try:
        return reverse(name, args=[idea.challenge.slug, idea.reference, *numbers])
    except NoReverseMatch:
        return ""
