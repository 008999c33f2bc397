# SPDX-License-Identifier: EUPL-1.2
"""Test cards: plan, start, follow and close a test."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import press, tried

from .. import actions, queries
from ..designs import design_of, locked_design, people_needed
from ..forms import CardForm, DeviationForm, WhyForm
from ..models import Assumption, TestCard
from ..rules import can_work_on
from ..sentences import claim_text, crowd, peeking_text, screens_rule, short_text, verdict_text, verdict_word
from .entry import enter_work, form_page, page

ON_SCREENS = {TestCard.Method.PAPER, TestCard.Method.CLICK, TestCard.Method.WIZARD}
VERDICT_KINDS = {"SUPPORTED": "ok", "REFUTED": "error", "FUTILE": "warning", "CONTINUE": "info"}


def enter_card(request: HttpRequest, slug: str, reference: str, number: int) -> TestCard:
    """The card, or 404 for who may not look in."""
    idea = enter_work(request, slug, reference)
    card = get_object_or_404(TestCard.objects.select_related("group"), idea=idea, number=number)
    card.idea = idea
    return card


@require_safe
def card_list(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """All tests, with what came out."""
    idea = enter_work(request, slug, reference)
    lines = [
        {
            "card": line.card,
            "seen": line.seen,
            "word": verdict_word(line.reading.verdict) if line.reading else "",
            "kind": VERDICT_KINDS[line.reading.verdict] if line.reading else "neutral",
        }
        for line in queries.cards(request.user, idea)
    ]
    return page(request, "validation/cards.html", _("Tests"), idea, lines=lines)


def _form(viewer: Any, idea: Idea, data: Any = None, row: TestCard | None = None, about: str = "") -> CardForm:
    start: dict[str, Any] = {f"about_{about}": "yes"} if about else {}
    open_ones = Assumption.objects.filter(idea=idea, retired_reason="")
    groups = queries.target_groups(viewer, idea)
    return CardForm(data, row=row, initial=start, groups=groups, assumptions=list(open_ones))


def card_new(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Plan a test; "how many people?" answers before anything is saved."""
    idea = enter_work(request, slug, reference)
    form = _form(request.user, idea, request.POST or None, about=request.GET.get("aanname", ""))
    if request.method != "POST":
        require(can_work_on(request.user, idea))
    elif "look" not in request.POST:
        made = tried(
            form,
            lambda said: actions.plan_card(
                by=request.user,
                idea=idea,
                values=form.values(),
                assumptions=form.links(),
                request_key=said["request_key"],
            ),
        )
        if made:
            messages.success(request, _("The test card was saved. Start the test when you are ready."))
            return redirect("validation:card", slug, reference, made.number)
    return _write(request, idea, form, _("New test"))


