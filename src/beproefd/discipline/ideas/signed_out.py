# SPDX-License-Identifier: EUPL-1.2
"""Pages for people who are signed in: whose session ended goes on after signing in, and loses no text."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .models import VERSION_FIELDS, IdeaVersion

UNSEEN = {"csrfmiddlewaretoken", "request_key", "base_number", "version_number", "revision", "seen", "old_value"}
UNSEEN |= {"reference", "met", "submit", "draft", "look", "sure", "remove", "confirm", "dismiss"}
UNSEEN |= {"withdraw", "accept", "decline"}


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Who is not signed in signs in first, whatever is at the address. What was sent comes back on the page, to copy."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        again = typed_again(request)
        if again is None:
            here = reverse("challenges:detail", args=[kwargs["slug"]]) if request.method == "POST" else None
            return redirect_to_login(here or request.get_full_path())
        return again

    return entered


def typed_again(request: HttpRequest) -> HttpResponse | None:
    """The page with what was sent, to copy; None when no text was sent."""
    said = [(_label(name), text) for name in request.POST for text in request.POST.getlist(name) if _told(name, text)]
    if not said:
        return None
    return render(request, "ideas/signed_out.html", {"said": said, "here": request.get_full_path()})


def _told(name: str, text: str) -> bool:
    return name not in UNSEEN and bool(text.strip())


def _label(name: str) -> str:
    """What the field was called, as far as its name says so."""
    if name in VERSION_FIELDS:
        field = IdeaVersion._meta.get_field(name)  # noqa: SLF001 -- Django's documented meta API
        return capfirst(str(getattr(field, "verbose_name", name)))
    for start, label in (("score_", _("Score")), ("reason_", _("Why?"))):
        if name.startswith(start):
            return f"{label} ({name.removeprefix(start).replace('-', ' ')})"
    return _("What you filled in")
