# SPDX-License-Identifier: EUPL-1.2
"""What is known about an idea at one moment, computed from its work. The callers decide who may see it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import (
    CANVAS_FIELDS,
    Assumption,
    CanvasRevision,
    Evidence,
    EvidenceLink,
    LearningCard,
    Reading,
    TargetGroup,
    TestAssumption,
    TestCard,
)
from beproefd.discipline.validation.queries import Line, heard_from, lines_of

from ..levels import LADDER, POLICY, SOURCES, Facts, Gate, conditions, level_of

DOSSIER = 2  # version of the shape of a dossier


def work_of(idea: Idea) -> list[Line]:
    """The assumptions that still count, riskiest first."""
    return lines_of(Assumption.objects.filter(idea=idea, retired_reason=""))


def settled_as(line: Line) -> str:
    """The status a gate goes by: the team's own "supported" counts only with something that supports it."""
    own_word_alone = line.status == "supported" and not line.standing.supporting
    return line.standing.status if own_word_alone else line.status


def open_critical(lines: Iterable[Line]) -> list[Line]:
    """What an idea can still fail on."""
    return [line for line in lines if line.is_critical and settled_as(line) not in {"supported", "refuted"}]


def facts_of(idea: Idea, lines: Sequence[Line] | None = None) -> Facts:
    """What the levels of evidence go by."""
    lines = work_of(idea) if lines is None else lines
    critical = [line for line in lines if line.is_critical]
    groups = {name.casefold().strip() for name in TargetGroup.objects.filter(idea=idea).values_list("name", flat=True)}
    said = Evidence.objects.filter(pk__in=_counting(idea).values("evidence"), source=Evidence.Source.TARGET_GROUP)
    heard = {name.casefold().strip() for _idea, name, _people in heard_from(said, "group__name")}
    passed = set(
        _counting(idea)
        .filter(
            evidence__strength=Evidence.Strength.TESTED,
            evidence__card__state=TestCard.State.DONE,
            evidence__card__readings__verdict="SUPPORTED",
            direction=EvidenceLink.Direction.SUPPORTS,
        )
        .values_list("evidence_id", "evidence__card__method", "evidence__place")
    )
    compared = [
        (pk, place.casefold().strip())
        for pk, method, place in passed
        if method in {TestCard.Method.AB, TestCard.Method.LETTER}
    ]
    return Facts(
        canvas_complete=_canvas_complete(idea),
        critical=len(critical),
        critical_supported=sum(settled_as(line) == "supported" for line in critical),
        groups=len(groups),
        groups_heard=len(groups & heard),
        tests_passed=len(passed),
        comparisons_passed=len(compared),
        comparison_places=len({place for _pk, place in compared if place}),
    )


def _counting(idea: Idea) -> Any:
    """What counts for an assumption of this idea that still matters; inherited evidence too."""
    return EvidenceLink.objects.filter(
        assumption__idea=idea, assumption__retired_reason="", evidence__retracted_at=None
    ).order_by()


def _canvas_complete(idea: Idea) -> bool:
    newest = CanvasRevision.objects.filter(idea=idea).order_by("-number").first()
    return newest is not None and all(getattr(newest, name).strip() for name in CANVAS_FIELDS)


def dossier_of(idea: Idea, gate: Gate, *, plan: str, budget_cents: int, at: datetime) -> dict[str, Any]:
    """Everything a reviewer judges, as plain values that can be kept."""
    lines = work_of(idea)
    retired = [line for line in lines_of(_retired(idea)) if line.is_critical]
    left_out = _left_out([*lines, *retired])
    facts = facts_of(idea, lines)
    level = level_of(facts)
    return {
        "dossier": DOSSIER,
        "policy": POLICY,
        "sources": [list(source) for source in SOURCES],
        "at": at,
        "challenge": idea.challenge.title,
        "idea": {"reference": idea.reference, "title": idea.title, "version": idea.current.number},
        "gate": gate.key,
        "plan": plan,
        "budget_cents": budget_cents,
        "level": level,
        "level_asked": int(gate.level),
        "ladder": {"movisie": LADDER[level][0], "nesta": LADDER[level][1]},
        "facts": {
            "canvas_complete": facts.canvas_complete,
            "critical": facts.critical,
            "critical_supported": facts.critical_supported,
            "groups": facts.groups,
            "groups_heard": facts.groups_heard,
            "tests_passed": facts.tests_passed,
            "comparisons_passed": facts.comparisons_passed,
            "comparison_places": facts.comparison_places,
        },
        "conditions": [[asked.key, asked.level, asked.met] for asked in conditions(facts)],
        "canvas": _canvas(idea),
        "assumptions": [_assumption(line) | left_out[line.assumption.pk] for line in lines],
        "retired_critical": [
            _assumption(line) | left_out[line.assumption.pk] | {"reason": line.assumption.retired_reason}
            for line in retired
        ],
        "open_critical": [line.assumption.reference for line in open_critical(lines)],
        "tests": _tests(idea),
        "learning": list(
            LearningCard.objects.filter(idea=idea)
            .order_by("number")
            .values("believed", "observed", "learned", "therefore", "decision")
        ),
    }


