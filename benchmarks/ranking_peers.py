# SPDX-License-Identifier: EUPL-1.2
"""Pairwise packages on the juries of J1: choix (Bradley-Terry), TrueSkill and OpenSkill.

A juror reads ideas one after another and, from the second on, says which of the last two is better; a reading costs one,
as in J1, so `n` readings give at most `n - 1` answers per juror. An answer follows from what the juror perceived, noise
and all, before rounding to half points; the same perception counts every time. With TrueSkill the next idea is the one
that makes the most even match, otherwise it is drawn by lot. `requirements/bench.txt` holds the packages.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util

import numpy as np

from beproefd.engines.ranking.simulation import is_right

PEER_BUDGETS = (60, 120, 240, 360)


def answers(scores, order, source):
    """(winner, loser) after each reading of a jury that reads in this order of (juror, idea); None: nothing to compare."""
    before = {}
    for juror, idea in order:
        last = before.get(juror)
        before[juror] = idea
        if last is None:
            yield None
            continue
        lead = scores[juror, idea] - scores[juror, last]
        better = idea if lead > 0 or (lead == 0 and source.random() < 0.5) else last
        yield better, (last if better == idea else idea)


def by_lot(jurors, ideas, source):
    """Every juror reads every idea once, jurors in turn, ideas in an order drawn by lot."""
    decks = [source.permutation(ideas) for _ in range(jurors)]
    return [(juror, int(decks[juror][turn])) for turn in range(ideas) for juror in range(jurors)]


def with_choix(scores, source):
    """The order after each budget; regularised, because ideas that lose every time have no finite strength."""
    import choix  # noqa: PLC0415 -- only where the peers are installed

    jurors, ideas = scores.shape
    seen = list(answers(scores, by_lot(jurors, ideas, source), source))
    for budget in PEER_BUDGETS:
        data = [answer for answer in seen[:budget] if answer is not None]
        yield choix.ilsr_pairwise(ideas, data, alpha=0.05)


def with_openskill(scores, source):
    """OpenSkill's Plackett-Luce, updated answer by answer."""
    from openskill.models import PlackettLuce  # noqa: PLC0415 -- only where the peers are installed

    model = PlackettLuce()
    ratings = [model.rating() for _ in range(scores.shape[1])]
    for number, answer in enumerate(answers(scores, by_lot(*scores.shape, source), source), 1):
        if answer is not None:
            (first,), (second,) = model.rate([[ratings[answer[0]]], [ratings[answer[1]]]])
            ratings[answer[0]], ratings[answer[1]] = first, second
        if number in PEER_BUDGETS:
            yield np.array([rating.mu for rating in ratings])


def with_trueskill(scores, source):
    """TrueSkill with its own match quality choosing the next idea of the juror."""
    import trueskill  # noqa: PLC0415 -- only where the peers are installed

    table = trueskill.TrueSkill(draw_probability=0.0)
    jurors, ideas = scores.shape
    ratings = [table.create_rating() for _ in range(ideas)]
    left = [set(range(ideas)) for _ in range(jurors)]
    last = [None] * jurors
    for number in range(1, PEER_BUDGETS[-1] + 1):
        juror = (number - 1) % jurors
        choice = list(source.permutation(sorted(left[juror])))
        if last[juror] is not None:
            own = ratings[last[juror]]
            idea = max(choice, key=lambda other: trueskill.quality_1vs1(own, ratings[other], env=table))
            lead = scores[juror, idea] - scores[juror, last[juror]]
            better, worse = (idea, last[juror]) if lead > 0 else (last[juror], idea)
            ratings[better], ratings[worse] = trueskill.rate_1vs1(ratings[better], ratings[worse], env=table)
        else:
            idea = choice[0]
        left[juror].discard(idea)
        last[juror] = idea
        if number in PEER_BUDGETS:
            yield np.array([rating.mu for rating in ratings])


def compare(panels, target, source, ours):
    """One row per package: our mean readings against the readings it needs, or all of them when it never gets there."""
    rules = {"choix": with_choix, "openskill": with_openskill, "trueskill": with_trueskill}
    for name, rule in rules.items():
        if importlib.util.find_spec(name) is None:
            yield {"claim": f"J1 peer {name}: not run, the package is not installed (requirements/bench.txt)",
                   "value": None, "baseline": None, "ratio": None, "goal": "run", "met": False}  # fmt: skip
            continue
        right = np.zeros(len(PEER_BUDGETS))
        for scores, quality in zip(panels.scores, panels.quality, strict=True):
            for place, strength in enumerate(rule(scores, source)):
                right[place] += is_right(
                    quality[None], np.argsort(-strength, kind="stable")[None, :3], target.tolerance
                )[0]
        right /= len(panels.scores)
        enough = [budget for budget, share in zip(PEER_BUDGETS, right, strict=True) if share >= 0.95]
        needs = enough[0] if enough else PEER_BUDGETS[-1]
        found = ", ".join(f"{share:.2f} after {budget}" for budget, share in zip(PEER_BUDGETS, right, strict=True))
        yield {
            "claim": f"J1 peer {name} {importlib.metadata.version(name)}, right {found}: readings, ours against "
            + ("the peer's" if enough else "all there are, for it is never right in .95"),
            "value": round(float(ours), 4), "baseline": needs, "ratio": round(ours / needs, 4), "goal": "< the peer's",
            "met": bool(ours < needs), "juries": len(panels.scores),
        }  # fmt: skip
