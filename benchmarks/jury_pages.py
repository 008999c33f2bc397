# SPDX-License-Identifier: EUPL-1.2
"""How fast are the pages and the decision of a large jury round, and do they ask more of the database as ideas grow?

A round of 500 ideas x 40 jurors x 6 criteria in which every juror judges every idea that does not conflict (about
19,600 assessments and 117,600 scores), and one in which 8 jurors judge each idea; on SQLite, and on PostgreSQL where one
can be started. Every database and every size is measured in a process of its own.

Seconds are the median of five after one warm-up; `cold` is the first time in the process, with the chart still to be
drawn. A page goes through Django's test client, so through all middleware, the query and the template. `ratio` is how
many times faster than the naive way on the same data: one query for each pair of idea and juror (or for each row), and
a weighted mean in a Python loop; the naive way stops at the figures and draws no page. It is run once, after the
others. For numbers of queries the baseline is the round with 50 ideas, and the goal is a ratio of 1.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = 5
AUDIT_SAMPLE = 1000
PAGES = ("ranking, manager", "ranking, juror", "jury room, manager", "jury room, juror", "idea, manager", "idea, juror")
# What is measured, the most seconds it may take, and the most queries (None: only that they stay the same).
GOALS = {
    "ranking, manager": (1.5, 30),
    "ranking, juror": (1.5, 30),
    "jury room, manager": (1.0, 30),
    "jury room, juror": (1.0, 30),
    "idea, manager": (1.0, 30),
    "idea, juror": (1.0, 30),
    "idea list, manager": (1.0, 30),
    "decision page, public": (1.0, 30),
    "package: order, build and sign": (4.0, 30),
    "package: verify the file": (4.0, None),
    "package: PDF": (10.0, None),
    "audit verify of the whole log": (20.0, None),
}
IN_SPARSE = ("ranking, manager", "ranking, juror", "jury room, manager", "package: order, build and sign")
PER_ROUND = ("package: verify the file", "package: PDF")  # work on one text, not on the database


def say(text):
    print(text, file=sys.stderr, flush=True)


# In the process that measures


def measure(size, *, with_naive):
    """Everything about one round, as {what: {cold, seconds, queries}}."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.data import jury_round

    call_command("migrate", verbosity=0)
    name = f"{connection.vendor} {size['ideas']} x {size['jurors']}, {size['per_idea']} per idea"
    started = time.perf_counter()
    world = jury_round.build(jury_round.Size(**size), lambda text: say(f"  {name}: {text}"))
    jury_round.answer_all(world)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # what its autovacuum does by itself within a minute
    made = time.perf_counter() - started
    say(f"  {name}: built in {made:.0f} s, measuring")
    found = _measure_all(world)
    naive = _naive(world) if with_naive else {}
    for what, seconds in naive.items():
        found[what]["naive"] = seconds
    from beproefd.discipline.juries.models import Assessment, Score
    from beproefd.ground.audit.models import Entry

    rows = {
        "assessments": Assessment.objects.count(),
        "scores": Score.objects.count(),
        "log_entries": Entry.objects.count(),
        "build_s": round(made, 1),
    }
    return {"found": found, "rows": rows, "database": _version(connection)}


def _version(connection):
    if connection.vendor == "sqlite":
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


def _timed(question):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def once():
        started = time.perf_counter()
        question()
        return time.perf_counter() - started

    cold = once()
    seconds = statistics.median(once() for _ in range(TIMES))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        question()
    return {"cold": cold, "seconds": seconds, "queries": len(captured)}


