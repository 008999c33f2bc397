# SPDX-License-Identifier: EUPL-1.2
"""Objections, answers and joint decisions."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beproefd.discipline.ideas.models import Idea
from beproefd.ui.buttons import press, tried

from .. import actions, queries
from ..forms import ObjectionForm, ReplyForm, ResolveForm
from ..queries.dialogue import Thread
from .entry import enter_idea, page


def dialogue(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Everything said against it, and a form to say something."""
    idea = enter_idea(request, slug, reference)
    form = ObjectionForm(request.POST or None)
    made = None
    if request.method == "POST":
        made = tried(form, lambda said: actions.raise_objection(by=request.user, idea=idea, **said))
    if made:
        messages.success(request, _("Thank you. The team answers with evidence."))
        return redirect("tracks:objection", slug, reference, made.number)
    return page(
        request,
        "dialogue",
        _("Dialogue and action"),
        idea,
        threads=queries.threads(request.user, idea),
        form=form,
        takes_part=idea.is_followed_up,
    )


def objection(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One disagreement: the answers, and the way to one decision."""
    idea = enter_idea(request, slug, reference)
    thread = _thread(request, idea, number)
    known = {"evidence": queries.usable_evidence(request.user, idea)}
    owners = {"owners": queries.possible_owners(request.user, idea), "only_opinions": thread.only_opinions}
    reply_form, resolve_form = ReplyForm(**known), ResolveForm(**owners)
    done = None
    if request.method == "POST" and "decision" in request.POST:
        resolve_form = ResolveForm(request.POST, **owners)
        done = tried(
            resolve_form,
            lambda said: actions.resolve(
                by=request.user,
                objection=thread.objection,
                decision=said["decision"],
                owner=resolve_form.chosen_owner(),
                first_action=said["first_action"],
                due_on=said["due_on"],
                without_evidence=said.get("without_evidence", False),
            ),
        )
    elif request.method == "POST":
        reply_form = ReplyForm(request.POST, **known)
        done = tried(
            reply_form,
            lambda said: actions.reply_to(
                by=request.user,
                objection=thread.objection,
                text=said["text"],
                evidence=reply_form.chosen_evidence(),
                request_key=said["request_key"],
            ),
        )
    if done:
        messages.success(request, _("Saved."))
        return redirect("tracks:objection", slug, reference, number)
    return page(
        request,
        "objection",
        thread.objection.get_kind_display(),
        idea,
        thread=thread,
        reply_form=reply_form,
        resolve_form=resolve_form,
        takes_part=idea.is_followed_up,
    )


@require_POST
def tick(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The first action is done, or not after all."""
    idea = enter_idea(request, slug, reference)
    thread = _thread(request, idea, number)
    if thread.resolution is None:
        raise Http404
    thread.resolution.objection = thread.objection
    resolution, done = thread.resolution, request.POST.get("done") != "no"
    press(request, lambda: actions.tick_action(by=request.user, resolution=resolution, done=done), _("Saved."))
    return redirect("tracks:objection", slug, reference, number)


def _thread(request: HttpRequest, idea: Idea, number: int) -> Thread:
    found = queries.threads(request.user, idea, number)
    if not found:
        raise Http404
    found[0].objection.idea = idea
    return found[0]
