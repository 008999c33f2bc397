# SPDX-License-Identifier: EUPL-1.2
"""Reading accounts, as far as the viewer may see them."""

from typing import Any

from django.db.models import QuerySet

from .models import Role, User
from .rules import is_administrator, is_manager


def visible_accounts(viewer: Any) -> QuerySet[User]:
    """All accounts for administrators; nobody else sees the list."""
    accounts = User.objects.prefetch_related("grants")
    return accounts if is_administrator(viewer) else accounts.none()


def possible_jurors(viewer: Any) -> QuerySet[User]:
    """People with the jury role, for the programme that forms a jury."""
    jurors = User.objects.filter(grants__role=Role.JUROR, is_active=True)
    return jurors if is_manager(viewer) else jurors.none()
