# SPDX-License-Identifier: EUPL-1.2
"""How every page gets in: challenge and round through the selectors, so what is hidden is simply not there."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import visible_challenges
from beproefd.discipline.ideas.models import Idea
from beproefd.ui.buttons import press

from ..models import Round
from ..queries import current_round, visible_field
from ..rules import can_run_jury


def enter_challenge(request: HttpRequest, slug: str) -> Challenge:
    """The challenge, or 404."""
    return get_object_or_404(visible_challenges(request.user), slug=slug)


def enter_round(request: HttpRequest, slug: str, *, running: bool = False) -> Round:
    """The current round, or 404; with `running` only for who runs the jury."""
    challenge = enter_challenge(request, slug)
    jury_round = current_round(request.user, challenge)
    if jury_round is None or (running and not can_run_jury(request.user, challenge)):
        raise Http404
    return jury_round


def enter_idea(request: HttpRequest, jury_round: Round, reference: str) -> Idea:
    """An idea that exists for this person, or 404."""
    return get_object_or_404(visible_field(request.user, jury_round), reference=reference)


def do(
    request: HttpRequest, action: Callable[[], Any], done: str | Callable[[Any], str], to: str, slug: str
) -> HttpResponse:
    """Run an action behind a single button and go back to a page with the outcome as a message."""
    press(request, action, done)
    return redirect(to, slug=slug)
