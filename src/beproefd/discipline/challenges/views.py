# SPDX-License-Identifier: EUPL-1.2
"""The challenge pages: what it is, its canvas, its cards and its criteria."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beproefd.ground.accounts.rules import is_juror, is_team_member, require
from beproefd.ground.audit.chain import digest
from beproefd.ui.buttons import press
from beproefd.ui.charts import Chart, bars
from beproefd.ui.forms import ReasonForm

from . import actions, rulebook
from .forms import (
    CanvasForm,
    ChallengeForm,
    CriterionForm,
    DecisionRulesForm,
    LockForm,
    StimulusForm,
)
from .models import IN_FORCE, Challenge, CriteriaSet, CriteriaState, Criterion, Phase, Stimulus
from .queries import (
    canvas_history,
    intake_readiness,
    lock_readiness,
    lock_warnings,
    outcome_labels,
    timeline,
    visible_challenges,
    visible_criteria,
    visible_stimuli,
    what_changed,
    with_canvases,
    with_criteria_to_read,
)
from .rules import can_manage_challenges


def enter(request: HttpRequest, slug: str, *, managing: bool = False) -> Challenge:
    """The challenge, 404 for who may not see it; with `managing` 403 for who may see but not change it."""
    challenge = get_object_or_404(visible_challenges(request.user), slug=slug)
    if managing:
        require(can_manage_challenges(request.user))
    return challenge


def page(request: HttpRequest, template: str, challenge: Challenge, title: str, **context: Any) -> HttpResponse:
    """A page of a challenge."""
    context |= {"challenge": challenge, "title": title, "manages": can_manage_challenges(request.user)}
    return render(request, f"challenges/{template}.html", context)


# The challenge


@require_safe
def challenge_list(request: HttpRequest) -> HttpResponse:
    """Every challenge the visitor may open."""
    challenges = with_canvases(visible_challenges(request.user))
    return render(
        request, "challenges/list.html", {"challenges": challenges, "manages": can_manage_challenges(request.user)}
    )


def challenge_new(request: HttpRequest) -> HttpResponse:
    """Start a challenge; the canvas comes next."""
    require(can_manage_challenges(request.user))
    form = ChallengeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            challenge = actions.create_challenge(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The challenge was made. Now fill in the canvas."))
            return redirect("challenges:canvas_edit", challenge.slug)
    return render(request, "challenges/new.html", {"form": form})


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page of a challenge, with what the visitor can do now."""
    challenge = enter(request, slug)
    return _detail(request, challenge, ReasonForm(needed=challenge.takes_ideas))


def _detail(request: HttpRequest, challenge: Challenge, close_form: ReasonForm) -> HttpResponse:
    manages = can_manage_challenges(request.user)
    in_force = visible_criteria(request.user, challenge).filter(state__in=IN_FORCE).first()
    checks = intake_readiness(challenge) if manages and challenge.phase == Phase.PREPARING else []
    return page(
        request,
        "detail",
        challenge,
        challenge.title,
        canvas=challenge.canvas,
        outcomes=outcome_labels(challenge.canvas),
        timeline=timeline(challenge.canvas, deadline=challenge.deadline),
        criteria_set=in_force,
        rules=rulebook.parse(in_force.canonical) if in_force else None,
        has_draft=manages and challenge.criteria_sets.filter(state=CriteriaState.DRAFT).exists(),
        cards=visible_stimuli(request.user, challenge).count(),
        checks=checks,
        is_ready=all(check.done for check in checks),
        starts_ideas=challenge.takes_ideas and (manages or is_team_member(request.user)),
        judges=is_juror(request.user),
        close_form=close_form,
    )


@require_POST
def intake_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Let ideas in."""
    challenge = enter(request, slug, managing=True)
    done = _("Intake is open. Everyone can see this challenge now, and ideas can be handed in.")
    press(request, lambda: actions.open_intake(by=request.user, challenge=challenge), done)
    return redirect("challenges:detail", slug)


@require_POST
def intake_close(request: HttpRequest, slug: str) -> HttpResponse:
    """End intake."""
    challenge = enter(request, slug, managing=True)
    form = ReasonForm(request.POST, needed=challenge.takes_ideas)
    if form.is_valid():
        try:
            actions.close_intake(by=request.user, challenge=challenge, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Intake is closed. The jury can begin."))
            return redirect("challenges:detail", slug)
    return _detail(request, challenge, form)


# The canvas


def canvas_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version. After a clash the page shows the newer version beside the text that was typed."""
    challenge = enter(request, slug, managing=True)
    canvas = challenge.canvas
    form = CanvasForm(request.POST or None, canvas=canvas, is_public=challenge.phase != Phase.PREPARING)
    newer = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.revise_canvas(
                by=request.user,
                challenge=challenge,
                base_number=said["base_number"],
                values=form.values(),
                reason=said["change_reason"],
            )
        except ValidationError as refusal:
            form.refuse(refusal)
            challenge = enter(request, slug)
            if challenge.canvas and challenge.canvas.number != said["base_number"]:
                newer = challenge.canvas
                form.put(base_number=newer.number)
        else:
            messages.success(request, _("Saved."))
            return redirect("challenges:detail", slug)
    return page(
        request,
        "canvas_edit",
        challenge,
        _("Canvas"),
        form=form,
        canvas=canvas,
        newer=newer,
        newer_changes=_newer_than(challenge, form, newer) if newer else [],
    )