def _tests(idea: Idea) -> list[dict[str, Any]]:
    """Every test that was locked, with how many people were seen and what came out."""
    last = Reading.objects.filter(card=OuterRef("pk")).order_by("-pk")
    cards = (
        TestCard.objects.filter(idea=idea, locked_at__isnull=False)
        .order_by("number")
        .annotate(
            seen=Count("observations", filter=Q(observations__struck_at=None, observations__after_verdict=False)),
            verdict=Subquery(last.values("verdict")[:1]),
        )
    )
    return [
        {
            "reference": card.reference,
            "question": card.question,
            "method": card.method,
            "measure": card.measure,
            "right_from": card.right_from,
            "state": card.state,
            "people": card.seen,
            "verdict": card.verdict or "",
            "design_sha256": card.design_digest,
        }
        for card in cards
    ]


def _retired(idea: Idea) -> Any:
    return Assumption.objects.filter(idea=idea).exclude(retired_reason="")


LEFT_OUT = ("dropped_tests", "struck", "deviations")


def _left_out(lines: Iterable[Line]) -> dict[int, dict[str, int]]:
    """Per assumption what its figures leave out: tests stopped after something was seen, what was struck, and how often
    a test went otherwise than was locked. Also from before a pivot, as the evidence comes along as well.
    """
    here = {line.assumption.pk: line.assumption.pk for line in lines}
    found = {pk: Counter(dict.fromkeys(LEFT_OUT, 0)) for pk in here}
    inherited = Assumption.objects.filter(inherited_from__isnull=False).order_by()
    newest = dict(here)
    while newest:
        steps = inherited.filter(pk__in=newest).values_list("pk", "inherited_from_id")
        newest = {source: here[pk] for pk, source in steps if source not in here}
        here |= newest
    seen = Q(card__state=TestCard.State.DROPPED, card__observations__isnull=False)
    rows: Any = (
        TestAssumption.objects.filter(assumption__in=here)
        .values("assumption")
        .annotate(
            dropped_tests=Count("card", filter=seen, distinct=True),
            struck=Count("card__observations", filter=Q(card__observations__struck_at__isnull=False), distinct=True),
            deviations=Count("card__deviations", distinct=True),
        )
    )
    for row in rows:
        found[here[row["assumption"]]].update({name: row[name] for name in LEFT_OUT})
    return {pk: dict(counted) for pk, counted in found.items()}


def _canvas(idea: Idea) -> dict[str, Any]:
    newest = CanvasRevision.objects.filter(idea=idea).order_by("-number").first()
    texts = {name: getattr(newest, name) for name in CANVAS_FIELDS} if newest else {}
    return {"revision": newest.number if newest else 0, **texts}


def _assumption(line: Line) -> dict[str, Any]:
    standing = line.standing
    return {
        "reference": line.assumption.reference,
        "statement": line.assumption.statement,
        "kind": line.assumption.kind,
        "importance": line.assumption.importance,
        "critical": line.is_critical,
        "status": line.status,
        "own_say": line.override.reason if line.override else "",
        "chance_in_100": round(standing.chance * 100),
        "uncertainty_in_100": round(standing.uncertainty * 100),
        "supporting": standing.supporting,
        "contradicting": standing.contradicting,
        "unclear": standing.unclear,
        "from_target_group": standing.from_target_group,
    }
