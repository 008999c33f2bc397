# SPDX-License-Identifier: EUPL-1.2
"""`beproefd jury` from files: what it answers and what it refuses."""

import argparse
import json
import subprocess
import sys

import pytest

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
    assert answer["scores"] == {"A": None, "B": None, "C": None}


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
