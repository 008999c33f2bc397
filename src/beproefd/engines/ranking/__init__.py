# SPDX-License-Identifier: EUPL-1.2
"""Who wins, how sure are we, whom do we ask next? Jury scores and comparisons."""

from beproefd.engines.ranking.advice import Advice, advise, next_judgement
from beproefd.engines.ranking.allocation import Limits
from beproefd.engines.ranking.inputs import Comparison, Criteria, Judgements
from beproefd.engines.ranking.ranking import ENGINE_VERSION, rank
from beproefd.engines.ranking.result import Ranking, Stability, WeightChange

__all__ = [
    "ENGINE_VERSION",
    "Advice",
    "Comparison",
    "Criteria",
    "Judgements",
    "Limits",
    "Ranking",
    "Stability",
    "WeightChange",
    "advise",
    "next_judgement",
    "rank",
]
