# SPDX-License-Identifier: EUPL-1.2
"""Strange text, numbers and choices in every form: a clear answer, nothing half-written, nothing executed."""

import logging

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from beproefd.discipline.portfolio.models import Reviewer, Tie
from beproefd.discipline.portfolio.queries.library import public_id
from beproefd.ground.audit.queries import verify
from tests import factories
from tests.factories import person, portfolio

pytestmark = pytest.mark.django_db
NASTY = (
    "\"><script>alert(1)</script>{{ 7|add:7 }}{% debug %}%(naam)s'); DROP TABLE ideas_idea; --",
    '=HYPERLINK("x") 👩🏽‍🦽 \u202egnirts\u202c é ﷽ \ud7ff',
    "voor\x00na",
    " \t\r\n\u00a0 ",
    "9" * 5000,
    "-1",
    "",
)


def forms(shop):
    """Every address that takes a form: who fills it in, and which fields it has."""
    about = factories.assumption(shop, "Mensen willen sparen", importance=3)
    portfolio.settle(shop, about)
    published = factories.assumption(shop, "Al openbaar", importance=3)
    portfolio.settle(shop, published)
    portfolio.publish(shop, published)
    gate = portfolio.gate(shop, reviewers=2)
    near = person("juror", organisation=shop.owner.organisation)
    portfolio.actions.name_reviewer(by=gate.manager, request=gate.request, user=near)
    waiting = person("juror")
    portfolio.actions.name_reviewer(by=gate.manager, request=gate.request, user=waiting)
    portfolio.review(gate, gate.reviewers[0])
    slug, reference = shop.idea.challenge.slug, shop.idea.reference
    at = {
        name: reverse(f"portfolio:{name}", args=[slug, reference, gate.request.number, *rest])
        for name, rest in {
            "name_reviewer": [],
            "release_reviewer": [Reviewer.objects.get(user=waiting).pk],
            "decide_tie": [Tie.objects.get().pk],
            "declare": [],
            "recuse": [],
            "review": [],
            "decide": [],
        }.items()
    }
    judged = ("outcome", "reasons", "exception_reason", "request_key", "sure")
    fresh = factories.workshop()
    asking = reverse("portfolio:ask", args=[fresh.idea.challenge.slug, fresh.idea.reference])
    return [
        (fresh.owner, asking, ("plan", "budget", "request_key")),
        (gate.manager, reverse("portfolio:own_tie", args=[slug, reference]), ("kind", "note")),
        (gate.manager, at["name_reviewer"], ("user",)),
        (gate.manager, at["release_reviewer"], ("x",)),
        (gate.manager, at["decide_tie"], ("binds", "reason")),
        (gate.manager, at["decide"], judged),
        (waiting, at["declare"], ("x",)),
        (gate.reviewers[1], at["recuse"], ("kind", "note")),
        (gate.reviewers[1], at["review"], judged),
        (
            gate.manager,
            reverse("library:publish", args=[public_id(about)]),
            ("statement", "learning", "target_group", "request_key", "stays_0123456789abcdef"),
        ),
        (gate.manager, reverse("library:unpublish", args=[public_id(published)]), ("reason",)),
        (gate.manager, reverse("library:import"), ("file", "request_key", "stays_0123456789abcdef")),
    ]


GOOD = {"outcome": "stop", "request_key": "1" * 32, "binds": "no", "kind": "personal", "budget": "0", "sure": "on"}


def rows():
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_every_form_answers_and_writes_all_or_nothing(shop, monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    tried = forms(shop)
    clients = {}
    for someone, address, _fields in tried:
        clients[address] = Client(raise_request_exception=False)
        clients[address].force_login(someone)
    before = rows()
    for _someone, address, fields in tried:
        for nasty in NASTY:
            for aimed in (*((name,) for name in fields), fields):
                values = {name: nasty if name in aimed else GOOD.get(name, "Een goede tekst.") for name in fields}
                if "file" in fields:
                    raw = nasty.encode() if "file" in aimed else portfolio.library_file()
                    values["file"] = SimpleUploadedFile("leren.json", raw)
                with transaction.atomic():
                    answer = clients[address].post(address, values)
                    assert (address, aimed, answer.status_code) in {
                        (address, aimed, code) for code in (200, 302, 400, 409)
                    }
                    assert b"<script>alert(1)" not in answer.content
                    if answer.status_code == 302:
                        assert (address, aimed, verify().problem) == (address, aimed, "")
                    else:
                        assert (address, aimed, rows()) == (address, aimed, before)
                    transaction.set_rollback(True)


def test_every_address_answers_only_what_it_is_for(shop, monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    for someone, address, _fields in forms(shop):
        anonymous = Client()
        answer = anonymous.post(address, {})
        assert (address, answer.status_code) in {(address, code) for code in (302, 403, 404)}
        client = Client()
        client.force_login(someone)
        assert (address, client.delete(address).status_code) in {(address, code) for code in (200, 405)}
