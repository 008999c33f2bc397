# SPDX-License-Identifier: EUPL-1.2
"""The benchmarks' own bookkeeping: the shape of a claim and the table in docs/benchmarks.md. They measure nothing here."""

from datetime import UTC, datetime

import pytest
from benchmarks import __main__ as bench
from benchmarks import jury_pages

TODAY = datetime(2026, 3, 1, tzinfo=UTC)
CLAIM = {"claim": "a page | fast", "value": 0.51239, "baseline": 12, "ratio": 23.4, "goal": "<= 1 s", "met": True}
DOCUMENT = f"# Benchmarks\n\nText.\n\n{bench.BEGIN}\nold\n{bench.END}\n\nMore text.\n"


def measured(seconds, queries):
    one = {"cold": 2.0, "seconds": seconds, "cpu": seconds, "queries": queries}
    return {
        "found": {what: one | {"naive": 10.0} for what in jury_pages.GOALS},
        "rows": {"assessments": 1, "scores": 6, "log_entries": 9},
        "database": "SQLite 3",
    }


def test_every_benchmark_is_found_and_nothing_else():
    assert {"evidence", "jury_pages", "ranking"} <= set(bench.names())
    assert not {"__main__", "__init__", "data"} & set(bench.names())


def test_the_table_goes_between_the_markers_and_the_text_around_it_stays():
    sections = {"jury_pages": bench.section("jury_pages", [CLAIM], "", TODAY)}
    text = bench.written(DOCUMENT, sections)
    assert text.startswith("# Benchmarks\n\nText.\n")
    assert text.endswith(f"{bench.END}\n\nMore text.\n")
    assert "old" not in text
    assert "| a page \\| fast | 0.5124 | 12 | 23.4 | <= 1 s | yes |" in text


def test_writing_the_same_table_twice_changes_nothing():
    sections = {name: bench.section(name, [CLAIM], "", TODAY) for name in ("evidence", "ranking")}
    once = bench.written(DOCUMENT, sections)
    assert bench.sections_in(once) == {name: text.strip() + "\n" for name, text in sections.items()}
    assert bench.written(once, bench.sections_in(once)) == once


def test_a_document_without_markers_is_not_overwritten():
    with pytest.raises(ValueError, match="markers"):
        bench.written("# Benchmarks\n", {})


def test_a_goal_that_is_not_met_and_a_value_that_is_missing_are_shown():
    assert bench.cells(CLAIM | {"met": False, "value": None, "ratio": None}) == [
        "a page | fast",
        "–",
        "12",
        "–",
        "<= 1 s",
        "**no**",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(0.123456, "s", "0.1235 s"), (12, "s", "12 s"), (120_000, "queries", "120,000"), (1234.5, "", "1,234")],
)
def test_a_figure_has_four_digits_that_say_something(value, unit, shown):
    assert bench.figure(value, unit) == shown


def test_the_time_of_the_processor_stands_next_to_the_clock():
    assert bench.cells(CLAIM | {"unit": "s", "cpu": 0.25})[1] == "0.5124 s (0.25 s cpu)"


def test_a_benchmark_that_stops_is_reported_as_failed():
    claims, problem = bench.run("no_such_benchmark", quick=True)
    assert claims == []
    assert "stopped with code" in problem
    assert f"**FAILED: {problem}.**" in bench.section("no_such_benchmark", claims, problem, TODAY)


def test_a_part_names_versions_and_no_machine():
    heading = bench.surroundings([CLAIM | {"database": "SQLite 3.40"}], TODAY)
    assert heading.startswith("Measured on 2026-03-01, Python 3.")
    assert "SQLite 3.40" in heading
    assert "/" not in heading


def test_claims_about_the_jury_pages_have_the_agreed_shape():
    wanted = jury_pages.sizes(quick=False)
    found = {name: measured(0.5, 20) for name in wanted}
    claims = [
        *jury_pages.times("SQLite", "many", found, wanted),
        *jury_pages.times("SQLite", "sparse", found, wanted),
        *jury_pages.queries("SQLite", found, wanted),
    ]
    assert all({"claim", "value", "baseline", "ratio", "goal", "met", "unit"} <= set(claim) for claim in claims)
    assert all(claim["met"] for claim in claims)
    assert len({claim["claim"] for claim in claims}) == len(claims)


def test_a_page_that_asks_more_as_ideas_grow_does_not_meet_its_goal():
    wanted = jury_pages.sizes(quick=False)
    found = {"many": measured(0.5, 25), "some": measured(0.5, 20), "few": measured(0.5, 20)}
    assert not any(claim["met"] for claim in jury_pages.queries("SQLite", found, wanted))


def test_the_round_that_is_measured_can_be_decided(db):
    """Built row by row, so a rule that came later may have passed it by."""
    from benchmarks.data import jury_round  # noqa: PLC0415 -- the other tests need no product

    from beproefd.discipline.juries.actions import close_round  # noqa: PLC0415 -- idem

    world = jury_round.build(jury_round.Size(ideas=12, jurors=5, per_idea=5), lambda _words: None)
    assert close_round(by=world.manager, jury_round=world.round).state == "decided"
