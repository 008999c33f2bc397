# SPDX-License-Identifier: EUPL-1.2
"""How every idea page gets in: challenge and idea through the selectors, so what is hidden is simply not there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import visible_challenges, what_changed

from ..models import VERSION_FIELDS, Idea
from ..queries import visible_ideas


def enter(request: HttpRequest, slug: str) -> Challenge:
    """The challenge, or 404."""
    return get_object_or_404(visible_challenges(request.user), slug=slug)


def enter_idea(request: HttpRequest, slug: str, reference: str) -> Idea:
    """An idea the visitor may read, or 404."""
    challenge = enter(request, slug)
    idea = get_object_or_404(visible_ideas(request.user, challenge), reference=reference)
    idea.challenge = challenge
    return idea


def page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page about the ideas of a challenge, or about one idea."""
    if "idea" in context:
        context["challenge"] = context["idea"].challenge
    return render(request, f"ideas/{template}.html", context | {"title": title})


def newer_version(form: Any, idea: Idea) -> dict[str, Any]:
    """After a clash: the version someone else saved and what it changed. The next save goes on top of that one."""
    base = form.cleaned_data["base_number"]
    newest = idea.versions.select_related("author").order_by("-number").first()
    if newest.number == base:
        return {}
    form.put(base_number=newest.number)
    started_from = idea.versions.filter(number=base).first()
    return {"newer": newest, "newer_changes": what_changed(started_from, newest, VERSION_FIELDS)}
