# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import get_template
from django.test import Client
from django.utils.translation import override

from tests.ui.page import Page


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_page_for_a_fault_needs_no_request_and_no_database(name):
    with override("en"):
        page = Page(get_template(name).render())
    assert page.inline_code == []
    assert page.all("form") == []
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_says_what_happened_what_was_kept_and_what_to_do(name, rf):
    with override("en"):
        text = Page(get_template(name).render({}, rf.get("/"))).text
    assert "Nothing was changed" in text or "nothing is half saved" in text
    assert "To the home page" in text


def test_an_unknown_address_gives_our_page(client):
    response = client.get("/bestaat-niet/")
    assert response.status_code == 404
    assert "Deze pagina bestaat niet" in response.content.decode()


def test_a_form_without_its_token_gives_our_page():
    visitor = Client(enforce_csrf_checks=True)
    visitor.cookies["django_language"] = "en"
    response = visitor.post("/account/login/")
    assert response.status_code == 403
    assert "The form could not be checked" in response.content.decode()


def test_a_request_larger_than_we_take_is_refused_before_anything_is_read(client, db):
    file = SimpleUploadedFile("groot.bin", b"x" * (8 * 1024 * 1024))
    response = client.post("/taal/", {"language": "en", "next": "/", "file": file})
    assert (response.status_code, "django_language" in response.cookies) == (413, False)
    assert "groter dan 8 MB" in response.content.decode()
