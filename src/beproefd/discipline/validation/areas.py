# SPDX-License-Identifier: EUPL-1.2
"""The neighbourhoods of the city, each with its district; another name may be written too.

Names only, read from one small file (setting BEPROEFD_AREAS; another city gives its own). They move to the room of the
city (ground/city) once there is one, with codes and dates.
"""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@lru_cache
def _read(path: Path) -> tuple[dict[str, list[str]], dict[str, tuple[str, str]]]:
    """Per district the neighbourhoods to choose from; by plain name of every known one its spelling and district."""
    districts = json.loads(path.read_text(encoding="utf-8"))["districts"]
    offered = {district: held["offered"] for district, held in districts.items()}
    known = {
        plain(name): (name, district)
        for district, held in districts.items()
        for name in [*held.get("also", []), *held["offered"]]
    }
    return offered, known


def offered() -> dict[str, list[str]]:
    """Per district the neighbourhoods to choose from."""
    return _read(settings.AREAS_FILE)[0]


def spelled(name: str) -> str:
    """A name as the city writes it; one that the city does not know stays as it was written."""
    return _read(settings.AREAS_FILE)[1].get(plain(name), (name.strip(), ""))[0]


def district_of(name: str) -> str:
    """The district of a neighbourhood; empty when the city does not know the name."""
    return _read(settings.AREAS_FILE)[1].get(plain(name), ("", ""))[1]


def plain(name: str) -> str:
    """A name without what differs by writer: capitals and spaces."""
    return " ".join(name.casefold().split())
