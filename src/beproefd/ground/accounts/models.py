# SPDX-License-Identifier: EUPL-1.2
"""People who work with the product, and the roles they hold."""

import uuid
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from beproefd.ground.audit.models import Audited


class Role(models.TextChoices):
    """What someone does in the discipline. One person may hold several."""

    MANAGER = "manager", _("Programme manager")
    TEAM = "team", _("Idea owner or team member")
    JUROR = "juror", _("Jury member")
    COACH = "coach", _("Coach")
    ADMINISTRATOR = "administrator", _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its capitals."""

    def get_by_natural_key(self, email: str | None) -> "User":
        """The account with this address."""
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """An account. The log knows it by `key`, never by name or address."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="accounts_user_email_once_whatever_its_capitals"),)

    def __str__(self) -> str:
        return self.name

    @property
    def audit_key(self) -> str:
        """How the log names this person."""
        return f"user:{self.key}"

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held now, read once per object."""
        return frozenset(self.grants.values_list("role", flat=True))


class RoleGrant(Audited):
    """Someone holds a role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "role"), name="accounts_role_held_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


def display_name(user: User) -> str:
    """What allauth shows for a person."""
    return user.name
