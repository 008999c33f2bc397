# SPDX-License-Identifier: EUPL-1.2
"""`beproefd library export` and `import`."""

import json

import pytest

from beproefd.cli import main
from beproefd.discipline.portfolio.models import ImportedEntry
from tests import factories
from tests.factories import person, portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return person("manager", email="mira@voorbeeld.example")


def take(file, *more, by="MIRA@voorbeeld.example"):
    return main(["library", "import", str(file), "--by", by, *more])


def test_what_is_published_goes_to_a_file_and_comes_in_elsewhere(shop, here, tmp_path, capsys):
    about = factories.assumption(shop)
    portfolio.settle(shop, about)
    portfolio.publish(shop, about)
    file = tmp_path / "leren.json"
    assert main(["library", "export", str(file)]) == 0
    assert capsys.readouterr().out.startswith("1 entries of ")
    written = json.loads(file.read_text(encoding="utf-8"))
    written["municipality"] = "Gemeente Elders"
    written["entries"][0]["id"] = portfolio.entry(7).id
    file.write_text(json.dumps(written), encoding="utf-8")
    assert take(file) == 0
    assert (
        capsys.readouterr().out
        == "From Gemeente Elders: 1 new, 0 changed, 0 as they were, 0 no longer published there.\n"
    )
    assert take(file) == 0
    assert "0 new, 0 changed, 1 as they were" in capsys.readouterr().out


def test_a_wrong_field_is_named_and_nothing_is_taken(here, tmp_path, capsys):
    file = tmp_path / "leren.json"
    file.write_bytes(portfolio.library_file().replace(b'"fails"', b'"mislukt"'))
    assert take(file) == 1
    assert "entries[0].outcome: " in capsys.readouterr().err
    assert ImportedEntry.objects.count() == 0


def test_personal_data_is_told_with_a_key_to_confirm_it(here, tmp_path, capsys):
    file = tmp_path / "leren.json"
    file.write_bytes(portfolio.library_file(portfolio.entry(learning="Bel 06-12345678.")))
    assert take(file) == 1
    line = next(line for line in capsys.readouterr().err.splitlines() if "phone" in line)
    key, where = line.split()[:2]
    assert where == "entries[0].learning:"
    assert take(file, "--confirm", key, "Een verzonnen nummer.") == 0


def test_who_may_not_and_what_is_not_there_get_one_clear_line(here, tmp_path, capsys):
    file = tmp_path / "leren.json"
    file.write_bytes(portfolio.library_file())
    person("coach", email="carla@voorbeeld.example")
    for by, code in (("carla@voorbeeld.example", 1), ("niemand@voorbeeld.example", 1)):
        assert take(file, by=by) == code
        assert capsys.readouterr().err
    assert take(tmp_path / "weg.json") == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["library", "export", str(tmp_path / "map" / "weg.json")]) == 2
    assert ImportedEntry.objects.count() == 0