def _newer_than(challenge: Challenge, form: CanvasForm, newer: Any) -> list[Any]:
    base = challenge.canvas_versions.filter(number=form.cleaned_data["base_number"]).first()
    return what_changed(base, newer, actions.CANVAS_FIELDS)


@require_safe
def canvas_versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of the canvas."""
    challenge = enter(request, slug)
    versions = canvas_history(request.user, challenge)
    return page(request, "canvas_history", challenge, _("Versions of the canvas"), versions=versions)


@require_safe
def canvas_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version, with what it changed."""
    challenge = enter(request, slug)
    history = canvas_history(request.user, challenge)
    version = get_object_or_404(history, number=number)
    previous = history.filter(number__lt=number).first()
    return page(
        request,
        "canvas_version",
        challenge,
        _("Version %(number)s of the canvas") % {"number": number},
        version=version,
        previous=previous,
        newest=history.first(),
        changes=what_changed(previous, version, actions.CANVAS_FIELDS),
        outcomes=outcome_labels(version),
        timeline=timeline(version),
    )


# The cards


@require_safe
def stimuli(request: HttpRequest, slug: str) -> HttpResponse:
    """All cards."""
    challenge = enter(request, slug)
    return page(
        request, "stimuli", challenge, _("Stimulus cards"), cards=list(visible_stimuli(request.user, challenge))
    )


