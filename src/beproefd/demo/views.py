# SPDX-License-Identifier: EUPL-1.2
"""One click per role. These addresses exist only with BEPROEFD_DEMO, and the views refuse without it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from beproefd.discipline.prototypes.actions import start_session
from beproefd.discipline.prototypes.models import Prototype, Session
from beproefd.discipline.validation.models import TestCard
from beproefd.ground.accounts.models import Role, User

TASKS = {
    Role.MANAGER: gettext_lazy("I lead the programme"),
    Role.TEAM: gettext_lazy("I have an idea"),
    Role.JUROR: gettext_lazy("I am in the jury"),
    Role.COACH: gettext_lazy("I coach teams"),
    Role.ADMINISTRATOR: gettext_lazy("I manage accounts"),
}
"""What someone comes to do, in the order of the process."""


def roles(request: HttpRequest) -> HttpResponse:
    """Choose who to be, by what you come to do."""
    if not settings.DEMO:
        raise Http404
    people = list(User.objects.filter(is_demo=True, is_active=True).prefetch_related("grants").order_by("pk"))
    tasks = [
        (role.value, task, [user for user in people if any(grant.role == role for grant in user.grants.all())])
        for role, task in TASKS.items()
    ]
    context = {"tasks": [task for task in tasks if task[-1]], "can_try": _to_try() is not None}
    return render(request, "demo/roles.html", context)


@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Sign in as a demo person, never as anyone else."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(User, key=request.POST.get("key", "").strip() or None, is_demo=True, is_active=True)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    messages.success(request, _("You are now %(name)s.") % {"name": user.name})
    return redirect("home")


@require_POST
def try_out(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Be a resident: the screens of a demo team, as if that team gave you its phone."""
    if not settings.DEMO:
        raise Http404
    found = _to_try()
    if found is None:
        raise Http404
    prototype, card, owner = found
    session = start_session(by=owner, prototype=prototype, card=card, mode=Session.Mode.ALONE)
    return redirect("trying:welcome", session.token)


def _to_try() -> tuple[Prototype, TestCard, User] | None:
    """The newest screens of a demo team with a test that runs, and who leads that team."""
    running = TestCard.objects.filter(state=TestCard.State.RUNNING).exclude(method__in=("ab", "letter"))
    rows = Prototype.objects.filter(idea__members__is_owner=True, idea__members__user__is_demo=True)
    for prototype in rows.filter(screens__isnull=False, idea__in=running.values("idea")).distinct().order_by("-pk")[:1]:
        owner = prototype.idea.members.get(is_owner=True).user
        return prototype, running.filter(idea=prototype.idea).order_by("-number")[0], owner
    return None
