# SPDX-License-Identifier: EUPL-1.2
"""allauth's hooks: accounts are opened by an administrator, never by a visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.db.models.functions import Lower
from django.http import HttpRequest

from .models import User


class StaffAccountAdapter(DefaultAccountAdapter):
    """Sign-in with a local account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody opens an account alone."""
        return False


class OpenIDAdapter(DefaultSocialAccountAdapter):
    """Sign-in through the organisation's own OpenID Connect provider."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The first time, recognise the account by an address the provider has checked; then by the provider's own key."""
        checked = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        if not sociallogin.is_existing and checked:
            user = User.objects.annotate(address=Lower("email")).filter(address__in=checked, is_active=True).first()
            if user:
                sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """The provider proves who someone is; which roles someone has is decided here."""
        return False
