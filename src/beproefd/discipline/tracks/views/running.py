# SPDX-License-Identifier: EUPL-1.2
"""The list, the first page of a track, its dates, its start, its cycles and its pause."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.rules import is_manager, require
from beproefd.ui.buttons import press, tried
from beproefd.ui.forms import ReasonForm

from .. import actions, queries
from ..forms import CloseForm, CoachForm, GoalForm, OpenForm, PlanForm
from ..models import Track
from ..pictures import cycle_picture
from ..rules import can_guide, can_open_track, can_work_on
from .entry import address, enter, enter_idea, page

FOR_THE_TEAM = {"validation:card_new", "tracks:learn"}  # pages that only who works on the idea can use


@require_safe
@login_required
def track_list(request: HttpRequest) -> HttpResponse:
    """Every track the visitor may see, and for the programme the winners that wait for one."""
    context = {
        "title": _("Follow-up"),
        "lines": queries.tracks(request.user),
        "waiting": queries.waiting_ideas(request.user),
        "manages": is_manager(request.user),
    }
    return render(request, "tracks/list.html", context)


def open_track(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Give a winning idea a coach and its dates."""
    found = [idea for idea in queries.waiting_ideas(request.user) if idea.reference == reference]
    idea = next((idea for idea in found if idea.challenge.slug == slug), None)
    if idea is None:
        raise Http404
    known = {"coaches": queries.possible_coaches(request.user, idea)}
    form = OpenForm(request.POST or None, **known)
    track = tried(form, lambda said: actions.open_track(by=request.user, idea=idea, **said)) if request.POST else None
    if track:
        messages.success(request, _("The track is open. The team and the coach can see it now."))
        return redirect("tracks:home", slug, reference)
    context = {"title": _("Open a track"), "idea": idea, "form": form, "challenge": idea.challenge}
    return render(request, "tracks/open.html", context)


@require_safe
def home(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Where a track stands, and what to do now."""
    idea = enter_idea(request, slug, reference)
    track = queries.track_of(request.user, idea)
    if track is None:
        return page(request, "no_track", idea.title, idea, manages=is_manager(request.user))
    track.idea = idea
    shown = queries.home(request.user, track, idea)
    if shown is None:
        raise Http404
    step = shown.next
    opens = can_work_on(request.user, idea) or step.where not in FOR_THE_TEAM
    return page(
        request,
        "home",
        idea.title,
        idea,
        track=track,
        home=shown,
        step_url=address(step.where, idea, *step.numbers) if opens else "",
        guides=can_guide(request.user, idea),
        checks=_with_addresses(shown.checks, idea),
        begun=_with_addresses(shown.begun.checks, idea) if shown.begun else [],
        learned=shown.learned,
        timeline=cycle_picture(shown.cycles),
    )


def _with_addresses(checks: list[queries.Check], idea: Idea) -> list[tuple[queries.Check, str]]:
    return [(check, address(check.where, idea) if check.where else "") for check in checks]


def plan(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Other dates or shorter cycles, before the start; another coach, as long as the track is open."""
    idea, track = enter(request, slug, reference)
    require(can_guide(request.user, idea))
    form = PlanForm(track=track)
    coach_form = None
    if can_open_track(request.user, idea) and track.is_open:
        known = {"coaches": queries.possible_coaches(request.user, idea)}
        coach_form = CoachForm(initial={"coach": idea.coach_id}, **known)
    done = None
    if request.method == "POST" and "coach" in request.POST and coach_form:
        coach_form = CoachForm(request.POST, **known)
        done = tried(coach_form, lambda said: actions.open_track(by=request.user, idea=idea, coach=said["coach"]))
    elif request.method == "POST":
        form = PlanForm(request.POST, track=track)
        done = tried(form, lambda said: actions.replan_track(by=request.user, track=track, **said))
    if done:
        messages.success(request, _("Saved."))
        return redirect("tracks:home", slug, reference)
    return page(request, "plan", _("Dates and coach"), idea, track=track, form=form, coach_form=coach_form)


def start(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """The start checklist: tick what only people can judge, and start."""
    idea, track = enter(request, slug, reference)
    guides = can_guide(request.user, idea)
    if not guides:
        require(can_work_on(request.user, idea))
    if track.state != Track.State.PREPARING:
        return redirect(address("tracks:home", idea) + "#start")
    checks = queries.start_checks(track)
    ready = all(check.done for check in checks)
    if request.method == "POST" and "tick" in request.POST:
        return _tick(request, track, slug, reference)
    said = request.POST if request.method == "POST" else None  # empty when everything is ready: no reason is asked
    form = ReasonForm(said, needed=not ready, label=_("Why?"))
    if request.method == "POST" and tried(
        form, lambda said: actions.start_track(by=request.user, track=track, reason=said["reason"])
    ):
        messages.success(request, _("The track has started."))
        return redirect("tracks:home", slug, reference)
    shown = _with_addresses(checks, idea)
    return page(request, "start", _("Ready to start?"), idea, track=track, checks=shown, ready=ready, guides=guides, form=form)  # fmt: skip


def _tick(request: HttpRequest, track: Track, slug: str, reference: str) -> HttpResponse:
    name, done = request.POST["tick"], request.POST.get("done") == "yes"
    press(request, lambda: actions.tick_start(by=request.user, track=track, name=name, done=done), _("Saved."))
    return redirect("tracks:start", slug, reference)


def cycle(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One cycle: its goal, what was learned in it, and closing it."""
    idea, track = enter(request, slug, reference)
    found = get_object_or_404(track.cycles, number=number)
    found.track = track
    goal_form, close_form = GoalForm(initial={"goal": found.goal}), CloseForm(initial={"answer": found.answer})
    if request.method == "POST" and "goal" in request.POST:
        goal_form = GoalForm(request.POST)
        if tried(goal_form, lambda said: actions.set_goal(by=request.user, cycle=found, goal=said["goal"])):
            messages.success(request, _("Saved."))
            return redirect("tracks:cycle", slug, reference, number)
    elif request.method == "POST":
        close_form = CloseForm(request.POST)
        if tried(close_form, lambda said: actions.close_cycle(by=request.user, cycle=found, answer=said["answer"])):
            messages.success(request, _("The cycle is closed. On to the next."))
            return redirect("tracks:home", slug, reference)
    lines = queries.cycle_lines(track)
    line = next(line for line in lines if line.cycle.number == number)
    return page(
        request,
        "cycle",
        _("Cycle %(number)s") % {"number": number},
        idea,
        track=track,
        line=line,
        cycle=found,
        goal_form=goal_form,
        close_form=close_form,
    )


def resume(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Go on after a pause."""
    idea, track = enter(request, slug, reference)
    if track.state != Track.State.PARKED and request.method != "POST":
        return redirect("tracks:home", slug, reference)
    if not can_guide(request.user, idea):
        require(can_work_on(request.user, idea))
    form = ReasonForm(request.POST or None, needed=True, label=_("Why?"))
    if request.POST and tried(
        form, lambda said: actions.resume_track(by=request.user, track=track, reason=said["reason"])
    ):
        messages.success(request, _("You go on. The dates moved as many days as the pause took."))
        return redirect("tracks:home", slug, reference)
    return page(request, "resume", _("Go on after the pause"), idea, track=track, form=form)


@require_POST
def finish(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """The time is over."""
    _idea, track = enter(request, slug, reference)
    finished = _("The track is finished. Thank you, team.")
    press(request, lambda: actions.finish_track(by=request.user, track=track), finished)
    return redirect("tracks:home", slug, reference)
