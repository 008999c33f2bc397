# SPDX-License-Identifier: EUPL-1.2
"""The locked criteria as a document: built once at the lock, read by everything after it."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from beproefd.ground.audit.chain import canonical, sha256

from .models import CriteriaSet, Criterion

FORMAT = "beproefd-criteria/1"


@dataclass(frozen=True)
class RuledCriterion:
    """A criterion as published. `anchors` maps a score to the plain text that says what it means."""

    key: str
    name: str
    question: str
    kind: str
    weight: int
    anchors: dict[int, str]

    @property
    def is_knock_out(self) -> bool:
        """Whether a majority of “no” ends the race for an idea."""
        return self.kind == Criterion.Kind.KNOCK_OUT


@dataclass(frozen=True)
class Rulebook:
    """What the jury must go by, read from the published text and from nothing else."""

    version: int
    fingerprint: str
    scale_min: int
    scale_max: int
    quorum: int
    winners: int
    tie_break: str
    lottery_commitment: str
    criteria: tuple[RuledCriterion, ...]

    @property
    def weighted(self) -> tuple[RuledCriterion, ...]:
        """The criteria that get a score."""
        return tuple(criterion for criterion in self.criteria if not criterion.is_knock_out)

    @property
    def knock_outs(self) -> tuple[RuledCriterion, ...]:
        """The criteria that get a yes or a no."""
        return tuple(criterion for criterion in self.criteria if criterion.is_knock_out)

    @property
    def heaviest(self) -> RuledCriterion:
        """The criterion with the largest weight; of equals, the one that comes first."""
        return max(self.weighted, key=lambda criterion: criterion.weight)


def document(criteria_set: CriteriaSet, *, locked_at: str, lottery_commitment: str) -> dict[str, Any]:
    """Everything that is fixed at the lock, as plain values."""
    challenge = criteria_set.challenge
    return {
        "format": FORMAT,
        "challenge": {
            "slug": challenge.slug,
            "title": challenge.title,
            "mission": challenge.canvas.mission if challenge.canvas else "",
        },
        "version": criteria_set.version,
        "reason": criteria_set.reason,
        "locked_at": locked_at,
        "scale": {"min": criteria_set.scale_min, "max": criteria_set.scale_max},
        "quorum": criteria_set.quorum,
        "winners": criteria_set.winners,
        "aggregation": "weighted_mean",
        "tie_break": criteria_set.tie_break,
        "lottery_commitment": lottery_commitment,
        "criteria": [
            {
                "key": criterion.key,
                "name": criterion.name,
                "question": criterion.question,
                "kind": criterion.kind,
                "weight": criterion.weight,
                "anchors": _anchors(criterion, criteria_set.scale),
            }
            for criterion in criteria_set.criteria.order_by("position", "pk")
        ],
    }


def _anchors(criterion: Criterion, scale: range) -> dict[str, str]:
    """The texts that still fit: a scale made shorter leaves texts for scores that no longer exist."""
    anchors: dict[str, str] = criterion.anchors
    if criterion.kind == Criterion.Kind.KNOCK_OUT:
        return anchors
    return {score: text for score, text in anchors.items() if int(score) in scale}


def fingerprint(text: str) -> str:
    """SHA-256 over the canonical form of a criteria document.

    Errors: ValueError when the text is not JSON or not a criteria document.
    """
    try:
        content = json.loads(text)
    except RecursionError:
        raise ValueError("not a criteria document: it is nested too deeply") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"not a criteria document: the format is not {FORMAT}")
    return sha256(canonical(content))


@lru_cache(maxsize=64)
def parse(text: str) -> Rulebook:
    """The rulebook in a published document."""
    content = json.loads(text)
    return Rulebook(
        version=content["version"],
        fingerprint=fingerprint(text),
        scale_min=content["scale"]["min"],
        scale_max=content["scale"]["max"],
        quorum=content["quorum"],
        winners=content["winners"],
        tie_break=content["tie_break"],
        lottery_commitment=content["lottery_commitment"],
        criteria=tuple(
            RuledCriterion(
                key=item["key"],
                name=item["name"],
                question=item["question"],
                kind=item["kind"],
                weight=item["weight"],
                anchors={
                    int(score): text for score, text in sorted(item["anchors"].items(), key=lambda pair: int(pair[0]))
                },
            )
            for item in content["criteria"]
        ),
    )
