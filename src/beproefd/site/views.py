# SPDX-License-Identifier: EUPL-1.2
"""Home, the log and the small files every site has."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.demo.city import TO_PRACTISE
from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.challenges.queries import visible_challenges, with_canvases
from beproefd.discipline.ideas.queries import own_ideas_in
from beproefd.discipline.juries.queries import decided_round, own_answers, waiting_for
from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.rules import is_administrator
from beproefd.ground.audit.models import Entry

from .deeds import DEEDS
from .middleware import too_large
from .waiting import waits_for


def home(request: HttpRequest) -> HttpResponse:
    """What is going on, and what waits for you."""
    challenges = with_canvases(visible_challenges(request.user)[:20])
    ideas = own_ideas_in(request.user, challenges)
    to_judge = waiting_for(request.user, challenges)
    running = [
        {"challenge": challenge, "ideas": ideas.get(challenge.pk, []), "to_judge": to_judge[challenge.pk]}
        for challenge in challenges
    ]
    real = [item for item in running if item["challenge"].title not in TO_PRACTISE.values()]
    context = {
        "first": real[0] if real else None,
        "outcome": _outcome(request.user, real[0]["challenge"]) if real else None,
        "others": real[1:],
        "exercises": [item for item in running if item not in real],
        "waiting": waits_for(request.user, challenges, to_judge),
        "answers": list(own_answers(request.user)[:20]),
    }
    return render(request, "site/home.html", context)


def _outcome(viewer: Any, challenge: Challenge) -> int | None:
    """How many ideas won, once that is public."""
    decided = decided_round(viewer, challenge)
    return len(json.loads(decided.package)["winners"]) if decided else None


def audit_log(request: HttpRequest) -> HttpResponse:
    """The log for administrators: who, what, when and digests; never contents."""
    if not is_administrator(request.user):
        raise Http404
    page = Paginator(Entry.objects.order_by("-sequence"), 50).get_page(request.GET.get("pagina"))
    keys = {entry.actor.removeprefix("user:") for entry in page if entry.actor.startswith("user:")}
    names = {f"user:{user.key}": user.name for user in User.objects.filter(key__in=keys)}
    rows = [(entry, names.get(entry.actor, entry.actor), DEEDS.get(entry.action, "")) for entry in page]
    return render(request, "site/audit_log.html", {"page": page, "rows": rows})


def page_about(subject: str) -> Callable[[HttpRequest], HttpResponse]:
    """A page about the site itself: privacy, accessibility or contact."""

    @require_safe
    def shown(request: HttpRequest) -> HttpResponse:
        return render(request, f"site/{subject}.html", {"address": settings.CONTACT})

    return shown


def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Where to report a security problem (RFC 9116)."""
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    address = settings.SECURITY_CONTACT.rpartition("<")[2].rstrip(">")
    text = f"Contact: mailto:{address}\nExpires: {expires}\nPreferred-Languages: nl, en\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    sentence = _("This request could not be read. Nothing was saved. Go back and try again.")
    return render(request, "site/refused.html", {"sentences": [sentence]}, status=400)
