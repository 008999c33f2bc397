# SPDX-License-Identifier: EUPL-1.2
"""allauth's hooks: accounts are opened by an administrator, never by a visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Sign-in with a local account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody opens an account alone."""
        return False


class OpenIDAdapter(DefaultSocialAccountAdapter):
    """Sign-in through the organisation's own OpenID Connect provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """The provider proves who someone is; which roles someone has is decided here."""
        return False
