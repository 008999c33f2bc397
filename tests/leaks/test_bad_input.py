# SPDX-License-Identifier: EUPL-1.2
"""Bad input in every form of the product: a clear answer, nothing half-written, nothing typed lost, nothing executed.

The forms are read from the pages themselves, so a new form is covered once a person here can open its page, and a new
address that takes forms fails the test until one does.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, include, path, reverse

from beproefd.discipline.challenges.models import CanvasVersion, Challenge, Criterion, Stimulus
from beproefd.discipline.ideas.models import Idea, IdeaVersion, TeamInvitation, TeamMember
from beproefd.discipline.juries import actions
from beproefd.discipline.juries.models import Answer, Assessment, Declaration, Dissent, Interest, ScoreChange, Seat
from beproefd.ground.audit.queries import verify
from beproefd.site import urls
from tests import factories
from tests.leaks.addresses import FOLLOW_UP
from tests.leaks.forms import DATES, NASTY, NUMBERS, Form, forms_on, judge_answer, rows, send

urlpatterns = [*urls.urlpatterns, path("demo/", include("beproefd.demo.urls"))]
handler400 = urls.handler400
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


# Everyone who fills in something


@dataclass
class City:
    """A challenge in every state, and who fills in forms there."""

    forms: list[tuple[Client, Form]]
    scoring: factories.World
    deliberation: factories.World
    open: Challenge
    draft: Challenge
    manager: Any
    owner: Any


def visit(person: Any = None, **options: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(raise_request_exception=False, **options)
    if person:
        client.force_login(person)
    return client


@pytest.fixture
def city(administrator: Any, settings: Any) -> City:
    """Every form of the product, with who may open it."""
    settings.DEMO = True
    scoring, deliberation = (
        factories.world("scoring", ideas=2, jurors=2),
        factories.world("deliberation", ideas=2, jurors=2),
    )
    preparing = factories.world("preparing", ideas=1, jurors=1)
    manager, owner = scoring.manager, factories.person("team", name="Olga")
    tied = factories.person("juror", organisation="Stichting 1")
    actions.seat_juror(by=manager, jury_round=preparing.round, user=tied, kind="alternate")
    factories.judge(scoring, scoring.jurors[1], scoring.ideas[0], submit=False)
    draft = factories.challenge(manager, title="In voorbereiding")
    factories.add_criteria(manager, draft)
    bare = factories.challenge(manager, title="Zonder criteria")
    ready = factories.ready_challenge(manager, title="Klaar om te openen")
    waiting = factories.jury_challenge(manager, [factories.person("team")])
    opened = factories.open_challenge(manager, title="Open voor ideeën")
    idea = factories.idea(owner, opened, submit=False)
    invitation = factories.invited(owner, idea, scoring.owners[0])
    demo = factories.person("team")
    type(demo).objects.filter(pk=demo.pk).update(is_demo=True)
    pages = {
        None: [reverse("account_login"), reverse("account_reset_password"), reverse("demo:roles")],
        administrator: [reverse("accounts:new"), reverse("accounts:edit", args=[owner.key])],
        owner: [
            reverse("ideas:new", args=[opened.slug]),
            *(
                reverse(f"ideas:{name}", args=[opened.slug, idea.reference])
                for name in ("detail", "edit", "team", "withdraw")
            ),
        ],
        scoring.owners[0]: [reverse("ideas:invitation", args=[opened.slug, invitation.key])],
        scoring.jurors[0]: [reverse("juries:idea", args=[scoring.challenge.slug, scoring.ideas[0].reference])],
        scoring.jurors[1]: [
            reverse(f"juries:{name}", args=[scoring.challenge.slug, scoring.ideas[0].reference])
            for name in ("idea", "recuse")
        ],
        deliberation.jurors[0]: [
            reverse("juries:dissent", args=[deliberation.challenge.slug]),
            reverse(
                "juries:change_score", args=[deliberation.challenge.slug, deliberation.ideas[0].reference, "waarde"]
            ),
        ],
        manager: [
            reverse("challenges:new"),
            *(reverse(f"challenges:{name}", args=[draft.slug]) for name in ("canvas_edit", "stimulus_new")),
            reverse("challenges:stimulus_edit", args=[draft.slug, draft.stimuli.get().pk]),
            *(
                reverse(f"challenges:{name}", args=[draft.slug])
                for name in ("criteria", "criteria_rules", "criterion_new")
            ),
            reverse("challenges:criterion_edit", args=[draft.slug, "waarde"]),
            reverse("challenges:criteria_lock", args=[draft.slug]),
            reverse("challenges:criteria", args=[bare.slug]),
            reverse("challenges:criteria_new_version", args=[ready.slug]),
            reverse("challenges:detail", args=[ready.slug]),
            reverse("challenges:detail", args=[opened.slug]),
            reverse("ideas:new", args=[opened.slug]),
            reverse("ideas:import", args=[opened.slug]),
            reverse("ideas:correction", args=[waiting.slug, Idea.objects.get(challenge=waiting).reference]),
            reverse("ideas:merge", args=[scoring.challenge.slug, scoring.ideas[0].reference])
            + f"?met={scoring.ideas[1].reference}",
            reverse("juries:room", args=[waiting.slug]),
            *(
                reverse(f"juries:{name}", args=[preparing.challenge.slug])
                for name in ("room", "interests", "assign", "seat_new")
            ),
            *(reverse(f"juries:{name}", args=[scoring.challenge.slug]) for name in ("room", "void")),
            reverse("juries:seat_lay_down", args=[scoring.challenge.slug, scoring.round.seats.first().pk]),
            reverse("juries:answer", args=[deliberation.challenge.slug, deliberation.ideas[0].reference]),
            reverse("juries:decide", args=[deliberation.challenge.slug]),
        ],
    }
    forms, known = [], set()
    for person, addresses in pages.items():
        client = visit(person)
        for address in addresses:
            for form in forms_on(client, address):
                key = (form.name, tuple(form.kinds))
                if not form.name.startswith(("account_logout", "mfa_")) and key not in known:
                    known.add(key)
                    forms.append((client, form))
    return City(forms, scoring, deliberation, opened, draft, manager, owner)


NOT_A_FORM = {
    *("home", "audit_log", "security_txt", "set_language", "styleguide", "demo:roles", "accounts:list"),
    *("juries:room", "juries:standings", "juries:standings_file"),
    *("juries:decision", "juries:decision_file", "juries:decision_pdf"),
    "demo:try",  # one button without fields (tests/test_demo_pages.py)
    "ideas:similar",  # a search: it is sent by the form of an idea and writes nothing
}


def test_every_address_that_takes_a_form_up_to_the_decision_is_tried_here(city: City) -> None:
    def names(patterns: Any, space: str = "") -> Iterator[str]:
        for pattern in patterns:
            inner = getattr(pattern, "url_patterns", None)
            if inner is None:
                yield f"{space}{pattern.name}"
            else:
                yield from names(inner, space + (f"{pattern.namespace}:" if pattern.namespace else ""))

    ours = {
        name
        for name in names(get_resolver().url_patterns)
        if not re.match(r"account_|mfa_|socialaccount_|openid_|None", name) and not name.startswith(FOLLOW_UP)
    }
    client, takes = visit(city.owner), set()
    keys = {"accounts:edit": city.owner.key, "ideas:invitation": TeamInvitation.objects.get().key}
    parts = {"slug": city.open.slug, "reference": "AAAAA", "pk": 1, "number": 1, "version": 1, "key": "waarde"}
    for name in ours:
        wanted = next(iter(get_resolver_params(name)), ())
        values = {part: keys.get(name, parts[part]) if part == "key" else parts[part] for part in wanted}
        if client.post(reverse(name, kwargs=values)).status_code != 405:
            takes.add(name)
    assert takes - NOT_A_FORM - {form.name for _client, form in city.forms} == set()


def get_resolver_params(name: str) -> Iterator[tuple[str, ...]]:
    """The parts of a named address."""
    space, _colon, last = name.rpartition(":")
    resolver = get_resolver()
    if space:
        prefix, resolver = resolver.namespace_dict[space]
        before = re.findall(r"<(?:\w+:)?(\w+)>|%\((\w+)\)s", prefix)
        outer = tuple(a or b for a, b in before)
    else:
        outer = ()
    for possibility in resolver.reverse_dict.getlist(last):
        yield (*outer, *(part for part in possibility[0][0][1] if part not in outer))


# Text, numbers, dates and choices


def test_strange_text_in_every_field_is_kept_or_refused_and_comes_out_escaped(city: City) -> None:
    before = rows()
    tries = [(kind, text, client, form) for kind, text in NASTY.items() for client, form in city.forms]
    for kind, text, client, form in tries:
        fields = form.of_kind("text")
        if not fields:
            continue
        with transaction.atomic():
            response = send(client, form, **dict.fromkeys(fields, text))
            kept = text if kind == "code" and not form.name.startswith("account") else ""
            judge_answer(form, kind, response, before, kept)
            if response.status_code == 302:
                shown = client.get(response["Location"])
                assert (form.name, shown.status_code) == (form.name, 200)
                assert b"<script>alert(1)" not in shown.content
            transaction.set_rollback(True)


def test_a_text_of_five_megabytes_is_refused_in_every_field_and_writes_nothing(city: City) -> None:
    before, long = rows(), "x" * (5 * 1024 * 1024)
    for client, form in city.forms:
        fields = form.of_kind("text")
        if fields and not form.name.startswith("account"):
            response = send(client, form, **{fields[-1]: long})
            assert (form.name, response.status_code) in {(form.name, code) for code in (200, 302)}
            assert (form.name, rows()) == (form.name, before)
            if response.status_code == 200:
                assert (form.name, "x" * 10_000 in response.content.decode()) == (form.name, True)
    assert verify().problem == ""


def test_impossible_numbers_dates_and_choices_are_refused_in_every_form(city: City) -> None:
    before = rows()
    for client, form in city.forms:
        numbers = [name for name in form.of_kind("number", "hidden") if name != "csrfmiddlewaretoken"]
        dates, choices = form.of_kind("date"), form.of_kind("choice")
        tries = [({name: value}, f"{name}={value[:9]}") for name in numbers for value in ("9" * 30, "²", "")]
        tries += [(dict.fromkeys(numbers, value), f"all numbers {value[:9]}") for value in NUMBERS if numbers]
        tries += [(dict.fromkeys(dates, value), f"all dates {value}") for value in DATES if dates]
        tries += [({name: "bestaat-niet"}, f"{name}=bestaat-niet") for name in choices]
        for changed, what in tries:
            with transaction.atomic():
                judge_answer(form, what, send(client, form, **changed), before)
                transaction.set_rollback(True)


def test_a_form_with_every_field_missing_is_refused_or_is_a_single_button(city: City) -> None:
    before = rows()
    for client, form in city.forms:
        with transaction.atomic():
            judge_answer(form, "nothing", client.post(form.action, {}), before)
            transaction.set_rollback(True)


# Twice, stale, forged and elsewhere


MADE = (
    *(Challenge, CanvasVersion, Stimulus, Criterion, Idea, IdeaVersion, TeamMember, TeamInvitation),
    *(Seat, Interest, Declaration, Assessment, ScoreChange, Dissent, Answer),
)


def test_every_form_sent_twice_makes_one_thing(city: City) -> None:
    for client, form in city.forms:
        if form.name.startswith(("account", "demo")) or form.of_kind("file"):
            continue
        texts = {name: "Een nieuwe zin." for name in form.of_kind("text") if not form.values[name][0].strip()}
        with transaction.atomic():
            send(client, form, **texts)
            once = {model: model.objects.count() for model in MADE}
            again = send(client, form, **texts)
            assert (form.name, again.status_code) in {(form.name, code) for code in (200, 302, 403, 404)}
            assert (form.name, {model: model.objects.count() for model in MADE}) == (form.name, once)
            assert (form.name, verify().problem) == (form.name, "")
            transaction.set_rollback(True)


def test_a_form_without_its_token_is_refused_with_a_page(city: City) -> None:
    before = rows()
    for person in (city.manager, city.owner, city.scoring.jurors[0]):
        client = visit(person, enforce_csrf_checks=True)
        for _client, form in city.forms:
            response = client.post(form.action, {"title": "x"})
            assert (form.name, response.status_code, b"<h1>" in response.content) == (form.name, 403, True)
    assert rows() == before


def test_an_address_that_only_takes_a_button_does_nothing_when_it_is_opened(city: City) -> None:
    before, only = rows(), set()
    for client, form in city.forms:
        if not form.of_kind("text", "choice", "number", "date", "file") and client.get(form.action).status_code == 405:
            only.add(form.name)
    assert only >= {"ideas:submit", "challenges:open_intake", "juries:start", "juries:scoring_open", "juries:remind"}
    assert rows() == before


@pytest.mark.parametrize("checks", [False, True])
def test_a_request_that_is_too_large_gets_a_page_that_says_so(
    checks: bool, owner: Any, open_challenge: Challenge
) -> None:
    before, address = rows(), reverse("ideas:new", args=[open_challenge.slug])
    client = visit(owner, enforce_csrf_checks=checks)
    client.get(address)
    response = client.post(address, {"title": "x" * 9_000_000})
    assert (response.status_code, "8 MB" in response.content.decode()) == (413, True)
    assert rows() == before


@pytest.mark.parametrize(
    "address",
    [
        "/uitdagingen/bestaat-niet/",
        "/uitdagingen/bestaat-niet/ideeen/AAAAA/",
        "/uitdagingen/bestaat-niet/jury/",
        "/uitdagingen/" + "x" * 20_000 + "/",
        "/uitdagingen/{slug}/ideeen/" + "9" * 20_000 + "/",
        "/uitdagingen/{slug}/ideeen/%00/",
        "/uitdagingen/{slug}/ideeen/..%2f..%2fetc/",
        "/uitdagingen/{slug}/ideeen/AAAAA/versies/" + "9" * 40 + "/",
        "/uitdagingen/{slug}/canvas/versies/" + "9" * 40 + "/",
        "/uitdagingen/{slug}/kaarten/" + "9" * 40 + "/",
        "/uitdagingen/{slug}/criteria/v" + "9" * 40 + ".json",
        "/uitdagingen/{slug}/jury/ideeen/%00/",
        "/uitdagingen/{slug}/jury/besluit.pdf",
        "/accounts/00000000-0000-0000-0000-000000000000/",
        "/%00",
        "/ünïcode/",
    ],
)
def test_an_address_that_leads_nowhere_says_so(address: str, manager: Any, open_challenge: Challenge) -> None:
    response = visit(manager).get(address.replace("{slug}", open_challenge.slug))
    assert (response.status_code, b"<h1>" in response.content) == (404, True)


@pytest.mark.parametrize(
    "address",
    [
        "/logboek/?pagina=%00",
        "/logboek/?pagina=" + "9" * 400,
        "/uitdagingen/{slug}/kaarten/trekken/?soort=%00&gezien=%00,999999999999999999999999",
        "/uitdagingen/{slug}/ideeen/lijkt-op/?title=%00&reference=%00",
        "/uitdagingen/{slug}/ideeen/nieuw/?kaart=%00",
        "/uitdagingen/{slug}/criteria/?" + "a=b&" * 2000,
    ],
)
def test_a_strange_question_after_an_address_breaks_nothing(
    address: str, owner: Any, open_challenge: Challenge, administrator: Any
) -> None:
    person = administrator if "logboek" in address else owner
    assert visit(person).get(address.replace("{slug}", open_challenge.slug)).status_code in {200, 400}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("utf16.csv", "titel;probleem;idee;waarde;naam;soort\r\na;b;c;d;e;bewoner".encode("utf-16")),
        ("groot.csv", b"titel;" * 600_000),
        ("nul.csv", b"titel;probleem;idee;waarde;naam;soort\r\na\x00;b;c;d;e;bewoner"),
        ("leeg.csv", b""),
        ("kop.csv", b"iets;anders\r\n1;2"),
        ("foto.png", b"\x89PNG\r\n\x1a\n"),
        ("zip.csv", "zip"),
    ],
)
def test_a_file_that_is_no_list_of_ideas_is_refused_whole(
    name: str, content: Any, manager: Any, open_challenge: Challenge
) -> None:
    before = rows()
    if content == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("ideeen.csv", "titel;probleem\r\n")
        content = packed.getvalue()
    response = visit(manager).post(
        reverse("ideas:import", args=[open_challenge.slug]), {"file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 200
    assert response.context["report"] is None
    assert list(response.context["form"].errors) == ["file"]
    assert rows() == before


def test_a_good_row_beside_bad_ones_comes_in_and_is_shown_escaped(manager: Any, open_challenge: Challenge) -> None:
    lines = [
        "titel;probleem;idee;waarde;naam;soort",
        "Goed;a;b;c;Jan;bewoner",
        "<script>alert(1)</script>;a;b;c;Jan;bewoner",
        "Slecht;a;b;c;Jan;marsbewoner",
        f"{'x' * 500};a;b;c;Jan;bewoner",
    ]
    before = Idea.objects.count()
    response = visit(manager).post(
        reverse("ideas:import", args=[open_challenge.slug]),
        {"file": SimpleUploadedFile("ideeen.csv", "\r\n".join(lines).encode())},
    )
    assert [row.outcome for row in response.context["report"]] == ["taken", "taken", "refused", "refused"]
    assert b"<script>alert(1)" not in response.content
    assert (Idea.objects.count(), verify().problem) == (before + 2, "")


def test_a_search_for_something_that_cannot_be_looked_up_breaks_nothing(owner: Any, open_challenge: Challenge) -> None:
    address = reverse("ideas:similar", args=[open_challenge.slug])
    assert visit(owner).post(address, {"title": "Sparen", "reference": "a\0b"}).status_code in {200, 400}


def test_a_value_that_only_looks_like_a_number_is_refused_when_a_score_changes() -> None:
    world = factories.world("deliberation", ideas=2, jurors=2)
    address = reverse("juries:change_score", args=[world.challenge.slug, world.ideas[0].reference, "waarde"])
    for old in ("²", "9" * 5000, "-", "vier"):
        response = visit(world.jurors[0]).post(address, {"old_value": old, "value": "1", "reason": "Toch anders."})
        assert (old[:9], response.status_code, b"Toch anders." in response.content) == (old[:9], 200, True)
    assert ScoreChange.objects.count() == 0


def test_a_reason_that_is_too_long_decides_nothing_about_an_interest() -> None:
    world = factories.world("preparing", ideas=1, jurors=1)
    tied = factories.person("juror", organisation="Stichting 1")
    actions.seat_juror(by=world.manager, jury_round=world.round, user=tied, kind="member")
    interest = Interest.objects.get(status="open")
    address = reverse("juries:interest_decide", args=[interest.round.challenge.slug, interest.pk])
    for button in ("confirm", "dismiss"):
        response = visit(world.manager).post(address, {"reason": "x" * 501, button: "1"}, follow=True)
        assert (button, "utrecht-alert--error" in response.content.decode()) == (button, True)
        interest.refresh_from_db()
        assert (button, interest.status) == (button, "open")
