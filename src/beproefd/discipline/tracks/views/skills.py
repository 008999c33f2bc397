# SPDX-License-Identifier: EUPL-1.2
"""Looking back on a cycle, the own profile, and the cards for daily work."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import press, tried

from .. import actions, queries
from ..forms import ReflectionForm
from ..models import Share, Skill
from ..rules import can_work_on, is_in_team
from ..skill_cards import CARDS
from .entry import enter, page


@require_safe
def skills(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """The own profile, what others share, and the cards."""
    idea, track = enter(request, slug, reference)
    in_team = is_in_team(request.user, idea)
    own = queries.own_reflections(request.user) if in_team else []
    mine = {reflection.cycle_id: reflection for reflection in own}
    begun = [cycle for cycle in track.cycles.all() if cycle.has_begun] if track.started_at else []
    counts = dict(queries.own_profile(request.user).skills) if in_team else {}
    shares = queries.own_shares(request.user, track) if in_team else set()
    return page(
        request,
        "skills",
        _("Skills"),
        idea,
        track=track,
        in_team=in_team,
        cycles=[(cycle, mine.get(cycle.pk)) for cycle in reversed(begun)] if in_team else [],
        reflections=own,
        cards=[(card, counts.get(card.skill.value, 0)) for card in CARDS],
        shares=[(value, label, value in shares) for value, label in Share.Audience.choices],
        shared=[
            (profile, [(Skill(skill).label, count) for skill, count in profile.skills if count])
            for profile in queries.shared_profiles(request.user, track, idea)
        ],
    )


def reflect(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One minute at the end of a cycle."""
    idea, track = enter(request, slug, reference)
    if not is_in_team(request.user, idea):
        raise Http404
    require(can_work_on(request.user, idea))
    cycle = get_object_or_404(track.cycles, number=number)
    cycle.track = track
    own = next((item for item in queries.own_reflections(request.user) if item.cycle_id == cycle.pk), None)
    form = ReflectionForm(request.POST or None, reflection=own)
    if request.POST and tried(form, lambda said: actions.write_reflection(by=request.user, cycle=cycle, **said)):
        messages.success(request, _("Saved. Only you can see this."))
        return redirect("tracks:skills", slug, reference)
    title = _("Look back on cycle %(number)s") % {"number": number}
    return page(request, "reflect", title, idea, form=form, cycle=cycle)


@require_POST
def share(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Share the profile with the coach or the team, or stop sharing."""
    _idea, track = enter(request, slug, reference)
    audience = request.POST.get("audience", "")
    if request.POST.get("on") == "yes":
        act, done = actions.share_skills, _("Shared. You can stop at any time.")
    else:
        act, done = actions.unshare_skills, _("No longer shared.")
    press(request, lambda: act(by=request.user, track=track, audience=audience), done)
    return redirect("tracks:skills", slug, reference)


@require_safe
@never_cache
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Everything of the visitor's own, as a file."""
    response = JsonResponse(queries.own_export(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="vaardigheden.json"'
    return response
