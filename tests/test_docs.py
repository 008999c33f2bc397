# SPDX-License-Identifier: EUPL-1.2
"""The documents say what is there."""

import re
import subprocess
from functools import reduce
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps

from tests import running

ROOT = Path(__file__).resolve().parent.parent
NAMES = re.findall(r"\| `(beproefd[\w.]+)` \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
TERMS = re.findall(r"^\| ([^|`]+) \| `beproefd", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)


# Rows that only tie two others together or guard the log: no screen has a word for them.
WORDLESS = {"Head", "EvidenceLink", "TestAssumption"}


def test_every_table_of_the_product_stands_in_the_glossary() -> None:
    """So that who reads a screen finds the code, and the other way round."""
    tables = {model.__name__ for model in apps.get_models() if model.__module__.startswith("beproefd.")}
    assert tables - WORDLESS - {part for name in NAMES for part in name.split(".")} == set()


def flat(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """One text or the forms of a plural, as a row."""
    return (text,) if isinstance(text, str) else text


def test_every_dutch_word_in_the_glossary_stands_on_a_screen() -> None:
    """A word that only the glossary uses helps nobody to find anything."""
    catalogue = read_po(BytesIO((ROOT / "src/beproefd/locale/nl/LC_MESSAGES/django.po").read_bytes()))
    texts = [text for message in catalogue if message.id for text in flat(message.string)]
    said = "\n".join(texts).casefold()
    words = [word for term in TERMS for word in term.casefold().split(", ")]
    assert [word for word in words if word not in said] == []


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
    for page in PAGES:
        targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
        broken += [f"{page.name}: {target}" for target in targets if not (page.parent / target).exists()]
    assert broken == []


def commands() -> set[tuple[str, ...]]:
    """Every `beproefd ...` that a page tells someone to run; `a|b` is two of them."""
    found: set[tuple[str, ...]] = set()
    for page in (page for page in PAGES if page.parent.name != "decisions"):  # those also say what there is not
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"(?:^|`)(?:\.venv/bin/)?beproefd ([a-z][a-z |]*)", text, flags=re.MULTILINE):
            room, *actions = line.split()[:2]
            found |= {(room, action) for action in actions[0].split("|")} if actions else {(room,)}
    return found


def test_the_commands_in_the_documents_are_found() -> None:
    """Also those in the middle of a sentence."""
    assert commands() >= {("serve",), ("check",), ("audit", "verify"), ("evidence", "simulate"), ("jury", "next")}


@pytest.mark.parametrize("words", sorted(commands()), ids=" ".join)
def test_the_commands_in_the_documents_exist(words: tuple[str, ...]) -> None:
    """The program knows each of them."""
    asked = subprocess.run(
        [*running.COMMAND, *words, "--help"], env=running.environment(), capture_output=True, check=False
    )
    assert asked.returncode == 0


def test_the_make_targets_in_the_documents_exist() -> None:
    """Each `make ...` is one of the Makefile's."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    asked = {name for page in PAGES for name in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(), re.MULTILINE)}
    assert asked - targets == set()
