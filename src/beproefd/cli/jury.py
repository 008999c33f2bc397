# SPDX-License-Identifier: EUPL-1.2
"""`beproefd jury rank|next|simulate`: the ranking engine from files, without the web application."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from beproefd.engines.ranking import Limits, advise, rank
from beproefd.engines.ranking.files import (
    BrokenFileError,
    Round,
    conflicts_from_csv,
    criteria_from_json,
    round_from_csv,
    score_range,
)
from beproefd.engines.ranking.inputs import Criteria
from beproefd.engines.ranking.record import plain
from beproefd.engines.ranking.simulation import World, imagine, raw_means_right, run
from beproefd.engines.ranking.stopping import Target

REFUSED = 2


class RefusedError(Exception):
    """A file or option cannot be used; the text says where and why."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `jury` and its three commands."""
    jury = subparsers.add_parser("jury", help="rank ideas, ask the next reading, or simulate a jury")
    commands = jury.add_subparsers(dest="jury_command", required=True, metavar="rank|next|simulate")

    ranking = commands.add_parser("rank", help="the published order and the model's second opinion")
    _add_files(ranking)
    _add_target(ranking)
    ranking.set_defaults(run=lambda args: _guarded(_rank, args, _rank_as_text))

    following = commands.add_parser("next", help="which juror reads which idea next, or may we stop?")
    _add_files(following)
    following.add_argument("--conflicts", type=Path, metavar="FILE.CSV", help="juror,idea: readings never to be asked")
    following.add_argument("--ideas", type=Path, metavar="FILE", help="all ideas, one name per line")
    following.add_argument("--jurors", type=Path, metavar="FILE", help="all jurors, one name per line")
    following.add_argument(
        "--comparing", type=Path, metavar="FILE",
        help="jurors who say which of two ideas is better instead of giving scores, one name per line",
    )  # fmt: skip
    _add_target(following)
    _add_limits(following, 2)
    following.set_defaults(run=lambda args: _guarded(_next, args, _as_lines))

    simulate = commands.add_parser("simulate", help="how many readings does a jury need, and how often is it right?")
    for name, default, text in (
        ("ideas", 30, "number of ideas"),
        ("jurors", 12, "number of jurors"),
        ("erratic", 0, "jurors who are 2.5 times as noisy"),
        ("reps", 100, "imagined juries"),
        ("seed", 0, "start of the random numbers"),
    ):
        simulate.add_argument(f"--{name}", type=int, default=default, help=f"{text} (default {default})")
    for name, fraction, text in (
        ("gap", 1.0, "least distance between the last idea in the top and the next; ideas spread with sd 1"),
        ("noise", 1.0, "sd of one reading"),
        ("leniency", 0.7, "sd of the leniency of jurors"),
        ("unequal", 0.0, "sd of the logarithm of jurors' noise"),
        ("conflict-share", 0.0, "share of readings ruled out by conflicts of interest"),
    ):
        simulate.add_argument(f"--{name}", type=float, default=fraction, help=f"{text} (default {fraction:g})")
    _add_target(simulate)
    _add_limits(simulate, 1)
    simulate.set_defaults(run=lambda args: _guarded(_simulate, args, _as_lines))


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "judgements", type=Path, help="judgements.csv: juror,idea,criterion,score and/or juror,better,worse,criterion"
    )
    parser.add_argument(
        "criteria", type=Path, help='criteria.json: {"scale": [0, 10], "criteria": [{"key": ..., "weight": ...}]}'
    )


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--top", type=int, default=3, help="how many ideas win (default 3)")
    parser.add_argument(
        "--tolerance", type=float, help="score points that make no difference (default: a twentieth of the scale)"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def _add_limits(parser: argparse.ArgumentParser, readings: int) -> None:
    parser.add_argument("--confidence", type=float, default=0.95, help="how sure the top must be (default .95)")
    parser.add_argument(
        "--min-readings", type=int, default=readings, help=f"readings of every idea, at least (default {readings})"
    )
    parser.add_argument("--max-load", type=int, help="ideas per juror, at most (default: no limit)")
    parser.add_argument(
        "--load-spread", type=int, default=1, help="how far the loads of jurors may differ; 0: free (default 1)"
    )


def _guarded(
    command: Callable[[argparse.Namespace], dict[str, Any]],
    args: argparse.Namespace,
    as_text: Callable[[dict[str, Any]], str],
) -> int:
    """Run a command and print its answer; what cannot be used is refused with code 2."""
    try:
        answer = command(args)
    except (RefusedError, ValueError, OverflowError) as error:
        print(f"beproefd jury: {error}", file=sys.stderr)
        return REFUSED
    text = json.dumps(plain_answer(answer), allow_nan=False, ensure_ascii=False) if args.json else as_text(answer)
    sys.stdout.write(text + "\n")
    return 0


def plain_answer(answer: dict[str, Any]) -> dict[str, Any]:
    """Turn arrays and numpy numbers into what JSON holds, also inside objects."""
    return {key: plain_answer(value) if isinstance(value, dict) else plain(value) for key, value in answer.items()}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is not UTF-8 text"
        raise RefusedError(f"{path}: {reason}") from error


def _names(path: Path | None) -> tuple[str, ...]:
    return (
        () if path is None else tuple(dict.fromkeys(line.strip() for line in _read(path).splitlines() if line.strip()))
    )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Refuse what cannot be used under the name of the file it stands in."""
    try:
        yield
    except BrokenFileError as error:
        raise RefusedError(f"{path}: {error}") from error


def _load(args: argparse.Namespace) -> tuple[Criteria, Round]:
    judgements, rules = _read(args.judgements), _read(args.criteria)
    conflicts = getattr(args, "conflicts", None)
    barred: tuple[tuple[str, str], ...] = ()
    if conflicts is not None:
        with _reading(conflicts):
            barred = conflicts_from_csv(_read(conflicts))
    jurors, ideas = _names(getattr(args, "jurors", None)), _names(getattr(args, "ideas", None))
    with _reading(args.judgements):
        found = score_range(judgements)
    with _reading(args.criteria):
        criteria = criteria_from_json(rules, found)
    with _reading(args.judgements):
        return criteria, round_from_csv(judgements, criteria, jurors=jurors, ideas=ideas, conflicts=barred)


def _rank(args: argparse.Namespace) -> dict[str, Any]:
    criteria, found = _load(args)
    ranking = rank(found.judgements, criteria, top=args.top, tolerance=args.tolerance)
    names = ranking.ideas

    def by_idea(values: Any) -> dict[str, Any]:
        return {names[i]: values[i] for i in ranking.order}

    compared = ranking.basis == "comparisons"
    return {
        "order": [names[i] for i in ranking.order],
        "basis": ranking.basis,
        "scores": by_idea(ranking.model_score if compared else ranking.mean),
        "intervals": by_idea(ranking.interval),
        "p_top": by_idea(ranking.p_top),
        "stable": ranking.stability.stable,
        "top": ranking.top,
        "ties": ranking.ties,
        "readings": by_idea(ranking.readings),
        "medians": by_idea(ranking.median),
        "model_order": [names[i] for i in ranking.model_order],
        "model_scores": by_idea(ranking.model_score),
        "p_right": ranking.p_right,
        "p_published_right": ranking.p_published_right,
        "tolerance": ranking.tolerance,
        "sure": ranking.sure,
        "tied_group": ranking.tied,
        "seats": ranking.seats,
        "jurors": {
            name: {"leniency": ranking.leniency[j], "noise": ranking.noise[j], "scale": ranking.scale[j]}
            for j, name in enumerate(ranking.jurors)
        },
        "stability": ranking.stability.to_dict(),
        "engine_version": ranking.engine_version,
    }


def _rank_as_text(answer: dict[str, Any]) -> str:
    basis = answer["basis"]
    lines = [f"{'':>4} {'idea':<30} {'score':>6} {'model':>6} {'95 % interval':>15} {'in top':>7} {'readings':>8}"]
    for place, idea in enumerate(answer["order"], 1):
        low, high = answer["intervals"][idea]
        lines.append(
            f"{place:>4} {idea:<30} {_points(answer['scores'][idea]):>6} {_points(answer['model_scores'][idea]):>6} "
            f"{f'{_points(low)} - {_points(high)}':>15} {answer['p_top'][idea]:>7.2f} {answer['readings'][idea]:>8}"
        )
    stability = answer["stability"]
    if basis != "scores":
        lines += [
            "",
            "Nobody gave a score: the order is that of the model." if basis == "comparisons" else "Nothing is read.",
        ]
    lines += [
        "",
        f"The top {'does not change' if answer['stable'] else 'can change'} with one juror less or weights 10 points off.",
        f"Share of nearby weights that keep the top: {stability['weight_share']:.1%}.",
        *(
            f"Without {juror}: {', '.join(enter) or '-'} in, {', '.join(leave) or '-'} out."
            for juror, enter, leave in stability["without_juror"]
        ),
        f"Chance that the top by the model is right within {answer['tolerance']:g} points: {answer['p_right']:.0%}.",
    ]
    if answer["ties"]:
        lines.append(f"Exactly tied at the border: {', '.join(answer['ties'][0])}.")
    if answer["tied_group"]:
        lines.append(f"Not separable, debate or draw lots for {answer['seats']}: {', '.join(answer['tied_group'])}.")
    return "\n".join(lines)


def _points(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2f}"


def _limits(args: argparse.Namespace) -> Limits:
    return Limits(min_readings=args.min_readings, max_load=args.max_load, load_spread=args.load_spread or None)


def _next(args: argparse.Namespace) -> dict[str, Any]:
    criteria, found = _load(args)
    advice = advise(
        found.judgements,
        criteria,
        allowed=found.allowed,
        limits=_limits(args),
        top=args.top,
        tolerance=args.tolerance,
        confidence=args.confidence,
        comparing=_names(args.comparing),
    )
    return advice.to_dict()


def _simulate(args: argparse.Namespace) -> dict[str, Any]:
    if args.reps < 1:
        raise RefusedError("--reps must be at least 1")
    world = World(
        ideas=args.ideas,
        jurors=args.jurors,
        top=args.top,
        gap=args.gap,
        leniency=args.leniency,
        noise=args.noise,
        unequal=args.unequal,
        erratic=args.erratic,
        conflicts=args.conflict_share,
    )
    target = Target(args.top, 0.5 if args.tolerance is None else args.tolerance, args.confidence)
    rng = np.random.default_rng(args.seed)
    panels = imagine(world, args.reps, rng)
    outcome = run(panels, _limits(args), target, rng)
    claimed = outcome.claimed
    return {
        "mean_readings": outcome.readings.mean(),
        "success": outcome.right.mean(),
        "median_readings": np.median(outcome.readings),
        "readings_90_percent": np.quantile(outcome.readings, 0.9),
        "claimed": claimed.mean(),
        "right_when_claimed": outcome.right[claimed].mean() if claimed.any() else None,
        "full_readings": int(panels.allowed.sum() / args.reps),
        "full_success": raw_means_right(panels, target).mean(),
        "largest_load_difference": int((outcome.loads.max(axis=1) - outcome.loads.min(axis=1)).max()),
        "fewest_readings_of_an_idea": int(outcome.seen.min()),
        "tolerance": target.tolerance,
        "reps": args.reps,
        "seed": args.seed,
    }


def _as_lines(answer: dict[str, Any]) -> str:
    return "\n".join(f"{key}: {_plain(value)}" for key, value in answer.items())


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)
