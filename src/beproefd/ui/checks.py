# SPDX-License-Identifier: EUPL-1.2
"""What must be true of the look before the product starts."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import SuspiciousFileOperation


@register
def style_sheets_exist(**_kwargs: Any) -> list[CheckMessage]:
    """A wrong theme or a forgotten build step must stop the start, not show as bare pages."""
    problems: list[CheckMessage] = []
    try:
        theme = finders.find(settings.THEME)
    except SuspiciousFileOperation:  # a path that leads out of the static files
        theme = None
    if theme is None:
        hint = "Set BEPROEFD_THEME to a static file, for example ui/theme.css (see docs/theming.md)."
        problems.append(Error(f"The theme {settings.THEME!r} does not exist.", hint=hint, id="ui.E001"))
    if finders.find("ui/vendor/components.css") is None:
        problems.append(Error("The components have not been fetched.", hint="Run `make setup`.", id="ui.E002"))
    return problems
