# SPDX-License-Identifier: EUPL-1.2
"""The reasoned answers to the teams."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges.rulebook import RuledCriterion
from beproefd.discipline.ideas.models import Idea, IdeaVersion
from beproefd.ground.audit.chain import canonical, sha256

from ..models import Answer, Assessment, Round, RoundState
from ..rules import can_run_jury
from .deliberation import counted
from .field import not_blocked, seat_of
from .judging import assessments_of, ideas_with_open_scores


def answers(viewer: Any, jury_round: Round) -> dict[int, Answer]:
    """The answers written so far, per idea, for who runs the jury; with a seat, on ideas whose scores are open."""
    if not can_run_jury(viewer, jury_round.challenge):
        return {}
    visible: Any = not_blocked(viewer, jury_round).values("pk")
    if seat_of(viewer, jury_round) is not None:  # an answer tells what others gave
        visible = [idea.pk for idea in ideas_with_open_scores(viewer, jury_round)]
    return {
        answer.idea_id: answer
        for answer in Answer.objects.filter(round=jury_round, idea__in=visible).select_related("idea")
    }


def basis_of(jury_round: Round, ideas: Iterable[Idea]) -> dict[int, str]:
    """Per idea a digest of what an answer rests on: which judgements count, of which moment, and how often they changed.

    For the actions and for `answers_to_read_again`; the caller has decided who may know. No numbers of rows go into it:
    these would tell that there are others.
    """
    rests_on: dict[int, list[tuple[int, int, int, str, int]]] = {idea.pk: [] for idea in ideas}
    given = counted(jury_round).annotate(changed=Count("changes"))
    for idea, seat, version, revision, at, changed in given.values_list(
        "idea_id", "seat_id", "version__number", "revision", "submitted_at", "changed"
    ):
        if idea in rests_on:
            rests_on[idea].append((seat, version, revision, str(at), changed))
    return {idea: sha256(canonical(sorted(rows))) for idea, rows in rests_on.items()}


def answers_to_read_again(viewer: Any, jury_round: Round) -> set[int]:
    """Ideas whose answer was written before the scores changed, among the answers the viewer may read."""
    written = answers(viewer, jury_round)
    now = basis_of(jury_round, [answer.idea for answer in written.values()])
    return {pk for pk, answer in written.items() if answer.based_on != now[pk]}


def what_is_decided(viewer: Any, jury_round: Round) -> str:
    """A digest of all that a decision now would rest on, among what the viewer may see: scores and answers."""
    ideas = ideas_with_open_scores(viewer, jury_round)
    now, written = basis_of(jury_round, ideas), answers(viewer, jury_round)
    lines = [
        (idea.reference, now[idea.pk], written[idea.pk].revision if idea.pk in written else 0)
        for idea in sorted(ideas, key=lambda idea: idea.reference)
    ]
    return sha256(canonical(lines))


def answer_draft(viewer: Any, jury_round: Round, idea: Idea) -> str:
    """A first text for the answer to a team: per criterion the middle score, what it means, and the jury's reasons."""
    assessments = assessments_of(viewer, jury_round, idea)
    if not assessments:
        return ""
    with override("nl"):  # the decision, and so every answer in it, is in Dutch
        return _draft(jury_round, idea, assessments)


MOST = Answer._meta.get_field("text").max_length or 0  # noqa: SLF001 -- Django's documented meta API


def _draft(jury_round: Round, idea: Idea, assessments: list[Assessment]) -> str:
    values: dict[str, list[int]] = defaultdict(list)
    reasons: dict[str, dict[str, None]] = defaultdict(dict)  # each once, in the order in which they were given
    counted = [assessment for assessment in assessments if assessment.version_id == idea.current.pk]
    for score in (score for assessment in counted for score in assessment.scores.all()):
        if score.value is not None:
            values[score.criterion].append(score.value)
            if score.reason:
                reasons[score.criterion][score.reason] = None
    judged = [criterion for criterion in jury_round.rules.criteria if values[criterion.key]]
    said = {criterion.key: [_sentence(reason) for reason in reasons[criterion.key]] for criterion in judged}
    left_out = False
    while len(text := _text(idea, judged, values, said, left_out=left_out)) > MOST and any(said.values()):
        longest = max(said, key=lambda key: sum(map(len, said[key])))
        said[longest].pop()
        left_out = True
    return text


def _sentence(reason: str) -> str:
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _text(
    idea: Idea,
    judged: list[RuledCriterion],
    values: Mapping[str, list[int]],
    said: Mapping[str, list[str]],
    *,
    left_out: bool,
) -> str:
    """The answer with these reasons in it; whole ones, never half a sentence."""
    parts = [_("Thank you for your idea “%(title)s”.") % {"title": idea.title}]
    for criterion in judged:
        word, anchor = _middle(criterion, values[criterion.key])
        part = _("%(criterion)s (score: %(score)s).") % {"criterion": criterion.name, "score": word}
        if anchor:
            part += f" “{anchor}”"
        if said[criterion.key]:
            part += " " + _("The jury said: %(reasons)s") % {"reasons": " ".join(said[criterion.key])}
        parts.append(part)
    if left_out:
        parts.append(_("The jury said more than fits here."))
    return "\n\n".join(parts)


def _middle(criterion: RuledCriterion, given: list[int]) -> tuple[str, str]:
    """The middle score in words, and what the criteria say of it where it is a score on the scale."""
    if criterion.is_knock_out:  # by the rule of the standings: only more noes than yeses end the race
        value = int(2 * given.count(0) <= len(given))
        return (_("Yes") if value else _("No")), criterion.anchors.get(value, "")
    middle = median(given)
    return number_format(middle, use_l10n=True), criterion.anchors.get(int(middle), "") if middle == int(middle) else ""


def own_answers(viewer: Any) -> QuerySet[Answer]:
    """The answers to the viewer's own ideas, once the round is decided."""
    if not viewer.is_authenticated:
        return Answer.objects.none()
    return (
        Answer.objects.filter(round__state=RoundState.DECIDED, idea__members__user=viewer)
        .select_related("idea", "round__challenge")
        .prefetch_related(Prefetch("idea__versions", IdeaVersion.objects.order_by("-number"), to_attr="newest"))
    )
