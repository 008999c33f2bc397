# SPDX-License-Identifier: EUPL-1.2
"""The portfolio board of 300 ideas, each with 20 assumptions, and for each of those a test and 2 pieces of evidence.

    python -m benchmarks.board --json

The baseline is a loop that asks the database again for every idea and must find the same figures. Measured in a fresh
process with an empty SQLite database. The goals: the board within a second, in as many queries as for a tenth of it.
"""

import argparse
import json
import sqlite3
import statistics
import time

from benchmarks.processes import in_a_process, say

TIMES = 5
PAGES = 40  # requests, for the 95th percentile
GOAL = 1.0  # seconds


def build(ideas, assumptions, pieces, seen):
    """A city with so many ideas in the follow-up: the programme manager, and someone of every team.

    Each assumption has one finished test with `seen` observations, and `pieces` of evidence.
    """
    from datetime import timedelta  # noqa: PLC0415 -- only in the process that measures

    from django.utils import timezone  # noqa: PLC0415 -- idem

    from beproefd.discipline.challenges.actions import create_challenge  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.ideas.models import Idea, IdeaVersion, TeamMember  # noqa: PLC0415 -- idem
    from beproefd.discipline.validation import models as work  # noqa: PLC0415 -- idem
    from beproefd.ground.accounts.actions import open_account  # noqa: PLC0415 -- idem

    people = {
        role: open_account(
            by="the benchmark",
            email=f"{role}@bench.example",
            name=role,
            organisation="",
            roles=[role],
            password="x" * 40,
        )
        for role in ("manager", "coach", "team")
    }
    by, now = people["team"], timezone.now()
    challenge = create_challenge(by=people["manager"], title="Armoede voorbij")
    made = Idea.objects.bulk_create(
        Idea(
            challenge=challenge,
            reference=f"B{number:04d}",
            state="submitted",
            submitted_at=now,
            entered_by=by,
            coach=people["coach"],
            followed_up_at=now - timedelta(days=40),
        )
        for number in range(ideas)
    )
    IdeaVersion.objects.bulk_create(
        IdeaVersion(idea=idea, number=1, title=f"Idee {idea.reference}", author=by) for idea in made
    )
    TeamMember.objects.bulk_create(TeamMember(idea=idea, user=by, name="team", kind="resident") for idea in made)
    groups = work.TargetGroup.objects.bulk_create(
        work.TargetGroup(idea=idea, name=f"Groep {at % 7}") for at, idea in enumerate(made)
    )
    believed = work.Assumption.objects.bulk_create(
        work.Assumption(
            idea=idea,
            number=number,
            created_by=by,
            statement=f"Aanname {number}",
            kind="desirable",
            importance=1 + number % 5,
            belief=1 + (at + number) % 5,
        )
        for at, idea in enumerate(made)
        for number in range(1, assumptions + 1)
    )
    cards = work.TestCard.objects.bulk_create(
        work.TestCard(
            idea=idea, number=number, created_by=by, question="?", method="paper", who="x", measure="y", cost_cents=12_500,
            state="done", started_at=now, locked_at=now, ended_at=now, design="{}", design_digest="0" * 64,
        )
        for idea in made
        for number in range(1, assumptions + 1)
    )  # fmt: skip
    work.TestAssumption.objects.bulk_create(
        (work.TestAssumption(card=card, assumption=one) for card, one in zip(cards, believed, strict=True)),
        batch_size=2000,
    )
    for start in range(0, len(cards), 100):
        work.Observation.objects.bulk_create(
            (
                work.Observation(card=card, position=position, outcome=position % 3 > 0, entered_by=by, seen_at=now)
                for card in cards[start : start + 100]
                for position in range(1, seen + 1)
            ),
            batch_size=2000,
        )
    logged = work.Evidence.objects.bulk_create(
        (
            work.Evidence(
                idea=one.idea,
                number=(one.number - 1) * pieces + piece,
                created_by=by,
                text="Gezien.",
                source=("target", "partner", "target")[piece % 3],
                strength=1 + piece % 3,
                group=groups[at // assumptions],
                place=f"Wijk {piece}",
                seen_on=now.date(),
            )
            for at, one in enumerate(believed)
            for piece in range(1, pieces + 1)
        ),
        batch_size=2000,
    )
    work.EvidenceLink.objects.bulk_create(
        (
            work.EvidenceLink(
                evidence=item,
                assumption=believed[at // pieces],
                direction="contradicts" if (at // pieces) % 3 == 0 else "supports",
            )
            for at, item in enumerate(logged)
        ),
        batch_size=2000,
    )
    work.LearningCard.objects.bulk_create(
        work.LearningCard(
            idea=idea,
            number=1,
            created_by=by,
            believed="a",
            observed="b",
            learned="c",
            therefore="d",
            decision="continue",
        )
        for idea in made
    )
    return people["manager"], by


def one_more(by):
    """Seconds for one more observation of a running test: written, read, in the log, and the status computed again."""
    import uuid  # noqa: PLC0415 -- only in the process that measures

    from django.utils import timezone  # noqa: PLC0415 -- needs Django to be started

    from beproefd.discipline.validation import actions  # noqa: PLC0415 -- idem
    from beproefd.discipline.validation.models import Assumption  # noqa: PLC0415 -- idem
    from beproefd.discipline.validation.queries import lines_of  # noqa: PLC0415 -- idem

    about = Assumption.objects.select_related("idea").first()
    said = {
        "question": "?", "method": "paper", "who": "x", "measure": "y", "right_from": 5, "hope_for": 6, "stakes": "large",
    }  # fmt: skip
    card = actions.plan_card(by=by, idea=about.idea, values=said, assumptions={about: True})
    card = actions.start_card(by=by, card=card)
    taken = []
    for number in range(41):
        seen = actions.Seen(key=uuid.uuid4(), outcome=number % 2 == 0, seen_at=timezone.now())
        started = time.perf_counter()
        actions.observe(by=by, card=card, seen=[seen])
        lines_of(Assumption.objects.filter(pk=about.pk))
        taken.append(time.perf_counter() - started)
    if card.readings.count() != 41:
        raise RuntimeError("the test stopped, so nothing was measured")
    return statistics.median(taken[20:])


def naive(viewer):
    """The same figures, asked for each idea apart."""
    from beproefd.discipline.portfolio.models import Decision  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.portfolio.queries.board import Stand, remaining_risk  # noqa: PLC0415 -- idem
    from beproefd.discipline.portfolio.queries.gates import visible_gates  # noqa: PLC0415 -- idem
    from beproefd.discipline.validation import models as work  # noqa: PLC0415 -- idem
    from beproefd.discipline.validation.queries import lines_of  # noqa: PLC0415 -- idem

    found = {}
    for idea in visible_gates(viewer):
        lines = lines_of(work.Assumption.objects.filter(idea=idea, retired_reason=""))
        done = work.TestCard.objects.filter(idea=idea, state="done")
        passed = Decision.objects.filter(request__idea=idea, outcome="go").count()
        learned = work.LearningCard.objects.filter(idea=idea).order_by("-created_at").first()
        list(work.Evidence.objects.filter(idea=idea, retracted_at=None).values_list("group__name", "place", "people"))
        found[idea.reference] = (
            passed,
            round(
                remaining_risk(Stand(one.assumption.importance, one.standing.uncertainty, one.status) for one in lines),
                6,
            ),
            sum(line.is_settled for line in lines),
            sum(card.cost_cents for card in done),
            learned is not None,
        )
    return found


def measure(size):
    """Seconds, queries and the naive way, in this process."""
    import django  # noqa: PLC0415 -- only in the process that measures

    django.setup()
    from django.db import connection  # noqa: PLC0415 -- idem
    from django.test import Client  # noqa: PLC0415 -- idem
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- idem

    from beproefd.cli.serve import prepare  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.portfolio.queries.board import board  # noqa: PLC0415 -- idem
    from beproefd.ground.accounts.models import User  # noqa: PLC0415 -- idem

    prepare()
    manager, member = build(**size)
    say(f"  {size}: built, measuring")

    def fresh():
        return User.objects.get(pk=manager.pk)

    def timed(ask, times):
        taken = []
        for _time in range(times):
            started = time.perf_counter()
            answer = ask()
            taken.append(time.perf_counter() - started)
        return taken, answer

    client = Client()
    client.force_login(manager)
    client.get("/portfolio/")  # the picture is drawn once and kept
    seconds, shown = timed(lambda: board(fresh()), TIMES)
    page, answer = timed(lambda: client.get("/portfolio/"), PAGES)
    with CaptureQueriesContext(connection) as asked:
        board(fresh())
    slow, found = timed(lambda: naive(fresh()), 1)
    same = {
        line.idea.reference: (line.stage, round(line.risk, 6), line.settled, line.cost_cents, True)
        for line in shown.lines
    }
    if same != found or answer.status_code != 200:
        raise RuntimeError("the board and the naive loop do not agree")
    return {
        "seconds": statistics.median(seconds),
        "page": statistics.quantiles(page, n=20)[-1],
        "queries": len(asked),
        "naive": slow[0],
        "ideas": len(found),
        "one_more": one_more(member),
    }


def measured(size):
    return in_a_process("board", size, BEPROEFD_ALLOWED_HOSTS="testserver")


def claims(quick):
    """Time against the loop, and queries against a tenth of the ideas."""
    full = {"ideas": 20 if quick else 300, "assumptions": 20, "pieces": 2, "seen": 34}
    many, few = measured(full), measured(full | {"ideas": full["ideas"] // 10})
    database = f"SQLite {sqlite3.sqlite_version}"
    tests = full["ideas"] * full["assumptions"]
    about = f"{full['ideas']} ideas, {tests:,} assumptions, {tests * full['seen']:,} observations"
    for what, seconds in (("figures, median", many["seconds"]), ("whole page, p95 of 40", many["page"])):
        yield {
            "claim": f"portfolio board, {what}: time; SQLite, {about}; against a loop over the ideas",
            "value": round(seconds, 4),
            "baseline": round(many["naive"], 4),
            "ratio": round(many["naive"] / seconds, 1),
            "goal": f"<= {GOAL:g} s",
            "met": seconds <= GOAL,
            "unit": "s",
            "database": database,
        }
    yield {
        "claim": f"one more observation, verdict and status renewed: time; SQLite, {about}; against a tenth of that",
        "value": round(many["one_more"], 4),
        "baseline": round(few["one_more"], 4),
        "ratio": round(many["one_more"] / few["one_more"], 2),
        "goal": "<= 0.1 s, ratio <= 1.25",
        "met": many["one_more"] <= 0.1 and many["one_more"] <= 1.25 * few["one_more"],
        "unit": "s",
        "database": database,
    }
    yield {
        "claim": f"portfolio board: queries; SQLite, {many['ideas']} against {few['ideas']} ideas",
        "value": many["queries"],
        "baseline": few["queries"],
        "ratio": round(many["queries"] / few["queries"], 3),
        "goal": "ratio 1",
        "met": many["queries"] == few["queries"],
        "unit": "queries",
        "database": database,
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--quick", action="store_true", help="a tenth of the ideas, only to see that it runs")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measure(json.loads(options.measure))))
        return
    for found in claims(options.quick):
        if options.json:
            print(json.dumps(found), flush=True)
        else:
            mark = "met    " if found["met"] else "NOT met"
            print(
                f"{mark} {found['claim']}: {found['value']} {found['unit']}, baseline {found['baseline']}, "
                f"ratio {found['ratio']} (goal {found['goal']})",
                flush=True,
            )


if __name__ == "__main__":
    main()
