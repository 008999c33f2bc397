# SPDX-License-Identifier: EUPL-1.2
"""Pages for a juror: declare, judge, withdraw, and in deliberation change a score or disagree."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea

from .. import actions, queries
from ..forms import (
    CANNOT,
    AssessmentForm,
    DeclarationForm,
    DissentForm,
    RecusalForm,
    ScoreChangeForm,
    score_choices,
)
from ..models import Assessment, Interest, Round, RoundState
from ..rules import can_run_jury
from ..sentences import described
from .entry import enter_challenge, enter_idea, enter_round


def room(request: HttpRequest, slug: str) -> HttpResponse:
    """The room: the juror's list, and what is needed to run the jury for who runs it."""
    challenge = enter_challenge(request, slug)
    jury_round = queries.current_round(request.user, challenge)
    runs = can_run_jury(request.user, challenge)
    if jury_round is None and not runs:
        raise Http404
    tasks = queries.own_tasks(request.user, jury_round) if jury_round else []
    assigned = [task for task in tasks if task.assigned]
    context = {
        "challenge": challenge,
        "round": jury_round,
        "runs": runs,
        "seat": queries.seat_of(request.user, jury_round) if jury_round else None,
        "tasks": assigned,
        "others": [task for task in tasks if not task.assigned],
        "done": sum(task.step == "done" for task in assigned),
    }
    if jury_round and runs:
        lines = queries.progress(request.user, jury_round)
        context |= {
            "progress": lines,
            "done_together": sum(line.done for line in lines),
            "total_together": sum(line.total for line in lines),
            "someone_has_work_left": any(line.seat.is_active and line.done < line.total for line in lines),
            "coverage": queries.coverage(request.user, jury_round),
            "checks": queries.scoring_readiness(request.user, jury_round),
            "open_interests": queries.visible_interests(request.user, jury_round)
            .filter(status=Interest.Status.OPEN)
            .count(),
        }
    elif jury_round:
        context["members"] = queries.jury_members(request.user, jury_round).filter(is_active=True)
    return render(request, "juries/room.html", context)


