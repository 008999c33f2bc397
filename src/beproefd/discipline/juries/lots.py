# SPDX-License-Identifier: EUPL-1.2
"""Drawing lots that anyone can repeat (Rb Oost-Brabant 2017:3279: a lottery stands if its course is transparent). Pure.

The seed was made when the criteria were locked, before any idea existed; its SHA-256 stands in the published criteria.
The idea whose SHA-256 of "seed:reference" is lowest comes first.
"""

import hashlib
from collections.abc import Iterable


def commitment(seed: str) -> str:
    """What is published beforehand: the SHA-256 of the seed."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot(seed: str, reference: str) -> str:
    """The lot of one idea, as 64 hexadecimal digits; lowest wins."""
    return hashlib.sha256(f"{seed}:{reference}".encode()).hexdigest()


def draw(seed: str, references: Iterable[str]) -> list[str]:
    """The references in the order of their lots."""
    return sorted(references, key=lambda reference: lot(seed, reference))
