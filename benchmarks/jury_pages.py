# SPDX-License-Identifier: EUPL-1.2
"""How fast are the pages and the decision of a large jury round, and do they ask more of the database as ideas grow?

A round of 500 ideas x 40 jurors x 6 criteria in which every juror judges every idea that does not conflict (about
19,600 assessments and 117,600 scores), and one in which 8 jurors judge each idea; on SQLite, and on PostgreSQL where one
can be started. Every database and every size is measured in a process of its own.

Seconds are the median of five after one warm-up, by the clock on the wall; `cpu` is what of that this process worked
(much less than the wall when the machine is busy with something else); `cold` is the first time in the process, with
the chart still to be drawn. A page goes through Django's test client, so through all middleware, the queries and the
template. `ratio` says how many times faster than the naive way on the same data: a query for each pair of idea and
juror (for a list: for each row) and the weighted mean in a Python loop. The naive way runs once, stops at the figures
and draws no page. For numbers of queries the baseline is the round with 50 ideas, and the goal is a ratio of 1.
"""

import argparse
import json
from contextlib import ExitStack

import psycopg
from tests.postgres import PostgresMissingError, server

from benchmarks.processes import in_a_process, say

# What is measured, the most seconds it may take, and the most queries (None: only that they stay the same).
GOALS = {
    "ranking page, manager": (1.5, 30),
    "ranking page, juror": (1.5, 30),
    "jury room, manager": (1.0, None),
    "jury room, juror": (1.0, None),
    "idea page, manager": (1.0, None),
    "idea page, juror": (1.0, None),
    "idea list, manager": (1.0, None),
    "decision page, public": (1.0, None),
    "package: order, build, sign": (4.0, None),
    "package: verify the file": (4.0, None),
    "package: PDF": (10.0, None),
    "audit verify, whole log": (20.0, None),
}
IN_SPARSE = ("ranking page, manager", "ranking page, juror", "jury room, manager", "package: order, build, sign")
NO_QUERIES = ("package: verify the file", "package: PDF")  # work on one text


def measure(size, *, with_naive):
    import django  # noqa: PLC0415 -- only in the process that measures

    django.setup()
    from benchmarks.data import jury_measures  # noqa: PLC0415 -- needs Django to be started

    return jury_measures.measure(size, say, with_naive=with_naive)


# In the process that starts the others and makes the claims


def sizes(quick):
    many, some, few, jurors = (60, 12, 5, 10) if quick else (500, 50, 5, 40)
    return {
        "many": {"ideas": many, "jurors": jurors, "per_idea": jurors},
        "some": {"ideas": some, "jurors": jurors, "per_idea": jurors},
        "few": {"ideas": few, "jurors": jurors, "per_idea": jurors},
        "sparse": {"ideas": many, "jurors": jurors, "per_idea": min(8, jurors)},
    }


def claims(prefix, quick, databases):
    """Every claim about one kind of database; `databases(name)` gives an address for an empty one."""
    found = {}
    for name, size in sizes(quick).items():
        asked = {"size": size, "with_naive": name in {"many", "sparse"}}
        database = databases(name)
        found[name] = in_a_process("jury_pages", asked, **({"DATABASE_URL": database} if database else {}))
    for variant in ("many", "sparse"):
        yield from times(prefix, variant, found, sizes(quick))
    yield from queries(prefix, found, sizes(quick))


def times(prefix, variant, found, wanted):
    size, outcome = wanted[variant], found[variant]
    each = "each idea read by all" if variant == "many" else f"each idea read by {size['per_idea']}"
    for what, (most, _limit) in GOALS.items():
        if variant == "sparse" and what not in IN_SPARSE:
            continue
        it = outcome["found"][what]
        naive = it.get("naive")
        more = {key: rounded(it[key]) for key in ("cold", "cpu", "whole_action", "bytes", "sampled") if key in it}
        if variant == "many":
            more |= {
                f"at_{wanted[name]['ideas']}_ideas": rounded(found[name]["found"][what]["seconds"])
                for name in ("some", "few")
            }
        yield {
            "claim": f"{what}: time; {prefix}, {size['ideas']} ideas x {size['jurors']} jurors x 6 criteria, {each}",
            "value": rounded(it["seconds"]),
            "baseline": rounded(naive),
            "ratio": round(naive / it["seconds"], 1) if naive else None,
            "goal": f"<= {most:g} s",
            "met": it["seconds"] <= most,
            "unit": "s",
            **more,
            **outcome["rows"],
            "database": outcome["database"],
        }


def queries(prefix, found, wanted):
    for what, (_seconds, most) in GOALS.items():
        if what in NO_QUERIES:
            continue
        value, middle, small = (found[name]["found"][what]["queries"] for name in ("many", "some", "few"))
        yield {
            "claim": f"{what}: queries; {prefix}, {wanted['many']['ideas']} against {wanted['some']['ideas']} ideas",
            "value": value,
            "baseline": middle,
            "ratio": round(value / middle, 3),
            "goal": f"{f'<= {most}, ' if most else ''}ratio 1",
            "met": value == middle and (most is None or value <= most),
            "unit": "queries",
            f"at_{wanted['few']['ideas']}_ideas": small,
            "database": found["many"]["database"],
        }


def rounded(value):
    return round(value, 4) if isinstance(value, float) else value


def all_claims(quick, only):
    with ExitStack() as stack:
        if only in (None, "sqlite"):
            yield from claims("SQLite", quick, lambda _name: "")
        if only in (None, "postgresql"):
            try:
                address = stack.enter_context(server())
            except PostgresMissingError as problem:
                say(f"PostgreSQL is not measured: {problem}")
                yield {
                    "claim": "the same on PostgreSQL",
                    "value": None,
                    "baseline": None,
                    "ratio": None,
                    "goal": "measured",
                    "met": False,
                    "unit": "",
                    "note": f"not measured: {problem}",
                }
                return
            yield from claims("PostgreSQL", quick, lambda name: _empty_database(address, name))


def _empty_database(address, name):
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
