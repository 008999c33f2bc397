# SPDX-License-Identifier: EUPL-1.2
"""Numbers of the engine in words that a tired person understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .designs import arms_of, locked_design
from .models import Reading, TestCard

if TYPE_CHECKING:
    from beproefd.engines.evidence import Design


def verdict_word(verdict: str) -> str:
    """One word for a verdict."""
    return {
        "SUPPORTED": _("It holds"),
        "REFUTED": _("It does not hold"),
        "FUTILE": _("Not good enough"),
        "CONTINUE": _("Not enough seen yet"),
    }[verdict]


def counts(card: TestCard) -> tuple[int, int]:
    """(yes, all) among the observations that count and have an answer."""
    answers = list(
        card.observations.filter(struck_at=None, after_verdict=False, outcome__isnull=False).values_list(
            "outcome", flat=True
        )
    )
    return answers.count(True), len(answers)


def seen_text(card: TestCard) -> str:
    """What was seen until now, per way where there are two."""
    if not card.has_two_arms:
        yes, total = counts(card)
        return _("%(yes)s of %(total)s times yes (%(measure)s).") % {
            "yes": yes,
            "total": total,
            "measure": card.measure,
        }
    rows = list(
        card.observations.filter(struck_at=None, after_verdict=False, outcome__isnull=False).values_list(
            "arm", "outcome"
        )
    )
    old = [outcome for arm, outcome in rows if arm == "control"]
    new = [outcome for arm, outcome in rows if arm == "new"]
    return _("New way: %(new)s of %(all_new)s times yes. Old way: %(old)s of %(all_old)s times yes (%(measure)s).") % {
        "new": new.count(True), "all_new": len(new), "old": old.count(True), "all_old": len(old), "measure": card.measure,
    }  # fmt: skip


def claim_text(card: TestCard) -> str:
    """When the team says it is right."""
    if card.has_two_arms:
        return _("We are right if the new way does clearly better than the old way: %(hope)s instead of %(from)s of 10 people.") % {
            "hope": card.hope_for, "from": card.right_from,
        }  # fmt: skip
    return _("We are right if more than %(from)s of 10 people do it. We hope for %(hope)s of 10.") % {
        "from": card.right_from, "hope": card.hope_for,
    }  # fmt: skip


def verdict_text(card: TestCard, reading: Reading) -> str:
    """What was seen, what the engine says, and what to do: "7 of 8 ... You can stop."."""
    parts = [seen_text(card), *_caveats(card)]
    result, design = reading.result, locked_design(card)
    promise = {
        "SUPPORTED": _("If this were not so, a result like this would come up in at most 1 of %(n)s tests."),
        "REFUTED": _("If this were so, a result like this would come up in at most 1 of %(n)s tests."),
    }.get(reading.verdict)
    if promise and len(parts) == 1:
        parts.append(promise % {"n": round(1 / design.side_alpha)})
    if reading.verdict == "FUTILE":
        parts.append(_("What you hoped for is not reached, and asking more people will hardly change that."))
    parts.append(_stop_text(reading.verdict) or remaining_text(result, design))
    return " ".join(parts)


def _stop_text(verdict: str) -> str:
    return {
        "SUPPORTED": _("You can stop: you know enough."),
        "REFUTED": _("You can stop: this does not work."),
        "FUTILE": _("You can stop: look for another way."),
    }.get(verdict, "")


def short_text(card: TestCard, reading: Reading) -> str:
    """What was seen and what to do now, for beside the picture: "5 of 7 could do it. Ask about 5 more."."""
    seen = seen_text(card)
    if not card.has_two_arms:
        yes, total = counts(card)
        seen = ngettext("%(yes)s of %(total)s could do it.", "%(yes)s of %(total)s could do it.", yes) % {
            "yes": yes,
            "total": total,
        }
    expected = reading.result.get("expected_remaining")
    people = max(1, round(expected * arms_of(locked_design(card)))) if expected is not None else 0
    ask = ngettext("Ask about %(n)s more.", "Ask about %(n)s more.", people) % {"n": people} if people else ""
    return f"{seen} {_stop_text(reading.verdict) or ask or _('Ask a few more.')}"


MOST_DRAWN = 40


def crowd(card: TestCard) -> list[tuple[str, list[bool]]]:
    """Everyone seen, those who could do it first, under a name for each way; no picture of more than a screen holds."""
    rows = list(
        card.observations.filter(struck_at=None, after_verdict=False, outcome__isnull=False).values_list(
            "arm", "outcome"
        )
    )
    ways = [("new", _("New way")), ("control", _("Old way"))] if card.has_two_arms else [("", "")]
    drawn = [(name, sorted((bool(yes) for arm, yes in rows if arm == way), reverse=True)) for way, name in ways]
    return drawn if max(len(people) for _name, people in drawn) <= MOST_DRAWN else []


def _caveats(card: TestCard) -> list[str]:
    """What makes the promise of the locked card weaker; then no chance is named."""
    said = []
    struck = card.observations.exclude(struck_at=None).count()
    if struck:
        said.append(
            ngettext(
                "%(n)s observation was struck out, so no exact chance can be named.",
                "%(n)s observations were struck out, so no exact chance can be named.",
                struck,
            )
            % {"n": struck}
        )
    if card.has_two_arms and not card.by_lot:
        said.append(_("Who got which way was not drawn by lot, so the difference can have another cause."))
    return said


def remaining_text(result: dict[str, Any], design: Design) -> str:
    """How many people are still to be asked, probably and at most."""
    arms = arms_of(design)
    expected = result.get("expected_remaining")
    most = (result.get("max_units") or 0) - (result.get("units") or 0)
    if expected is None:
        return _("Go on: it is too early to say how many people are still needed.")
    people = max(1, round(expected * arms))
    return ngettext(
        "Go on: probably %(people)s more person, at most %(most)s.",
        "Go on: probably %(people)s more people, at most %(most)s.",
        people,
    ) % {"people": people, "most": max(people, most * arms)}


def peeking_text(card: TestCard) -> str:
    """Why looking in between is safe."""
    alpha = locked_design(card).side_alpha if card.is_locked else None
    text = _(
        "You may look at the result after every person. The limits for stopping were set before the first person, and "
        "they count on you looking each time."
    )
    if alpha:
        text += " " + _(
            "So the chance that you wrongly say “it holds” stays at most 1 in %(n)s, however often you look."
        ) % {"n": round(1 / alpha)}
    return text


def days(number: float) -> str:
    """A number of days in words."""
    count = round(number)
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": number_format(count)}


def screens_rule() -> str:
    """Which answer counts as a yes when screens are shown; also where a session of screens is tied to a test card."""
    return _(
        "Someone who watched says whether it worked: the helper, or someone of the team. Or a screen you agreed on "
        "beforehand says it. A face never counts."
    )
