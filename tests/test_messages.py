# SPDX-License-Identifier: EUPL-1.2
"""Every text has Dutch."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import messages


def test_every_text_in_the_product_has_a_dutch_translation() -> None:
    """`make messages` lists the same."""
    assert messages.untranslated() == []


def test_every_dutch_text_keeps_the_places_for_values() -> None:
    """Babel's own check of %(name)s placeholders."""
    catalog = messages.load()
    assert [f"{entry.id!r}: {problem}" for entry in catalog if entry.id for problem in entry.check(catalog)] == []


def test_texts_are_found_in_every_kind_of_call() -> None:
    """Also inside an f-string, where tokenizers of Python 3.11 do not look."""
    source = (
        """a = _("A"); b = f"{_('B')}!"; c = ngettext("C", "Cs", n); d = pgettext_lazy("where", "D"); e = _(name)"""
    )
    expected = [("A", None, None), ("B", None, None), ("C", "Cs", None), ("D", None, "where")]
    assert sorted(messages.python_texts(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% load i18n %}{% translate "A" %}', [("A", None, None)]),
        ('{% load i18n %}{% if x %}{% translate "B" as y %}{% else %}{% translate "C" %}{% endif %}', ["B", "C"]),
        ("{% load i18n %}{% blocktranslate with n=x %}D {{ n }}{% endblocktranslate %}", [("D %(n)s", None, None)]),
        ('{% load ui i18n %}{% card "x" %}{% translate "E" %}{% endcard %}', [("E", None, None)]),
    ],
)
def test_texts_are_found_wherever_they_stand_in_a_template(source: str, expected: list[object]) -> None:
    """Also inside branches and our own block tags."""
    found = list(messages.template_texts(source))
    assert [item if isinstance(item, tuple) else (item, None, None) for item in expected] == found