def _measure_all(world):
    from django.urls import reverse

    from beproefd.discipline.juries import actions
    from beproefd.discipline.juries.models import Round
    from beproefd.discipline.juries.package import _pdf, check, envelope, pdf
    from beproefd.ground.audit.queries import verify

    manager, juror, public = _client(world.manager), _client(world.juror), _client(None)

    def page(client, name, *arguments):
        address = reverse(name, args=[world.slug, *arguments])

        def get():
            response = client.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")

        return _timed(get)

    found = {
        "ranking, manager": page(manager, "juries:standings"),
        "ranking, juror": page(juror, "juries:standings"),
        "jury room, manager": page(manager, "juries:room"),
        "jury room, juror": page(juror, "juries:room"),
        "idea, manager": page(manager, "juries:idea", world.idea.reference),
        "idea, juror": page(juror, "juries:idea", world.idea.reference),
        "idea list, manager": page(manager, "ideas:list"),
        "package: order, build and sign": _timed(lambda: _package(world)),
    }
    started = time.perf_counter()
    actions.close_round(by=world.manager, jury_round=world.round)
    found["package: order, build and sign"]["whole_action"] = time.perf_counter() - started
    found["decision page, public"] = page(public, "juries:decision")
    decided = Round.objects.get(pk=world.round.pk)
    text = envelope(decided)

    def checked():
        if not all(holds for _name, holds in check(text)):
            raise RuntimeError("the package does not hold")

    def printed():
        _pdf.cache_clear()
        pdf(decided)

    def audited():
        outcome = verify()
        if not outcome.whole:
            raise RuntimeError(f"the log is not whole: {outcome.problem}")

    found["package: verify the file"] = _timed(checked) | {"bytes": len(text)}
    found["package: PDF"] = _timed(printed)
    found["audit verify of the whole log"] = _timed(audited)
    return found


def _client(user):
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    if user:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _package(world):
    """What closing the round does to come to its package."""
    from django.utils import timezone

    from beproefd.discipline.ideas.queries import submitted_ideas
    from beproefd.discipline.juries.models import Round
    from beproefd.discipline.juries.package import build
    from beproefd.discipline.juries.queries import standings_among
    from beproefd.discipline.juries.signing import sign
    from beproefd.ground.audit.chain import canonical

    jury_round = Round.objects.select_related("challenge", "criteria_set").get(pk=world.round.pk)
    field = list(submitted_ideas(jury_round.challenge))
    answers = {answer.idea_id: answer for answer in jury_round.answers.all()}
    standings = standings_among(jury_round, field, seed=jury_round.criteria_set.lottery_seed)
    sign(canonical(build(jury_round, field, answers, standings, decided_by=world.manager, decided_at=timezone.now())))


# The naive way


def _naive(world):
    """Seconds of the same figures, one row at a time."""
    say("  the naive way")
    ways = {
        ("ranking, manager", "ranking, juror"): _naive_ranking,
        ("jury room, manager",): _naive_room,
        ("jury room, juror",): _naive_tasks,
        ("idea, manager", "idea, juror"): _naive_idea,
        ("idea list, manager",): _naive_list,
        ("package: order, build and sign",): _naive_package,
        ("audit verify of the whole log",): _naive_audit,
    }
    spent = {}
    for names, way in ways.items():
        started = time.perf_counter()
        factor = way(world) or 1.0
        spent |= dict.fromkeys(names, (time.perf_counter() - started) * factor)
    return spent


def _fields(world):
    from beproefd.discipline.ideas.models import Idea

    return Idea.objects.filter(challenge=world.round.challenge, state="submitted")


def _naive_ranking(world):
    from beproefd.discipline.juries.models import Score

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


def _naive_audit(world):
    """A digest for each entry in turn; measured on a spread of entries, given for all."""
    from django.apps import apps

    from beproefd.ground.audit.chain import digests, link
    from beproefd.ground.audit.models import Entry

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


# In the process that starts the others and makes the claims


def sizes(quick):
    many, some, few, jurors = (60, 12, 5, 10) if quick else (500, 50, 5, 40)
    return {
        "many": {"ideas": many, "jurors": jurors, "per_idea": jurors},
        "some": {"ideas": some, "jurors": jurors, "per_idea": jurors},
        "few": {"ideas": few, "jurors": jurors, "per_idea": jurors},
        "sparse": {"ideas": many, "jurors": jurors, "per_idea": min(8, jurors)},
    }


