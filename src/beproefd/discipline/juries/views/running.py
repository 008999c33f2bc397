# SPDX-License-Identifier: EUPL-1.2
"""Pages for who runs the jury."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from beproefd.ground.accounts.models import User
from beproefd.ground.accounts.queries import possible_jurors
from beproefd.ui.forms import ReasonForm
from beproefd.ui.templatetags.ui import as_written

from .. import actions, queries
from ..forms import AnswerForm, AssignForm, DecideForm, ReportForm, SeatForm
from ..models import Interest, RoundState
from ..rules import can_decide_round, can_run_jury
from ..sentences import interest_paragraph
from .entry import do, enter_challenge, enter_idea, enter_round


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a round."""
    challenge = enter_challenge(request, slug)
    if not can_run_jury(request.user, challenge):
        raise Http404
    return do(
        request,
        lambda: actions.open_round(by=request.user, challenge=challenge),
        _("The jury round is started. Give the jury members their seats."),
        "juries:room",
        slug,
    )


def seat_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Give someone a seat."""
    jury_round = enter_round(request, slug, running=True)
    form = SeatForm(request.POST or None, people=possible_jurors(request.user).exclude(seats__round=jury_round))
    if request.method == "POST" and form.is_valid():
        try:
            seat = actions.seat_juror(by=request.user, jury_round=jury_round, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s has a seat in the jury.") % {"name": seat.name})
            return redirect("juries:room", slug=slug)
    return render(request, "juries/form.html", {"round": jury_round, "form": form, "title": _("A seat in the jury")})


@require_POST
def seat_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a seat away."""
    jury_round = enter_round(request, slug, running=True)
    seat = get_object_or_404(queries.jury_members(request.user, jury_round), pk=pk)
    return do(
        request,
        lambda: actions.remove_seat(by=request.user, seat=seat),
        _("This person no longer has a seat."),
        "juries:room",
        slug,
    )


