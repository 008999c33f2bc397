# SPDX-License-Identifier: EUPL-1.2
"""Opening accounts and giving roles."""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from beproefd.ground.audit.actions import change, record_creation, record_event

from .models import Role, RoleGrant, User
from .rules import is_administrator, is_manager, require


def open_account(
    *,
    by: User | str,
    email: str,
    name: str,
    organisation: str = "",
    roles: Collection[str] = (),
    password: str | None = None,
    is_demo: bool = False,
) -> User:
    """Open an account, or return the one that has this address with the roles added (so a retry is harmless).

    `by` is a person, or the name of a command ("beproefd demo"). A programme manager may open accounts for jury
    members, coaches and team members; only an administrator makes managers and administrators.
    """
    if isinstance(by, User):
        powerful = {Role.MANAGER, Role.ADMINISTRATOR} & set(roles)
        require(is_administrator(by) or (is_manager(by) and not powerful))
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            user = User(
                email=email.strip().lower(), name=name.strip(), organisation=organisation.strip(), is_demo=is_demo
            )
            user.set_password(password)
            user.full_clean()
            user.save()
            # Whoever opens the account vouches for the address; allauth needs that before it allows a second step.
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            record_event(by, "open_account", user.audit_key)
        for role in roles:
            _grant(by=by, user=user, role=role)
    return user


def change_account(*, by: User, user: User, roles: Collection[str], active: bool) -> User:
    """Give exactly these roles, and let someone sign in or no longer. What the person did stays.

    Errors: ValidationError when it would leave no administrator, or close your own account; then nothing changes.
    """
    require(is_administrator(by))
    with transaction.atomic():
        # Two administrators at once wait for each other here, so that they cannot remove each other.
        administrators = RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR)
        others = [
            grant for grant in administrators.select_related("user") if grant.user != user and grant.user.is_active
        ]
        keeps = active and Role.ADMINISTRATOR in roles
        if is_administrator(user) and not keeps and not others:
            raise ValidationError(_("There must be at least one administrator. Give someone else the role first."))
        if user == by and not active:
            raise ValidationError(_("You cannot close your own account. Ask another administrator."))
        for grant in RoleGrant.objects.filter(user=user).exclude(role__in=roles):
            _withdraw(by=by, grant=grant)
        for role in roles:
            _grant(by=by, user=user, role=role)
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
            record_event(by, "open_account_again" if active else "close_account", user.audit_key)
    user.__dict__.pop("roles", None)
    return user


def _grant(*, by: User | str, user: User, role: str) -> None:
    grant, made = RoleGrant.objects.get_or_create(user=user, role=role)
    if made:
        record_creation(by, "grant_role", grant, role=role, user=user.audit_key)
    user.__dict__.pop("roles", None)


def _withdraw(*, by: User, grant: RoleGrant) -> None:
    with change(by, "withdraw_role", grant, role=grant.role, user=grant.user.audit_key):
        RoleGrant.objects.filter(pk=grant.pk).delete()
