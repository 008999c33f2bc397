# SPDX-License-Identifier: EUPL-1.2
"""A path through the screens in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from .models import Prototype, Step


def path_in_words(prototype: Prototype, steps: Iterable[Step]) -> str:
    """S1, version 2: Begin > Sparen > back > Begin. At the end: good."""
    parts: list[str] = []
    last = ""
    for step in steps:
        if step.kind == Step.Kind.SCREEN and step.screen:
            parts.append(step.screen.title)
        if step.left == Step.Left.BACK:
            parts.append(_("back"))
        if step.kind == Step.Kind.FACE and step.screen is None and step.answer:
            last = step.get_answer_display()
    named = _("%(reference)s, version %(version)s") % {"reference": prototype, "version": prototype.version}
    path = f"{named}: {' > '.join(parts)}."
    return f"{path} {_('At the end: %(answer)s.') % {'answer': last}}" if last else path
