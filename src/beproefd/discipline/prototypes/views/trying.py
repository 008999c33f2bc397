# SPDX-License-Identifier: EUPL-1.2
"""The pages of who tries the screens: no account, no menu, one thing at a time, at their own pace, always a way back.

Every page is an address of its own, so the way back of the phone works too. Nothing here moves by itself.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.validation.models import Observation

from .. import actions, queries, walk
from ..forms import PressForm
from ..models import Session, Step
from .making import enter as enter_prototype
from .making import one_screen, own_pictures, served

DEVICE = "prototypes_tests"  # in the session cookie: which tests this device took part in, never which answers


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A calm page of its own, not for search engines."""
    answer = render(request, f"prototypes/trying/{template}.html", context | {"key": uuid.uuid4()})
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def open_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the session of this address; a calm page when it was used, is closed or was never there."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        session = queries.session_of(token)
        return closed(request, token) if session is None else view(request, session, *args, **kwargs)

    return opened


def closed(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an address that opens nothing. It does not tell the next one on this phone that someone stopped."""
    known = queries.session_of(token, stopping=True)
    how = "unknown" if known is None else "done" if known.state == Session.State.DONE else "closed"
    answer = page(request, "closed", how=how)
    answer.status_code = HTTPStatus.NOT_FOUND if known is None else HTTPStatus.GONE
    return answer


@never_cache
@own_pictures
@open_only
def welcome(request: HttpRequest, session: Session) -> HttpResponse:
    """What we do, what we keep, and do you take part? During a session: the explanation again, on asking."""
    if request.method == "POST":
        try:
            if "no" in request.POST:
                actions.decline(session=session)
                return redirect("trying:declined")
            if "yes" in request.POST:
                session = _join(request, session)
        except ValidationError:  # it closed just now, or the team took its screens away
            return closed(request, session.token)
    if session.state == Session.State.RUNNING and "uitleg" not in request.GET:
        return redirect("trying:step", session.token, queries.last_step(session).position)
    return page(
        request,
        "welcome",
        session=session,
        again=session.state == Session.State.OPEN and session.card_id in request.session.get(DEVICE, []),
        last=queries.last_step(session),
        explained=session.state != Session.State.OPEN or "verder" in request.GET,
    )


@never_cache
@own_pictures
@open_only
def step(request: HttpRequest, session: Session, at: int) -> HttpResponse:
    """One page of a session: the task, a screen, a question, or the end."""
    token = session.token
    found = queries.step_of(session, at)
    if found is None:
        return redirect("trying:welcome", token)
    if request.method == "POST":
        form = PressForm(request.POST)
        if not form.is_valid():
            return redirect("trying:step", token, at)
        pressed = form.cleaned_data["pressed"]
        if found.kind == Step.Kind.END and pressed == walk.ON:
            actions.finish(session=session)
            return redirect("trying:done")
        try:
            onward = actions.press(session=session, at=at, pressed=pressed, key=form.cleaned_data["key"])
        except ValidationError:
            return redirect("trying:welcome", token)  # leads to where the session stands
        return redirect("trying:step", token, onward.position)
    return _show(request, session, found)


def _join(request: HttpRequest, session: Session) -> Session:
    """Take part, and remember on this device that it did."""
    taken = request.session.get(DEVICE, [])
    session = actions.join(session=session, same_device=session.card_id in taken)
    request.session[DEVICE] = [*taken, session.card_id] if session.card_id not in taken else taken
    return session


def _show(request: HttpRequest, session: Session, found: Step) -> HttpResponse:
    known: dict[str, Any] = {"session": session, "step": found, "prototype": session.prototype}
    known["back"] = found.came_from is not None
    if found.kind == Step.Kind.SCREEN:
        picture = reverse("trying:picture", args=[session.token, found.screen_id]) if found.screen.image else ""
        return page(
            request, "screen", screen=found.screen, buttons=list(found.screen.buttons.all()), picture=picture, **known
        )
    if found.kind == Step.Kind.WHO:
        known["who"] = [
            (Observation.AnsweredBy.SELF, "person", _("The person alone")),
            (Observation.AnsweredBy.TOGETHER, "people", _("The person, with help")),
            (Observation.AnsweredBy.HELPER, "talk", _("The helper chose")),
        ]
    if "helper" not in request.GET and queries.asks_the_helper_first(found):
        return page(request, "handover", **known)
    return page(request, found.kind, **known)


@require_safe
@own_pictures
def screen_look(request: HttpRequest, slug: str, reference: str, number: int, screen: int) -> HttpResponse:
    """The team looks at a screen as a tester sees it; the buttons lead on, nothing is recorded."""
    prototype = enter_prototype(request, slug, reference, number)
    shown = one_screen(request, prototype, screen)
    screens = queries.screens(request.user, prototype)
    idea = prototype.idea

    def address(name: str, *rest: Any) -> str:
        return reverse(f"prototypes:{name}", args=[idea.challenge.slug, idea.reference, prototype.number, *rest])

    def leads(pressed: str) -> str:
        place = walk.leads_to(shown, pressed, screens)
        return address("screen_look", place.screen.pk) if place.screen else address("detail")

    return page(
        request,
        "screen",
        looking=True,
        screen=shown,
        prototype=prototype,
        picture=address("picture", shown.pk) if shown.image else "",
        links=[(button, leads(str(button.position))) for button in shown.buttons.all()],
        onward=leads(walk.ON),
        home=address("detail"),
    )


@require_POST
@never_cache
@own_pictures
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop in one press: erased at once. This page alone still holds the answers, and asks whether they may be kept.

    Who was asked that already (`sure`) is not asked again.
    """
    session = queries.session_of(token, stopping=True)
    if session is None or session.state in {Session.State.DONE, Session.State.DECLINED}:
        return closed(request, token)
    session, held = actions.stop(session=session)
    if not held or "sure" in request.POST:
        return redirect("trying:stopped")
    return page(request, "stopped", session=session, held=held)


@require_POST
@never_cache
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """The answers may be kept after all."""
    session = queries.session_of(token, stopping=True)
    if session is None or session.state in {Session.State.DONE, Session.State.DECLINED}:
        return closed(request, token)
    if session.state != Session.State.STOPPED:
        return redirect("trying:welcome", token)
    try:
        actions.keep_answers(session=session, held=request.POST.get("held", ""))
    except ValidationError:
        return redirect("trying:stopped")
    return redirect("trying:kept")


@require_safe
@never_cache
def picture(_request: HttpRequest, token: str, screen: int) -> HttpResponse:
    """The picture of a screen, for who is trying it now."""
    session = queries.session_of(token)
    if session is None:
        raise Http404
    return served(queries.picture_for_tester(session, screen))


@require_safe
@never_cache
@own_pictures
def goodbye(request: HttpRequest, how: str) -> HttpResponse:
    """The last page. It belongs to no session any more."""
    return page(request, "goodbye", how=how)
