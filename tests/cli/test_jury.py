# SPDX-License-Identifier: EUPL-1.2
"""`beproefd jury` from files: what it answers and what it refuses."""

import argparse
import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beproefd.cli import jury

CRITERIA = '{"scale": [0, 10], "criteria": [{"key": "impact", "weight": 60}, {"key": "effort", "weight": 40}]}'
SCORES = """juror,idea,criterion,score
Ann,Bank on wheels,impact,8
Ann,Bank on wheels,effort,6
Ann,Swap shop,impact,5
Ann,Swap shop,effort,7
Bob,Bank on wheels,impact,9
Bob,Bank on wheels,effort,5
Bob,Swap shop,impact,4
Bob,Swap shop,effort,
"""


@pytest.fixture
def files(tmp_path):
    def write(scores=SCORES, criteria=CRITERIA):
        (tmp_path / "judgements.csv").write_text(scores, encoding="utf-8")
        (tmp_path / "criteria.json").write_text(criteria, encoding="utf-8")
        return str(tmp_path / "judgements.csv"), str(tmp_path / "criteria.json")

    return write


def command(*words):
    parser = argparse.ArgumentParser()
    jury.register(parser.add_subparsers(required=True))
    options = parser.parse_args(["jury", *words])
    return options.run(options)


def test_rank_answers_with_order_scores_and_certainty(files, capsys):
    assert command("rank", *files(), "--top", "1", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["order"] == ["Bank on wheels", "Swap shop"]
    assert answer["scores"]["Bank on wheels"] == pytest.approx(0.6 * 8.5 + 0.4 * 5.5)
    assert answer["scores"]["Swap shop"] == pytest.approx(0.6 * 4.5 + 0.4 * 7)
    assert answer["stable"] is True
    assert sum(answer["p_top"].values()) == pytest.approx(1.0)
    low, high = answer["intervals"]["Swap shop"]
    assert low < answer["model_scores"]["Swap shop"] < high


def test_rank_reads_as_a_table(files, capsys):
    assert command("rank", *files(), "--top", "1") == 0
    assert "Bank on wheels" in capsys.readouterr().out


def test_comparisons_can_stand_in_the_same_file(files, capsys):
    text = "juror,idea,criterion,score,better,worse\nAnn,A,impact,6,,\nAnn,B,impact,6,,\nBob,,,,B,A\nAnn,,impact,,B,A\n"
    assert command("rank", *files(text), "--top", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["model_order"] == ["B", "A"]


def test_comparisons_alone_are_enough(files, capsys):
    assert command("rank", *files("juror,better,worse,criterion\nAnn,B,A,\nAnn,B,C,\n"), "--top", "1", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["model_order"][0] == "B"
    assert (answer["basis"], answer["order"], answer["top"]) == ("comparisons", ["B", "A", "C"], ["B"])
    assert answer["scores"] == answer["model_scores"]


def test_next_names_a_reading_that_is_allowed(files, tmp_path, capsys):
    (tmp_path / "conflicts.csv").write_text("juror,idea\nAnn,Third\n")
    (tmp_path / "ideas.txt").write_text("Bank on wheels\nSwap shop\nThird\n")
    words = ("--conflicts", str(tmp_path / "conflicts.csv"), "--ideas", str(tmp_path / "ideas.txt"))
    assert command("next", *files(), *words, "--top", "1", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verdict"], answer["juror"], answer["idea"]) == ("read_on", "Bob", "Third")


def test_next_asks_a_comparison_from_who_compares(files, tmp_path, capsys):
    (tmp_path / "comparing.txt").write_text("Cas\n")
    (tmp_path / "jurors.txt").write_text("Cas\n")
    words = ("--jurors", str(tmp_path / "jurors.txt"), "--comparing", str(tmp_path / "comparing.txt"))
    assert command("next", *files(), *words, "--top", "1", "--tolerance", "0", "--confidence", "0.999", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "read_on"
    assert (answer["juror"], {answer["idea"], answer["against"]}) == ("Cas", {"Bank on wheels", "Swap shop"})

    (tmp_path / "comparing.txt").write_text("Eve\n")
    assert command("next", *files(), *words, "--top", "1") == 2
    assert "Juror Eve is not in this jury" in capsys.readouterr().err


def test_simulate_answers_with_mean_readings_and_success(capsys):
    words = ("--ideas", "10", "--jurors", "5", "--top", "2", "--gap", "1.0", "--reps", "6", "--seed", "3")
    assert command("simulate", *words, "--json") == 0
    first = capsys.readouterr().out
    answer = json.loads(first)
    assert 10 <= answer["mean_readings"] <= 50
    assert 0 <= answer["success"] <= 1
    assert command("simulate", *words, "--json") == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ann,Swap shop,beauty,5", "line 10: unknown criterion 'beauty'"),
        ("Cas,Swap shop,impact,eleven", "line 10: the score 'eleven' is not a number"),
        ("Cas,Swap shop,impact,11", "line 10: the score 11 lies outside the scale from 0 to 10"),
        ("Cas,Swap shop,impact,nan", "line 10: the score nan lies outside the scale from 0 to 10"),
        ("Ann,Swap shop,impact,5", "line 10: Ann has scored Swap shop on this criterion before"),
        (",Swap shop,impact,5", "line 10: the juror is missing"),
        ("Cas,Swap shop,impact", "line 10: expected 4 values, found 3"),
    ],
)
def test_a_broken_line_is_refused_with_its_number_and_the_reason(files, capsys, line, reason):
    assert command("rank", *files(SCORES + line + "\n")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert reason in captured.err


@pytest.mark.parametrize(
    ("criteria", "reason"),
    [
        ("{", "line 1: this is not JSON"),
        ("[]", "at least one criterion"),
        ("7", "must be an object"),
        ('{"scale": [0, 10]}', "the criteria are missing"),
        ('{"scale": [0, 10], "criteria": [{"key": "impact"}]}', "'weight' is missing"),
        ('{"scale": [0, 10], "criteria": [{"key": "impact", "weight": -1}]}', "positive"),
        ('{"scale": [10, 0], "criteria": [{"key": "impact", "weight": 1}]}', "from a lower to a higher"),
    ],
)
def test_broken_criteria_are_refused(files, capsys, criteria, reason):
    assert command("rank", *files(criteria=criteria)) == 2
    assert reason in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(files, capsys):
    assert command("rank", files()[0], "nowhere.json") == 2
    assert "nowhere.json" in capsys.readouterr().err


ODD_CRITERIA = {
    "deep lists": "[" * 100_000,
    "deep objects": '{"criteria":' * 100_000,
    "too many digits": '{"scale": [0, 10], "criteria": [{"key": "impact", "weight": ' + "9" * 5000 + "}]}",
    "a whole number beyond doubles": '{"scale": [0, 10], "criteria": [{"key": "impact", "weight": 1'
    + "0" * 400
    + "}]}",
    "an infinite weight": '{"scale": [0, 10], "weights": {"impact": 1e400}}',
    "weights beyond doubles together": '{"scale": [0, 10], "weights": {"impact": 1.7e308, "effort": 1.7e308}}',
    "a weight that vanishes": '{"scale": [0, 10], "weights": {"impact": 1e-320, "effort": 1e300}}',
    "a scale beyond doubles": '{"scale": [-1e308, 1e308], "weights": {"impact": 1, "effort": 1}}',
    "a scale without room": '{"scale": [1e9, 1000000000.0001], "weights": {"impact": 1, "effort": 1}}',
    "half a character": '{"scale": [0, 10], "weights": {"impact": 1, "\\ud800": 1}}',
    "a list as weight": '{"scale": [0, 10], "weights": {"impact": [1]}}',
    "a scale of three": '{"scale": [0, 5, 10], "weights": {"impact": 1, "effort": 1}}',
    "criteria that are numbers": '{"scale": [0, 10], "criteria": [1, 2]}',
    "nothing": "null",
}


@pytest.mark.parametrize("criteria", ODD_CRITERIA.values(), ids=ODD_CRITERIA)
def test_odd_criteria_are_refused_under_the_name_of_their_file(files, capsys, criteria):
    assert command("rank", *files(criteria=criteria)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "criteria.json: " in captured.err
    assert captured.err.count("\n") == 1


def test_a_broken_list_of_conflicts_is_refused_under_its_own_name(files, tmp_path, capsys):
    conflicts = tmp_path / "conflicts.csv"
    for text, reason in (
        ("who,what\nAnn,Third\n", "line 1: the header"),
        ("juror,idea\nAnn,\n", "line 2: the idea is missing"),
    ):
        conflicts.write_text(text)
        assert command("next", *files(), "--conflicts", str(conflicts), "--top", "1") == 2
        assert f"{conflicts}: {reason}" in capsys.readouterr().err


BOTH = "juror,idea,criterion,score,better,worse\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOTH + "Ann,A,impact,6,A,B\n", "line 2: a line holds a score or a comparison, not both"),
        (BOTH + "Ann,A,,,A,B\n", "line 2: a line holds a score or a comparison, not both"),
        (BOTH + "Ann,,,,A,B\nAnn,,,,A,B\n", "line 3: Ann has compared A and B on this criterion before"),
        (BOTH + "Ann,,impact,,A,B\nAnn,,impact,,B,A\n", "line 3: Ann has compared B and A on this criterion before"),
    ],
)
def test_a_line_that_says_two_things_or_the_same_again_is_refused(files, capsys, text, reason):
    assert command("rank", *files(text)) == 2
    assert reason in capsys.readouterr().err


def test_five_hundred_jurors_who_say_the_same_are_heard(files, capsys):
    lines = "".join(f"juror {j},A,B,\n" for j in range(500))
    assert command("rank", *files("juror,better,worse,criterion\n" + lines), "--top", "1", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["order"], answer["stable"]) == (["A", "B"], True)


def test_a_jury_that_read_nothing_claims_nothing(files, tmp_path, capsys):
    (tmp_path / "ideas.txt").write_text("\n".join(f"idea {i}" for i in range(12)))
    (tmp_path / "jurors.txt").write_text("Ann\nBob\n")
    words = ("--ideas", str(tmp_path / "ideas.txt"), "--jurors", str(tmp_path / "jurors.txt"), "--json")
    for more in (words, (*words[:2], "--json")):
        assert command("next", *files("juror,idea,criterion,score\n"), *more) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["readings"], answer["sure"], len(answer["tied"]), answer["seats"]) == (0, [], 12, 3)
        assert answer["probability"] < 0.1
        assert answer["group_probability"] == 1.0


def test_a_name_may_hold_a_line_break(files, capsys):
    assert command("rank", *files('juror,idea,criterion,score\nAnn,"A\nB",impact,6\n'), "--json") == 0
    assert json.loads(capsys.readouterr().out)["order"] == ["A\nB"]


@pytest.mark.parametrize(
    "words",
    [
        ("--gap", "nan"), ("--gap", "inf"), ("--gap", "-1"), ("--noise", "1e308"), ("--noise", "0"),
        ("--leniency", "inf"), ("--unequal", "nan"), ("--conflict-share", "2"), ("--conflict-share", "nan"),
        ("--erratic", "99"), ("--erratic", "-1"), ("--ideas", "0"), ("--jurors", "0"), ("--top", "0"),
        ("--ideas", "1000000000"), ("--reps", "1000000000"), ("--reps", "0"), ("--seed", "-1"),
        ("--tolerance", "nan"), ("--tolerance", "inf"), ("--confidence", "1"), ("--confidence", "nan"),
        ("--min-readings", "0"), ("--max-load", "0"), ("--load-spread", "-1"), ("--load-spread", "9" * 40),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_jury_that_cannot_be_is_not_imagined(capsys, words):
    assert command("simulate", "--ideas", "4", "--jurors", "3", "--reps", "2", *words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("beproefd jury: ")


NAMES = st.sampled_from(
    ["Ann", "Bob", "A", "B", "C", "", " ", "é", '"', '"A,B"', "\x00", "\u2028", "a\x0cb", "x" * 200_000]
)
VALUES = st.sampled_from(
    ["5", "0", "10", "-0", "1e308", "-1e308", "nan", "inf", "1e-320", "1_0", "٣", "5,5", "", "five"]
)
ROW = st.tuples(NAMES, NAMES, st.sampled_from(["impact", "effort", "", "beauty"]), VALUES, NAMES, NAMES).map(",".join)
HEADER = st.sampled_from(
    ["juror,idea,criterion,score,better,worse", "juror,idea,score", "juror,better,worse", "idea", ""]
)
TABLES = st.one_of(
    st.binary(max_size=60),
    st.tuples(HEADER, st.lists(ROW, max_size=6), st.sampled_from(["\n", "\r\n", "\r"])).map(
        lambda parts: parts[2].join([parts[0], *parts[1]]).encode()
    ),
)
NUMBERS = st.sampled_from([0, 1, 10, -1, 1e308, -1e308, 1e-320, float("nan"), float("inf"), 10**400, True, None, "ten"])
SCALES = st.one_of(st.tuples(NUMBERS, NUMBERS), NUMBERS, st.fixed_dictionaries({"min": NUMBERS, "max": NUMBERS}))
RULES = st.one_of(
    st.binary(max_size=40),
    st.fixed_dictionaries(
        {"weights": st.dictionaries(st.sampled_from(["impact", "effort", ""]), NUMBERS, max_size=3)},
        optional={"scale": SCALES, "criteria": st.lists(st.dictionaries(st.sampled_from(["key", "weight"]), NUMBERS))},
    ).map(lambda rules: json.dumps(rules).encode()),
    st.just(CRITERIA.encode()),
    st.just(CRITERIA.encode()),
)


@given(table=TABLES, rules=RULES, following=st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_file_it_is_answered_or_refused_with_a_reason(tmp_path, capsys, table, rules, following):
    (tmp_path / "judgements.csv").write_bytes(table)
    (tmp_path / "criteria.json").write_bytes(rules)
    word = "next" if following else "rank"
    code = command(word, str(tmp_path / "judgements.csv"), str(tmp_path / "criteria.json"), "--json")
    captured = capsys.readouterr()
    if code == 0:
        json.loads(captured.out)
        assert captured.err == ""
    else:
        assert (code, captured.out) == (2, "")
        assert str(tmp_path) in captured.err


def test_an_empty_file_is_refused(files, capsys):
    assert command("rank", *files("")) == 2
    assert "line 1: the header must hold" in capsys.readouterr().err


@pytest.mark.parametrize(
    "criteria",
    [
        '{"keys": ["impact", "effort"], "weights": [60, 40], "scale": [0, 10]}',
        '{"weights": {"impact": 0.6, "effort": 0.4}, "scale": {"min": 0, "max": 10}}',
        (
            '{"scale": {"min": 0, "max": 10}, "criteria": [{"key": "impact", "weight": 60, "kind": "weighted"}, '
            '{"key": "legal", "weight": 0, "kind": "knock_out"}, {"key": "effort", "weight": 40, "kind": "weighted"}]}'
        ),
    ],
)
def test_criteria_may_be_written_in_other_ways(files, capsys, criteria):
    assert command("rank", *files(criteria=criteria), "--json") == 0
    assert json.loads(capsys.readouterr().out)["scores"]["Bank on wheels"] == pytest.approx(7.3)


def test_without_a_scale_the_scores_set_it(files, capsys):
    rules = '[{"key": "impact", "weight": 3}, {"key": "effort", "weight": 2}]'
    assert command("rank", *files(criteria=rules), "--json") == 0
    assert json.loads(capsys.readouterr().out)["tolerance"] == pytest.approx((9 - 4) / 20)
    assert command("rank", *files("juror,idea,criterion,score\nAnn,A,impact,7\n", rules)) == 2
    assert "the scale is missing" in capsys.readouterr().err


def test_the_command_does_not_need_django():
    program = (
        "import sys, argparse; from beproefd.cli.jury import register; "
        "register(argparse.ArgumentParser().add_subparsers()); sys.exit('django' in sys.modules)"
    )
    blocked = "import sys; sys.modules['beproefd.cli'] = __import__('types').ModuleType('beproefd.cli'); "
    blocked += "import beproefd; sys.modules['beproefd.cli'].__path__ = [beproefd.__path__[0] + '/cli']; "
    assert subprocess.run([sys.executable, "-c", blocked + program], check=False).returncode == 0
