# SPDX-License-Identifier: EUPL-1.2
"""Frozen records that hold arrays: canonical JSON out and in, and equality by that JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Json = Any
"""What `json.loads` returns."""


def frozen_floats(values: ArrayLike) -> NDArray[np.float64]:
    """Return a read-only copy as float64; `None` becomes NaN."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def frozen_ints(values: ArrayLike) -> NDArray[np.int64]:
    """Return a read-only copy as int64."""
    array = np.array(values, dtype=np.int64)
    array.flags.writeable = False
    return array


def plain(value: object) -> Json:
    """Turn arrays, tuples and records into what JSON can hold; NaN and infinity become null."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value


class Record:
    """Base of the frozen dataclasses in this package."""

    def to_dict(self) -> dict[str, Json]:
        """Return plain lists, numbers, strings and None, by field name."""
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls, data: dict[str, Json]) -> Self:
        """Build from what `to_dict` gave."""
        return cls(**data)

    def to_json(self) -> str:
        """Return canonical JSON: sorted keys, no spaces, the shortest digits that read back as the same number."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build from what `to_json` gave."""
        return cls.from_dict(json.loads(text))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())
