# SPDX-License-Identifier: EUPL-1.2
"""The package that a municipality installs is whole, or it is not made."""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import running
from tests.running import ROOT

pytestmark = pytest.mark.slow
MADE = ("ui/static/ui/vendor/components.css", "locale/nl/LC_MESSAGES/django.mo")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a fresh clone holds: everything but what `make setup` makes."""
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "requirements"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    left_out = shutil.ignore_patterns("vendor", "*.mo", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=left_out)
    return tmp_path


def build(checkout: Path, kind: str) -> "subprocess.CompletedProcess[str]":
    """As any build tool asks it."""
    script = f"from setuptools import build_meta; build_meta.build_{kind}('dist')"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=checkout,
        env=running.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


LINES = (ROOT / "requirements/base.in").read_text().splitlines()
NEEDED = [Requirement(line) for line in LINES if not line.startswith("#")]


@pytest.mark.parametrize("needed", NEEDED, ids=str)
def test_the_package_asks_for_what_was_tried_and_not_for_something_older(needed):
    assert any(part.operator == ">=" for part in needed.specifier)
    assert version(needed.name) in needed.specifier


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_package_from_a_fresh_clone_is_refused_with_what_to_do(checkout, kind):
    done = build(checkout, kind)
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .endswith(f"Not built: {' and '.join(MADE)} are missing. `make wheel` makes them first.")
    )
    assert [*checkout.glob("dist/*.whl"), *checkout.glob("dist/*.tar.gz")] == []


def test_an_installed_package_passes_its_own_check(checkout, tmp_path_factory):
    for name in MADE:
        target = checkout / "src/beproefd" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "src/beproefd" / name, target)
    made = build(checkout, "wheel")
    assert made.returncode == 0, made.stderr[-2000:]
    (wheel,) = checkout.glob("dist/*.whl")
    place = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as package:
        package.extractall(place)
    variables = running.environment(
        BEPROEFD_DATA_DIR=str(place / "data"),
        BEPROEFD_SECRET_KEY=running.SECRET_KEY,
        BEPROEFD_EMAIL_URL="smtp://localhost:25",
        PYTHONPATH=str(place),
    )
    script = (
        "import sys, beproefd, beproefd.cli as cli; print(beproefd.__file__); sys.stdin = open(0);"
        "sys.exit(cli.main(['account', 'open', 'ad@gemeente.example', 'Ad', '--password-stdin']) or cli.main(['check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="een lange zin zonder dak" + os.linesep,
        cwd=place,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, str(place / "beproefd/__init__.py")), done.stderr[
        -2000:
    ]
