# SPDX-License-Identifier: EUPL-1.2
"""`beproefd evidence plan|monitor|simulate`: the evidence engine from files, without the web application."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path
from typing import Any

from beproefd.engines.evidence.designs import (
    Design,
    DesignError,
    MatchedPairs,
    OneArmBinary,
    OneArmCount,
    SteppedWedge,
    TwoArmAdjusted,
    TwoArmBinary,
    TwoArmEvents,
    design_from_json,
)
from beproefd.engines.evidence.reading import ENTERED, EVENT, LEFT, Observation, ObservationError

REFUSED = 2
EVENT_WORDS = {"event": EVENT, "left": LEFT, "entered": ENTERED}


class RefusedError(Exception):
    """A file or option cannot be used; the text says where and why."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evidence` and its three commands."""
    evidence = subparsers.add_parser("evidence", help="plan, follow or simulate an experiment")
    commands = evidence.add_subparsers(dest="evidence_command", required=True, metavar="plan|monitor|simulate")

    plan = commands.add_parser(
        "plan", help="how many people a design needs and how likely it is to find the effect that matters",
        description="People per arm and the power that is there. Exact where there is an exact law, else from seeded draws "
        "(exact: false, power_se says how far off). A note tells when the power asked cannot be reached.",
    )  # fmt: skip
    plan.add_argument("design", type=Path, help="design.json")
    plan.add_argument("--intake", type=float, help="people per week, all arms together; adds weeks")
    plan.add_argument("--seed", type=int, default=0, help="start of the draws where there is no exact law")
    plan.add_argument("--json", action="store_true", help="answer as JSON")
    plan.set_defaults(run=lambda args: _guarded(_plan, args))

    monitor = commands.add_parser(
        "monitor", help="what the observations so far say",
        description="A stepped wedge reads cluster,period,outcome. Which start a cluster has is never guessed: name the "
        'clusters in the design ("clusters", in the order of "starts"), or number them 0 to n-1 or 1 to n in that order, or '
        "add a column arm that says in every row whether the new way had begun. An arm column is always checked against "
        "the design.",
    )  # fmt: skip
    monitor.add_argument("design", type=Path, help="design.json")
    monitor.add_argument("data", type=Path, help="data.csv: a header and one row per observation, in order of arrival")
    monitor.add_argument("--closed", action="store_true", help="no more observations will come (stepped wedge)")
    monitor.add_argument("--plot", type=Path, metavar="OUT.SVG", help="draw estimate, interval and evidence over time")
    monitor.add_argument("--json", action="store_true", help="answer as JSON")
    monitor.set_defaults(run=lambda args: _guarded(_monitor, args))

    simulate = commands.add_parser("simulate", help="run a design many times against a known truth")
    simulate.add_argument("design", type=Path, help="design.json")
    simulate.add_argument(
        "--truth", required=True,
        help="null, alternative, or numbers: share or rate (one arm), control,new shares (two arms, binary), "
        "difference in means, ratio (also of hazards)",
    )  # fmt: skip
    simulate.add_argument("--reps", type=int, default=2000)
    simulate.add_argument("--seed", type=int, default=0)
    simulate.add_argument("--json", action="store_true", help="answer as JSON")
    simulate.set_defaults(run=lambda args: _guarded(_simulate, args))


def _guarded(command: Callable[[argparse.Namespace], dict[str, Any]], args: argparse.Namespace) -> int:
    """Run a command and print its answer; a file that cannot be used is refused with code 2."""
    try:
        answer = command(args)
    except (RefusedError, DesignError) as error:
        print(f"beproefd evidence: {error}", file=sys.stderr)
        return REFUSED
    if args.json:
        text = json.dumps(answer, allow_nan=False)
    else:
        text = "\n".join(f"{key}: {_plain(value)}" for key, value in answer.items())
    sys.stdout.write(text + "\n")
    return 0


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return " - ".join(_plain(item) for item in value)
    return "-" if value is None else str(value)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise RefusedError(f"{path}: line {line}: not UTF-8 text") from error


def read_design(path: Path) -> Design:
    """The design in a file."""
    try:
        return design_from_json(_read_text(path))
    except DesignError as error:
        raise RefusedError(f"{path}: {error}") from error