def card_edit(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Change a card that nothing was observed on yet."""
    card = enter_card(request, slug, reference, number)
    form = _form(request.user, card.idea, request.POST or None, card)
    newer = []
    if request.method != "POST":
        require(can_work_on(request.user, card.idea))
        if card.is_locked:
            messages.warning(request, _("The first observation has locked this card."))
            return redirect("validation:card", slug, reference, number)
    elif form.is_valid() and "look" not in request.POST:
        try:
            actions.change_card(
                by=request.user,
                card=card,
                values=form.values(),
                assumptions=form.links(),
                seen=form.cleaned_data["seen"],
            )
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
            card = enter_card(request, slug, reference, number)
            newer = [] if card.is_locked else form.newer_than(_form(request.user, card.idea, None, card))
        else:
            messages.success(request, _("Saved."))
            return redirect("validation:card", slug, reference, number)
    return _write(
        request, card.idea, form, _("Change %(reference)s") % {"reference": card.reference}, newer=newer, card=card
    )


def _write(request: HttpRequest, idea: Idea, form: CardForm, title: str, **context: Any) -> HttpResponse:
    return page(
        request,
        "validation/card_form.html",
        title,
        idea,
        form=form,
        needed=_needed(form),
        about=form.about(),
        **context,
    )


def _needed(form: CardForm) -> Any:
    """How many people the test asks as it is filled in now, or None."""
    if not form.is_bound:
        plain = {name: form[name].initial for name in ("method", "right_from", "hope_for", "stakes")}
        plain = {name: value for name, value in plain.items() if value is not None}
    else:
        form.is_valid()
        plain = {
            name: form.cleaned_data[name]
            for name in ("method", "right_from", "hope_for", "stakes")
            if name in form.cleaned_data
        }
        if len(plain) < 4:
            return None
    try:
        return people_needed(design_of(TestCard(**plain)))
    except ValueError:
        return None


@require_safe
def card(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One test: the promise, the live result and what was observed."""
    shown = enter_card(request, slug, reference, number)
    return page(
        request,
        "validation/card.html",
        shown.reference,
        shown.idea,
        claim=claim_text(shown),
        needed=people_needed(locked_design(shown) if shown.is_locked else design_of(shown)),
        links=list(shown.links.select_related("assumption")),
        observations=list(shown.observations.select_related("group", "entered_by").order_by("-position")),
        deviations=list(shown.deviations.select_related("created_by")),
        screens_rule=screens_rule() if shown.method in ON_SCREENS else "",
        **live_context(shown),
    )


def live_context(card: TestCard) -> dict[str, Any]:
    """What the live result shows."""
    reading = queries.verdict_of(card)
    return {
        "card": card,
        "reading": reading,
        "verdict": verdict_word(reading.verdict) if reading else "",
        "verdict_kind": VERDICT_KINDS[reading.verdict] if reading else "info",
        "verdict_text": verdict_text(card, reading) if reading else "",
        "short": short_text(card, reading) if reading else "",
        "crowd": crowd(card) if reading else [],
        "peeking": peeking_text(card),
        "decided": bool(reading and reading.verdict != "CONTINUE"),
        "late": card.observations.filter(after_verdict=True).count() if reading else 0,
    }


@require_POST
def start(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """From now on observations count."""
    shown = enter_card(request, slug, reference, number)
    return _do(request, shown, actions.start_card, _("The test runs. You can write down what you see."))


@require_POST
def finish(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Close a test with its outcome."""
    shown = enter_card(request, slug, reference, number)
    return _do(request, shown, actions.finish_card, _("The test is closed. Write down what you learned."))


def _do(request: HttpRequest, shown: TestCard, action: Callable[..., Any], said: str) -> HttpResponse:
    press(request, lambda: action(by=request.user, card=shown), said)
    return redirect("validation:card", shown.idea.challenge.slug, shown.idea.reference, shown.number)


def drop(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Stop a test without an outcome."""
    shown = enter_card(request, slug, reference, number)
    form = WhyForm(request.POST or None)
    if tried(form, lambda said: actions.drop_card(by=request.user, card=shown, reason=said["reason"])):
        messages.success(request, _("The test has stopped. What you saw is kept."))
        return redirect("validation:card", slug, reference, number)
    title = _("Stop %(reference)s without an outcome") % {"reference": shown.reference}
    words = {"intro": shown.question, "button": _("Stop this test")}
    return form_page(request, title, shown.idea, form=form, back=("validation:card", number), **words)


def deviation(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Note what went otherwise."""
    shown = enter_card(request, slug, reference, number)
    form = DeviationForm(request.POST or None)
    if tried(form, lambda said: actions.note_deviation(by=request.user, card=shown, **said)):
        messages.success(request, _("Noted with the test."))
        return redirect("validation:card", slug, reference, number)
    title = _("Something went otherwise in %(reference)s") % {"reference": shown.reference}
    words = {"intro": shown.question, "button": _("Write it down")}
    return form_page(request, title, shown.idea, form=form, back=("validation:card", number), **words)
