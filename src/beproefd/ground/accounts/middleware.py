# SPDX-License-Identifier: EUPL-1.2
"""A second step at sign-in for everyone."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

ALWAYS_OPEN = ("/account/", "/static/", "/taal/")


class RequireMfaMiddleware:
    """Send someone without a second step to the page that sets one up, before anything else opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through, or redirect once."""
        asked = settings.REQUIRE_MFA and request.user.is_authenticated and not request.path.startswith(ALWAYS_OPEN)
        if asked and not is_mfa_enabled(request.user):
            messages.info(request, _("First set up a second step for signing in. It takes two minutes."))
            return redirect("mfa_index")
        return self.get_response(request)
