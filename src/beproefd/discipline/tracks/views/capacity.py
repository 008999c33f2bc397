# SPDX-License-Identifier: EUPL-1.2
"""Hours and load: the team's own page, and the page for a line manager without an account."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beproefd.ui.buttons import press, tried

from .. import actions, queries
from ..forms import HoursForm
from ..models import Pulse
from ..pictures import load_picture, own_picture, team_picture
from ..queries.track import hours_complete
from ..rules import can_guide, can_work_on, sees_each_person
from .entry import enter, page


@require_safe
def team(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Who is in the team. For the team and its coach also the hours; for others only whether the list is complete."""
    idea, track = enter(request, slug, reference)
    shown = queries.capacity(request.user, track, idea)
    works = can_work_on(request.user, idea)
    return page(
        request,
        "team",
        _("Team"),
        idea,
        track=track,
        members=list(idea.members.all()),
        capacity=shown,
        complete=hours_complete(track),
        own_picture=own_picture(shown.own) if shown else None,
        hours_picture=team_picture(shown) if shown else None,
        load_picture=load_picture(shown) if shown else None,
        hour_steps=actions.HOUR_STEPS,
        loads=Pulse.Load.choices,
        pulses=bool(shown and shown.own and works and track.is_running),
        changes=works and track.is_open,
        guides=can_guide(request.user, idea),
    )


@require_POST
def pulse(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """One tap."""
    _idea, track = enter(request, slug, reference)
    said = {name: _number(request, name) for name in ("hours", "load")}
    noted = _("Noted. Until Sunday you can change it.")
    press(request, lambda: actions.give_pulse(by=request.user, track=track, **said), noted)
    return redirect("tracks:team", slug, reference)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def hours(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Agree on someone's hours: that person, or the coach."""
    idea, track = enter(request, slug, reference)
    member = next((member for member in idea.members.all() if member.pk == number and member.user), None)
    if member is None or not (member.user_id == request.user.pk or sees_each_person(request.user, idea)):
        raise Http404
    agreement = queries.own_agreement(request.user, track, member.user)
    form = HoursForm(request.POST or None, agreement=agreement)
    if request.method == "POST" and "again" in request.POST and agreement:
        sent = _("The line manager gets a new e-mail with a link.")
        press(request, lambda: actions.send_link_again(by=request.user, agreement=agreement), sent)
        return redirect("tracks:team", slug, reference)
    if request.POST and tried(
        form, lambda said: actions.agree_hours(by=request.user, track=track, user=member.user, **said)
    ):
        messages.success(request, _("Saved. The line manager gets an e-mail with a link."))
        return redirect("tracks:team", slug, reference)
    title = _("Hours of %(name)s") % {"name": member.name}
    return page(request, "hours", title, idea, track=track, form=form, agreement=agreement)


@never_cache
def sign_off(request: HttpRequest, token: str) -> HttpResponse:
    """The line manager's page. Who has the link may answer; looking changes nothing."""
    problem = ""
    if request.method == "POST" and request.POST.get("answer") in {"yes", "no"}:
        try:
            actions.sign_off_hours(token=token, agrees=request.POST["answer"] == "yes")
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        else:
            return redirect("tracks:sign_off", token)
    agreement = queries.agreement_behind(token)
    context = {"title": _("Hours for an idea"), "agreement": agreement, "problem": problem}
    return render(request, "tracks/sign_off.html", context, status=200 if agreement else 410)
