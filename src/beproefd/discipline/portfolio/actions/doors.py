# SPDX-License-Identifier: EUPL-1.2
"""What the actions here begin with."""

from django.core.exceptions import ValidationError


def need(text: str, sentence: str, name: str = "reason") -> str:
    """A text that says something."""
    if not text.strip():
        raise ValidationError({name: sentence})
    return text.strip()
