# SPDX-License-Identifier: EUPL-1.2
"""How few readings does a jury need, and is the engine honest about it? Goals J1 to J8.

`python -m benchmarks.ranking --json` prints one object per claim; `--quick` uses a fifth of the imagined juries;
`--seed` starts the random numbers elsewhere. Success means: every chosen idea is at most half a standard deviation of
the ideas worse than the true number three. A goal on a share is called met when the measured share reaches it; the
standard error is in the object.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.ranking_peers import compare
from beproefd.engines.ranking import Criteria, Judgements, Limits, next_judgement, rank
from beproefd.engines.ranking.model import Readings, estimate, first_guess, posterior
from beproefd.engines.ranking.polytope import UnmeasurableError, share_kept
from beproefd.engines.ranking.simulation import WIDTH, World, imagine, is_right, right_after, run, truth
from beproefd.engines.ranking.stability import share_on_points
from beproefd.engines.ranking.stopping import Target

ONCE = Limits(min_readings=1, load_spread=1)
FREE = Limits(min_readings=1, load_spread=None)
TWICE = Limits(min_readings=2, load_spread=1)
ERRATIC = World(unequal=0.5, erratic=2)
BUDGETS = tuple(range(30, 361, 5))
ENOUGH = 0.95


@dataclass(frozen=True)
class Effort:
    """How many imagined juries, and where the random numbers start."""

    juries: int
    seed: int

    def source(self, claim):
        return np.random.default_rng([self.seed, claim])


def claim(name, value, baseline, goal, met, **more):
    ratio = None if value is None or not baseline else round(value / baseline, 4)
    rounded = {key: round(item, 4) if isinstance(item, float) else item for key, item in more.items()}
    return {
        "claim": name,
        "value": None if value is None else round(float(value), 4),
        "baseline": None if baseline is None else round(float(baseline), 4),
        "ratio": ratio,
        "goal": goal,
        "met": bool(met),
        **rounded,
    }


def standard_error(flags):
    return float(np.sqrt(flags.mean() * (1 - flags.mean()) / len(flags)))


def means_by_budget(panels, target, rng, *, standardised=False):
    """Full-scoring practice: readings dealt out evenly, the raw mean or the mean of z-scores per juror decides."""
    number, jurors, ideas = panels.scores.shape
    deal = rng.random((number, jurors, ideas)).argsort(axis=1).argsort(axis=1) * ideas
    deal = deal + rng.random((number, 1, ideas)).argsort(axis=2).argsort(axis=2)
    right = []
    for budget in BUDGETS:
        read = deal < budget
        count = np.maximum(read.sum(axis=2, keepdims=True), 1)
        scores = panels.scores
        if standardised:
            mean = np.where(read, scores, 0).sum(axis=2, keepdims=True) / count
            spread = np.sqrt(np.where(read, (scores - mean) ** 2, 0).sum(axis=2, keepdims=True) / count)
            scores = (scores - mean) / np.maximum(spread, 1e-9)
        seen = read.sum(axis=1)
        total = np.where(read, scores, 0).sum(axis=1) / np.maximum(seen, 1)
        chosen = np.argsort(-np.where(seen > 0, total, -np.inf), axis=1, kind="stable")[:, :3]
        right.append(is_right(panels.quality, chosen, target.tolerance).mean())
    return np.array(right)


def smallest_enough(right):
    """The smallest budget from which on the success stays at .95 or more; None when never."""
    enough = np.flatnonzero(np.asarray(right) < ENOUGH)
    first = 0 if not enough.size else enough[-1] + 1
    return None if first == len(BUDGETS) else BUDGETS[first]


def j1_and_j5(effort):
    target, source = Target(), effort.source(1)
    panels = imagine(World(), effort.juries, source)
    baseline = smallest_enough(means_by_budget(panels, target, source))
    once = run(panels, ONCE, target, source)
    mean, success = once.readings.mean(), once.right.mean()
    yield claim(
        "J1 mean readings until the stop, 30 ideas x 12 jurors, gap 1; baseline: readings for .95 with means",
        mean, baseline or 360, "mean <= 80, success >= .95", mean <= 80 and success >= ENOUGH,
        success=float(success), success_se=standard_error(once.right), median=float(np.median(once.readings)),
        claimed=float(once.claimed.mean()), right_when_claimed=float(once.right[once.claimed].mean()),
        baseline_note="" if baseline else "means never reach .95 here; the full panel of 360 is taken",
        juries=effort.juries,
    )  # fmt: skip
    yield from compare(panels, target, source, mean)
    panels = replace(panels, allowed=source.random(panels.scores.shape) >= 0.05)
    fair = run(panels, TWICE, target, source)
    ruled_out = run(panels, ONCE, target, source)
    spread = int((fair.loads.max(axis=1) - fair.loads.min(axis=1)).max())
    cost = fair.readings.mean() / ruled_out.readings.mean()
    yield claim(
        "J5 readings with loads within 1, every idea read twice, 5 % conflicts; baseline: read once, same conflicts",
        fair.readings.mean(), ruled_out.readings.mean(), "ratio <= 1.10, loads within 1, seen >= 2, no conflict",
        cost <= 1.10 and spread <= 1 and fair.seen.min() >= 2,
        success=float(fair.right.mean()), success_se=standard_error(fair.right),
        largest_load_difference=spread, fewest_readings_of_an_idea=int(fair.seen.min()),
        juries=effort.juries,
    )  # fmt: skip


def j2(effort):
    target, source = Target(), effort.source(2)
    panels = imagine(ERRATIC, effort.juries, source)
    budgets = tuple(size for size in BUDGETS if size <= 180)
    right = right_after(panels, budgets, FREE, target)
    reached = smallest_enough([*right.mean(axis=0), *np.ones(len(BUDGETS) - len(budgets))])
    reached = reached if reached is not None and reached <= budgets[-1] else None
    at_100 = right[:, budgets.index(100)]
    knowing = right_after(panels, budgets, FREE, target, truth(panels)).mean(axis=0)
    known = smallest_enough([*knowing, *np.ones(len(BUDGETS) - len(budgets))])
    zscore = smallest_enough(means_by_budget(panels, target, source, standardised=True))
    stop = run(panels, FREE, target, source)
    yield claim(
        "J2 readings for .95 right with erratic jurors, noise estimated; baseline: z-scores",
        reached, zscore or 360, "<= 100", reached is not None and reached <= 100,
        success_at_100=float(at_100.mean()), success_se=standard_error(at_100),
        same_rule_knowing_the_noise=known, success_at_100_knowing_the_noise=float(knowing[budgets.index(100)]), own_stop=float(stop.readings.mean()),
        success_at_own_stop=float(stop.right.mean()), baseline_note="" if zscore else "z-scores never reach .95",
        juries=effort.juries,
    )  # fmt: skip


def j3(effort):
    target, source = Target(), effort.source(3)
    claimed, right, cells, worst, honest = 0, 0, {}, 1.0, True
    each = max(effort.juries // 4, 10)
    # A gap just beyond the tolerance of 0.5 is the hardest: there every wrong idea that looks as good counts as wrong.
    for gap in (0.0, 0.25, 0.5, 0.6, 1.0):
        for noise in (0.5, 1.0, 2.0):
            outcome = run(imagine(World(gap=gap, noise=noise), each, source), ONCE, target, source)
            number, good = int(outcome.claimed.sum()), int(outcome.right[outcome.claimed].sum())
            claimed, right = claimed + number, right + good
            cells[f"gap {gap:g} noise {noise:g}"] = f"{good} of {number} claims right, {each - number} tied"
            worst = min(worst, good / number) if number >= 10 else worst
            honest &= good >= ENOUGH * number - 2 * np.sqrt(ENOUGH * (1 - ENOUGH) * number)
    share = right / max(claimed, 1)
    yield claim(
        "J3 share of claims that are right, gaps 0-1, noise 0.5-2; baseline: the probability claimed",
        share, 0.95, ">= .95 of all claims, in every cell within two standard errors", share >= ENOUGH and honest,
        se=float(np.sqrt(share * (1 - share) / max(claimed, 1))), worst_cell=worst, claims=claimed, cells=cells,
    )  # fmt: skip


def j4(effort):
    source = effort.source(4)
    panels = imagine(World(gap=0.0, step=0.01), effort.juries, source)
    read = source.random(panels.scores.shape) < 0.3
    weight = read.astype(float)
    scores = np.where(read, panels.scores, 0.0)
    data = Readings(scores, weight, first_guess(scores, weight, WIDTH))
    spreads = estimate(data)
    truth = replace(
        spreads,
        ideas=np.ones(len(scores)), noise=panels.noise**2, scale=np.ones_like(spreads.scale),
    )  # fmt: skip

    def severity_error(found):
        error = found.leniency - panels.leniency
        return float(np.sqrt(((error - error.mean(axis=1, keepdims=True)) ** 2).mean()))

    ours, bound = severity_error(posterior(data, spreads)), severity_error(posterior(data, truth))
    lifted = np.where(read, scores + np.eye(12)[3][:, None] * 3.0, 0.0)
    data_lifted = Readings(lifted, weight, first_guess(lifted, weight, WIDTH))
    moved = posterior(data_lifted, estimate(data_lifted)).quality - posterior(data, spreads).quality
    constant = float(np.abs(moved - moved.mean(axis=1, keepdims=True)).max())
    yield claim(
        "J4 error of juror severity; baseline: generalised least squares with the true variances",
        ours, bound, "ratio <= 1.10, a constant added to a juror changes no difference",
        ours <= 1.10 * bound and constant < 1e-9, change_by_a_constant=constant, juries=effort.juries,
    )  # fmt: skip


def j6(effort):
    source = effort.source(6)
    extra, raw, se = sabotage(World(), effort, source)
    closer = sabotage(World(gap=0.25), effort, source)
    yield claim(
        "J6 panels whose top 3 a saboteur of 12 changes, beyond his absence (share of panels); baseline: raw means",
        extra, raw, "<= .05", extra <= 0.05,
        se=se, at_gap_025=closer[0], raw_at_gap_025=closer[1], se_at_gap_025=closer[2], juries=effort.juries,
    )  # fmt: skip


def sabotage(world, effort, source):
    """Share of panels changed by one juror turning his scores around, less the share changed by his staying away."""
    panels = imagine(world, effort.juries, source)
    reverse = 2 * panels.leniency[:, :1] - panels.scores[:, 0]
    turned = np.concatenate([reverse[:, None], panels.scores[:, 1:]], axis=1)
    everyone = np.ones(world.jurors, dtype=bool)
    absent = np.arange(world.jurors) > 0

    def by_model(scores, jurors):
        weight = np.ones_like(scores)
        weight[:, ~jurors] = 0.0
        data = Readings(np.where(weight > 0, scores, 0.0), weight, first_guess(scores, weight, WIDTH))
        quality = posterior(data, estimate(data)).quality
        return np.sort(np.argsort(-quality, axis=1)[:, :3], axis=1)

    def by_mean(scores, jurors):
        return np.sort(np.argsort(-scores[:, jurors].mean(axis=1), axis=1, kind="stable")[:, :3], axis=1)

    def beyond(top):
        whole = top(panels.scores, everyone)
        hurt = (top(turned, everyone) != whole).any(axis=1).astype(float)
        return hurt - (top(panels.scores, absent) != whole).any(axis=1)

    ours, raw = beyond(by_model), beyond(by_mean)
    return ours.mean(), raw.mean(), float(ours.std() / np.sqrt(len(ours)))


def j7(effort):
    source = effort.source(7)
    criteria = Criteria(tuple("abcdefgh"), np.arange(1, 9.0), (0, 10))
    scores = np.clip(source.normal(0, 1, (1, 200, 1)) + source.normal(5, 1.5, (50, 200, 8)), 0, 10)
    jurors, ideas = tuple(f"juror {j}" for j in range(50)), tuple(f"idea {i}" for i in range(200))

    def fastest(question, times=20):
        spent = []
        for _ in range(times):
            start = time.perf_counter()
            question()
            spent.append(time.perf_counter() - start)
        return min(spent)

    part = np.where(source.random((50, 200, 1)) < 0.05, scores, np.nan)
    asked = Judgements(jurors, ideas, part)
    full = Judgements(jurors, ideas, scores)
    question = fastest(lambda: next_judgement(asked, criteria))
    refit = fastest(lambda: rank(full, criteria), 3)
    yield claim(
        "J7 next question at 200 ideas x 50 jurors x 8 criteria, ms; no baseline", 1000 * question, None,
        "<= 50 ms, full ranking <= 1 s", question <= 0.05 and refit <= 1.0, full_ranking_s=refit,
    )  # fmt: skip


def j8(effort):
    source = effort.source(8)
    middle = np.array([[6.0, 4.0, 5.0, 5.0], [4.0, 6.0, 5.0, 5.0]])
    half = share_kept(middle[:1], middle[1:], np.full(4, 0.15), np.full(4, 0.35))
    worst, spent, measured, failed = 0.0, 0.0, 0, 0
    for size in (3, 4, 5, 6, 7, 8):
        for _ in range(5):
            cells = source.normal(6, 1, (60, size))
            shares = source.dirichlet(np.full(size, 8.0))
            inside = np.zeros(60, dtype=bool)
            inside[np.argsort(-cells @ shares)[:3]] = True
            start = time.perf_counter()
            low, high = np.maximum(shares - 0.1, 0), np.minimum(shares + 0.1, 1)
            try:
                exact = share_kept(cells[inside], cells[~inside], low, high)
            except UnmeasurableError:
                failed += 1
                continue
            spent = max(spent, time.perf_counter() - start)
            worst = max(worst, abs(exact - share_on_points(cells, inside, ~inside, shares)))
            measured += 1
    yield claim(
        "J8 share of the weights within 10 points that keep the top 3, exact; value: known answer 1/2",
        half, 0.5, "error <= 1e-6 on the known case, <= .03 from 4,096 points elsewhere",
        abs(half - 0.5) <= 1e-6 and worst <= 0.03 and failed == 0,
        largest_difference_from_points=float(worst), cases=measured,
        not_measurable=failed, slowest_s=float(spent),
    )  # fmt: skip


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--quick", action="store_true", help="a fifth of the imagined juries")
    parser.add_argument("--seed", type=int, default=20260301)
    parser.add_argument("--only", help="J1, J2, ...")
    options = parser.parse_args(arguments)
    effort = Effort(40 if options.quick else 200, options.seed)
    all_claims = {"J1": j1_and_j5, "J2": j2, "J3": j3, "J4": j4, "J6": j6, "J7": j7, "J8": j8}
    for name, measure in all_claims.items():
        if options.only in (None, name) or (options.only == "J5" and name == "J1"):
            for found in measure(effort):
                if options.json:
                    print(json.dumps(found), flush=True)
                else:
                    mark = "met    " if found["met"] else "NOT met"
                    print(
                        f"{mark} {found['claim']}: {found['value']} against {found['baseline']} (goal {found['goal']})"
                    )


if __name__ == "__main__":
    main()
