# SPDX-License-Identifier: EUPL-1.2
"""Signing in: with a password and a second step, with a passkey, or through the organisation's own provider."""

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from django.utils import timezone

from beproefd.ground.accounts.actions import change_account
from beproefd.ground.accounts.models import User
from tests.factories.people import PASSWORD


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False


def confirm(client):
    """Give the password again, as the pages about the second step ask."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def sign_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def who(client) -> Any:
    """The key of the account that is signed in."""
    return client.session.get("_auth_user_id")


def code(secret: str) -> str:
    """What an app on the phone shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


# Password


def test_a_password_opens_the_home_page(client, owner):
    response = sign_in(client, owner)
    assert (response.status_code, response["Location"], who(client)) == (302, reverse("home"), str(owner.pk))


def test_the_capitals_of_an_address_do_not_matter(client, owner):
    client.post(reverse("account_login"), {"login": owner.email.upper(), "password": PASSWORD})
    assert who(client) == str(owner.pk)


@pytest.mark.parametrize("password", ["", "fout", PASSWORD + " "])
def test_a_wrong_password_opens_nothing(client, owner, password):
    response = sign_in(client, owner, password)
    assert (response.status_code, who(client)) == (200, None)


def test_a_closed_account_does_not_open(client, owner, administrator):
    change_account(by=administrator, user=owner, roles=owner.roles, active=False)
    sign_in(client, owner)
    assert who(client) is None


