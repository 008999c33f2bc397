# SPDX-License-Identifier: EUPL-1.2
"""The way into the pages about an idea that is being worked out; the rooms above come in here too."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from beproefd.discipline.ideas.models import Idea

from .. import queries
from ..menu import menu
from ..rules import can_work_on


def enter_work(request: HttpRequest, slug: str, reference: str) -> Idea:
    """The idea, or 404 for who may not look in."""
    return get_object_or_404(queries.visible_work(request.user), challenge__slug=slug, reference=reference)


def page(request: HttpRequest, template: str, title: str, idea: Idea, **context: Any) -> HttpResponse:
    """A page in the room of this idea (validation/room.html)."""
    works = can_work_on(request.user, idea)
    frame = {"title": title, "idea": idea, "challenge": idea.challenge, "works": works}
    return render(request, template, frame | menu(request.path, idea, works=works) | context)


def form_page(
    request: HttpRequest, title: str, idea: Idea, *, form: Any, back: tuple[str, *tuple[int, ...]], **context: Any
) -> HttpResponse:
    """A page with one form and a way back; `back` is the name of an address and its numbers."""
    name, *numbers = back
    address = reverse(name, args=[idea.challenge.slug, idea.reference, *numbers])
    return page(request, "validation/form.html", title, idea, form=form, back=address, **context)
