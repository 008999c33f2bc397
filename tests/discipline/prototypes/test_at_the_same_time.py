# SPDX-License-Identifier: EUPL-1.2
"""A phone that sends twice and a machine that dies halfway: in real processes, on a database of their own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import running

pytestmark = pytest.mark.slow


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """`process("finish", token)`: start it."""
    variables = {
        "BEPROEFD_DATA_DIR": str(tmp_path),
        "BEPROEFD_SECRET_KEY": running.SECRET_KEY,
        "BEPROEFD_EMAIL_URL": "dummymail://",
        "DJANGO_SETTINGS_MODULE": "beproefd.settings",
    }

    def start(*order: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.discipline.prototypes.scene", *order],
            env=running.environment(**variables),
            cwd=running.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def said(process: "subprocess.Popen[str]") -> Any:
    out, problem = process.communicate(timeout=240)
    assert process.returncode == 0, problem[-3000:]
    return json.loads(out)


def test_handing_in_while_the_machine_dies_and_then_three_times_at_once_is_one_observation(
    process: Any, tmp_path: Path
) -> None:
    token = said(process("at_the_end"))
    written = tmp_path / "written"
    dying = process("finish", token, str(written))
    until = time.monotonic() + 120
    while not written.exists() and time.monotonic() < until:
        time.sleep(0.1)
    dying.kill()
    dying.communicate()
    assert said(process("count")) == {"observations": 0, "sessions": [["running", ""]], "log": ""}
    for sent in [process("finish", token) for _time in range(3)]:
        said(sent)
    assert said(process("count")) == {"observations": 1, "sessions": [["done", ""]], "log": ""}
