# SPDX-License-Identifier: EUPL-1.2
"""What `benchmarks.jury_pages` measures, in a process of its own with one database and one round."""

import sqlite3
import statistics
import time

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks.data import jury_round
from beproefd.cli.serve import prepare
from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.ideas.queries import submitted_ideas
from beproefd.discipline.juries import actions, package
from beproefd.discipline.juries.models import Assessment, Round, Score
from beproefd.discipline.juries.queries import standings_among
from beproefd.discipline.juries.signing import sign
from beproefd.ground.audit.chain import canonical, digests, link
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify

TIMES = 5
AUDIT_SAMPLE = 1000


def measure(size, say, *, with_naive):
    """Everything about one round: {what: {cold, seconds, cpu, queries, naive}}, how many rows, and which database."""
    prepare()
    name = f"{connection.vendor}, {size['ideas']} ideas x {size['jurors']} jurors, {size['per_idea']} read each idea"
    started = time.perf_counter()
    world = jury_round.build(jury_round.Size(**size), lambda step: say(f"  {name}: {step}"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # its autovacuum does this by itself within a minute
    made = time.perf_counter() - started
    say(f"  {name}: built in {made:.0f} s, measuring")
    found = _all(world)
    if with_naive:
        say(f"  {name}: the naive way")
        for what, seconds in in_the_naive_way(world).items():
            found[what]["naive"] = seconds
        found["audit verify, whole log"]["sampled"] = f"naive: {AUDIT_SAMPLE} entries, given for all"
    rows = {
        "assessments": Assessment.objects.count(),
        "scores": Score.objects.count(),
        "log_entries": Entry.objects.count(),
    }
    return {"found": found, "rows": rows, "database": _version()}


def _version():
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


def _timed(question):
    def once():
        worked, started = time.process_time(), time.perf_counter()
        question()
        return time.perf_counter() - started, time.process_time() - worked

    cold, _cpu = once()
    once()
    walls, cpus = zip(*(once() for _ in range(TIMES)), strict=True)
    with CaptureQueriesContext(connection) as captured:
        question()
    return {
        "cold": cold,
        "seconds": statistics.median(walls),
        "cpu": statistics.median(cpus),
        "queries": len(captured),
    }


def _all(world):
    manager, juror, public = _client(world.manager), _client(world.juror), _client(None)

    def page(client, name, *arguments):
        address = reverse(name, args=[world.slug, *arguments])

        def get():
            response = client.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")

        return _timed(get)

    found = {
        "ranking page, manager": page(manager, "juries:standings"),
        "ranking page, juror": page(juror, "juries:standings"),
        "jury room, manager": page(manager, "juries:room"),
        "jury room, juror": page(juror, "juries:room"),
        "idea page, manager": page(manager, "juries:idea", world.idea.reference),
        "idea page, juror": page(juror, "juries:idea", world.idea.reference),
        "idea list, manager": page(manager, "ideas:list"),
        "package: order, build, sign": _timed(lambda: _package(world)),
    }
    started = time.perf_counter()
    actions.close_round(by=world.manager, jury_round=world.round)
    found["package: order, build, sign"]["whole_action"] = time.perf_counter() - started
    found["decision page, public"] = page(public, "juries:decision")
    decided = Round.objects.get(pk=world.round.pk)
    text = package.envelope(decided)

    def checked():
        if not all(holds for _name, holds in package.check(text)):
            raise RuntimeError("the package does not hold")

    def printed():
        package._pdf.cache_clear()  # noqa: SLF001 -- measured without its cache
        package.pdf(decided)

    def audited():
        outcome = verify()
        if not outcome.whole:
            raise RuntimeError(f"the log is not whole: {outcome.problem}")

    found["package: verify the file"] = _timed(checked) | {"bytes": len(text)}
    found["package: PDF"] = _timed(printed)
    found["audit verify, whole log"] = _timed(audited)
    return found


def _client(user):
    client = Client(SERVER_NAME="localhost")
    if user:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _package(world):
    """What closing the round does to come to its package."""
    jury_round = Round.objects.select_related("challenge", "criteria_set").get(pk=world.round.pk)
    field = list(submitted_ideas(jury_round.challenge))
    answers = {answer.idea_id: answer for answer in jury_round.answers.all()}
    standings = standings_among(jury_round, field, seed=jury_round.criteria_set.lottery_seed)
    document = package.build(jury_round, field, answers, standings, decided_by=world.manager, decided_at=timezone.now())
    sign(canonical(document))


# The naive way


def in_the_naive_way(world):
    """Seconds of the same figures, one row at a time."""
    ways = {
        ("ranking page, manager", "ranking page, juror"): _naive_ranking,
        ("jury room, manager",): _naive_room,
        ("jury room, juror",): _naive_tasks,
        ("idea page, manager", "idea page, juror"): _naive_idea,
        ("idea list, manager",): _naive_list,
        ("package: order, build, sign",): _naive_package,
        ("audit verify, whole log",): _naive_audit,
    }
    spent = {}
    for names, way in ways.items():
        started = time.perf_counter()
        factor = way(world) or 1.0
        spent |= dict.fromkeys(names, (time.perf_counter() - started) * factor)
    return spent


def _fields(world):
    return Idea.objects.filter(challenge=world.round.challenge, state="submitted")


def _naive_ranking(world):
    weights = {criterion.key: criterion.weight for criterion in world.round.rules.criteria}
    lines = []
    for idea in _fields(world):
        means = []
        for seat in world.round.seats.all():
            given = Score.objects.filter(
                assessment__seat=seat, assessment__idea=idea, assessment__state="submitted", value__isnull=False
            )
            given = {score.criterion: score.value for score in given}
            total = sum(weights[key] for key in given)
            if total:
                means.append(sum(weights[key] * value for key, value in given.items()) / total)
        if means:
            lines.append((sum(means) / len(means), statistics.median(means), idea.title))
    lines.sort(reverse=True)


def _naive_room(world):
    for idea in _fields(world):
        _title = idea.title
        idea.assignments.filter(seat__round=world.round, withdrawn_at=None).count()
        idea.assessments.filter(seat__round=world.round, state="submitted").count()
    for seat in world.round.seats.all():
        seat.assignments.filter(withdrawn_at=None).count()
        seat.assessments.filter(state="submitted").count()


def _naive_tasks(world):
    seat = world.round.seats.get(user=world.juror)
    for idea in _fields(world):
        _title = idea.title
        seat.assignments.filter(idea=idea, withdrawn_at=None).exists()
        seat.declarations.filter(idea=idea, free=True).exists()
        seat.assessments.filter(idea=idea).exclude(state="void").first()


def _naive_idea(world):
    for seat in world.round.seats.all():
        assessment = seat.assessments.filter(idea=world.idea, state="submitted").first()
        if assessment:
            list(assessment.scores.all())
            list(assessment.changes.all())


def _naive_list(world):
    for idea in _fields(world):
        _title = idea.title
        for member in idea.members.all():
            _name = member.user.name if member.user else member.name


def _naive_package(world):
    _naive_ranking(world)
    for idea in _fields(world):
        _text = idea.current.text
        idea.answers.filter(round=world.round).first()
        for assessment in idea.assessments.filter(state="submitted"):
            list(assessment.scores.all())


def _naive_audit(_world):
    """A digest for each entry in turn; measured on a spread of entries, given for all."""
    count = Entry.objects.count()
    step = max(count // AUDIT_SAMPLE, 1)
    taken = 0
    for sequence in range(1, count + 1, step):
        entry = Entry.objects.get(sequence=sequence)
        link(entry)
        label, _colon, pk = entry.subject.rpartition(":")
        if label != "user":
            digests(apps.get_model(label), [pk])
        taken += 1
    return count / taken
