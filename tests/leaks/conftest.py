# SPDX-License-Identifier: EUPL-1.2
"""Refusals are read in the language of the source, whatever the translations say."""

from collections.abc import Iterator

import pytest
from django.utils import translation

pytest.register_assert_rewrite("tests.leaks.addresses", "tests.leaks.forms")  # a failure names the page or the form


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield
