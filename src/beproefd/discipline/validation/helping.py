# SPDX-License-Identifier: EUPL-1.2
"""Whether help counts. What the test card says holds for every observation, tapped by hand or seen on screens."""

import re

from .models import Observation, TestCard

ALONE = re.compile(
    r"\b(zonder\b.{0,30}\bh[eu]lp\w*|alleen|zelf|zelfstandig\w*|eigen kracht|"
    r"without\b.{0,30}\bhelp|alone|unaided|independently|(him|her|them|your)sel(f|ves)|on (their|his|her|your) own)\b",
    re.IGNORECASE,
)


def wants_alone(measure: str) -> bool:
    """Whether what counts as a yes asks that it goes without help. When in doubt it does: “alleen” also means “only”."""
    return bool(ALONE.search(measure))


def counts_as(card: TestCard, outcome: bool | None, answered_by: str) -> bool | None:
    """What was tapped, as the card takes it: with help a yes is a no, unless the card says otherwise."""
    helped = outcome is True and answered_by != Observation.AnsweredBy.SELF
    return False if helped and not card.help_counts else outcome
