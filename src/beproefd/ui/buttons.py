# SPDX-License-Identifier: EUPL-1.2
"""What happens when someone presses a single button: the action, and one message about how it went."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest


def press(request: HttpRequest, action: Callable[[], Any], done: str | Callable[[Any], str]) -> None:
    """Run the action; the next page says what was done, or why it was refused. `done` may depend on the outcome."""
    try:
        outcome = action()
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, done(outcome) if callable(done) else done)
