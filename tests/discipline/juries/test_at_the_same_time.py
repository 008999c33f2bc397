# SPDX-License-Identifier: EUPL-1.2
"""Several people at the same moment, and a machine that dies halfway: in real processes, on a database of their own."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from tests.postgres import own_database
from tests.running import ROOT, environment

pytestmark = pytest.mark.slow


class Place:
    """A database of its own and the processes that work on it."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder, self.variables = folder, variables
        self.world: dict = {}

    def start(self, command: str, **order) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.processes", command, json.dumps(order)],
            env=environment(**self.variables),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: "subprocess.Popen[str]"):
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err[-3000:]
        return json.loads(out)

    def run(self, command: str, **order):
        return self.end(self.start(command, **order))

    def run_together(self, *jobs: tuple[str, dict]) -> list:
        """One process per job, released by one starting shot."""
        shot = self.folder / f"go-{time.monotonic_ns()}"
        ready = [shot.with_suffix(f".{number}") for number in range(len(jobs))]
        processes = [
            self.start(command, **order, go=str(shot), ready=str(file))
            for (command, order), file in zip(jobs, ready, strict=True)
        ]
        wait_for(*ready, processes=processes)
        shot.touch()
        return [self.end(process) for process in processes]

    def score(self, juror: int, idea: int, value: int = 4) -> dict:
        world = self.world
        return {"round": world["round"], "juror": world["jurors"][juror], "idea": world["ideas"][idea], "value": value}

    def held(self, juror: int, idea: int) -> list:
        """State and number of scores of the assessments of one juror on one idea."""
        world = self.world
        return [
            row[3:]
            for row in self.run("look")["assessments"]
            if row[1:3] == [world["jurors"][juror], world["ideas"][idea]]
        ]


def wait_for(*files: Path, processes) -> None:
    until = time.monotonic() + 240
    while not all(file.exists() for file in files):
        assert time.monotonic() < until, "the processes did not get ready"
        assert [process.poll() for process in processes if process.poll()] == []
        time.sleep(0.02)


@pytest.fixture(scope="module")
def place(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("own")
    variables = {"BEPROEFD_DATA_DIR": str(folder), "BEPROEFD_DEMO": "true", "BEPROEFD_LOG_LEVEL": "WARNING"}
    with ExitStack() as stack:
        if connection.vendor == "postgresql":
            with django_db_blocker.unblock():
                name = f"beproefd_own_{folder.parent.name}_{folder.name}".replace("-", "_")
                variables["DATABASE_URL"] = stack.enter_context(own_database(name))
        made = Place(folder, variables)
        made.world = made.run("build", ideas=3, jurors=3)
        yield made


def test_two_jurors_who_hand_in_at_the_same_moment_both_land(place):
    place.run_together(("judge", place.score(0, 0)), ("judge", place.score(1, 0, 2)))
    assert (place.held(0, 0), place.held(1, 0)) == ([["submitted", 3]], [["submitted", 3]])
    assert place.run("look")["problem"] == ""


def test_a_juror_who_hands_in_four_times_at_once_has_one_assessment(place):
    made = place.run("together", jobs=[["judge", place.score(0, 1)]] * 4)
    assert len(set(made)) == 1
    assert isinstance(made[0], int), made[0]
    assert place.held(0, 1) == [["submitted", 3]]


def test_of_two_different_scores_of_one_juror_at_once_one_stands_and_the_other_is_told(place):
    made = place.run("together", jobs=[["judge", place.score(1, 1, value)] for value in (2, 5)])
    assert sorted(type(each).__name__ for each in made) == ["int", "str"]
    assert next(each for each in made if isinstance(each, str)).startswith("ValidationError")
    assert place.held(1, 1) == [["submitted", 3]]


def test_killed_in_the_middle_of_a_score_leaves_nothing_half_written(place):
    before = place.run("look")
    written = place.folder / "written"
    process = place.start("judge_and_hang", **place.score(2, 2), written=str(written))
    wait_for(written, processes=[process])
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert place.run("look") == before
    assert before["problem"] == ""
    place.run("judge", **place.score(2, 2))  # the line is free again at once
    assert place.held(2, 2) == [["submitted", 3]]


def test_many_writers_never_fork_the_log(place):
    before = place.run("look")["entries"]
    jobs = [
        ("together", {"jobs": [["write_log", {"name": f"{process}-{thread}", "times": 4}] for thread in range(3)]})
        for process in "ab"
    ]
    made = [thread for process in place.run_together(*jobs) for thread in process]
    assert [thread for thread in made if isinstance(thread, str)] == []
    after = place.run("look")
    keys = {key for thread in made for key in thread}
    assert (len(keys), after["entries"], after["problem"]) == (24, before + 2 * 24, "")