def idea(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """One idea: declare first, then read and judge; afterwards what the others gave."""
    jury_round = enter_round(request, slug)
    shown = enter_idea(request, jury_round, reference)
    readable = queries.readable_idea(request.user, jury_round, reference)
    if (
        readable is None or "free" in request.POST
    ):  # the word that nothing binds can be taken back, also from an old window
        return _declare(request, jury_round, shown)
    task = next(iter(queries.own_tasks(request.user, jury_round, among=[shown.pk])), None)
    own = queries.own_assessment(request.user, jury_round, shown)
    may_judge = bool(task and task.assigned and task.step in {"judge", "again"} and jury_round.takes_scores)
    form = None
    if may_judge or (request.method == "POST" and task):  # sent from a window where it could still be judged
        response, form = _judge(request, jury_round, shown, own)
        if response:
            return response
    names = {criterion.key: criterion for criterion in jury_round.rules.criteria}
    others = queries.assessments_of(request.user, jury_round, shown)
    changes = [
        change for change in queries.visible_changes(request.user, jury_round) if change.assessment.idea_id == shown.pk
    ]
    context = {
        "round": jury_round,
        "idea": readable,
        "task": task,
        "own": own,
        "form": form,
        "assessments": [
            (
                assessment,
                [(names[score.criterion], score) for score in assessment.scores.all() if score.criterion in names],
            )
            for assessment in others
        ],
        "changes": described(jury_round, changes),
        "can_change": bool(
            own and own.state == Assessment.State.SUBMITTED and jury_round.state == RoundState.DELIBERATION
        ),
        "can_recuse": task is not None and jury_round.takes_scores,
    }
    return render(request, "juries/idea.html", context)


def _declare(request: HttpRequest, jury_round: Round, shown: Idea) -> HttpResponse:
    if not jury_round.takes_scores:
        raise Http404
    bound = request.POST.get("free") == "no"
    asks = bound and "kind" not in request.POST  # who says yes is asked what it is, on the same page
    form = DeclarationForm(None if asks else request.POST or None, bound=bound, initial={"free": "no"} if asks else {})
    if request.method == "POST" and not asks and form.is_valid():
        free = form.cleaned_data["free"] == "yes"
        try:
            actions.declare(
                by=request.user,
                jury_round=jury_round,
                idea=shown,
                free=free,
                **({} if free else {name: form.cleaned_data[name] for name in ("kind", "note")}),
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            if free:
                return redirect("juries:idea", slug=jury_round.challenge.slug, reference=shown.reference)
            messages.success(request, _("Thank you. This idea goes to other jury members."))
            return redirect("juries:room", slug=jury_round.challenge.slug)
    return render(request, "juries/declare.html", {"round": jury_round, "idea": shown, "form": form})


def _judge(
    request: HttpRequest, jury_round: Round, shown: Idea, own: Assessment | None
) -> tuple[HttpResponse | None, AssessmentForm | None]:
    base = own if own and own.state == Assessment.State.DRAFT else None
    if request.method != "POST":
        form = AssessmentForm.filled(jury_round.rules, own, shown.current.number)
        form.initial["revision"] = base.revision if base else 0
        return None, form
    form = AssessmentForm(request.POST, rules=jury_round.rules)
    submit = "submit" in request.POST
    if form.is_valid():
        try:
            actions.save_assessment(
                by=request.user,
                jury_round=jury_round,
                idea=shown,
                version_number=form.cleaned_data["version_number"],
                revision=form.cleaned_data["revision"],
                scores=form.scores(),
                confidence=form.cleaned_data["confidence"],
                submit=submit,
            )
        except ValidationError as refusal:
            _place(form, refusal)
            _catch_up(form, shown, base)
        else:
            text = _("Your scores are handed in.") if submit else _("Your draft is saved. Only you can see it.")
            messages.success(request, text)
            if submit:
                return redirect("juries:room", slug=jury_round.challenge.slug), None
            return redirect("juries:idea", slug=jury_round.challenge.slug, reference=shown.reference), None
    return None, form


def _place(form: AssessmentForm, refusal: ValidationError) -> None:
    """Errors of the action are per criterion; the missing reason goes beside the reason, the rest beside the score."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for key, errors in refusal.error_dict.items():
        chosen = form.cleaned_data.get(f"score_{key}", "")
        field = f"reason_{key}" if chosen else f"score_{key}"
        form.add_error(field if field in form.fields else key if key in form.fields else None, errors)


def _catch_up(form: AssessmentForm, shown: Idea, base: Assessment | None) -> None:
    """After a stale form: keep what the juror typed, and let the next save start from what is there now."""
    form.put(version_number=shown.current.number, revision=base.revision if base else 0)


def recuse(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Something binds after all."""
    jury_round = enter_round(request, slug)
    shown = enter_idea(request, jury_round, reference)
    if queries.seat_of(request.user, jury_round) is None or not jury_round.takes_scores:
        raise Http404
    form = RecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.recuse(by=request.user, jury_round=jury_round, idea=shown, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Thank you. Your scores for this idea no longer count. The trace stays."))
            return redirect("juries:room", slug=slug)
    return render(request, "juries/recuse.html", {"round": jury_round, "idea": shown, "form": form})


def change_score(request: HttpRequest, slug: str, reference: str, key: str) -> HttpResponse:
    """Change one score in deliberation."""
    jury_round = enter_round(request, slug)
    shown = enter_idea(request, jury_round, reference)
    own = queries.own_assessment(request.user, jury_round, shown)
    criterion = next((criterion for criterion in jury_round.rules.criteria if criterion.key == key), None)
    score = next((score for score in own.scores.all() if score.criterion == key), None) if own else None
    if criterion is None or score is None:
        raise Http404
    if jury_round.state != RoundState.DELIBERATION and request.method != "POST":
        raise Http404
    now = CANNOT if score.value is None else str(score.value)
    form = ScoreChangeForm(request.POST or None, criterion=criterion, initial={"old_value": now, "value": now})
    if request.method == "POST" and form.is_valid():
        old, new = form.cleaned_data["old_value"], form.cleaned_data["value"]
        try:
            actions.change_score(
                by=request.user,
                jury_round=jury_round,
                idea=shown,
                criterion=key,
                value=None if new == CANNOT else int(new),
                reason=form.cleaned_data["reason"],
                old_value=int(old) if old in dict(score_choices(criterion)) and old != CANNOT else None,
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Changed. The old score and your reason stay in the record."))
            return redirect("juries:idea", slug=slug, reference=reference)
    context = {"round": jury_round, "idea": shown, "criterion": criterion, "form": form, "score": score}
    return render(request, "juries/change_score.html", context)


def dissent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that you do not agree."""
    jury_round = enter_round(request, slug)
    seat = queries.seat_of(request.user, jury_round)
    if seat is None or (jury_round.state != RoundState.DELIBERATION and request.method != "POST"):
        raise Http404
    existing = next(
        (note for note in queries.visible_dissents(request.user, jury_round) if note.seat_id == seat.pk), None
    )
    initial = {"text": existing.text, "is_named": existing.is_named} if existing else None
    form = DissentForm(request.POST or None, initial=initial, noted=existing is not None)
    if request.method == "POST" and form.is_valid():
        try:
            note = actions.note_dissent(by=request.user, jury_round=jury_round, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved.") if note else _("Your note was taken back. Nothing is noted now."))
            return redirect("juries:room", slug=slug)
    return render(request, "juries/form.html", {"round": jury_round, "form": form, "title": _("I do not agree")})
