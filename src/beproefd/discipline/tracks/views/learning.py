# SPDX-License-Identifier: EUPL-1.2
"""Writing a learning card, and doing what was decided."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import Assumption, Evidence, LearningCard
from beproefd.discipline.validation.queries import cards, register
from beproefd.discipline.validation.sentences import seen_text, verdict_text
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import tried

from .. import actions, queries
from ..forms import PIVOT_FIELDS, LearnForm
from ..rules import can_work_on
from .entry import address, enter_idea, page


def learn(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """We believed, we saw, so we learned, therefore we will."""
    idea = enter_idea(request, slug, reference)
    again = request.method == "POST" and _sent_before(idea, request.POST.get("request_key", ""))
    if again:
        return _after(idea, again)
    require(can_work_on(request.user, idea))
    known = {
        "assumptions": [line.assumption for line in register(request.user, idea)],
        "evidence": queries.usable_evidence(request.user, idea),
    }
    form = LearnForm(request.POST or None, initial=_start(request, idea, **known), **known)
    card = None
    if request.method == "POST":
        card = tried(
            form,
            lambda said: actions.decide_on_learning(
                by=request.user,
                idea=idea,
                values=form.values(),
                assumptions=form.chosen_assumptions(),
                evidence=form.chosen_evidence(),
                pivot=form.pivot(),
                request_key=said["request_key"],
            ),
        )
    if card:
        messages.success(request, _said(request, idea, card))
        return _after(idea, card)
    return page(
        request,
        "learn",
        _("Write a learning card"),
        idea,
        form=form,
        can_write=bool(known["assumptions"] and known["evidence"]),
        pivot_fields=[form[f"pivot_{name}"] for name in PIVOT_FIELDS],
        opens=bool(form.errors) and form["decision"].value() == LearningCard.Decision.PIVOT,
    )


def _start(
    request: HttpRequest, idea: Idea, assumptions: Sequence[Assumption], evidence: Sequence[Evidence]
) -> dict[str, Any]:
    """What the address fills in: assumptions and evidence by number (`aanname`, `bewijs`), or all of one test (`test`).

    What a test gave is the text of its verdict, what it tested, and what came from it.
    """
    numbers = request.GET.getlist("aanname"), request.GET.getlist("bewijs")
    about = {item.pk for item in assumptions if str(item.number) in numbers[0]}
    rests_on = {item.pk for item in evidence if item.idea_id == idea.pk and str(item.number) in numbers[1]}
    start: dict[str, Any] = {}
    test = next((line for line in cards(request.user, idea) if str(line.card.number) == request.GET.get("test")), None)
    if test:
        about |= {link.assumption_id for link in test.card.links.all()}
        rests_on |= {item.pk for item in evidence if item.card_id == test.card.pk}
        seen = verdict_text(test.card, test.reading) if test.reading else seen_text(test.card) if test.seen else ""
        start["observed"] = seen[: LearningCard._meta.get_field("observed").max_length]  # noqa: SLF001
    return start | {
        "assumptions": [str(item.pk) for item in assumptions if item.pk in about],
        "evidence": [str(item.pk) for item in evidence if item.pk in rests_on],
    }


def _sent_before(idea: Idea, key: str) -> LearningCard | None:
    """The card that this form made when it was sent the first time; the idea may have ended by it."""
    return next((card for card in LearningCard.objects.filter(idea=idea) if str(card.request_key) == key), None)


def _child(idea: Idea, card: LearningCard) -> Idea | None:
    """The changed idea that this card made, if it made one."""
    return Idea.objects.filter(pivot_of=idea, request_key=card.request_key).first()


def _after(idea: Idea, card: LearningCard) -> HttpResponse:
    child = _child(idea, card)
    if child:
        return redirect("tracks:home", idea.challenge.slug, child.reference)
    return redirect(address("validation:learning", idea) or address("tracks:home", idea))


def _said(request: HttpRequest, idea: Idea, card: LearningCard) -> str:
    """What happened, and what may come next: look at the canvas again, and close the cycle."""
    goes_on = _child(idea, card) or idea
    steps = []
    if card.decision != LearningCard.Decision.STOP:
        steps.append((address("validation:canvas_edit", goes_on), _("Change the canvas, if it no longer fits")))
    track = queries.track_of(request.user, idea)
    line = next((line for line in queries.cycle_lines(track) if line.is_current), None) if track else None
    if line and line.cycle.has_begun:
        label = _("Close cycle %(number)s") % {"number": line.cycle.number}
        steps.append((address("tracks:cycle", idea, line.cycle.number), label))
    links = format_html_join("", '<li><a href="{}">{}</a></li>', [step for step in steps if step[0]])
    return format_html("<p>{}</p><ul>{}</ul>", _done(card), links) if links else _done(card)


def _done(card: LearningCard) -> str:
    return {
        LearningCard.Decision.CONTINUE: _("The learning card is written. You go on with this idea."),
        LearningCard.Decision.PARK: _("The learning card is written. The idea is parked."),
        LearningCard.Decision.STOP: _(
            "The learning card is written. You stop, and others can learn from it. Well done."
        ),
        LearningCard.Decision.PIVOT: _("You go on with a changed idea. The assumptions and the hours came along."),
    }[LearningCard.Decision(card.decision)]
