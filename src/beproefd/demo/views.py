# SPDX-License-Identifier: EUPL-1.2
"""One click per role. These addresses exist only with BEPROEFD_DEMO, and the views refuse without it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beproefd.ground.accounts.models import User

from .content import PEOPLE


def roles(request: HttpRequest) -> HttpResponse:
    """Choose who to be."""
    if not settings.DEMO:
        raise Http404
    users = User.objects.filter(is_demo=True, is_active=True).prefetch_related("grants")
    main = {f"{key}@demo.example": about for key, (*_who, about) in PEOPLE.items()}
    first = [(user, main[user.email]) for user in users if user.email in main]
    context = {
        "main": sorted(first, key=lambda pair: list(main).index(pair[0].email)),
        "others": [user for user in users if user.email not in main],
    }
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
