# SPDX-License-Identifier: EUPL-1.2
"""The mail with an invitation. It tells the title of the idea, which the inviter chose to tell, and nothing it says."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import TeamInvitation


def link_of(invitation: TeamInvitation) -> str:
    """The whole link, for a mail. It opens nothing by itself: who follows it signs in with the invited address."""
    path = reverse("ideas:invitation", args=[invitation.idea.challenge.slug, invitation.key])
    return f"{settings.BASE_URL}{path}"


def mail_invitation(invitation: TeamInvitation) -> None:
    """Send it once the transaction stands; a mail server that is down undoes nothing. In Dutch: nobody chose a language.

    Nothing here depends on whether the address has an account.
    """
    with override("nl"):
        told = {
            "inviter": _one_line(invitation.invited_by.name),
            "title": _one_line(invitation.version.title),
            "challenge": _one_line(invitation.idea.challenge.title),
            "link": link_of(invitation),
        }
        means = (
            _("you can open this idea, change it and hand it in.")
            if invitation.is_owner
            else _("you can open this idea and work along.")
        )
        subject = _("%(inviter)s invites you to the team of “%(title)s”") % told
        text = _(
            "Hello,\n\n%(inviter)s invites you to the team of the idea “%(title)s”. It is an idea for the challenge "
            "“%(challenge)s”.\n\nIf you accept, %(means)s You can then no longer judge in this challenge. So you are "
            "not in the jury and do not decide about the ideas.\n\nRead the invitation and choose. Sign in with this "
            "e-mail address:\n\n%(link)s\n\nNo account with this address yet? Then ask the municipality for one. The "
            "invitation stays ready for you.\n\nAs long as you do nothing, nothing changes. You are not in the team."
        ) % (told | {"means": means})
    address = invitation.email
    transaction.on_commit(lambda: send_mail(subject, text, None, [address]), robust=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())