def stimulus_form(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Make a card, or change one."""
    challenge = enter(request, slug, managing=True)
    stimulus = get_object_or_404(visible_stimuli(request.user, challenge), pk=pk) if pk is not None else None
    form, newer = StimulusForm(request.POST or None, stimulus=stimulus), []
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_stimulus(
                by=request.user,
                challenge=challenge,
                values=form.values(),
                stimulus=stimulus,
                seen=form.cleaned_data["seen"],
                request_key=form.cleaned_data["request_key"],
            )
        except ValidationError as refusal:
            form.refuse(refusal)
            newer = form.newer_than(StimulusForm(stimulus=stimulus))
        else:
            messages.success(request, _("The card was saved."))
            return redirect("challenges:stimuli", slug)
    title = _("Change a card") if stimulus else _("New card")
    return page(request, "stimulus_form", challenge, title, form=form, stimulus=stimulus, newer=newer)


@never_cache
@require_safe
def draw(request: HttpRequest, slug: str) -> HttpResponse:
    """One card at a time, in a random order, for a session with a group. What was seen travels in the address."""
    challenge = enter(request, slug)
    kind = request.GET.get("soort", "")
    kind = kind if kind in Stimulus.Kind.values else ""
    cards = list(visible_stimuli(request.user, challenge))
    kinds = sorted({(card.kind, card.get_kind_display()) for card in cards}, key=lambda pair: pair[1])
    pile = [card for card in cards if not kind or card.kind == kind]
    named = request.GET.get("gezien", "").split(",")
    seen = [str(card.pk) for card in pile if str(card.pk) in named]
    left = [card for card in pile if str(card.pk) not in seen]
    card = secrets.choice(left) if left else None
    return page(
        request,
        "draw",
        challenge,
        _("Draw a card"),
        card=card,
        kind=kind,
        kinds=kinds,
        seen=",".join([*seen, str(card.pk)] if card else seen),
        place=len(seen) + 1,
        total=len(pile),
        starts_ideas=challenge.takes_ideas,
    )


# The criteria


@require_safe
def criteria(request: HttpRequest, slug: str) -> HttpResponse:
    """The published criteria for everyone; for the programme also the workbench of the draft."""
    challenge = get_object_or_404(with_criteria_to_read(request.user), slug=slug)
    sets = list(visible_criteria(request.user, challenge).prefetch_related("criteria"))
    published = [{"set": item, "rules": rulebook.parse(item.canonical)} for item in sets if item.is_locked]
    draft = next((item for item in sets if not item.is_locked), None)
    current = next((item for item in published if item["set"].state in IN_FORCE), None)
    if draft:
        draft.challenge = challenge
    checks = lock_readiness(draft) if draft else []
    return page(
        request,
        "criteria",
        challenge,
        _("Criteria of the jury"),
        current=current,
        chart=_weights(current["rules"]) if current else None,
        older=[item for item in published if item is not current],
        draft=draft,
        checks=checks,
        is_ready=all(check.done for check in checks),
        warnings=lock_warnings(request.user, draft) if draft else [],
        opens_challenge=visible_challenges(request.user).filter(pk=challenge.pk).exists(),
    )


def _weights(rules: rulebook.Rulebook) -> Chart:
    items = [(criterion.name, criterion.weight) for criterion in rules.weighted]
    return bars(items, caption=_("How heavily each criterion counts"), axis=_("Weight, of 100"), domain=(0, 100))


def _draft(request: HttpRequest, challenge: Challenge) -> CriteriaSet:
    """The draft of the criteria, or 404. A form sent after the lock gets the locked set, so that the action can refuse
    it beside the text that was typed.
    """
    draft = visible_criteria(request.user, challenge).first()
    if draft is None or (draft.is_locked and request.method != "POST"):
        raise Http404
    draft.challenge = challenge
    return draft


def criteria_rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Scale, quorum, winners and tie-break of the draft."""
    challenge = enter(request, slug, managing=True)
    draft = _draft(request, challenge)
    form, newer = DecisionRulesForm(request.POST or None, criteria_set=draft), []
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        seen = said.pop("seen")
        try:
            actions.set_decision_rules(by=request.user, criteria_set=draft, values=said, seen=seen)
        except ValidationError as refusal:
            form.refuse(refusal)
            newer = form.newer_than(DecisionRulesForm(criteria_set=draft))
        else:
            messages.success(request, _("Saved."))
            return redirect("challenges:criteria", slug)
    return page(request, "criteria_rules", challenge, _("Rules of the decision"), form=form, draft=draft, newer=newer)


def criterion_form(request: HttpRequest, slug: str, key: str | None = None) -> HttpResponse:
    """Add a criterion to the draft, or change one."""
    challenge = enter(request, slug, managing=True)
    draft = _draft(request, challenge)
    criterion = get_object_or_404(draft.criteria, key=key) if key is not None else None
    knock_out = criterion.kind == Criterion.Kind.KNOCK_OUT if criterion else request.GET.get("soort") == "knock-out"
    kind = Criterion.Kind.KNOCK_OUT if knock_out else Criterion.Kind.WEIGHTED
    form, newer = CriterionForm(request.POST or None, criteria_set=draft, kind=kind, criterion=criterion), []
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_criterion(
                by=request.user,
                criteria_set=draft,
                values=form.values(),
                anchors=form.anchors(),
                criterion=criterion,
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            form.refuse(refusal)
            newer = form.newer_than(CriterionForm(criteria_set=draft, kind=kind, criterion=criterion))
        else:
            messages.success(request, _("The criterion was saved."))
            return redirect("challenges:criteria", slug)
    if criterion:
        title = _("Change a criterion")
    else:
        title = _("New knock-out criterion") if knock_out else _("New weighted criterion")
    return page(
        request, "criterion_form", challenge, title, form=form, criterion=criterion, knock_out=knock_out, newer=newer
    )


@require_POST
def criterion_remove(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Take a criterion out of the draft."""
    challenge = enter(request, slug, managing=True)
    criterion = _draft(request, challenge).criteria.filter(key=key).first()
    if criterion:
        actions.remove_criterion(by=request.user, criterion=criterion)
        messages.success(request, _("The criterion “%(name)s” was removed.") % {"name": criterion.name})
    return redirect("challenges:criteria", slug)


def criteria_lock(request: HttpRequest, slug: str) -> HttpResponse:
    """Read everything once more, then lock. Refused when the draft is no longer what was read."""
    challenge = enter(request, slug, managing=True)
    draft = _draft(request, challenge)
    if draft.is_locked:  # sent twice
        return redirect("challenges:criteria", slug)
    now = digest(draft)
    form = LockForm(request.POST or None, initial={"seen": now})
    if request.method == "POST" and form.is_valid():
        try:
            actions.lock_criteria(by=request.user, criteria_set=draft, seen=form.cleaned_data["seen"])
        except ValidationError as refusal:
            form.refuse(refusal)
            form.put(seen=now)
        else:
            messages.success(request, _("The criteria are locked and published."))
            return redirect("challenges:criteria", slug)
    checks = lock_readiness(draft)
    return page(
        request,
        "criteria_lock",
        challenge,
        _("Lock the criteria"),
        form=form,
        draft=draft,
        criteria=list(draft.criteria.all()),
        checks=checks,
        warnings=lock_warnings(request.user, draft),
        is_ready=all(check.done for check in checks),
    )


def criteria_new_version(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the criteria, or a new version of published ones with the reason for it."""
    challenge = enter(request, slug, managing=True)
    published = challenge.criteria_sets.exclude(state=CriteriaState.DRAFT).exists()
    form = ReasonForm(request.POST or None, needed=published)
    if request.method == "POST" and form.is_valid():
        try:
            actions.draft_criteria(by=request.user, challenge=challenge, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("There is a draft of the criteria now. Only the programme sees it until you lock it.")
            )
            return redirect("challenges:criteria", slug)
    return page(request, "criteria_new_version", challenge, _("New version of the criteria"), form=form)


@require_safe
def criteria_file(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """The published document, byte for byte as its fingerprint was taken."""
    challenge = get_object_or_404(with_criteria_to_read(request.user), slug=slug)
    published = visible_criteria(request.user, challenge).exclude(state=CriteriaState.DRAFT)
    criteria_set = get_object_or_404(published, version=version)
    response = HttpResponse(criteria_set.canonical.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="criteria-{challenge.slug}-v{version}.json"'
    return response
