"""Cases as data: a correct plan with one fault, and the requirements and addresses that must be named."""

from __future__ import annotations

from pathlib import Path

import pytest
from eksclave.reach.answer import Outcome
from ruamel.yaml import YAML

FILES = sorted(Path(__file__).parent.glob("*/*.yaml"))
HERE = Path(__file__).parent


def _inputs(folder):
    return [*folder.glob("*.json")]


FOLDERS = (HERE.parent / "corpus", HERE / "worlds")
BASES = sorted(p.parent.name for folder in FOLDERS for p in folder.glob("*/plan.json") if len(_inputs(p.parent)) == 1)


def load(path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("base", BASES)
def test_a_correct_plan_passes(case, base):
    answer = case(base)
    assert [result for result in answer.results if result.outcome is not Outcome.PASS] == []
    assert answer.verdict is Outcome.PASS


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_fault_is_named_with_its_place(case, path):
    told = load(path)
    answer = case(told["base"], told.get("steps") or [], told.get("features", ()))
    failed = {}
    for result in answer.results:
        if result.outcome is Outcome.FAIL:
            failed.setdefault(result.requirement, []).append(result)
    fails = told.get("fails") or {}
    for id, address in fails.items():
        assert id in failed, f"{id} did not fail: {sorted(failed)}"
        places = [stop.address for result in failed[id] for stop in result.stopped_at]
        assert any(place.startswith(address) for place in places), places
        assert all(result.symptom and result.fix and result.reason for result in failed[id])
    for id in told.get("packets", ()):
        assert all(result.packet for result in failed[id]), f"{id} has no packet"
    if "only" in told:
        assert set(failed) == set(told["only"])
    if not fails:
        assert failed == {}
        assert answer.verdict is Outcome.PASS, [
            result for result in answer.results if result.outcome is Outcome.UNKNOWN
        ]


MENDED = [path for path in FILES if load(path).get("mend")]


@pytest.mark.parametrize("path", MENDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_printed_fix_turns_the_flow_to_pass(case, path):
    told = load(path)
    features = told.get("features", ())
    broken = case(told["base"], told["steps"], features)
    for id, text in told["fix"].items():
        fixes = [one.fix for one in broken.results if one.requirement == id and one.outcome is Outcome.FAIL]
        assert any(text in fix for fix in fixes), fixes
    mended = case(told["base"], [*told["steps"], *told["mend"]], features)
    still = {one.requirement for one in mended.results if one.outcome is not Outcome.PASS}
    assert not still & set(told["fails"]), still


@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shuffled_plan_gives_the_same_answer(case, shuffled, path):
    told = load(path)
    steps, features = told.get("steps") or [], told.get("features", ())
    assert shuffled(told["base"], steps, features).as_json() == case(told["base"], steps, features).as_json()
