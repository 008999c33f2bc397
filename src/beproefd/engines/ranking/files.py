# SPDX-License-Identifier: EUPL-1.2
"""Jury rounds as text: criteria from JSON, judgements from CSV. Text in, records out; reading the file is not done here."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from beproefd.engines.ranking.inputs import Comparison, Criteria, Judgements
from beproefd.engines.ranking.record import Json

COLUMNS = ("juror", "idea", "criterion", "score", "better", "worse")
KNOCK_OUT = "knock_out"


class BrokenFileError(ValueError):
    """A file cannot be used; line counts from 1, 0 when it is about the whole file."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line


@dataclass(frozen=True)
class Round:
    """Judgements and who may still read what, (J, I): False where a juror abstained or has a conflict of interest."""

    judgements: Judgements
    allowed: NDArray[np.bool_]


@dataclass
class _Sheet:
    jurors: dict[str, int] = field(default_factory=dict)
    ideas: dict[str, int] = field(default_factory=dict)
    scores: dict[tuple[int, int, int], float | None] = field(default_factory=dict)
    comparisons: dict[tuple[str, frozenset[str], str | None], Comparison] = field(default_factory=dict)

    def juror(self, name: str) -> int:
        return self.jurors.setdefault(name, len(self.jurors))

    def idea(self, name: str) -> int:
        return self.ideas.setdefault(name, len(self.ideas))


