# SPDX-License-Identifier: EUPL-1.2
"""The team's pages: rows of screens, one screen, its picture."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.validation.rules import can_work_on
from beproefd.discipline.validation.views.entry import enter_work
from beproefd.discipline.validation.views.entry import page as room_page
from beproefd.ground.accounts.rules import require
from beproefd.ground.audit.chain import digest
from beproefd.ui.buttons import tried

from .. import actions, pictures, queries
from ..forms import NewPrototypeForm, PrototypeForm, ScreenForm
from ..models import Prototype, Screen
from ..pictograms import Pictogram
from ..rules import can_change

KINDS = {"foto": Screen.Kind.PICTURE, "tekening": Screen.Kind.DRAWING, "tekst": Screen.Kind.TEXT}
own_pictures = csp_replace({"img-src": [SELF]})  # pictures of screens come from their own address, never from data:


def enter(request: HttpRequest, slug: str, reference: str, number: int) -> Prototype:
    """A prototype the visitor may see, or 404."""
    idea = enter_work(request, slug, reference)
    found = get_object_or_404(queries.prototypes(request.user, idea), number=number)
    found.idea = idea
    return found


def page(request: HttpRequest, template: str, title: str, prototype: Prototype, **context: Any) -> HttpResponse:
    """A page about one prototype."""
    frame = {"prototype": prototype, "changes": can_change(request.user, prototype)}
    return room_page(request, f"prototypes/{template}.html", title, prototype.idea, **(frame | context))


def to(name: str, prototype: Prototype, *rest: Any) -> HttpResponse:
    """On to a page of this prototype."""
    idea = prototype.idea
    return redirect(f"prototypes:{name}", idea.challenge.slug, idea.reference, prototype.number, *rest)


@require_safe
@own_pictures
def prototype_list(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """All rows of screens of an idea."""
    idea = enter_work(request, slug, reference)
    found = list(queries.prototypes(request.user, idea))
    return room_page(request, "prototypes/list.html", _("Screens"), idea, prototypes=found)


@own_pictures
def prototype_new(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Begin a row of screens."""
    idea = enter_work(request, slug, reference)
    require(can_work_on(request.user, idea))
    form = NewPrototypeForm(request.POST or None)
    made = tried(
        form,
        lambda said: actions.make_prototype(
            by=request.user, idea=idea, values=form.values(), request_key=said["request_key"]
        ),
    )
    if made:
        messages.success(request, _("Saved. Now make the first screen."))
        return redirect("prototypes:detail", slug, reference, made.number)
    return room_page(request, "prototypes/form.html", _("New screens"), idea, form=form)


