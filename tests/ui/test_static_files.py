# SPDX-License-Identifier: EUPL-1.2
"""What a browser fetches: compressed, kept for long under a name that changes with the content."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
from whitenoise.storage import CompressedManifestStaticFilesStorage

YEARS = "max-age=315360000, public, immutable"


@pytest.fixture
def site(settings: Any, tmp_path: Any, db: None) -> Client:
    """The site as it is served, with a theme of a municipality's own."""
    own = tmp_path / "gemeente"
    own.mkdir()
    (own / "thema.css").write_text('@import url("/static/ui/theme.css");\n:root { --beproefd-brand: #6a1b60; }\n')
    settings.STATICFILES_DIRS = [("gemeente", own)]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.THEME = "gemeente/thema.css"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    return Client()


def fetch(site: Client, address: str) -> Any:
    """As a browser asks for it."""
    return site.get(address, headers={"accept-encoding": "gzip"})


def test_every_file_a_page_asks_for_comes_compressed_and_is_kept(site):
    assert isinstance(staticfiles_storage._wrapped, CompressedManifestStaticFilesStorage)
    page = site.get("/").content.decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)
    assert len(files) >= 4
    sent = 0
    for address in files:
        answer = fetch(site, address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, YEARS)
        body = b"".join(answer)
        assert (answer.get("Content-Encoding") == "gzip") == ("gemeente" not in address)  # that one is a few bytes
        sent += len(body)
    assert sent < 60_000


def test_a_theme_of_its_own_takes_over_the_standard_theme_under_its_new_name(site):
    theme = fetch(site, staticfiles_storage.url("gemeente/thema.css"))
    named = re.findall(r'@import url\("(.+)"\)', b"".join(theme).decode())
    assert named == [staticfiles_storage.url("ui/theme.css")]
    assert re.fullmatch(r"/static/ui/theme\.[0-9a-f]{12}\.css", named[0])


def test_the_worker_of_the_form_for_observations_may_see_its_pages_under_both_its_names(site):
    for address in (staticfiles_storage.url("validation/worker.js"), "/static/validation/worker.js"):
        assert fetch(site, address)["Service-Worker-Allowed"] == "/trajecten/"
