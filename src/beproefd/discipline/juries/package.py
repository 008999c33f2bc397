# SPDX-License-Identifier: EUPL-1.2
"""The decision package: everything someone needs to check the decision, in one document, without personal scores.

The jury is named. Scores stand under labels that do not give away who gave them: they are shuffled when the package is
made, by nothing that is kept or published.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from beproefd.discipline.challenges import rulebook
from beproefd.discipline.ideas.models import Idea, IdeaState
from beproefd.ground.accounts.models import User
from beproefd.ground.audit.chain import canonical, sha256
from beproefd.ground.audit.models import Head

from . import lots
from .models import BLOCKING, Answer, Assessment, Dissent, Interest, Round, Score, ScoreChange, Seat
from .sentences import interest_paragraph, stability_sentence
from .signing import is_signed
from .standings import Given, Line, Standings, compute

FORMAT = "beproefd-decision/1"


def build(
    jury_round: Round,
    ideas: Iterable[Idea],
    answers: Mapping[int, Answer],
    standings: Standings,
    *,
    decided_by: User,
    decided_at: datetime,
) -> dict[str, Any]:
    """The document as plain values, in Dutch: it is a decision of a Dutch municipality."""
    by_reference = {idea.reference: idea for idea in ideas}
    seats = list(taking_part(jury_round).order_by("name", "pk"))
    labels = _labels([seat.pk for seat in jury_round.seats.all()])
    head = Head.objects.get(pk=1)
    with override("nl"):
        return {
            "format": FORMAT,
            "challenge": {
                "slug": jury_round.challenge.slug,
                "title": jury_round.challenge.title,
                "mission": jury_round.challenge.canvas.mission if jury_round.challenge.canvas else "",
                "is_demo": jury_round.challenge.is_demo,
            },
            "round": jury_round.number,
            "decided_at": decided_at.astimezone(UTC).isoformat(timespec="seconds"),
            "decided_by": decided_by.name,
            "criteria": json.loads(jury_round.criteria_set.canonical),
            "criteria_fingerprint": jury_round.criteria_set.fingerprint,
            "jury": [
                {
                    "name": seat.name,
                    "organisation": seat.organisation,
                    "expertise": seat.expertise,
                    "kind": _kind(seat),
                }
                for seat in seats
            ],
            "interests": interest_paragraph(_interests(jury_round)),
            "winners": list(standings.winners),
            "ideas": [
                _idea(by_reference[line.idea], line, answers[by_reference[line.idea].pk].text)
                for line in standings.lines
            ],
            "stability": stability_sentence(
                standings, {reference: idea.title for reference, idea in by_reference.items()}
            ),
            "lottery": _lottery(jury_round, standings),
            "scores": _scores(jury_round, by_reference, labels),
            "changed_scores": _changes(jury_round, by_reference, labels),
            "dissent": [
                {"name": note.seat.name if note.is_named else "", "text": note.text}
                for note in Dissent.objects.filter(seat__round=jury_round).select_related("seat")
            ],
            "audit": {"entries": head.sequence, "hash": head.hash},
        }


def taking_part(jury_round: Round) -> QuerySet[Seat]:
    """Who the decision names: everyone in the room, and who left after handing in. Not an alternate who still waits."""
    judged = Assessment.objects.filter(seat__round=jury_round, state=Assessment.State.SUBMITTED).values("seat")
    return jury_round.seats.filter(Q(is_active=True) | Q(pk__in=judged))


def _kind(seat: Seat) -> str:
    kind = str(seat.get_kind_display())
    return _("%(kind)s, left during the work") % {"kind": kind} if seat.left_reason else kind


def _interests(jury_round: Round) -> list[Interest]:
    return list(
        jury_round.interests.filter(
            status__in=BLOCKING, idea__state=IdeaState.SUBMITTED, user__in=taking_part(jury_round).values("user")
        ).select_related("user", "idea")
    )


def _labels(pks: list[int]) -> dict[int, str]:
    secrets.SystemRandom().shuffle(pks)
    return {pk: f"J{number}" for number, pk in enumerate(pks, start=1)}


def _idea(idea: Idea, line: Line, answer: str) -> dict[str, Any]:
    version = idea.current
    return {
        "reference": idea.reference,
        "title": version.title,
        "version": version.number,
        "version_sha256": version_digest(idea),
        "is_demo": idea.is_demo,
        "place": line.place,
        "wins": line.wins,
        "mean": _round(line.mean),
        "median": _round(line.median),
        "judgements": line.readings,
        "knocked_out_by": list(line.knocked_out_by),
        "tied_with": list(line.tied_with),
        "answer": answer,
    }


def version_digest(idea: Idea) -> str:
    """SHA-256 over what the idea says, so that the text the jury judged can be recognised."""
    version = idea.current
    return sha256(canonical([version.title, version.problem, version.solution, version.value, version.building_blocks]))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _lottery(jury_round: Round, standings: Standings) -> dict[str, Any]:
    seed = jury_round.criteria_set.lottery_seed
    return {
        "commitment": jury_round.rules.lottery_commitment,
        "seed": seed,
        "method": "sha256(seed:reference), lowest first",
        "drawn": [[{"reference": r, "lot": lots.lot(seed, r)} for r in group] for group in standings.drawn],
    }


def _scores(jury_round: Round, ideas: Mapping[str, Idea], labels: Mapping[int, str]) -> list[dict[str, Any]]:
    current = {idea.current.pk: reference for reference, idea in ideas.items()}
    handed_in = Assessment.objects.filter(seat__round=jury_round, state=Assessment.State.SUBMITTED)
    values: dict[int, dict[str, int | None]] = defaultdict(dict)
    scores = (
        Score.objects.filter(assessment__in=handed_in).order_by().values_list("assessment_id", "criterion", "value")
    )
    for assessment, criterion, value in scores.iterator(chunk_size=10_000):
        values[assessment][criterion] = value
    rows = [
        {"juror": labels[seat], "idea": current[version], "confidence": confidence, "values": values[assessment]}
        for assessment, seat, version, confidence in handed_in.values_list("pk", "seat_id", "version_id", "confidence")
        if version in current
    ]
    return sorted(rows, key=lambda row: (row["idea"], row["juror"]))


def _changes(jury_round: Round, ideas: Mapping[str, Idea], labels: Mapping[int, str]) -> list[dict[str, Any]]:
    changes = ScoreChange.objects.filter(
        assessment__seat__round=jury_round, assessment__state=Assessment.State.SUBMITTED
    ).select_related("assessment__idea")
    return [
        {
            "juror": labels[item.assessment.seat_id],
            "idea": item.assessment.idea.reference,
            "criterion": item.criterion,
            "old": item.old_value,
            "new": item.new_value,
            "reason": item.reason,
        }
        for item in changes
        if item.assessment.idea.reference in ideas
    ]


# Files


def envelope(jury_round: Round) -> str:
    """The JSON file: the package as signed, with its hash, signature and public key."""
    return json.dumps(
        {
            "package": jury_round.package,
            "sha256": sha256(jury_round.package),
            "signature": jury_round.signature,
            "public_key": jury_round.public_key,
            "algorithm": "Ed25519 over the UTF-8 text of package",
        },
        indent=1,
        ensure_ascii=False,
    )


def check(text: str) -> list[tuple[str, bool]]:
    """Check a package file on its own: each line says what was checked and whether it holds.

    Errors: ValueError when the file is not a decision package.
    """
    try:
        outer = json.loads(text)
        package = outer["package"]
        inner = json.loads(package)
        if inner["format"] != FORMAT:
            raise ValueError(f"the format is not {FORMAT}")
        criteria = canonical(inner["criteria"])
        rules = rulebook.parse(criteria)
        seed = inner["lottery"]["seed"]
        again = _recomputed(inner, rules)
        order = [(line.idea, line.place, line.wins) for line in again.lines]
        noted = [(idea["reference"], idea["place"], idea["wins"]) for idea in inner["ideas"]]
        return [
            ("hash", sha256(package) == outer["sha256"]),
            ("signature", is_signed(package, outer["signature"], outer["public_key"])),
            ("criteria fingerprint", rulebook.fingerprint(criteria) == inner["criteria_fingerprint"]),
            ("lottery seed", lots.commitment(seed) == rules.lottery_commitment),
            ("order recomputed from the scores", sorted(order) == sorted(noted)),
        ]
    except (KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError) as problem:
        raise ValueError(f"not a decision package: {problem}") from problem


def _recomputed(inner: dict[str, Any], rules: rulebook.Rulebook) -> Standings:
    """The standings, from nothing but what a package says."""
    references = [idea["reference"] for idea in inner["ideas"]]
    given: list[Given] = [
        (row["juror"], row["idea"], criterion, value)
        for row in inner["scores"]
        for criterion, value in row["values"].items()
        if value is not None
    ]
    jurors = sorted({juror for juror, _idea, _criterion, _value in given})
    return compute(rules, references, jurors, given, seed=inner["lottery"]["seed"])


@lru_cache(maxsize=16)
def stability_of(package: str, language: str) -> str:
    """How firm a signed decision is, in a language: as it was signed in Dutch, and worked out again for another."""
    inner = json.loads(package)
    if language == "nl":
        return str(inner["stability"])
    titles = {idea["reference"]: idea["title"] for idea in inner["ideas"]}
    with override(language):
        return stability_sentence(_recomputed(inner, rulebook.parse(canonical(inner["criteria"]))), titles)


def seat_kinds() -> dict[str, str]:
    """The kinds of seat as a package names them, each in the language of the reader."""
    seats = [Seat(kind=kind, left_reason=reason) for kind in Seat.Kind.values for reason in ("", "-")]
    with override("nl"):
        signed = [_kind(seat) for seat in seats]
    return {name: _kind(seat) for name, seat in zip(signed, seats, strict=True)}


def signer(text: str) -> str:
    """The public key that a package file says it was signed with, in base64."""
    return str(json.loads(text)["public_key"])


def pdf(jury_round: Round) -> bytes:
    """The printable decision (PDF/UA-1), made from the signed package and nothing else."""
    return _pdf(jury_round.package, jury_round.signature)


@lru_cache(maxsize=16)
def _pdf(package: str, signature: str) -> bytes:
    import typst  # noqa: PLC0415 -- slow import, kept out of the web start-up

    template = resources.files(__package__).joinpath("decision.typ").read_bytes()
    return typst.compile(
        template,
        sys_inputs={"package": package, "sha256": sha256(package), "signature": signature},
        pdf_standards=["ua-1"],
    )
