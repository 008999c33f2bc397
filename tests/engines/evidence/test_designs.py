# SPDX-License-Identifier: EUPL-1.2
import json

import pytest

from beproefd.engines.evidence import DesignError, OneArmBinary, SteppedWedge, design_from_json
from tests.engines.evidence.strategies import DESIGNS


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.kind)
def test_a_design_comes_back_the_same_from_its_json(design):
    again = design_from_json(design.to_json())

    assert again == design
    assert again.digest == design.digest


def test_the_short_form_of_the_one_arm_design_is_understood():
    text = '{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.85, "alpha": 0.05, "power": 0.8}'

    assert design_from_json(text) == OneArmBinary(threshold=0.6, alternative=0.85, alpha=0.05, power=0.8)


def test_canonical_json_is_sorted_and_has_every_field():
    text = OneArmBinary(threshold=0.6, alternative=0.85).to_json()
    plain = json.loads(text)

    assert text == json.dumps(plain, sort_keys=True, separators=(",", ":"))
    assert set(plain) == {
        "kind", "alpha", "power", "two_sided", "looks", "cap_factor", "max_units", "mode", "threshold", "alternative",
    }  # fmt: skip


def test_whole_numbers_and_real_numbers_give_the_same_digest():
    one = design_from_json('{"kind": "two_arm_continuous", "minimal_effect": 5, "sd": 10}')
    two = design_from_json('{"kind": "two_arm_continuous", "minimal_effect": 5.0, "sd": 10.0}')

    assert one.digest == two.digest


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"kind": "one_arm_binary"}', "threshold, alternative: missing"),
        ('{"kind": "coin"}', "kind: must be one of"),
        ("[1]", "line 1: a design is a JSON object"),
        ('{"kind": "one_arm_binary",\n "threshold": }', "line 2, column 15"),
        ('{"kind": "one_arm_binary", "threshold": 1.2, "alternative": 0.8}', "threshold: must lie between 0 and 1"),
        ('{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.6}', "alternative: must differ"),
        (
            '{"kind": "one_arm_binary", "threshold": "x", "alternative": 0.6}',
            "threshold: has a value of the wrong type",
        ),
        ('{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.8, "alpha": 0.9}', "alpha: must lie"),
        ('{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.8, "colour": 1}', "colour: not a field"),
        ('{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.8, "looks": [5, 3]}', "looks: must be rising"),
        ('{"kind": "one_arm_binary", "threshold": 0.6, "alternative": 0.8, "looks": 2.5}', "looks: must be a whole"),
        ('{"kind": "two_arm_binary", "baseline": 0.95, "minimal_effect": 0.1}', "minimal_effect: must keep the share"),
        (
            '{"kind": "two_arm_binary", "baseline": 0.2, "minimal_effect": 0.1, "two_sided": 1}',
            "two_sided: must be true",
        ),
        ('{"kind": "stepped_wedge", "starts": [1, 1, 1], "periods": 3, "minimal_effect": 1}', "starts: must differ"),
    ],
)
def test_a_broken_design_is_refused_with_the_field_and_the_reason(text, reason):
    with pytest.raises(DesignError) as refused:
        design_from_json(text)

    assert reason in str(refused.value)


def test_a_stepped_wedge_comes_back_the_same():
    design = SteppedWedge(starts=(1, 1, 2, 2, 3, 3), periods=4, minimal_effect=0.1, look_after=(2, 3))

    assert design_from_json(design.to_json()) == design