def test_nobody_opens_an_account_alone(client, db):
    client.post(
        reverse("account_signup"), {"email": "x@voorbeeld.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert User.objects.count() == 0


# A second step


def test_where_a_second_step_is_asked_nothing_opens_before_it_is_set_up(client, owner, settings):
    settings.REQUIRE_MFA = True
    sign_in(client, owner)
    for path in ("/", reverse("challenges:list"), reverse("accounts:list"), "/accounts/"):
        response = client.get(path)
        assert (path, response.status_code, response["Location"]) == (path, 302, reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_visitor_is_not_asked_for_a_second_step(client, db, settings):
    settings.REQUIRE_MFA = True
    assert client.get("/").status_code == 200


def activate_totp(client) -> str:
    """Set up an app on the page, and give its secret."""
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert response.status_code == 302
    return secret


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(client, owner, settings):
    settings.REQUIRE_MFA = True
    sign_in(client, owner)
    secret = activate_totp(client)
    assert client.get("/").status_code == 200
    client.logout()
    assert sign_in(client, owner)["Location"] == reverse("mfa_authenticate")
    assert who(client) is None
    refused = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (refused.status_code, who(client)) == (200, None)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):  # a code opens once
        client.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert who(client) == str(owner.pk)


def test_a_recovery_code_opens_once(client, owner):
    sign_in(client, owner)
    activate_totp(client)
    shown = Authenticator.objects.get(user=owner, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    for number, expected in enumerate((str(owner.pk), None)):
        client.logout()
        sign_in(client, owner)
        client.post(reverse("mfa_authenticate"), {"code": shown[0]})
        assert (number, who(client)) == (number, expected)


@pytest.mark.parametrize("name", ["mfa_index", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_activate_totp"])
def test_the_pages_of_the_second_step_answer(client, owner, name):
    sign_in(client, owner)
    confirm(client)
    response = client.get(reverse(name))
    assert response.status_code == 200


def test_the_sign_in_page_offers_a_passkey_and_gives_a_challenge_for_it(client, db):
    response = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert response.status_code == 200
    assert response.json()["request_options"]["publicKey"]["challenge"]


# OpenID Connect


class Provider(ThreadingHTTPServer):
    """A small OpenID Connect provider: one person, RS256, authorisation code with PKCE."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.asked: dict[str, dict[str, list[str]]] = {}

    def id_token(self, nonce: str | None) -> str:
        now = int(timezone.now().timestamp())
        claims = {"iss": self.url, "aud": "beproefd", "iat": now, "exp": now + 300, **self.person}
        if nonce:
            claims["nonce"] = nonce
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})


class Answers(BaseHTTPRequestHandler):
    """What the provider answers."""

    server: Provider

    def log_message(self, *_ignored: Any) -> None:
        """Quietly."""

    def send(self, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        url, where = self.server.url, urlsplit(self.path).path
        if where.endswith("/.well-known/openid-configuration"):
            self.send(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "userinfo_endpoint": f"{url}/userinfo",
                    "jwks_uri": f"{url}/jwks",
                    "response_types_supported": ["code"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                }
            )
        elif where == "/jwks":
            numbers = self.server.key.public_key().public_numbers()

            def text(number: int) -> str:
                return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()

            self.send(
                {
                    "keys": [
                        {
                            "kty": "RSA",
                            "kid": "1",
                            "alg": "RS256",
                            "use": "sig",
                            "n": text(numbers.n),
                            "e": text(numbers.e),
                        }
                    ]
                }
            )
        elif where == "/userinfo":
            self.send(self.server.person)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.asked.get(form["code"][0])
        if asked is None:
            self.send_error(400)
            return
        nonce = asked.get("nonce", [None])[0]
        self.send(
            {
                "access_token": "toegang",
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": self.server.id_token(nonce),
            }
        )


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    running = Provider()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    own = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    app = {
        "provider_id": "gemeente",
        "name": "Gemeente",
        "client_id": "beproefd",
        "secret": "geheim",
        "settings": {"server_url": running.url},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": own | {"APPS": [app]}}
    yield running
    running.shutdown()
    running.server_close()


def through_provider(client, provider, **person: Any):
    """Walk through signing in at the provider as this person; gives the last answer."""
    provider.person = {"sub": "p-1", "name": "Iemand", **person}
    start = client.post(reverse("openid_connect_login", args=["gemeente"]))
    assert start.status_code == 302, start.content.decode()[:2000]
    asked = parse_qs(urlsplit(start["Location"]).query)
    assert start["Location"].startswith(f"{provider.url}/authorize?")
    assert "code_challenge" in asked
    ticket = secrets.token_hex(8)
    provider.asked[ticket] = asked
    back = urlsplit(asked["redirect_uri"][0]).path
    return client.get(back, {"code": ticket, "state": asked["state"][0]}, follow=True)


def test_someone_with_an_account_signs_in_through_the_provider(client, owner, provider):
    through_provider(client, provider, email=owner.email, email_verified=True)
    assert who(client) == str(owner.pk)
    client.logout()
    through_provider(client, provider, email=owner.email, email_verified=True)
    assert (who(client), User.objects.count()) == (str(owner.pk), 1)
    assert User.objects.get().check_password(PASSWORD)


def test_after_the_first_time_the_providers_key_counts_and_a_new_address_there_changes_nothing(client, owner, provider):
    through_provider(client, provider, email=owner.email, email_verified=True)
    client.logout()
    through_provider(client, provider, email="nieuw@voorbeeld.example", email_verified=True)
    assert who(client) == str(owner.pk)


def test_someone_without_an_account_is_refused_on_a_clear_page(client, owner, provider):
    response = through_provider(client, provider, email="vreemde@voorbeeld.example", email_verified=True)
    assert (who(client), User.objects.count()) == (None, 1)
    assert response.status_code in {200, 403}
    assert "<h1" in response.content.decode()


def test_an_address_the_provider_has_not_checked_opens_nothing(client, owner, provider):
    through_provider(client, provider, email=owner.email, email_verified=False)
    assert who(client) is None


def test_a_closed_account_does_not_open_through_the_provider(client, owner, administrator, provider):
    change_account(by=administrator, user=owner, roles=owner.roles, active=False)
    through_provider(client, provider, email=owner.email, email_verified=True)
    assert who(client) is None


def test_a_ticket_of_another_state_opens_nothing(client, owner, provider):
    provider.person = {"sub": "p-1", "email": owner.email, "email_verified": True}
    client.post(reverse("openid_connect_login", args=["gemeente"]))
    provider.asked["x"] = {}
    client.get(reverse("openid_connect_callback", args=["gemeente"]), {"code": "x", "state": "verzonnen"}, follow=True)
    assert who(client) is None


def test_a_provider_out_of_reach_brings_someone_back_to_the_sign_in_page_with_a_sentence(client, provider, db):
    provider.shutdown()
    provider.server_close()
    answer = client.post(reverse("openid_connect_login", args=["gemeente"]), follow=True)
    assert answer.redirect_chain == [(reverse("account_login"), 302)]
    assert "De inlogdienst is niet bereikbaar." in answer.content.decode()


def test_nobody_adds_an_address_that_no_administrator_knows(client, owner):
    client.force_login(owner)
    client.post(reverse("account_email"), {"action_add": "", "email": "ander@voorbeeld.example"})
    assert list(owner.emailaddress_set.values_list("email", flat=True)) == [owner.email]


def test_what_someone_sees_who_is_signed_in_is_kept_by_nobody_on_the_way(client, owner):
    assert "Cache-Control" not in client.get("/")
    client.force_login(owner)
    assert client.get("/")["Cache-Control"] == "private, no-store"
