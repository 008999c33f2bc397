# SPDX-License-Identifier: EUPL-1.2
"""The reasoned answers to the teams."""

from collections import defaultdict
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.ideas.models import Idea, IdeaVersion

from ..models import Answer, Assessment, Round, RoundState
from ..rules import can_run_jury
from .field import not_blocked, seat_of
from .judging import assessments_of, ideas_with_open_scores


def answers(viewer: Any, jury_round: Round) -> dict[int, Answer]:
    """The answers written so far, per idea, for who runs the jury; with a seat, on ideas whose scores are open."""
    if not can_run_jury(viewer, jury_round.challenge):
        return {}
    visible: Any = not_blocked(viewer, jury_round).values("pk")
    if seat_of(viewer, jury_round) is not None:  # an answer tells what others gave
        visible = [idea.pk for idea in ideas_with_open_scores(viewer, jury_round)]
    return {answer.idea_id: answer for answer in Answer.objects.filter(round=jury_round, idea__in=visible)}


def answer_draft(viewer: Any, jury_round: Round, idea: Idea) -> str:
    """A first text for the answer to a team: per criterion the middle score, what it means, and the jury's reasons."""
    assessments = assessments_of(viewer, jury_round, idea)
    if not assessments:
        return ""
    with override("nl"):  # the decision, and so every answer in it, is in Dutch
        return _draft(jury_round, idea, assessments)


def _draft(jury_round: Round, idea: Idea, assessments: list[Assessment]) -> str:
    values: dict[str, list[int]] = defaultdict(list)
    reasons: dict[str, list[str]] = defaultdict(list)
    counted = [assessment for assessment in assessments if assessment.version_id == idea.current.pk]
    for score in (score for assessment in counted for score in assessment.scores.all()):
        if score.value is not None:
            values[score.criterion].append(score.value)
            if score.reason:
                reasons[score.criterion].append(score.reason)
    parts = [_("Thank you for your idea “%(title)s”.") % {"title": idea.title}]
    for criterion in jury_round.rules.criteria:
        given = sorted(values[criterion.key])
        if not given:
            continue
        middle = given[(len(given) - 1) // 2]
        said = " ".join(
            reason if reason.endswith((".", "!", "?")) else f"{reason}."
            for reason in dict.fromkeys(reasons[criterion.key])
        )
        word = (_("Yes") if middle else _("No")) if criterion.is_knock_out else str(middle)
        parts.append(
            _("%(criterion)s (score: %(score)s): “%(anchor)s” The jury said: %(reasons)s")
            % {"criterion": criterion.name, "score": word, "anchor": criterion.anchors.get(middle, ""), "reasons": said}
        )
    return "\n\n".join(parts)[:4000]


def own_answers(viewer: Any) -> QuerySet[Answer]:
    """The answers to the viewer's own ideas, once the round is decided."""
    if not viewer.is_authenticated:
        return Answer.objects.none()
    return (
        Answer.objects.filter(round__state=RoundState.DECIDED, idea__members__user=viewer)
        .select_related("idea", "round__challenge")
        .prefetch_related(Prefetch("idea__versions", IdeaVersion.objects.order_by("-number"), to_attr="newest"))
    )
