# SPDX-License-Identifier: EUPL-1.2
"""Texts in two languages: English in the code, Dutch in locale/nl. `gather` finds new texts, `compile` makes .mo files.

Python texts are found in the syntax tree, template texts by Django's own template parser; Babel reads and writes the
catalogue. So no gettext program is needed.
"""

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "beproefd"
CATALOG = PACKAGE / "locale" / "nl" / "LC_MESSAGES" / "django.po"
LICENCE = "SPDX-License-" + "Identifier: EUPL-1.2"  # in two parts, or the licence check reads this line itself
FIRST_TEXTS = datetime(2026, 11, 23, tzinfo=UTC)
CALLS = {  # name of the call -> which arguments hold the text, its plural and its context
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
}
Message = tuple[str, str | None, str | None]  # msgid, plural, context


def texts() -> dict[Message, list[str]]:
    """Every translatable text in the product and the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(PACKAGE))
        for key in python_texts(path.read_text(encoding="utf-8")):
            found.setdefault(key, []).append(name)
    for path in sorted(PACKAGE.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            for key in template_texts(path.read_text(encoding="utf-8")):
                found.setdefault(key, []).append(str(path.relative_to(PACKAGE)))
    return found


def python_texts(source: str) -> Iterator[Message]:
    """The texts in gettext calls of one Python file, also inside f-strings."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in CALLS:
            continue
        said = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
        text, plural, context = (None if at is None else said[at] for at in CALLS[node.func.id])
        if isinstance(text, str):
            yield (text, plural, context)


def template_texts(source: str) -> Iterator[Message]:
    """The texts in {% translate %}, {% blocktranslate %} and _("...") of one template."""
    from django.template.base import Template  # noqa: PLC0415 -- needs Django to be started

    for node in walk(Template(source).nodelist):
        name = type(node).__name__
        if name == "TranslateNode":
            text = node.filter_expression.var
            literal = getattr(text, "literal", None)
            if isinstance(literal, str) or isinstance(text, str):
                context = node.message_context.var.literal if node.message_context else None
                yield (literal if isinstance(literal, str) else str(text), None, context)
        elif name == "BlockTranslateNode":
            singular, _vars = node.render_token_list(node.singular)
            plural = node.render_token_list(node.plural)[0] if node.plural else None
            if node.trimmed:
                from django.utils.translation import trim_whitespace  # noqa: PLC0415 -- idem

                singular, plural = trim_whitespace(singular), plural and trim_whitespace(plural)
            context = node.message_context.var.literal if node.message_context else None
            yield (singular, plural, context)


def walk(nodes: Any) -> Iterator[Any]:
    """Every node of a template, also those inside blocks, branches and our own block tags."""
    for node in nodes:
        yield node
        for value in vars(node).values():
            if type(value).__name__ == "NodeList":
                yield from walk(value)
            elif isinstance(value, list):
                yield from walk(part for pair in value if isinstance(pair, tuple) for part in nodes_in(pair))


def nodes_in(pair: tuple[Any, ...]) -> Iterator[Any]:
    """Nodes inside the (condition, nodelist) pairs of an if."""
    for part in pair:
        if type(part).__name__ == "NodeList":
            yield from part


def load() -> Catalog:
    """The Dutch catalogue as it stands."""
    if not CATALOG.exists():
        return Catalog(locale="nl", domain="django")
    with CATALOG.open("rb") as file:
        return read_po(file, locale="nl", domain="django")


def untranslated() -> list[str]:
    """Texts without a Dutch translation, with the file they stand in."""
    catalog = load()
    missing = []
    for (msgid, plural, context), places in sorted(texts().items(), key=lambda item: item[0][0]):
        entry = catalog.get((msgid, plural) if plural else msgid, context) or catalog.get(msgid, context)
        strings = [] if entry is None else entry.string if isinstance(entry.string, tuple) else [entry.string]
        if not strings or not all(strings) or "fuzzy" in entry.flags:
            missing.append(f"{msgid!r} in {places[0]}")
    return missing


def gather(*sources: Path) -> int:
    """Bring the catalogue up to date: new texts in, unused ones out, translations kept or taken from other files."""
    known = [load()]
    for source in sources:
        with source.open("rb") as file:
            known.append(read_po(file, locale="nl", domain="django"))
    catalog = Catalog(
        locale="nl",
        domain="django",
        project="Beproefd",
        version="1",
        msgid_bugs_address="see SECURITY.md",
        last_translator="The Beproefd contributors",
        language_team="nl",
        creation_date=FIRST_TEXTS,  # always the same, so that gathering twice changes nothing
        revision_date=FIRST_TEXTS,
        fuzzy=False,
    )
    catalog.header_comment = f"# {LICENCE}\n# Dutch texts of Beproefd."
    for (msgid, plural, context), places in sorted(texts().items(), key=lambda item: (item[1][0], item[0][0])):
        string: Any = ("", "") if plural else ""
        for other in known:
            entry = other.get((msgid, plural) if plural else msgid, context) or other.get(msgid, context)
            if entry is None or isinstance(entry.string, tuple) != bool(plural):
                continue
            if entry.string and (not plural or all(entry.string)):
                string = entry.string
        catalog.add(
            (msgid, plural) if plural else msgid, string, locations=[(place, None) for place in places], context=context
        )
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    with CATALOG.open("wb") as file:
        write_po(file, catalog, width=118, omit_header=False, include_lineno=False)
    missing = untranslated()
    print(f"{len(catalog)} texts, {len(missing)} without Dutch")
    for line in missing:
        print("  " + line)
    return 1 if missing else 0


def compile_all() -> int:
    """Make the .mo files that the product reads."""
    for source in sorted((PACKAGE / "locale").rglob("*.po")):
        with source.open("rb") as file:
            catalog = read_po(file)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return 0


def start_django() -> None:
    """Templates are parsed with the product's own tags."""
    import os  # noqa: PLC0415 -- only here

    import django  # noqa: PLC0415 -- compiling must work before Django is installed

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beproefd.settings")
    os.environ.setdefault("BEPROEFD_SECRET_KEY", "only-for-gathering-texts-and-never-for-a-running-site")
    django.setup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["compile"]:
        sys.exit(compile_all())
    start_django()
    sys.exit(gather(*map(Path, sys.argv[2:])))
