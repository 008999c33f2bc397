# SPDX-License-Identifier: EUPL-1.2
"""Neighbourhoods: known ones carry a district, another one may be written."""

import json
from pathlib import Path
from typing import Any

import pytest

from beproefd.discipline.validation import areas


@pytest.mark.parametrize(
    ("written", "name", "district"),
    [
        ("Molenwijk", "Molenwijk", "Noord"),
        ("  indische   BUURT ", "Indische Buurt", "Oost"),
        ("Om de hoek", "Om de hoek", ""),
        ("", "", ""),
    ],
)
def test_a_known_neighbourhood_is_spelled_as_the_city_does_and_has_its_district(
    written: str, name: str, district: str
) -> None:
    assert (areas.spelled(written), areas.district_of(written)) == (name, district)


def test_another_city_gives_its_own_neighbourhoods(settings: Any, tmp_path: Path) -> None:
    own = tmp_path / "delft.json"
    own.write_text(json.dumps({"districts": {"Binnenstad": {"offered": ["Centrum-Noord"]}}}), encoding="utf-8")
    settings.AREAS_FILE = own
    assert areas.offered() == {"Binnenstad": ["Centrum-Noord"]}
    assert [areas.district_of(name) for name in ("centrum-noord", "Molenwijk")] == ["Binnenstad", ""]
