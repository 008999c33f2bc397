# SPDX-License-Identifier: EUPL-1.2
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = json.loads((ROOT / "package.json").read_text())


@pytest.fixture
def assets():
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools/assets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_every_package_has_one_exact_version():
    versions = {**PACKAGES["dependencies"], **PACKAGES["devDependencies"]}.values()
    assert [v for v in versions if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []


def test_the_joined_style_sheet_says_where_each_part_comes_from(assets):
    header = assets.COMPONENTS.read_text().split("*/")[0]
    assert all(f"{name} {version} (EUPL-1.2)" in header for name, version in PACKAGES["dependencies"].items())


def test_a_second_run_has_nothing_to_do(assets, capsys):
    assert assets.up_to_date()
    assert assets.main() == 0
    assert capsys.readouterr().out == ""


def test_no_component_fetches_from_elsewhere(assets):
    assert "url(" not in assets.COMPONENTS.read_text()


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_a_failing_npm_is_explained_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/assets.py", tmp_path / "tools")
    (tmp_path / "package.json").write_text('{"name": "x", "dependencies": {"a": "1.0.0"}}')
    (tmp_path / "package-lock.json").write_text('{"name": "x", "lockfileVersion": 3, "packages": {}}')
    done = subprocess.run([sys.executable, tmp_path / "tools/assets.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "The front-end files were not made." in done.stderr
    assert "npm ci" in done.stderr
    assert not (tmp_path / "src").exists()
