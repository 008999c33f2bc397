# SPDX-License-Identifier: EUPL-1.2
"""A second step at sign-in for everyone, and a sign-in provider that does not answer."""

import logging
from collections.abc import Callable

import requests
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
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


class ProviderMiddleware:
    """The organisation's own sign-in service may be out of reach; someone who signs in there hears so on the sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Back to the sign-in page; other problems go on."""
        if not (isinstance(problem, requests.RequestException) and request.path.startswith("/account/oidc/")):
            return None
        logger.warning("The sign-in provider does not answer: %s", problem)
        messages.error(
            request, _("The sign-in service cannot be reached. You are not signed in. Try again in a few minutes.")
        )
        return redirect("account_login")