def read_rows(path: Path, design: Design) -> Iterator[tuple[int, Observation]]:
    """(line number, observation) for every row; RefusedError names the line and the reason."""
    reader = csv.reader(_read_text(path).splitlines(), strict=True)
    try:
        yield from _rows(reader, path, design)
    except csv.Error as error:
        raise RefusedError(f"{path}: line {reader.line_num}: {error}") from error


def _rows(reader: Any, path: Path, design: Design) -> Iterator[tuple[int, Observation]]:
    header = [name.strip().lower() for name in next(reader, [])]
    if "outcome" not in header:
        hint = " (columns are separated by commas)" if any(";" in name for name in header) else ""
        raise RefusedError(f"{path}: line 1: the header needs a column 'outcome'{hint}")
    if len(set(header)) != len(header):
        raise RefusedError(f"{path}: line 1: a column appears twice")
    one_arm = isinstance(design, OneArmBinary | OneArmCount)
    needed = ("cluster", "period") if isinstance(design, SteppedWedge) else () if one_arm else ("arm",)
    needed = (*needed, "pair") if isinstance(design, MatchedPairs) else needed
    needed = (*needed, "before") if isinstance(design, TwoArmAdjusted) else needed
    for name in needed:
        if name not in header:
            raise RefusedError(f"{path}: line 1: a {design.kind} needs a column '{name}'")
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise RefusedError(f"{path}: line {reader.line_num}: {len(row)} values where the header has {len(header)}")
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        try:
            yield reader.line_num, _observation(cells, EVENT_WORDS if isinstance(design, TwoArmEvents) else {})
        except ValueError as error:
            raise RefusedError(f"{path}: line {reader.line_num}: {error}") from error


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not a number") from None


def _observation(cells: dict[str, str], words: dict[str, float]) -> Observation:
    period = cells.get("period", "")
    if period and not (period.removeprefix("-").isdecimal() and len(period) < 10):
        raise ValueError(f"period {period!r} is not a whole number")
    outcome, before = cells["outcome"], cells.get("before", "")
    word = words.get(outcome.lower())
    return Observation(
        outcome=word if word is not None else None if outcome in {"", "NA"} else _number("outcome", outcome),
        before=None if before in {"", "NA"} else _number("before", before),
        arm=cells.get("arm") or None,
        pair=cells.get("pair") or None,
        cluster=cells.get("cluster") or None,
        period=int(period) if period else None,
        exposure=_number("exposure", cells["exposure"]) if cells.get("exposure") else 1.0,
        look=cells.get("look", "").lower() in {"1", "true", "yes", "ja"},
    )


def _plan(args: argparse.Namespace) -> dict[str, Any]:
    from beproefd.engines.evidence.planning import plan  # noqa: PLC0415 -- slow import

    if args.seed < 0:
        raise RefusedError("--seed: must not be negative")
    design = read_design(args.design)
    made = plan(design, args.intake, seed=args.seed, progress=_progress if sys.stderr.isatty() else None)
    note = _note(design, made.power, made.power_short)
    return {**made.to_dict(), **({"note": note} if note else {})}


def _progress(done: int, of: int) -> None:
    sys.stderr.write(f"\r{100 * done // of}%" + ("\r    \r" if done == of else ""))


def _note(design: Design, power: float | None, short: float) -> str | None:
    """What someone must know before starting: the power that was asked is not there."""
    if power is None:
        return "without max_units this test has no largest number, and so no power to plan with"
    if short <= 0:
        return None
    what = "neighbourhoods" if isinstance(design, SteppedWedge) else "people"
    if power < 0.0005:
        return (
            f"this design can hardly ever say SUPPORTED: with so few {what} no result is rare enough for alpha. "
            f"Take more {what} or a larger alpha."
        )
    return (
        f"power falls short: when the effect that matters is there, SUPPORTED is said in {power:.0%} of tests and not in "
        f"the {design.power:.0%} asked. Take more {what}, a larger effect, or accept this power."
    )


