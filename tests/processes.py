# SPDX-License-Identifier: EUPL-1.2
"""What the tests run in processes of their own: `python -m tests.processes COMMAND JSON`, answer as JSON on stdout.

With "go" in the order a process says it is ready (a file) and waits for the starting shot (a file), so that several
start at the same moment.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beproefd.settings")


def build(order: dict[str, Any]) -> dict[str, Any]:
    """An empty database with one jury round that is scored."""
    from beproefd.cli.serve import prepare  # noqa: PLC0415 -- needs Django to be started
    from tests import factories  # noqa: PLC0415 -- idem

    prepare()
    world = factories.world("scoring", ideas=order["ideas"], jurors=order["jurors"])
    for juror in world.jurors:
        for idea in world.ideas:
            factories.juries.actions.declare(by=juror, jury_round=world.round, idea=idea, free=True)
    return {
        "round": world.round.pk,
        "manager": world.manager.pk,
        "jurors": [juror.pk for juror in world.jurors],
        "ideas": [idea.pk for idea in world.ideas],
    }


def judge(order: dict[str, Any]) -> Any:
    """Hand in the same score on every criterion."""
    from beproefd.discipline.ideas.models import Idea  # noqa: PLC0415 -- needs Django to be started
    from beproefd.discipline.juries.actions import save_assessment  # noqa: PLC0415 -- idem
    from beproefd.discipline.juries.models import Round  # noqa: PLC0415 -- idem
    from beproefd.ground.accounts.models import User  # noqa: PLC0415 -- idem
    from tests import factories  # noqa: PLC0415 -- idem

    made = save_assessment(
        by=User.objects.get(pk=order["juror"]),
        jury_round=Round.objects.get(pk=order["round"]),
        idea=Idea.objects.get(pk=order["idea"]),
        version_number=1,
        revision=0,
        scores=factories.all_scores(order["value"]),
        confidence=2,
        submit=True,
    )
    return made.pk


def judge_and_hang(order: dict[str, Any]) -> None:
    """Stop in the middle: after the first write of a score, inside its transaction, for as long as we live."""
    from django.db.models.signals import post_save  # noqa: PLC0415 -- needs Django to be started

    from beproefd.discipline.juries.models import Assessment  # noqa: PLC0415 -- idem

    def hang(**_more: Any) -> None:
        Path(order["written"]).touch()
        time.sleep(600)

    post_save.connect(hang, sender=Assessment, weak=False)
    judge(order)


def write_log(order: dict[str, Any]) -> list[str]:
    """Do things that are logged."""
    from tests import factories  # noqa: PLC0415 -- needs Django to be started

    return [
        str(factories.person("juror", email=f"{order['name']}-{number}@voorbeeld.example").key)
        for number in range(order["times"])
    ]


def look(_order: dict[str, Any]) -> dict[str, Any]:
    """What the database holds now."""
    from beproefd.discipline.juries.models import Assessment, Score  # noqa: PLC0415 -- needs Django to be started
    from beproefd.ground.audit.models import Entry  # noqa: PLC0415 -- idem
    from beproefd.ground.audit.queries import verify  # noqa: PLC0415 -- idem

    return {
        "problem": verify().problem,
        "entries": Entry.objects.count(),
        "assessments": [
            [row.pk, row.seat.user_id, row.idea_id, row.state, row.scores.count()]
            for row in Assessment.objects.order_by("pk").select_related("seat")
        ],
        "scores": Score.objects.count(),
    }


def together(order: dict[str, Any]) -> list[Any]:
    """Several jobs at the same moment, each in a thread with its own line to the database."""
    from django.db import connection  # noqa: PLC0415 -- needs Django to be started

    start = threading.Barrier(len(order["jobs"]))
    results: list[Any] = [None] * len(order["jobs"])

    def work(number: int, command: str, job: dict[str, Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            results[number] = COMMANDS[command](job)
        except Exception as problem:  # noqa: BLE001 -- the test wants to know whatever it was
            results[number] = f"{type(problem).__name__}: {problem}"
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n, *job)) for n, job in enumerate(order["jobs"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


COMMANDS = {
    "build": build,
    "judge": judge,
    "judge_and_hang": judge_and_hang,
    "write_log": write_log,
    "look": look,
    "together": together,
}


def main() -> None:
    """Run one command."""
    django.setup()
    order = json.loads(sys.argv[2])
    if "go" in order:
        import tests.factories  # noqa: F401, PLC0415 -- load everything before the shot

        Path(order["ready"]).touch()
        while not Path(order["go"]).exists():
            time.sleep(0.005)
    print(json.dumps(COMMANDS[sys.argv[1]](order)))


if __name__ == "__main__":
    main()
