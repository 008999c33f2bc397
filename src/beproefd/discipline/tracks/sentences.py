# SPDX-License-Identifier: EUPL-1.2
"""What a decision of a learning card is called where a team takes it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.validation.models import LearningCard

Decision = LearningCard.Decision
DECISIONS: tuple[tuple[str, str | Promise], ...] = tuple(
    (choice.value, _("Go on with this idea") if choice == Decision.CONTINUE else choice.label) for choice in Decision
)
"""As on the card, but "go on" says with what: the other choices go on too, later or with something else."""


def decision_word(card: LearningCard) -> str:
    """What was decided."""
    return str(dict(DECISIONS)[card.decision])
