# SPDX-License-Identifier: EUPL-1.2
"""The house stands as drawn: layers, folders, guards, settings."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from beproefd.cli import COMMANDS
from tests import running
from tests.running import ROOT, beproefd, environment

HOUSE = {
    "api",
    "cli",
    "demo",
    "discipline",
    "engines",
    "ground",
    "initiatives",
    "locale",
    "settings.py",
    "site",
    "ui",
    "wsgi.py",
    "__init__.py",
    "py.typed",
}
ROOMS = {
    "discipline": {"challenges", "ideas", "juries", "tracks", "validation", "prototypes", "pilots", "portfolio"},
    "ground": {"audit", "accounts", "city", "people", "vault", "ledger", "personal_data"},
    "engines": {"evidence", "ranking", "matching", "forecast"},
    "initiatives": {"connected", "tommie", "saving"},
}
DRAWERS = {"utils", "helpers", "common", "managers", "services", "misc"}


def test_a_layer_imports_only_what_lies_below():
    command = [str(Path(sys.executable).parent / "lint-imports")]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def entries(folder: Path) -> set[str]:
    """What stands in a folder."""
    return {entry.name for entry in folder.iterdir() if entry.name != "__pycache__"}


def test_no_file_stands_outside_the_house():
    package = ROOT / "src" / "beproefd"
    assert entries(package) - HOUSE == set()
    for floor, rooms in ROOMS.items():
        if (package / floor).exists():
            assert entries(package / floor) - rooms - {"__init__.py", "py.typed"} == set()


SLOW_TO_LOAD = ("scipy", "sklearn", "typst", "vl_convert", "PIL", "beproefd.engines")


def test_the_product_starts_without_the_libraries_that_are_slow_to_load(tmp_path):
    """A command that walks the log needs no statistics; the engines are read in when something is asked of them."""
    script = f"import sys, beproefd.wsgi; print(*(name for name in sys.modules if name.startswith({SLOW_TO_LOAD})))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(**SAFE, BEPROEFD_DATA_DIR=str(tmp_path)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr[-2000:]


def test_there_is_no_junk_drawer():
    found = [path for path in (ROOT / "src").rglob("*") if path.stem in DRAWERS and path.suffix in {"", ".py"}]
    assert found == []


def test_every_python_file_carries_its_licence():
    folders = ("src", "tests", "tools", "benchmarks")
    bare = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if not path.read_text(encoding="utf-8").startswith("# SPDX-License-" + "Identifier: EUPL-1.2")
    ]
    assert bare == []


def test_the_models_and_the_migrations_say_the_same(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_page_may_run_what_is_written_in_it():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = " ".join(source for sources in directives.values() for source in sources)
    assert [word for word in ("unsafe-inline", "unsafe-eval", "*", "http:", "https:") if word in allowed] == []
    assert directives["default-src"] == ["'none'"]


def test_every_page_carries_the_policy(client, db):
    header = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in header
    assert "script-src 'self'" in header
    assert "unsafe" not in header


# Settings


SAFE = {"BEPROEFD_SECRET_KEY": running.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "beproefd.settings"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BEPROEFD_DEBGU", "true"),
        ("BEPROEFD_DEMO", "perhaps"),
        ("BEPROEFD_REQUIRE_MFA", "no way"),
        ("BEPROEFD_LOG_LEVEL", "loud"),
        ("BEPROEFD_DAY_OF_WORK_EUROS", "veel"),
        ("BEPROEFD_DAY_OF_WORK_EUROS", "0"),
        ("BEPROEFD_EMAIL_URL", "pigeon://roof"),
        ("BEPROEFD_SECRET_KEY", "a-key-of-forty-nine-characters-is-not-long-enough"),
        ("BEPROEFD_SECRET_KEY", "ab" * 30),
        ("BEPROEFD_SECRET_KEY_FILE", "/does/not/exist"),
        ("BEPROEFD_SECRET_KEY_FILE", "/dev/null"),
        ("BEPROEFD_SECRET_KEY_FILE", sys.executable),
        ("BEPROEFD_DATA_DIR", "/dev/null/data"),
        ("BEPROEFD_ALLOWED_HOSTS", ""),
        ("BEPROEFD_EMAIL_FROM", "notanaddress"),
        ("BEPROEFD_REQUIRE", "bicycle"),
        ("BEPROEFD_OIDC_SERVER_URL", "https://login.example"),
        ("BEPROEFD_OIDC_CLIENT_ID", "beproefd"),
        ("BEPROEFD_BASE_URL", "beproefd.example"),
        ("DATABASE_URL", "oracle-of-delphi://x"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgres://x@y:port/z"),
    ],
)
def test_an_unknown_setting_or_a_bad_value_stops_the_start_with_one_clear_line(tmp_path, name, value):
    variables = SAFE | {"BEPROEFD_DATA_DIR": str(tmp_path), name: value}
    if name == "BEPROEFD_SECRET_KEY_FILE":
        del variables["BEPROEFD_SECRET_KEY"]
    done = beproefd("check", **variables)
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, len(lines)) == (2, 1), done.stderr[-2000:]
    assert lines[0].startswith("Beproefd cannot start: ")
    assert name in lines[0]


def test_a_sign_in_provider_at_no_web_address_stops_the_start(tmp_path):
    names = ("SERVER_URL", "CLIENT_ID", "CLIENT_SECRET")
    done = beproefd(
        "check", **SAFE, BEPROEFD_DATA_DIR=str(tmp_path), **{f"BEPROEFD_OIDC_{name}": "x" for name in names}
    )
    said = "Beproefd cannot start: BEPROEFD_OIDC_SERVER_URL must start with https://, not 'x'.\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.parametrize("flag", ["BEPROEFD_DEMO", "BEPROEFD_DEBUG"])
def test_an_empty_key_file_and_a_data_folder_that_cannot_be_made_stop_a_demo_too(flag):
    for name, value in (("BEPROEFD_SECRET_KEY_FILE", "/dev/null"), ("BEPROEFD_DATA_DIR", "/dev/null/data")):
        done = beproefd("check", **{flag: "true", name: value})
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr[-2000:]
        assert done.stderr.startswith(f"Beproefd cannot start: {name} ")


@pytest.mark.parametrize("theme", ["ui/nope.css", "../../etc/passwd"])
def test_a_theme_that_is_not_there_stops_the_start(tmp_path, theme):
    done = beproefd("serve", **SAFE, BEPROEFD_DATA_DIR=str(tmp_path), BEPROEFD_THEME=theme)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr[-2000:]
    assert done.stderr.startswith(f"Beproefd cannot start: The theme '{theme}' does not exist.")


def test_neighbourhoods_that_are_not_there_stop_the_start(tmp_path):
    done = beproefd("check", **SAFE, BEPROEFD_DATA_DIR=str(tmp_path), BEPROEFD_AREAS="nergens.json")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr[-2000:]
    assert done.stderr.startswith("Beproefd cannot start: BEPROEFD_AREAS must be a file with the neighbourhoods")


def test_the_evidence_engine_is_read_in_when_something_is_asked_of_it_and_not_at_the_start(tmp_path):
    told = "import sys, beproefd.wsgi; from django.urls import get_resolver; get_resolver().url_patterns; "
    told += "sys.exit('beproefd.engines.evidence' in sys.modules)"
    variables = running.environment(**SAFE, BEPROEFD_DATA_DIR=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", told], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_without_a_secret_key_there_is_no_start_outside_demo_and_debug(tmp_path):
    done = beproefd("check", BEPROEFD_DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "BEPROEFD_SECRET_KEY" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_check_before_going_live_names_what_is_open_and_what_is_missing(tmp_path):
    variables = SAFE | {"BEPROEFD_DATA_DIR": str(tmp_path / "data"), "BEPROEFD_EMAIL_FROM": "b@gemeente.example"}
    opening = ("account", "open", "ad@gemeente.example", "Ad", "--role", "administrator")
    asked = beproefd(*opening, **variables)
    assert (asked.returncode, asked.stderr.count("\n")) == (2, 1)
    assert "--password-stdin" in asked.stderr
    assert beproefd(*opening, "--password-stdin", said="een lange zin zonder dak\n", **variables).returncode == 0

    made = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert {path: oct(path.stat().st_mode & 0o077) for path in made} == dict.fromkeys(made, "0o0")
    without_mail = beproefd("check", **variables)
    assert (without_mail.returncode, "Mail reaches nobody" in without_mail.stderr) == (1, True)
    variables["BEPROEFD_EMAIL_URL"] = "smtp://localhost:25"
    assert beproefd("check", **variables).returncode == 0
    (tmp_path / "data").chmod(0o755)
    readable = beproefd("check", **variables)
    assert (readable.returncode, readable.stderr.endswith(f"chmod 700 {tmp_path / 'data'}\n")) == (1, True)


def settings_say(expression: str, **variables: str) -> str:
    """What a process with these variables sees."""
    script = f"import django; django.setup(); from django.conf import settings; from django.urls import reverse; print({expression})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(**SAFE, **variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_the_one_click_sign_in_exists_only_with_the_demo_flag(tmp_path):
    names = "[str(p.pattern) for p in __import__('beproefd.site.urls', fromlist=['x']).urlpatterns if 'demo' in str(p.pattern)]"
    assert settings_say(names, BEPROEFD_DATA_DIR=str(tmp_path), BEPROEFD_DEBUG="true") == "[]"
    assert settings_say(names, BEPROEFD_DATA_DIR=str(tmp_path), BEPROEFD_DEMO="true") == "['demo/']"


def test_without_any_setting_the_site_is_safe(tmp_path):
    said = settings_say("settings.DEBUG, settings.DEMO, settings.REQUIRE_MFA, settings.SESSION_COOKIE_HTTPONLY")
    assert said == "False False True True"


def test_behind_https_cookies_and_transport_are_strict():
    expression = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0"
    assert settings_say(expression, BEPROEFD_BASE_URL="https://beproefd.example") == "True True True"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://postgres@%2FTmp%2FEen%20map/naam", "('/Tmp/Een map', 'naam', '')"),
        ("postgres://jan:geheim@%2Ftmp%2Fpg:5433/naam", "('/tmp/pg', 'naam', 5433)"),
        ("postgres://jan:geheim@db.example:5433/naam", "('db.example', 'naam', 5433)"),
    ],
)
def test_a_database_on_a_unix_socket_is_found(url, expected):
    place = "tuple(settings.DATABASES['default'][key] for key in ('HOST', 'NAME', 'PORT'))"
    assert settings_say(place, DATABASE_URL=url) == expected


def test_every_command_is_listed_and_is_read_in_alone_when_it_is_asked():
    listed = beproefd("--help").stdout
    assert [name for name in COMMANDS if f"\n    {name} " not in listed] == []
    script = (
        "import contextlib, sys; from beproefd.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(None): main([sys.argv[1], '--help'])\n"
        "print(*(name.removeprefix('beproefd.cli.') for name in sys.modules if name.startswith('beproefd.cli.')))"
    )
    for name, file in COMMANDS.items():
        command = [sys.executable, "-c", script, name]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
        assert set(done.stdout.split()) & set(COMMANDS.values()) - {"serve"} == {file} - {"serve"}


def test_a_log_that_cannot_be_read_is_told_in_one_line(tmp_path):
    done = beproefd("audit", "verify", **SAFE, BEPROEFD_DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr[-2000:]


def test_the_tests_keep_out_of_the_users_data():
    assert not settings.DATA_DIR.is_relative_to(ROOT)
    assert not Path(settings.SIGNING_KEY_FILE).is_relative_to(ROOT)
    assert os.environ.get("BEPROEFD_DATA_DIR") is None


def test_the_language_is_dutch_until_someone_chooses_english(client, db):
    """Not what the browser says: phones come set to English."""
    assert client.get("/", headers={"accept-language": "en"}).headers["Content-Language"] == "nl"
    client.post("/taal/", {"language": "en", "next": "/"})
    assert client.get("/").headers["Content-Language"] == "en"


def asked_values(condition: Any, field: str) -> list[set[Any]]:
    """The values that the parts of a constraint's condition ask of a field, as a list or as a range."""
    found = []
    for part in condition.children:
        if not isinstance(part, tuple):
            found += asked_values(part, field)
        elif part[0] == f"{field}__in":
            found.append(set(part[1]))
        elif part[0] == f"{field}__range":
            found.append(set(range(part[1][0], part[1][1] + 1)))
    return found


CHOICES = [
    (model, field)
    for model in apps.get_models()
    if model.__module__.startswith("beproefd.")
    for field in model._meta.fields
    if field.choices
]


@pytest.mark.parametrize(("model", "field"), CHOICES, ids=[str(field) for _model, field in CHOICES])
def test_the_database_itself_refuses_a_value_that_is_no_choice(model: Any, field: Any) -> None:
    """A choice added to the list and not to the constraint is found here, not in production."""
    conditions = [c.condition for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    known = {value for value, _label in field.flatchoices if value is not None}
    assert known in [values for condition in conditions for values in asked_values(condition, field.name)]
