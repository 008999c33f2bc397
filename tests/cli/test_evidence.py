# SPDX-License-Identifier: EUPL-1.2
import argparse
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beproefd.cli import evidence

ONE_ARM = '{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.85, "alpha": 0.05, "power": 0.8}'
TWO_ARMS = '{"kind": "two_arm_binary", "baseline": 0.3, "minimal_effect": 0.25, "alpha": 0.05, "two_sided": true, "power": 0.8}'
PLAN_KEYS = {"expected_n_alternative", "expected_n_null", "max_n", "fixed_n", "alpha", "power", "exact"}
MONITOR_KEYS = {"verdict", "n", "stopped_at", "estimate", "interval", "e_value", "expected_remaining"}


@pytest.fixture
def command(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    evidence.register(parser.add_subparsers(required=True))

    def run(*words, **files):
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        parts = [str(tmp_path / word) if "." in word and not word[0].isdigit() else word for word in words]
        args = parser.parse_args(["evidence", *parts])
        code = args.run(args)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_plan_holds_the_promised_keys(command):
    code, out, _ = command("plan", "design.json", "--json", design_json=ONE_ARM)
    answer = json.loads(out)

    assert code == 0
    assert set(answer) >= PLAN_KEYS
    assert answer["exact"] is True


def test_a_plan_can_be_read_by_people(command):
    code, out, _ = command("plan", "design.json", design_json=ONE_ARM)

    assert code == 0
    assert "expected_n_alternative: 1" in out


def test_a_monitor_reads_rows_in_order_of_arrival(command):
    data = "outcome\n" + "1\n" * 12
    code, out, _ = command("monitor", "design.json", "data.csv", "--json", design_json=ONE_ARM, data_csv=data)
    answer = json.loads(out)

    assert code == 0
    assert set(answer) >= MONITOR_KEYS
    assert answer["verdict"] == "SUPPORTED"
    assert answer["stopped_at"] <= 12


def test_an_empty_file_of_observations_says_continue(command):
    code, out, _ = command(
        "monitor", "design.json", "data.csv", "--json", design_json=TWO_ARMS, data_csv="arm,outcome\n"
    )
    answer = json.loads(out)

    assert code == 0
    assert answer["verdict"] == "CONTINUE"
    assert answer["estimate"] is None


def test_a_plot_is_an_svg(command, tmp_path):
    pytest.importorskip("vl_convert")
    data = "arm,outcome\n" + "0,0\n1,1\n0,1\n1,1\n" * 10
    code, *_ = command("monitor", "design.json", "data.csv", "--plot", "out.svg", design_json=TWO_ARMS, data_csv=data)

    assert code == 0
    assert (tmp_path / "out.svg").read_text().lstrip().startswith("<svg")


def test_a_simulation_is_the_same_for_the_same_seed(command):
    words = ("simulate", "design.json", "--truth", "0.6", "--reps", "400", "--seed", "3", "--json")
    first, second = command(*words, design_json=ONE_ARM), command(*words)
    answer = json.loads(first[1])

    assert first == second
    assert set(answer) >= PLAN_KEYS
    assert answer["supported"] <= 0.05 + 0.04


@pytest.mark.parametrize(
    ("design", "data", "reason"),
    [
        (ONE_ARM, "outcome\n1\n2\n", "data.csv: line 3: outcome must be 0 or 1, not 2"),
        (ONE_ARM, "outcome\n1\nyes\n", "data.csv: line 3: outcome 'yes' is not a number"),
        (ONE_ARM, "result\n1\n", "data.csv: line 1: the header needs a column 'outcome'"),
        (ONE_ARM, "", "data.csv: line 1: the header needs a column 'outcome'"),
        (ONE_ARM, "outcome\n1,1\n", "data.csv: line 2: 2 values where the header has 1"),
        (TWO_ARMS, "outcome\n1\n", "data.csv: line 1: a two_arm_binary needs a column 'arm'"),
        (TWO_ARMS, "arm,outcome\nred,1\n", "data.csv: line 2: arm 'red' is not one of control, treatment"),
        ('{"kind": "one_arm_binary",\n', "outcome\n1\n", "design.json: line 2, column 1"),
        ('{"kind": "one_arm_binary", "threshold": 0.6}', "outcome\n1\n", "design.json: alternative: missing"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason_and_code_two(command, design, data, reason):
    code, out, err = command("monitor", "design.json", "data.csv", design_json=design, data_csv=data)

    assert code == 2
    assert out == ""
    assert reason in err


def test_a_file_that_is_not_there_and_a_wrong_truth_are_refused(command):
    assert command("plan", "nothing.json")[0] == 2
    code, _, err = command("simulate", "design.json", "--truth", "blue", design_json=ONE_ARM)
    assert code == 2
    assert "'blue' is not null, alternative or numbers" in err


def test_time_to_an_event_is_planned_and_followed_in_words(command):
    design = '{"kind": "two_arm_events", "minimal_ratio": 2, "event_share": 0.5}'
    code, out, _ = command("plan", "design.json", "--json", design_json=design)
    assert code == 0
    assert json.loads(out)["fixed_n"] == 66

    data = "arm,outcome\n0,entered\n1,entered\n1,entered\n0,left\n1,event\n"
    code, out, _ = command("monitor", "design.json", "data.csv", "--json", design_json=design, data_csv=data)
    answer = json.loads(out)
    assert code == 0
    assert set(answer) >= MONITOR_KEYS
    assert answer["scale"] == "hazard_ratio"
    assert answer["per_arm"] == [1, 2]

    code, _, told = command("monitor", "design.json", "data.csv", design_json=design, data_csv="arm,outcome\n0,event\n")
    assert code == 2
    assert "line 2: nobody in this arm is under observation" in told


def test_a_measurement_before_is_read_from_its_own_column(command):
    design = '{"kind": "two_arm_adjusted", "minimal_effect": 0.5, "correlation": 0.7}'
    data = "arm,outcome,before\n0,1.5,1\n1,2.5,NA\n0,0.5,\n1,1,2\n"
    code, out, _ = command("monitor", "design.json", "data.csv", "--json", design_json=design, data_csv=data)
    assert code == 0
    assert json.loads(out)["units"] == 2

    for text, reason in (
        ("arm,outcome\n0,1\n", "line 1: a two_arm_adjusted needs a column 'before'"),
        ("arm,outcome,before\n0,1,much\n", "line 2: before 'much' is not a number"),
    ):
        code, _, told = command("monitor", "design.json", "data.csv", design_json=design, data_csv=text)
        assert code == 2
        assert reason in told


@pytest.mark.parametrize(
    "design",
    ['{"kind": "two_arm_events", "minimal_ratio": 2.5}', '{"kind": "two_arm_adjusted", "minimal_effect": 0.8}'],
)
def test_the_newer_designs_are_simulated(command, design):
    code, out, _ = command("simulate", "design.json", "--truth", "null", "--reps", "40", "--json", design_json=design)
    answer = json.loads(out)
    assert code == 0
    assert answer["supported"] <= 0.15
    assert answer["power"] >= 0.5


def test_a_plan_that_falls_short_says_so_in_a_number_and_a_sentence(command):
    design = '{"kind": "matched_pairs", "minimal_effect": 4, "max_units": 5}'
    code, out, _ = command("plan", "design.json", "--json", design_json=design)
    answer = json.loads(out)

    assert code == 0
    assert answer["power"] == 0.0
    assert answer["power_short"] == answer["power_asked"] == 0.8
    assert answer["note"].startswith("this design can hardly ever say SUPPORTED")

    design = '{"kind": "two_arm_binary", "baseline": 0.2, "minimal_effect": 0.3, "max_units": 20}'
    code, out, _ = command("plan", "design.json", design_json=design)
    assert code == 0
    assert "note: power falls short: when the effect that matters is there, SUPPORTED is said in" in out
    assert "note" not in json.loads(command("plan", "design.json", "--json", design_json=ONE_ARM)[1])


WEDGE = '{"kind": "stepped_wedge", "starts": [1, 2, 2], "periods": 3, "minimal_effect": 1, "cluster_size": 1%s}'


@pytest.mark.parametrize(
    ("extra", "data", "reason"),
    [
        ("", "cluster,period,outcome\nNoord,0,1\n", "line 2: cluster 'Noord': which start it has is not known"),
        ("", "cluster,period,outcome\n1,0,1\nNoord,0,1\n", "line 3: cluster 'Noord' stands next to numbers"),
        (
            ', "clusters": ["a", "b", "c"]',
            "cluster,period,outcome\na,0,1\nd,0,1\n",
            "line 3: cluster 'd' is not one of",
        ),
        (
            ', "clusters": ["a", "b", "c"]',
            "cluster,period,outcome,arm\na,1,1,0\n",
            "line 2: cluster 'a' starts in period 1",
        ),
        ("", "cluster,period,outcome\n0,0,inf\n", "line 2: outcome must be a finite number"),
        ("", "cluster,period,outcome\n0,0,1e308\n", "line 2: outcome must be at most 1e+15"),
        ("", 'cluster,period,outcome\n0,0,"1\n', "line 2: unexpected end of data"),
        (
            "",
            "cluster;period;outcome\n0;0;1\n",
            "line 1: the header needs a column 'outcome' (columns are separated by commas)",
        ),
    ],
)
def test_a_wedge_that_cannot_be_matched_is_refused_with_line_and_reason(command, extra, data, reason):
    code, out, err = command("monitor", "design.json", "data.csv", design_json=WEDGE % extra, data_csv=data)

    assert code == 2
    assert out == ""
    assert reason in err


def test_an_unfinished_wedge_whose_clusters_stay_unknown_is_refused_when_it_is_closed(command):
    data = "cluster,period,outcome\n1,0,1\n2,0,2\n"
    code, _, err = command("monitor", "design.json", "data.csv", "--closed", design_json=WEDGE % "", data_csv=data)

    assert code == 2
    assert "after the last line: clusters could be counted from 0 or from 1" in err


def test_a_plot_in_a_folder_that_is_not_there_is_refused(command, tmp_path):
    pytest.importorskip("vl_convert")
    code, _, err = command(
        "monitor", "design.json", "data.csv", "--plot", "nowhere/out.svg", design_json=ONE_ARM, data_csv="outcome\n1\n"
    )

    assert code == 2
    assert "nowhere/out.svg: No such file or directory" in err


def test_two_numbers_for_one_arm_are_refused(command):
    code, _, err = command("simulate", "design.json", "--truth", "0.2,0.3", "--reps", "5", design_json=ONE_ARM)

    assert code == 2
    assert "truth: one_arm_binary needs 1 number(s)" in err


ODD = st.sampled_from(
    [
        0,
        1,
        -1,
        0.5,
        1.5,
        2,
        5,
        1e-300,
        1e300,
        1e16,
        10**400,
        True,
        None,
        "x",
        [],
        [1],
        [0.5, 0.5],
        ["a", "b"],
        {},
        "marked",
    ]
)
FIELDS = (
    "alpha", "power", "two_sided", "looks", "cap_factor", "max_units", "mode", "sd", "bounds", "arms", "allocation",
    "minimal_effect", "baseline", "threshold", "alternative", "exposure", "starts", "periods", "clusters", "icc", "draws",
    "minimal_ratio", "at_risk", "event_share", "correlation", "minimal_odds_ratio", "cluster_size", "look_after",
)  # fmt: skip
BASES = (
    {"kind": "one_arm_binary", "threshold": 0.3, "alternative": 0.8},
    {"kind": "one_arm_count", "threshold": 2, "alternative": 6},
    {"kind": "two_arm_binary", "baseline": 0.2, "minimal_effect": 0.6},
    {"kind": "two_arm_continuous", "minimal_effect": 1.5},
    {"kind": "two_arm_adjusted", "minimal_effect": 1.5},
    {"kind": "two_arm_count", "baseline": 2, "minimal_ratio": 3},
    {"kind": "two_arm_ordinal", "baseline": [0.5, 0.3, 0.2], "minimal_odds_ratio": 4},
    {"kind": "two_arm_events", "minimal_ratio": 4, "at_risk": [20, 20]},
    {"kind": "matched_pairs", "minimal_effect": 2},
    {"kind": "stepped_wedge", "clusters": 3, "periods": 3, "minimal_effect": 1, "cluster_size": 1},
)
CELLS = st.sampled_from(
    ["", "0", "1", "2", "-1", "0.5", "1e16", "1e308", "nan", "inf", "a", "b", "NA", "event", '"', "0,1", "é"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    base=st.sampled_from(BASES), odd=st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=2),
    header=st.permutations(["arm", "outcome", "pair", "cluster", "period", "exposure", "before", "look"]),
    table=st.lists(st.lists(CELLS, min_size=8, max_size=8), max_size=5),
)  # fmt: skip
def test_whatever_the_files_hold_they_are_answered_or_refused(command, base, odd, header, table):
    files = {
        "design_json": json.dumps({**base, **odd}),
        "data_csv": "\n".join([",".join(header), *(",".join(row) for row in table)]),
    }
    code, out, err = command("monitor", "design.json", "data.csv", "--json", **files)

    assert (code, bool(out), bool(err)) in {(0, True, False), (2, False, True)}
