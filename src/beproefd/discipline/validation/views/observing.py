# SPDX-License-Identifier: EUPL-1.2
"""Writing down what you see: one tap per person, also without a connection (static/validation/observe.js)."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.ground.accounts.rules import require
from beproefd.ui.forms import SureForm

from .. import actions, queries
from ..actions import Seen
from ..forms import ObserveForm, WhyForm
from ..models import Observation, TestCard
from ..rules import can_work_on, has_worked_on
from .cards import enter_card, live_context
from .entry import form_page, page

OUTCOMES = {"yes": True, "no": False, "none": None}


@require_safe
def live(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The live result alone, for refreshing it: on the page of the test, or on the form for observations."""
    card = enter_card(request, slug, reference, number)
    part = "standing" if "waarnemen" in request.GET else "live"
    return render(request, f"validation/parts/{part}.html", live_context(card))


def observe(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The form on a phone. Works without a script; with it, also without a connection."""
    card = enter_card(request, slug, reference, number)
    if request.method != "POST":
        require(has_worked_on(request.user, card.idea))
    groups = queries.target_groups(request.user, card.idea)
    places = queries.places(request.user, card.idea)
    last = queries.last_written(request.user, card)
    form = ObserveForm(request.POST or None, card=card, groups=groups, places=places, last=last)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if request.POST.get("outcome") not in OUTCOMES:
            form.add_error(None, _("Press one of the buttons: yes, no, or no answer."))
        else:
            seen = Seen(
                key=said["request_key"],
                outcome=OUTCOMES[request.POST["outcome"]],
                seen_at=timezone.now(),
                arm=said.get("arm", ""),
                group=int(said["group"]) if said.get("group") else None,
                place=said["place"],
                note=said["note"],
                answered_by=said["answered_by"],
            )
            row = _write_down(request, form, card, seen)
            if row:
                return redirect(f"{request.path}?net={row.position}#net")
    return page(
        request,
        "validation/observe.html",
        _("Write down what you see"),
        card.idea,
        form=form,
        just=last if last and request.GET.get("net") == str(last.position) else None,
        script_texts=_script_texts(),
        **live_context(card),
    )


def _write_down(request: HttpRequest, form: ObserveForm, card: TestCard, seen: Seen) -> Observation | None:
    """One observation; why it was not taken stands above the form."""
    try:
        taken, refused = actions.observe(by=request.user, card=card, seen=[seen])
    except (ValidationError, PermissionDenied) as refusal:
        form.refuse(refusal)
        return None
    if refused:
        form.add_error(None, refused[0].reason)
        return None
    if "[…]" in taken[0].note:
        messages.info(request, _("We left an address or a number of a person out of your note."))
    return taken[0]


def _script_texts() -> dict[str, Any]:
    return {
        "offline": _("There is no connection. What you tap is kept on this phone."),
        "waiting": _("Kept on this phone, waiting for a connection:"),
        "written": _("Written down:"),
        "outcomes": {"yes": _("yes"), "no": _("no"), "none": _("no answer")},
        "helped": _("no, because it was with help"),
        "undone": _("Undone. Nothing was kept of it."),
        "press": _("Press one of the buttons: yes, no, or no answer."),
        "way": _("Say first which way this person got. Then press again."),
        "sent": _("Everything was sent."),
        "gone": _("You can no longer open this test. Ask the team to write it down."),
        "refused": _("Not taken:"),
        "again": _("Try again"),
        "away": _("Throw away"),
        "signed_out": _("You are signed out. What you wrote is kept on this phone. Sign in again and come back here."),
    }


@require_POST
def pile(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """A pile of observations as JSON, from a phone that was offline. Answers per key what was taken or refused."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_out": True}, status=401)
    card = enter_card(request, slug, reference, number)
    unreadable: dict[str, str] = {}
    try:
        sent = json.loads(request.body)
        seen = _read_pile(sent["observations"], unreadable)
        if sent["who"] != str(request.user.pk):  # someone else signed in on this phone
            return JsonResponse({"signed_out": True}, status=401)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return JsonResponse(
            {"error": _("This could not be read. Nothing was taken; it is kept on the phone.")}, status=400
        )
    try:
        taken, refused = actions.observe(by=request.user, card=card, seen=seen)
    except (ValidationError, PermissionDenied) as refusal:
        sentence = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
        taken, refused = [], [actions.Refused(item.key, sentence) for item in seen]  # the phone lets the person decide
    card = TestCard.objects.select_related("group").get(pk=card.pk)
    return JsonResponse(
        {
            "taken": [str(row.key) for row in taken],
            "refused": unreadable | {str(item.key): item.reason for item in refused},
            "live": render_to_string("validation/parts/standing.html", live_context(card), request),
        }
    )


def _read_pile(rows: list[dict[str, Any]], unreadable: dict[str, str]) -> list[Seen]:
    """What can be read; one row that cannot must not hold up the others. Raises what a row without a key raises."""
    seen = []
    for row in rows:
        key = str(uuid.UUID(str(row["key"])))
        try:
            seen.append(_seen(row))
        except (ValueError, TypeError, KeyError, OverflowError):
            unreadable[key] = _("This could not be read.")
    return seen


def _seen(row: dict[str, Any]) -> Seen:
    at = datetime.fromisoformat(str(row["at"]))
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return Seen(
        key=uuid.UUID(str(row["key"])),
        outcome=OUTCOMES[str(row["outcome"])],
        seen_at=at,
        arm=str(row.get("arm") or ""),
        group=int(row["group"]) if row.get("group") else None,
        place=str(row.get("place") or ""),
        note=str(row.get("note") or ""),
        answered_by=str(row.get("answered_by") or Observation.AnsweredBy.SELF),
    )


def strike(request: HttpRequest, slug: str, reference: str, number: int, position: int) -> HttpResponse:
    """Strike out a mistake."""
    card = enter_card(request, slug, reference, number)
    row = get_object_or_404(Observation, card=card, position=position)
    row.card = card
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.strike_observation(by=request.user, observation=row, reason=form.cleaned_data["reason"])
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Struck out. The result was computed again."))
            return redirect("validation:card", slug, reference, number)
    title = _("Strike out observation %(n)s") % {"n": position}
    words = {"intro": row.note, "button": _("Strike it out")}
    return form_page(request, title, card.idea, form=form, back=("validation:card", number), **words)


def note(request: HttpRequest, slug: str, reference: str, number: int, position: int) -> HttpResponse:
    """Take away a note that tells too much about someone."""
    card = enter_card(request, slug, reference, number)
    require(can_work_on(request.user, card.idea))
    row = get_object_or_404(Observation, card=card, position=position)
    row.card = card
    form = SureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.erase_note(by=request.user, observation=row)
        messages.success(request, _("The note is gone. What was seen still counts."))
        return redirect("validation:card", slug, reference, number)
    words = {"intro": row.note, "button": _("Take the note away")}
    title = _("Take away the note of observation %(n)s") % {"n": position}
    return form_page(request, title, card.idea, form=form, back=("validation:card", number), **words)
