# SPDX-License-Identifier: EUPL-1.2
"""The team's pages about sessions: start one, show its address, and see the paths people took."""

import io
from urllib.parse import urlsplit

import qrcode
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathImage

from beproefd.discipline.validation.queries import places, target_groups
from beproefd.discipline.validation.rules import can_work_on
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import tried

from .. import actions, queries
from ..forms import ResultForm, SessionForm
from ..models import Prototype, Session
from ..pathway import pathway, pressed
from ..sentences import path_in_words, yes_in_words
from .making import enter, own_pictures, page, to

HERE = {"127.0.0.1", "localhost", "::1"}  # a phone that opens this finds itself


@own_pictures
def session_new(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Start a session for a running test."""
    prototype = enter(request, slug, reference, number)
    require(can_work_on(request.user, prototype.idea))
    cards = queries.running_cards(request.user, prototype.idea)
    screens = queries.screens(request.user, prototype)
    groups = target_groups(request.user, prototype.idea)
    near = places(request.user, prototype.idea)
    form = SessionForm(request.POST or None, cards=cards, groups=groups, screens=screens, places=near)
    made = tried(form, lambda _said: actions.start_session(by=request.user, prototype=prototype, **form.values()))
    if made:
        messages.success(request, _("The session is ready. Open the address on the phone of the person."))
        return to("session", prototype, made.pk)
    return page(
        request,
        "session_new",
        _("Start a session"),
        prototype,
        form=form,
        cards=cards,
        screens=screens,
    )


@own_pictures
def session(request: HttpRequest, slug: str, reference: str, number: int, session: int) -> HttpResponse:
    """The address of a session as long as it is open; afterwards how it ended, and the question whether it succeeded.

    The address is for who works on the idea: with it one can answer as the tester.
    """
    prototype = enter(request, slug, reference, number)
    found = _session(request, prototype, session)
    works = can_work_on(request.user, prototype.idea)
    form = ResultForm(request.POST if request.method == "POST" else None)
    done = tried(form, lambda said: actions.confirm_session(by=request.user, session=found, result=said["result"]))
    if done:
        if not done.not_counted:
            messages.success(request, _("Saved. This session now counts in the test."))
        return to("session", prototype, found.pk)
    steps = found.steps.order_by("position").select_related("screen") if found.is_waiting else ()
    return page(
        request,
        "session",
        _("Session"),
        prototype,
        session=found,
        leads_here_only=leads_here_only(request),
        address=address(request, found) if found.is_live and works else "",
        form=form,
        path=path_in_words(prototype, steps) if steps else "",
        rule=yes_in_words(found),
    )


@require_safe
def session_qr(request: HttpRequest, slug: str, reference: str, number: int, session: int) -> HttpResponse:
    """The address as a square that a phone reads."""
    found = _session(request, enter(request, slug, reference, number), session)
    if not found.is_live or not can_work_on(request.user, found.prototype.idea):
        raise Http404
    out = io.BytesIO()
    qrcode.make(address(request, found), image_factory=SvgPathImage, border=2).save(out)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


@require_safe
@own_pictures
def paths(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """What people did: paths, faces, where they turned back or stopped. Numbers only."""
    prototype = enter(request, slug, reference, number)
    found = queries.paths(request.user, prototype)
    if found is None:
        raise Http404
    names = {line.screen.position: f"{line.screen.position}. {line.screen.title}" for line in found.lines}
    return page(
        request,
        "paths",
        _("Paths through %(title)s") % {"title": prototype.name},
        prototype,
        paths=found,
        drawing=pathway(found),
        pressed=pressed(found),
        ways=[(names[way.start], names.get(way.to), way.people) for way in found.ways],
    )


def address(request: HttpRequest, found: Session) -> str:
    """The whole address, to type over or to read with a phone.

    A demo runs where someone happens to start it, so there the visitor's own address is the one that works. Elsewhere
    it is the configured one: who asks must not decide where a tester is sent.
    """
    path = reverse("trying:welcome", args=[found.token])
    return request.build_absolute_uri(path) if settings.DEMO else settings.BASE_URL + path


def leads_here_only(request: HttpRequest) -> bool:
    """Whether this is a demo on the visitor's own computer, which a phone does not reach."""
    return settings.DEMO and urlsplit(request.build_absolute_uri()).hostname in HERE


def _session(request: HttpRequest, prototype: Prototype, pk: int) -> Session:
    found = next((row for row in queries.sessions(request.user, prototype) if row.pk == pk), None)
    if found is None:
        raise Http404
    return found