@require_safe
@own_pictures
def detail(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The screens in their order, the sessions, and what can be done."""
    prototype = enter(request, slug, reference, number)
    sessions = queries.sessions(request.user, prototype)
    return page(
        request,
        "detail",
        prototype.name,
        prototype,
        screens=queries.screens(request.user, prototype),
        sessions=sessions,
        waiting=[session for session in sessions if session.is_waiting],
        cards=queries.running_cards(request.user, prototype.idea),
        later=getattr(prototype, "next", None),
    )


@own_pictures
def prototype_edit(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Change the title, the task and the question."""
    prototype = enter(request, slug, reference, number)
    require(can_work_on(request.user, prototype.idea))
    start = {name: getattr(prototype, name) for name in ("title", "task", "question")} | {"seen": digest(prototype)}
    form = PrototypeForm(request.POST or None, initial=start)
    newer: list[tuple[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_prototype(
                by=request.user, prototype=prototype, values=form.values(), seen=form.cleaned_data["seen"]
            )
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
            newer = form.newer_than(PrototypeForm(initial=start))
        else:
            messages.success(request, _("Saved."))
            return to("detail", prototype)
    return page(request, "form", _("Change %(title)s") % {"title": prototype.name}, prototype, form=form, newer=newer)


@require_POST
def copy(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Make the next version."""
    prototype = enter(request, slug, reference, number)
    try:
        made = actions.copy_prototype(by=request.user, prototype=prototype)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return to("detail", prototype)
    messages.success(request, _("This is the next version. You can change it until someone tries it."))
    return to("detail", made)


@own_pictures
def screen_new(request: HttpRequest, slug: str, reference: str, number: int, kind: str) -> HttpResponse:
    """A new screen: a picture, a drawing or plain text."""
    prototype = enter(request, slug, reference, number)
    if kind not in KINDS:
        raise Http404
    require(can_work_on(request.user, prototype.idea))
    known = {"kind": KINDS[kind], "others": queries.screens(request.user, prototype)}
    form = ScreenForm(request.POST or None, request.FILES or None, **known)
    if tried(
        form,
        lambda said: actions.add_screen(
            by=request.user,
            prototype=prototype,
            kind=KINDS[kind],
            values=form.values(),
            buttons=form.buttons(),
            picture=form.new_picture(),
            request_key=said["request_key"],
        ),
    ):
        messages.success(request, _("The screen was added."))
        return to("detail", prototype)
    return _write(request, prototype, form, _("New screen"))


@own_pictures
def screen_edit(request: HttpRequest, slug: str, reference: str, number: int, screen: int) -> HttpResponse:
    """Change a screen."""
    prototype = enter(request, slug, reference, number)
    require(can_work_on(request.user, prototype.idea))
    found = one_screen(request, prototype, screen)
    known = {
        "kind": found.kind,
        "screen": found,
        "others": [row for row in queries.screens(request.user, prototype) if row.pk != found.pk],
        "initial": {"seen": digest(found)},
    }
    form = ScreenForm(request.POST or None, request.FILES or None, **known)
    newer: list[tuple[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_screen(
                by=request.user,
                screen=found,
                values=form.values(),
                buttons=form.buttons(),
                picture=form.new_picture(),
                seen=form.cleaned_data["seen"],
            )
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
            newer = form.newer_than(ScreenForm(**known))
        else:
            messages.success(request, _("Saved."))
            return to("detail", prototype)
    return _write(request, prototype, form, _("Change %(title)s") % {"title": found.title}, screen=found, newer=newer)


def _write(request: HttpRequest, prototype: Prototype, form: ScreenForm, title: str, **context: Any) -> HttpResponse:
    stamps = [(value, label) for value, label in Pictogram.choices]
    return page(request, "screen_form", title, prototype, form=form, kind=form.kind, stamps=stamps, **context)


@require_POST
def screen_move(request: HttpRequest, slug: str, reference: str, number: int, screen: int) -> HttpResponse:
    """One place up or down."""
    prototype = enter(request, slug, reference, number)
    found = one_screen(request, prototype, screen)
    actions.move_screen(by=request.user, screen=found, up="up" in request.POST)
    return to("detail", prototype)


@own_pictures
def screen_remove(request: HttpRequest, slug: str, reference: str, number: int, screen: int) -> HttpResponse:
    """Ask once, then take the screen out."""
    prototype = enter(request, slug, reference, number)
    require(can_work_on(request.user, prototype.idea))
    found = one_screen(request, prototype, screen)
    if request.method == "POST":
        actions.remove_screen(by=request.user, screen=found)
        messages.success(request, _("The screen was taken out."))
        return to("detail", prototype)
    return page(request, "screen_remove", _("Take out %(title)s") % {"title": found.title}, prototype, screen=found)


@require_safe
def picture(request: HttpRequest, slug: str, reference: str, number: int, screen: int) -> HttpResponse:
    """The picture of a screen, for who may look in."""
    prototype = enter(request, slug, reference, number)
    return served(queries.picture_for_team(request.user, prototype, screen))


def served(name: str) -> HttpResponse:
    """A kept picture, shown and never run, or 404."""
    kept = pictures.open_kept(name)
    if kept is None:
        raise Http404
    data, kind = kept
    return HttpResponse(
        data,
        content_type=kind,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": "inline",
            "X-Content-Type-Options": "nosniff",
        },
    )


def one_screen(request: HttpRequest, prototype: Prototype, pk: int) -> Screen:
    """A screen of this prototype, or 404."""
    found = next((row for row in queries.screens(request.user, prototype) if row.pk == pk), None)
    if found is None:
        raise Http404
    found.prototype = prototype
    return found