def in_a_process(size, database_url, *, with_naive):
    """Measure in a fresh process with a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="beproefd-bench-") as folder:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BEPROEFD_") and k != "DATABASE_URL"}
        surroundings = kept | {
            "DJANGO_SETTINGS_MODULE": "beproefd.settings",
            "BEPROEFD_DATA_DIR": folder,
            "BEPROEFD_SECRET_KEY": "only-for-measuring",
            "BEPROEFD_REQUIRE_MFA": "false",
            "BEPROEFD_EMAIL_URL": "dummymail://",
            "BEPROEFD_LOG_LEVEL": "ERROR",
        }
        if database_url:
            surroundings["DATABASE_URL"] = database_url
        asked = json.dumps({"size": size, "with_naive": with_naive})
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.jury_pages", "--measure", asked],
            env=surroundings,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if run.returncode:
        raise RuntimeError(f"measuring {size} ended with code {run.returncode}")
    return json.loads(run.stdout)


def claims(prefix, quick, databases):
    """Every claim about one kind of database; `databases(name)` gives an address for an empty one."""
    found = {}
    for name, size in sizes(quick).items():
        found[name] = in_a_process(size, databases(name), with_naive=name in {"many", "sparse"})
    for variant in ("many", "sparse"):
        size, outcome = sizes(quick)[variant], found[variant]
        each = "all" if variant == "many" else size["per_idea"]
        where = f"{prefix}, {size['ideas']} ideas x {size['jurors']} jurors x 6 criteria, {each} read each idea"
        for what, (most, _queries) in GOALS.items():
            if variant == "sparse" and what not in IN_SPARSE:
                continue
            it = outcome["found"][what]
            more = {key: rounded(it[key]) for key in ("cold", "whole_action", "bytes") if key in it}
            if variant == "many":
                more |= {
                    f"at_{sizes(quick)[n]['ideas']}": rounded(found[n]["found"][what]["seconds"])
                    for n in ("some", "few")
                }
            naive = it.get("naive")
            yield {
                "claim": f"{what}: time ({where})",
                "value": rounded(it["seconds"]),
                "baseline": rounded(naive) if naive else None,
                "ratio": round(naive / it["seconds"], 1) if naive else None,
                "goal": f"<= {most:g} s",
                "met": it["seconds"] <= most,
                "unit": "s",
                **more,
                **outcome["rows"],
                "database": outcome["database"],
            }
    some, few = sizes(quick)["some"]["ideas"], sizes(quick)["few"]["ideas"]
    for what, (_seconds, most) in GOALS.items():
        if what in PER_ROUND:
            continue
        value, middle, small = (found[name]["found"][what]["queries"] for name in ("many", "some", "few"))
        limit = f"<= {most}, " if most else ""
        grows = what == "audit verify of the whole log"
        yield {
            "claim": f"{what}: queries ({prefix}, {sizes(quick)['many']['ideas']} ideas; baseline: {some} ideas)",
            "value": value,
            "baseline": middle,
            "ratio": round(value / middle, 3),
            "goal": f"{limit}the same for every number of ideas",
            "met": value == middle and (most is None or value <= most),
            "unit": "queries",
            f"at_{few}": small,
            "database": found["many"]["database"],
        }


def rounded(value):
    return round(value, 4) if isinstance(value, float) else value


def all_claims(quick, only):
    with ExitStack() as stack:
        if only in (None, "sqlite"):
            yield from claims("SQLite", quick, lambda _name: "")
        if only in (None, "postgresql"):
            from tests.postgres import PostgresMissingError, server

            try:
                address = stack.enter_context(server())
            except PostgresMissingError as problem:
                say(f"PostgreSQL is not measured: {problem}")
                return
            yield from claims("PostgreSQL", quick, lambda name: _empty_database(address, name))


def _empty_database(address, name):
    import psycopg

    with psycopg.connect(address, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "bench_{name}"')
    return f"{address.rpartition('/')[0]}/bench_{name}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--quick", action="store_true", help="60 ideas x 10 jurors, only to see that it runs")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        asked = json.loads(options.measure)
        print(json.dumps(measure(asked["size"], with_naive=asked["with_naive"])))
        return
    for found in all_claims(options.quick, options.only):
        if options.json:
            print(json.dumps(found), flush=True)
        else:
            mark = "met    " if found["met"] else "NOT met"
            against = "" if found["baseline"] is None else f", baseline {found['baseline']}, ratio {found['ratio']}"
            print(
                f"{mark} {found['claim']}: {found['value']} {found['unit']}{against} (goal {found['goal']})", flush=True
            )


if __name__ == "__main__":
    main()