@require_POST
def seat_activate(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Call an alternate in."""
    jury_round = enter_round(request, slug, running=True)
    seat = get_object_or_404(queries.jury_members(request.user, jury_round), pk=pk)
    return do(
        request,
        lambda: actions.activate_alternate(by=request.user, seat=seat),
        _("%(name)s is called in. Divide the ideas again.") % {"name": seat.name},
        "juries:room",
        slug,
    )


def seat_lay_down(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Someone leaves the jury during the work, with a reason."""
    jury_round = enter_round(request, slug, running=True)
    seat = get_object_or_404(queries.jury_members(request.user, jury_round), pk=pk)
    form = ReasonForm(request.POST or None, needed=True)
    if request.method == "POST" and form.is_valid():
        try:
            actions.lay_down_seat(by=request.user, seat=seat, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s left the jury. Divide the ideas again.") % {"name": seat.name})
            return redirect("juries:room", slug=slug)
    title = _("%(name)s leaves the jury") % {"name": seat.name}
    about = _(
        "Scores that were handed in still count. Ideas that were not judged yet go to others. The decision names who left."
    )
    return render(request, "juries/form.html", {"round": jury_round, "form": form, "title": title, "about": about})


def assign(request: HttpRequest, slug: str) -> HttpResponse:
    """Divide the ideas over the jurors."""
    jury_round = enter_round(request, slug, running=True)
    form = AssignForm(request.POST or None, initial={"per_idea": jury_round.rules.quorum})
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.assign_ideas(by=request.user, jury_round=jury_round, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            short = [c.idea.reference for c in queries.coverage(request.user, jury_round) if c.assigned < c.quorum]
            messages.success(
                request,
                ngettext("%(count)s judging task was divided.", "%(count)s judging tasks were divided.", added)
                % {"count": added},
            )
            if short:
                messages.warning(
                    request,
                    _("Too few free jury members for: %(ideas)s. Call in an alternate or decide about interests.")
                    % {"ideas": ", ".join(short)},
                )
            return redirect("juries:room", slug=slug)
    return render(request, "juries/form.html", {"round": jury_round, "form": form, "title": _("Divide the ideas")})


@require_POST
def scoring_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the ideas to the jury."""
    jury_round = enter_round(request, slug, running=True)
    return do(
        request,
        lambda: actions.open_scoring(by=request.user, jury_round=jury_round),
        _("The jury can start."),
        "juries:room",
        slug,
    )


@require_POST
def scoring_close(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the deliberation."""
    jury_round = enter_round(request, slug, running=True)
    return do(
        request,
        lambda: actions.close_scoring(by=request.user, jury_round=jury_round),
        _("Scoring is closed. The jury deliberates."),
        "juries:room",
        slug,
    )


@require_POST
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """Mail who has work left."""
    jury_round = enter_round(request, slug, running=True)
    return do(
        request,
        lambda: actions.send_reminders(by=request.user, jury_round=jury_round),
        lambda count: ngettext("%(count)s reminder sent.", "%(count)s reminders sent.", count) % {"count": count},
        "juries:room",
        slug,
    )


def interests(request: HttpRequest, slug: str) -> HttpResponse:
    """Suggested and declared interests, and the paragraph for the decision."""
    jury_round = enter_round(request, slug, running=True)
    people = User.objects.filter(seats__round=jury_round) | User.objects.filter(pk=request.user.pk)
    form = ReportForm(
        request.POST or None, people=people.distinct(), ideas=queries.visible_field(request.user, jury_round)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_interest(by=request.user, jury_round=jury_round, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Noted. This person no longer sees anything of this idea."))
            return redirect("juries:interests", slug=slug)
    found = list(queries.visible_interests(request.user, jury_round))
    binding = [interest for interest in found if interest.status == interest.Status.CONFIRMED]
    context = {"round": jury_round, "interests": found, "form": form, "paragraph": interest_paragraph(binding)}
    return render(request, "juries/interests.html", context)


@require_POST
def interest_decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirm or dismiss one suggestion."""
    jury_round = enter_round(request, slug, running=True)
    interest = get_object_or_404(queries.visible_interests(request.user, jury_round), pk=pk)
    form = ReasonForm(request.POST, needed=False)  # whether a reason is needed, the action says
    dismissed = "dismiss" in request.POST
    decide_so = actions.dismiss_interest if dismissed else actions.confirm_interest

    def decided() -> Interest:
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        return decide_so(by=request.user, interest=interest, reason=form.cleaned_data["reason"])

    done = _("Noted: this does not bind.") if dismissed else _("Noted: this binds.")
    return do(request, decided, done, "juries:interests", slug)


def answer(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Write the answer to one team."""
    jury_round = enter_round(request, slug, running=True)
    if jury_round.state != RoundState.DELIBERATION and request.method != "POST":
        raise Http404
    idea = enter_idea(request, jury_round, reference)
    if not queries.ideas_with_open_scores(request.user, jury_round, among=[idea.pk]):
        raise Http404  # the answer tells what others gave
    existing = queries.answers(request.user, jury_round).get(idea.pk)
    draft = queries.answer_draft(request.user, jury_round, idea)
    form = AnswerForm(
        request.POST or None,
        initial={
            "text": existing.text if existing else draft,
            "revision": existing.revision if existing else 0,
            "seen": queries.basis_of(jury_round, [idea])[idea.pk],
        },
    )
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_answer(by=request.user, jury_round=jury_round, idea=idea, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
            if existing and form.cleaned_data["revision"] != existing.revision:
                newer = existing  # shown beside the form; the next save starts from there
                form.put(revision=existing.revision)
        else:
            messages.success(request, _("The answer for %(reference)s is saved.") % {"reference": idea.reference})
            return redirect("juries:standings", slug=slug)
    context = {
        "round": jury_round,
        "idea": idea,
        "form": form,
        "newer": newer,
        "is_draft": existing is None,
        "again": draft if idea.pk in queries.answers_to_read_again(request.user, jury_round) else "",
    }
    return render(request, "juries/answer.html", context)


def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """The last look before the decision, and the decision."""
    jury_round = enter_round(request, slug, running=True)
    if not can_decide_round(request.user, jury_round):
        raise Http404
    if request.method == "POST" and jury_round.state == RoundState.DECIDED:  # pressed twice
        return redirect("juries:decision", slug=slug)
    if jury_round.state != RoundState.DELIBERATION and request.method != "POST":
        raise Http404
    seen = queries.what_is_decided(request.user, jury_round)
    form = DecideForm(request.POST if request.method == "POST" else None, initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_round(by=request.user, jury_round=jury_round, seen=form.cleaned_data["seen"])
        except ValidationError as refusal:
            form.refuse(refusal)
            if form.cleaned_data["seen"] != seen:  # the order as it is now stands on this page; the tick is given anew
                form.put(seen=seen, sure="")
        else:
            messages.success(request, _("The decision is taken and signed. Every team gets its answer."))
            return redirect("juries:decision", slug=slug)
    answers = queries.answers(request.user, jury_round)
    standings = queries.visible_standings(request.user, jury_round)
    again = queries.answers_to_read_again(request.user, jury_round)
    ideas = standings.ideas if standings else {}
    rows = [
        (line, ideas[line.idea], ideas[line.idea].pk in answers, ideas[line.idea].pk in again)
        for line in (standings.lines if standings else [])
    ]
    context = {
        "round": jury_round,
        "form": form,
        "rows": rows,
        "unanswered": [as_written(idea.title) for _line, idea, answered, _again in rows if not answered],
        "again": [as_written(idea.title) for _line, idea, _answered, stale in rows if stale],
    }
    return render(request, "juries/decide.html", context)


def void(request: HttpRequest, slug: str) -> HttpResponse:
    """Void the round, with a reason."""
    jury_round = enter_round(request, slug, running=True)
    form = ReasonForm(request.POST or None, needed=True)
    if request.method == "POST" and form.is_valid():
        try:
            actions.void_round(by=request.user, jury_round=jury_round, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The round is void. Its trace stays. You can start again."))
            return redirect("juries:room", slug=slug)
    return render(request, "juries/void.html", {"round": jury_round, "form": form})
