# SPDX-License-Identifier: EUPL-1.2
"""Writing a learning card, and doing what was decided."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import LearningCard
from beproefd.discipline.validation.queries import register
from beproefd.ground.accounts.rules import require

from .. import actions, queries
from ..forms import PIVOT_FIELDS, LearnForm
from ..rules import can_work_on
from .entry import address, enter_idea, page, tried


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
    chosen = request.GET.getlist("aanname"), request.GET.getlist("bewijs")
    start = {
        "assumptions": [str(item.pk) for item in known["assumptions"] if str(item.number) in chosen[0]],
        "evidence": [str(item.pk) for item in known["evidence"] if str(item.number) in chosen[1]],
    }
    form = LearnForm(request.POST or None, initial=start, **known)
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
        messages.success(request, _done(card))
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


def _sent_before(idea: Idea, key: str) -> LearningCard | None:
    """The card that this form made when it was sent the first time; the idea may have ended by it."""
    return next((card for card in LearningCard.objects.filter(idea=idea) if str(card.request_key) == key), None)


def _after(idea: Idea, card: LearningCard) -> HttpResponse:
    child = Idea.objects.filter(pivot_of=idea, request_key=card.request_key).first()
    if child:
        return redirect("tracks:home", idea.challenge.slug, child.reference)
    return redirect(address("validation:learning", idea) or address("tracks:home", idea))


def _done(card: LearningCard) -> str:
    return {
        LearningCard.Decision.CONTINUE: _("The learning card is written. You go on."),
        LearningCard.Decision.PARK: _("The learning card is written. The idea is parked."),
        LearningCard.Decision.STOP: _(
            "The learning card is written. You stop, and others can learn from it. Well done."
        ),
        LearningCard.Decision.PIVOT: _("You go on with a changed idea. The assumptions and the hours came along."),
    }[LearningCard.Decision(card.decision)]
