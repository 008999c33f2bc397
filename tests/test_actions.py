# SPDX-License-Identifier: EUPL-1.2
"""Every action keeps the rules of CONTRIBUTING, read from its source: so also the one that is written tomorrow."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.running import ROOT

SOURCE = ROOT / "src"
ASKS = {"beproefd.ground.accounts.rules.require", "django.core.exceptions.PermissionDenied"}
LOGS = {
    f"beproefd.ground.audit.actions.{name}"
    for name in ("change", "change_all", "change_values", "record_creation", "record_event")
}
ONE_TRANSACTION = {"django.db.transaction.atomic"}
# Who holds the secret address of a session or of a mail needs no account: the address is the permission.
BY_ADDRESS = {"session", "token"}
# Each exception with its reason; nothing else may be one.
NO_ACTION = {"beproefd.discipline.portfolio.actions.flag_key"}  # names a field, writes nothing
NO_LINE = {
    "beproefd.discipline.prototypes.actions.press",  # an entry has a time; a tester is promised that we know none
    "beproefd.discipline.tracks.actions.send_link_again",  # the same mail once more, nothing is written
}
OWN_ROW = {"beproefd.discipline.tracks.actions.unshare_skills"}  # takes back what this same person shared, also later


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


@cache
def parsed(module: str) -> tuple[Path, ast.Module] | None:
    """A module of ours."""
    base = SOURCE / module.replace(".", "/")
    path = next((p for p in (base / "__init__.py", base.with_suffix(".py")) if p.exists()), None)
    return (path, ast.parse(path.read_text(encoding="utf-8"))) if path else None


@cache
def names_in(module: str) -> dict[str, str]:
    """What each imported name in a module stands for, with relative imports made whole."""
    found: dict[str, str] = {}
    known = parsed(module)
    if known is None:
        return found
    path, tree = known
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            up = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            origin = ".".join(filter(None, [up if node.level else "", node.module]))
            found |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def whole_name(module: str, node: ast.expr) -> str:
    """The dotted name of what is called, as far as the source tells."""
    if isinstance(node, ast.Name):
        return names_in(module).get(node.id, f"{module}.{node.id}")
    if isinstance(node, ast.Attribute):
        return f"{whole_name(module, node.value)}.{node.attr}"
    return ""


@cache
def function(name: str) -> tuple[str, ast.FunctionDef] | None:
    """A function of ours and the module it stands in, also when a package passes it on."""
    module, _dot, own = name.rpartition(".")
    known = parsed(module)
    if known is None:
        return None
    found = next((node for node in known[1].body if isinstance(node, ast.FunctionDef) and node.name == own), None)
    if found:
        return module, found
    passed_on = names_in(module).get(own)
    return function(passed_on) if passed_on and passed_on != name else None


@cache
def calls(name: str) -> frozenset[str]:
    """Everything a function calls, and what that calls in the rooms."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        known = function(waiting.pop())
        if known is None:
            continue
        module, node = known
        asked = [*(n.func for n in ast.walk(node) if isinstance(n, ast.Call)), *node.decorator_list]
        for called in {whole_name(module, part) for part in asked} - seen:
            seen.add(called)
            if called not in ASKS | LOGS:
                waiting.append(called)
    return frozenset(seen)


def doors(file: str) -> Iterator[str]:
    """The public functions of every room's `actions` (or another file beside it)."""
    for room in sorted([*SOURCE.glob("beproefd/discipline/*"), SOURCE / "beproefd/ground/accounts"]):
        known = parsed(f"{module_of(room)}.{file}") if room.is_dir() else None
        if known is None:
            continue
        path, tree = known
        module = module_of(path)
        own = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
        passed_on = [alias.name for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names]
        for name in passed_on if path.name == "__init__.py" else own:
            if function(f"{module}.{name}") and f"{module}.{name}" not in NO_ACTION:
                yield f"{module}.{name}"


ACTIONS = [*doors("actions")]
FOR_ROOMS_ABOVE = [*doors("for_rooms_above")]


def arguments(name: str) -> tuple[set[str], set[str]]:
    """(what may be given by place, what is given by name)."""
    known = function(name)
    assert known
    given = known[1].args
    return {a.arg for a in [*given.posonlyargs, *given.args]}, {a.arg for a in given.kwonlyargs}


def test_the_actions_are_found():
    assert len(ACTIONS) > 100
    assert {name.split(".")[2] for name in ACTIONS} >= {"challenges", "ideas", "juries", "portfolio", "accounts"}


@pytest.mark.parametrize("name", [*ACTIONS, *FOR_ROOMS_ABOVE])
def test_an_action_is_one_transaction_with_a_line_in_the_log_and_takes_its_arguments_by_name(name):
    by_place, by_name = arguments(name)
    assert (by_place, bool(by_name & ({"by"} | BY_ADDRESS))) == (set(), True)
    assert calls(name) & ONE_TRANSACTION
    assert bool(calls(name) & LOGS) == (name not in NO_LINE)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_asks_whether_this_person_may(name):
    if "by" in arguments(name)[1]:
        assert bool(calls(name) & ASKS) == (name not in OWN_ROW)
