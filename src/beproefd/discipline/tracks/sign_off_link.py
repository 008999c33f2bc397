# SPDX-License-Identifier: EUPL-1.2
"""The link that a line manager gets: signed, good for 30 days, and void as soon as the hours change."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .models import Agreement

GOOD_FOR = timedelta(days=30)
SALT = "beproefd.tracks.sign_off"


def token_of(agreement: Agreement) -> str:
    """The signed part of the link."""
    return signing.dumps(str(agreement.link_key), salt=SALT)


def link_of(agreement: Agreement) -> str:
    """The whole link, for a mail."""
    return f"{settings.BASE_URL}" + reverse("tracks:sign_off", args=[token_of(agreement)])


def key_in(token: str) -> uuid.UUID | None:
    """What the link points to; None when it was not made here, was changed, or is too old."""
    try:
        return uuid.UUID(signing.loads(token, salt=SALT, max_age=GOOD_FOR))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
