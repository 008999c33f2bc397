# SPDX-License-Identifier: EUPL-1.2
"""How the tests visit pages: a browser without JavaScript, and what a form on the page would send back."""

import re
from typing import Any

from django.test import Client


def visit(person: Any = None) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    if person is not None and person.is_authenticated:
        client.force_login(person)
    return client


def hidden(response: Any, name: str) -> str:
    """The value of a hidden field on the page."""
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', response.content.decode())
    assert found is not None, f"no hidden field {name}"
    return found.group(1)
