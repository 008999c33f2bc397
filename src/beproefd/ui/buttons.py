# SPDX-License-Identifier: EUPL-1.2
"""What happens when someone presses a button: the action, and what is said about how it went."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest

from .forms import ActionForm


def press(request: HttpRequest, action: Callable[[], Any], done: str | Callable[[Any], str]) -> None:
    """A single button: run the action; the next page says what was done, or why not. `done` may depend on the outcome."""
    try:
        outcome = action()
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, done(outcome) if callable(done) else done)


def tried(form: ActionForm, act: Callable[[dict[str, Any]], Any]) -> Any:
    """The button of a form: what the action gives back; None after a refusal, which then stands in the form.

    None too for a form that was not sent, or that is not right yet.
    """
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except (ValidationError, PermissionDenied) as refusal:
        form.refuse(refusal)
        return None