def _monitor(args: argparse.Namespace) -> dict[str, Any]:
    from beproefd.engines.evidence.monitor import Monitor  # noqa: PLC0415 -- slow import

    design = read_design(args.design)
    monitor = Monitor(design)
    rows = list(read_rows(args.data, design))
    marks = {round(len(rows) * k / 60) for k in range(1, 61)} if args.plot else set()
    course: list[dict[str, Any]] = []
    for place, (line, seen) in enumerate(rows, start=1):
        try:
            monitor.update([seen])
        except ObservationError as error:
            raise RefusedError(f"{args.data}: line {line}: {error}") from error
        if place in marks:
            course.append({"row": place, **monitor.result.to_dict()})
    if args.closed:
        try:
            monitor.close()
        except ObservationError as error:
            raise RefusedError(f"{args.data}: after the last line: {error}") from error
    if args.plot:
        try:
            args.plot.write_text(_draw(design, course), encoding="utf-8")
        except OSError as error:
            raise RefusedError(f"{args.plot}: {error.strerror or error}") from error
    return {**monitor.result.to_dict(), "design": design.digest}


def _draw(design: Design, course: list[dict[str, Any]]) -> str:
    """Estimate with interval above, evidence below, as SVG."""
    import vl_convert  # noqa: PLC0415 -- slow import, only for drawings

    points = [
        {
            "observation": point["row"], "estimate": point["estimate"], "evidence": max(point["e_value"], 1e-4),
            "low": point["interval"][0], "high": point["interval"][1],
        }
        for point in course
    ]  # fmt: skip
    horizontal = {"field": "observation", "type": "quantitative", "title": "observation"}
    scale = course[-1]["scale"].replace("_", " ") if course else "estimate"
    band = {
        "mark": {"type": "area", "opacity": 0.25},
        "encoding": {
            "x": horizontal,
            "y": {"field": "low", "type": "quantitative", "title": scale},
            "y2": {"field": "high"},
        },
    }
    line = {"mark": "line", "encoding": {"x": horizontal, "y": {"field": "estimate", "type": "quantitative"}}}
    evidence = {
        "mark": "line",
        "encoding": {
            "x": horizontal,
            "y": {"field": "evidence", "type": "quantitative", "scale": {"type": "log"}, "title": "e-value"},
        },
    }
    border = {
        "mark": {"type": "rule", "strokeDash": [4, 4]},
        "encoding": {"y": {"datum": 1 / design.side_alpha}},
    }
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": [point for point in points if point["estimate"] is not None]},
        "vconcat": [
            {"width": 520, "height": 220, "layer": [band, line]},
            {"width": 520, "height": 120, "layer": [evidence, border]},
        ],
    }
    return str(vl_convert.vegalite_to_svg(spec))


def _simulate(args: argparse.Namespace) -> dict[str, Any]:
    from beproefd.engines.evidence import simulation  # noqa: PLC0415 -- slow import
    from beproefd.engines.evidence.planning import planned_sizes  # noqa: PLC0415 -- slow import

    design = read_design(args.design)
    if not 1 <= args.reps <= 1_000_000:
        raise RefusedError("--reps: must be 1 to 1000000")
    if args.seed < 0:
        raise RefusedError("--seed: must not be negative")
    null, alternative = simulation.null_truth(design), simulation.alternative_truth(design)
    truth = _truth(args.truth, design, null, alternative)
    tallies: dict[tuple[float, ...], simulation.Tally] = {}
    for offset, at in enumerate((truth, null, alternative)):
        if at not in tallies:
            tallies[at] = simulation.simulate(design, at, reps=args.reps, seed=args.seed + 1_000_003 * offset)
    most, fixed = planned_sizes(design)
    seen = tallies[truth]
    mean = seen.persons / seen.reps
    names = ("supported", "refuted", "futile", "running")
    return {
        "kind": design.kind,
        "truth": list(truth),
        "reps": args.reps,
        "seed": args.seed,
        "expected_n": mean,
        "expected_n_se": sqrt(max(seen.squares / seen.reps - mean**2, 0.0) / seen.reps),
        **{name: count / seen.reps for name, count in zip(names, seen.verdicts, strict=True)},
        "expected_n_alternative": tallies[alternative].persons / args.reps,
        "expected_n_null": tallies[null].persons / args.reps,
        "max_n": most,
        "fixed_n": fixed,
        "alpha": tallies[null].verdicts[0] / args.reps,
        "power": tallies[alternative].verdicts[0] / args.reps,
        "exact": False,
    }


def _truth(text: str, design: Design, null: tuple[float, ...], alternative: tuple[float, ...]) -> tuple[float, ...]:
    if text in {"null", "alternative"}:
        return null if text == "null" else alternative
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise RefusedError(f"--truth: {text!r} is not null, alternative or numbers") from None
    if isinstance(design, TwoArmBinary) and len(values) == 1:
        return design.baseline, values[0]
    return values
