# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.template import Context, Origin, Template
from django.urls import reverse

from tests.factories.people import PASSWORD
from tests.ui.page import Page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/account/login/", "/account/password/reset/"])
def test_sign_in_pages_look_like_ours_and_hold_no_inline_code(client, address):
    page = Page(client.get(address).content.decode())
    assert page.inline_code == []
    assert page.double_ids == []
    assert page.all("link", rel="stylesheet")
    assert all("utrecht-button" in button["class"] for button in page.all("button", type="submit"))


def test_nobody_is_invited_to_open_an_account(client):
    assert "signup" not in client.get("/account/login/").content.decode()


def test_a_wrong_password_is_explained_above_the_form(client):
    page = Page(client.post("/account/login/", {"login": "an@example.org", "password": "wrong"}).content.decode())
    assert len(page.all(role="alert")) == 1


@pytest.mark.parametrize(
    ("tags", "href", "css"),
    [
        ("prominent,login", "", "utrecht-button utrecht-button--primary-action"),
        ("outline,cancel", "", "utrecht-button utrecht-button--secondary-action"),
        ("danger", "/x/", "utrecht-button-link utrecht-button-link--secondary-action utrecht-button-link--danger"),
    ],
)
def test_buttons_of_the_account_pages_are_our_buttons(tags, href, css):
    source = "{% load allauth %}{% element button tags=tags href=href %}Go{% endelement %}"
    template = Template(source, origin=Origin("x.html", "account/x.html"))
    page = Page(template.render(Context({"tags": tags, "href": href})))
    assert page.all("a" if href else "button")[0]["class"] == css


@pytest.mark.parametrize(
    ("host", "works"), [("127.0.0.1:8000", False), ("[::1]:8000", False), ("localhost:8000", True), ("localhost", True)]
)
def test_at_an_ip_address_the_pages_say_that_passkeys_do_not_work_there(client, owner, host, works):
    client.force_login(owner)
    client.session.save()
    for name in ("mfa_add_webauthn", "mfa_list_webauthn"):
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD}, headers={"host": host})
        shown = client.get(reverse(name), headers={"host": host}, follow=True)
        text = shown.content.decode()
        assert ("Op dit adres werken passkeys en beveiligingssleutels niet." in text) is not works
    added = client.get(reverse("mfa_add_webauthn"), headers={"host": host}).content.decode()
    assert ("mfa_webauthn_add" in added) is works
    client.logout()
    login = client.get(reverse("account_login"), headers={"host": host}).content.decode()
    assert ('id="passkey_login"' in login) is works


def test_the_second_step_has_a_dutch_name_that_people_understand(client, owner):
    client.force_login(owner)
    text = client.get(reverse("mfa_index")).content.decode()
    assert ("Inloggen in twee stappen" in text, "factor" in text.lower()) == (True, False)
