# SPDX-License-Identifier: EUPL-1.2
"""Parts a machine may miss. BEPROEFD_REQUIRE=browser,postgres makes missing them a failure instead of a skip."""

import os

import pytest


def required() -> set[str]:
    """The parts that must be there."""
    return {part.strip() for part in os.environ.get("BEPROEFD_REQUIRE", "").split(",") if part.strip()}


def missing(what: str, reason: str) -> None:
    """Skip with a plain reason, or fail when this part is required."""
    if what in required():
        pytest.fail(f"{what} is required by BEPROEFD_REQUIRE, but {reason}")
    pytest.skip(f"{what}: {reason}")