def criteria_from_json(text: str, found: tuple[float, float] | None = None) -> Criteria:
    """Read criteria: {"scale": [0, 10], "criteria": [{"key": "impact", "weight": 60}, ...]}.

    Also read: {"keys": [...], "weights": [...], "scale": [...]} as `Criteria.to_json` writes it, {"weights": {"impact":
    60}, "scale": ...}, the list of criteria alone, scale as {"min": 0, "max": 10}, and the published criteria of the
    application, of which knock-out criteria are left out: they get no score. found: the range of the scores, which
    serves when no scale is given.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenFileError(error.lineno, f"this is not JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        reason = (
            "a list or object lies too deep" if isinstance(error, RecursionError) else "a number has too many digits"
        )
        raise BrokenFileError(0, f"this JSON cannot be read: {reason}") from error
    if isinstance(data, list):
        data = {"criteria": data}
    if not isinstance(data, dict):
        raise BrokenFileError(0, 'the criteria must be an object with "criteria" and "scale"')
    try:
        keys, weights = _keys_and_weights(data)
        return Criteria(keys=keys, weights=np.array(weights, dtype=np.float64), scale=_scale(data, found))
    except BrokenFileError:
        raise
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise BrokenFileError(0, reason) from error


def score_range(text: str) -> tuple[float, float] | None:
    """Lowest and highest number in the score column; None when there are not two different ones."""
    _, rows = _table(text)
    scores = set()
    for _, row in rows:
        try:
            scores.add(float(row.get("score", "")))
        except ValueError:
            continue
    finite = sorted(score for score in scores if math.isfinite(score))
    return (finite[0], finite[-1]) if len(finite) > 1 else None


def _keys_and_weights(data: dict[str, Json]) -> tuple[tuple[str, ...], list[float]]:
    if "criteria" in data:
        listed = [item for item in data["criteria"] if item.get("kind") != KNOCK_OUT]
        return tuple(str(item["key"]) for item in listed), [float(item["weight"]) for item in listed]
    if isinstance(data.get("weights"), dict):
        return tuple(data["weights"]), [float(weight) for weight in data["weights"].values()]
    if "keys" in data and "weights" in data:
        return tuple(data["keys"]), [float(weight) for weight in data["weights"]]
    raise BrokenFileError(0, 'the criteria are missing: give "criteria", a list of objects with "key" and "weight"')


def _scale(data: dict[str, Json], found: tuple[float, float] | None) -> tuple[float, float]:
    scale = data.get("scale", found)
    if scale is None:
        raise BrokenFileError(0, 'the scale is missing: give "scale", the lowest and highest score, such as [0, 10]')
    low, high = (scale["min"], scale["max"]) if isinstance(scale, dict) else scale
    return float(low), float(high)


def round_from_csv(
    text: str,
    criteria: Criteria,
    *,
    jurors: tuple[str, ...] = (),
    ideas: tuple[str, ...] = (),
    conflicts: Collection[tuple[str, str]] = (),
) -> Round:
    """Read `juror,idea,criterion,score` and `juror,better,worse,criterion`, in one file or either.

    An empty score is an abstention: it counts as missing and the juror is not asked for that idea again. The criterion
    may be left out when there is one; in a comparison an empty criterion means over all. jurors and ideas: names that
    take part but may not have a line yet. conflicts: juror and idea of readings that are never to be asked.
    """
    sheet = _Sheet()
    for name in jurors:
        sheet.juror(name)
    for name in ideas:
        sheet.idea(name)
    header, rows = _table(text)
    if not ({"juror", "idea", "score"} <= set(header) or {"juror", "better", "worse"} <= set(header)):
        raise BrokenFileError(1, "the header must hold juror,idea,criterion,score or juror,better,worse,criterion")
    for line, row in rows:
        if row.get("better") or row.get("worse"):
            if row.get("idea") or row.get("score"):
                raise BrokenFileError(line, "a line holds a score or a comparison, not both")
            _compare(sheet, criteria, line, row)
        else:
            _score(sheet, criteria, line, row)
    barred = [(sheet.juror(juror), sheet.idea(idea)) for juror, idea in conflicts]
    scores = np.full((len(sheet.jurors), len(sheet.ideas), len(criteria.keys)), np.nan)
    for place, value in sheet.scores.items():
        if value is not None:
            scores[place] = value
    judgements = Judgements(tuple(sheet.jurors), tuple(sheet.ideas), scores, tuple(sheet.comparisons.values()))
    allowed = np.ones(scores.shape[:2], dtype=bool)
    for juror, idea, _ in sheet.scores:
        allowed[juror, idea] = False
    for juror, idea in barred:
        allowed[juror, idea] = False
    return Round(judgements, allowed)


def conflicts_from_csv(text: str) -> tuple[tuple[str, str], ...]:
    """Read `juror,idea`: who is never to read what. An empty file holds no conflicts."""
    if not text.strip():
        return ()
    names, rows = _table(text)
    if not {"juror", "idea"} <= set(names):
        raise BrokenFileError(1, "the header of the conflicts must hold juror,idea")
    return tuple((_named(row, "juror", line), _named(row, "idea", line)) for line, row in rows)


def _table(text: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    rows = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if len(set(header)) != len(header):
            raise BrokenFileError(1, "a column is named twice")
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                raise BrokenFileError(reader.line_num, f"expected {len(header)} values, found {len(row)}")
            rows.append((reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=True))))
    except csv.Error as error:
        raise BrokenFileError(reader.line_num, str(error)) from error
    return header, rows


def _named(row: dict[str, str], column: str, line: int) -> str:
    if not row.get(column):
        raise BrokenFileError(line, f"the {column} is missing")
    return row[column]


def _criterion(criteria: Criteria, row: dict[str, str], line: int) -> int:
    key = row.get("criterion", "")
    if not key and len(criteria.keys) == 1:
        return 0
    if key not in criteria.keys:
        raise BrokenFileError(line, f"unknown criterion {key!r}; the criteria are {', '.join(criteria.keys)}")
    return criteria.keys.index(key)


def _score(sheet: _Sheet, criteria: Criteria, line: int, row: dict[str, str]) -> None:
    place = (
        sheet.juror(_named(row, "juror", line)),
        sheet.idea(_named(row, "idea", line)),
        _criterion(criteria, row, line),
    )
    if place in sheet.scores:
        raise BrokenFileError(line, f"{row['juror']} has scored {row['idea']} on this criterion before")
    text = row.get("score", "")
    if not text:
        sheet.scores[place] = None
        return
    try:
        value = float(text)
    except ValueError:
        raise BrokenFileError(line, f"the score {text!r} is not a number") from None
    low, high = criteria.scale
    if not (math.isfinite(value) and low <= value <= high):
        raise BrokenFileError(line, f"the score {text} lies outside the scale from {low:g} to {high:g}")
    sheet.scores[place] = value


def _compare(sheet: _Sheet, criteria: Criteria, line: int, row: dict[str, str]) -> None:
    juror, better, worse = (_named(row, column, line) for column in ("juror", "better", "worse"))
    if better == worse:
        raise BrokenFileError(line, f"{better} is compared with itself")
    sheet.juror(juror)
    sheet.idea(better)
    sheet.idea(worse)
    key = criteria.keys[_criterion(criteria, row, line)] if row.get("criterion") else None
    comparison = Comparison(juror, better, worse, key)
    if comparison.question in sheet.comparisons:
        raise BrokenFileError(line, f"{juror} has compared {better} and {worse} on this criterion before")
    sheet.comparisons[comparison.question] = comparison
