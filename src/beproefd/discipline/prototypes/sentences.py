# SPDX-License-Identifier: EUPL-1.2
"""A path through the screens in words, and what counts as a yes."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from .models import Prototype, Session, Step


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


def yes_in_words(session: Session) -> str:
    """What counts as a yes in this session."""
    if session.goal:
        text = _("A yes is: the person comes to the screen “%(title)s”. All else is a no.") % {
            "title": session.goal.title
        }
        return f"{text} {_('The face at the end does not count.')}"
    text = _("A yes is: “%(measure)s”.") % {"measure": session.card.measure}
    who = (
        _("The helper says at the end whether it succeeded.")
        if session.is_assisted
        else _("Someone of the team who watched says afterwards whether it succeeded. Until then it does not count.")
    )
    helped = _("With help is a yes too.") if session.card.help_counts else _("With help is a no.")
    return f"{text} {who} {helped} {_('The face at the end does not count.')}"


def faces_in_words(faces: Mapping[str, int]) -> str:
    """How many people chose which face at the end, and that it does not count."""
    known = {"good": faces.get("good", 0), "so_so": faces.get("so_so", 0), "bad": faces.get("bad", 0)}
    said = _("Faces at the end: %(good)s good, %(so_so)s so-so, %(bad)s not good.") % known
    return f"{said} {_('A face does not count for the outcome.')}"
