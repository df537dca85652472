"""Clusters wired as platform teams wire them: correct ones pass, a fault behind the wiring is named.

Where the plan keeps too little to tell a fault from the correct cluster, the answer is at least no fail on the correct
one. Edits marked `open` are then not passed (a fault) or not failed (a harmless edit); those marked `assumed` are
passed by a likely reading, which the answer must state.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest
from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.terraform.read import read_documents

sys.path.insert(0, str(Path(__file__).parent))
from changes import applied, changes

HERE = Path(__file__).parent
BASES = sorted(plan.parent.name for plan in HERE.glob("*/plan.json"))
EDITS = sorted(f"{edit.parent.name}/{edit.stem}" for edit in HERE.glob("*/*.diff"))


def document(name):
    return orjson.loads((HERE / name).read_bytes())


def answer(plan):
    return prove(snapshot(read_documents([("plan", plan)])))


@pytest.mark.parametrize("base", BASES)
def test_a_correct_cluster_passes_however_it_is_wired(base):
    said = answer(document(f"{base}/plan.json"))
    assert [(one.requirement, one.reason) for one in said.results if one.outcome is not Outcome.PASS] == []


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_judged_through_the_wiring(edit):
    told = document(f"{edit}.json")
    said = answer(applied(document(f"{edit.split('/')[0]}/plan.json"), told["changes"]))
    expected = told["expected"]
    failed = {one.requirement for one in said.results if one.outcome is Outcome.FAIL}
    failed |= {id for one in said.results if one.outcome is Outcome.FAIL for id in one.because}
    if expected.get("assumed"):
        stated = [text for one in said.results if one.requirement in expected["any_of"] for text in one.assumptions]
        assert any("the plan" in text for text in stated)
    elif expected.get("open"):
        assert said.verdict is not Outcome.PASS if expected["verdict"] == "fail" else said.verdict is not Outcome.FAIL
    elif expected["verdict"] == "fail":
        assert failed & set(expected["any_of"]), (sorted(failed), expected["what"])
    else:
        assert said.verdict == Outcome(expected["verdict"]), sorted(failed)


def test_changes_turn_one_plan_into_the_other():
    before = {"a": [{"address": "x", "v": 1}, {"address": "y"}], "b": [1, 2], "c": {"d": 1}}
    after = {"a": [{"address": "x", "v": 2}, {"address": "z"}], "b": [1], "c": {"e": None}}
    assert applied(before, changes(before, after)) == after
