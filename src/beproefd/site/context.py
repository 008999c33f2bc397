# SPDX-License-Identifier: EUPL-1.2
"""What every page shows around its contents."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from beproefd.discipline.portfolio.queries.gates import review_tasks
from beproefd.discipline.tracks.queries import chosen_ideas, has_follow_up
from beproefd.ground.accounts.rules import is_administrator, is_coach, is_juror, is_manager


@dataclass(frozen=True)
class Link:
    """A link in the navigation, the header or the footer."""

    label: str
    url: str
    current: bool = False
    post: bool = False  # a button that sends, for what changes something


def house(request: HttpRequest) -> dict[str, Any]:
    """Navigation by what the visitor may open, account links, footer and the demo banner."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    path = request.path
    nav = [
        Link(_("Home"), reverse("home"), path == reverse("home")),
        Link(_("Challenges"), reverse("challenges:list"), path.startswith(reverse("challenges:list"))),
    ]
    if has_follow_up(user):
        nav.append(Link(_("Follow-up"), reverse("tracks:list"), path.startswith(reverse("tracks:list"))))
    if (is_manager | is_coach)(user) or (is_juror(user) and review_tasks(user)):
        nav.append(Link(_("Portfolio"), reverse("portfolio:board"), path.startswith(reverse("portfolio:board"))))
    nav.append(Link(_("What we learned"), reverse("portfolio:library"), path.startswith(reverse("portfolio:library"))))
    if is_administrator(user):
        nav.append(Link(_("Accounts"), reverse("accounts:list"), path.startswith(reverse("accounts:list"))))
        nav.append(Link(_("Log"), reverse("audit_log"), path.startswith(reverse("audit_log"))))
    account = []
    if signed_in:
        account = [
            Link(_("Signing in safely"), reverse("mfa_index")),
            Link(_("Sign out"), reverse("account_logout"), post=True),
        ]
    else:
        account = [Link(_("Sign in"), reverse("account_login"))]
    footer = [
        Link(_("Privacy"), reverse("privacy")),
        Link(_("Accessibility"), reverse("accessibility")),
        Link(_("Contact"), reverse("contact")),
    ]
    if (is_manager | is_administrator)(user):
        footer.append(Link(_("Style guide"), reverse("styleguide")))
    if settings.DEMO:
        account.insert(0, Link(_("Change role"), reverse("demo:roles")))
    return {
        "nav_items": nav,
        "account_links": account,
        "before_signing_out": "validation/parts/before_signing_out.html" if signed_in else "",
        "footer_links": footer,
        "demo_banner": (_("Demo: do not enter real personal data.") if settings.DEMO else ""),
        "chosen": SimpleLazyObject(lambda: chosen_ideas(user)),  # for the badge of an idea; asked where one is shown
        "account_name": getattr(user, "name", ""),
        "organisation": settings.ORGANISATION,
    }
