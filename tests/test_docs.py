# SPDX-License-Identifier: EUPL-1.2
"""The documents say what is there."""

import re
import subprocess
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

from tests import running

ROOT = Path(__file__).resolve().parent.parent
NAMES = re.findall(r"\| `(beproefd[\w.]+)` \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_glossary_exists(name: str) -> None:
    """The longest importable front part, then attributes."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            module = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        owner = reduce(getattr, parts[cut:-1], module)
        assert hasattr(owner, parts[-1]) or parts[-1] in getattr(owner, "__annotations__", {})
        return
    pytest.fail(f"{name} does not exist")


def test_every_relative_link_in_the_documents_leads_somewhere() -> None:
    """Links to files, from the README, CONTRIBUTING and docs."""
    broken = []
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
        broken += [f"{page.name}: {target}" for target in targets if not (page.parent / target).exists()]
    assert broken == []


def test_the_commands_in_the_readme_exist() -> None:
    """Each `beproefd ...` line names a command and options the program knows; each `make ...` a target."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for line in re.findall(r"^beproefd ([a-z ]+)", text, flags=re.MULTILINE):
        words = line.split()[:2]
        asked = subprocess.run(
            [*running.COMMAND, *words, "--help"], env=running.environment(), capture_output=True, check=False
        )
        assert (words, asked.returncode) == (words, 0)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", text)) <= targets
