"""Correct plans of the corpus with one thing changed, read and proved as the command line does it."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from eksclave.catalog.features import find_feature
from eksclave.checks.prove import prove
from eksclave.checks.result import Answer
from eksclave.reach.build import snapshot
from eksclave.reach.snapshot import Snapshot
from eksclave.report.schema import answer_schema
from eksclave.terraform.read import read_documents

CORPORA = (Path(__file__).parent.parent / "corpus", Path(__file__).parent / "worlds")
CONTRACT = jsonschema.Draft202012Validator(answer_schema())
Plan = dict[str, Any]


def plan_of(name: str) -> Plan:
    """Return a plan of the corpus or of the worlds beside this file."""
    for folder in CORPORA:
        if (folder / name / "plan.json").exists():
            return orjson.loads((folder / name / "plan.json").read_bytes())
    raise AssertionError(f"no plan is called {name}")


def _matches(address: str, pattern: str) -> bool:
    return fnmatchcase(address, pattern.replace("[", "[[]"))


def _block(address: str) -> str:
    return address.partition("[")[0]


def _resources(module: Plan) -> Iterable[tuple[list[Plan], Plan]]:
    for one in list(module.get("resources", ())):
        yield module["resources"], one
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def drop(plan: Plan, pattern: str) -> None:
    """Remove resources by address; what refers to them keeps its reference, as after a careless edit."""
    gone = set()
    for owner, one in _resources(plan["planned_values"]["root_module"]):
        if _matches(one["address"], pattern):
            owner.remove(one)
            gone.add(one["address"])
    assert gone, f"nothing matches {pattern}"
    plan["resource_changes"] = [one for one in plan["resource_changes"] if one["address"] not in gone]
    left = {_block(one["address"]) for _, one in _resources(plan["planned_values"]["root_module"])}
    root = plan["configuration"]["root_module"]
    root["resources"] = [one for one in root.get("resources", ()) if one["address"] in left or one["mode"] == "data"]


def put(plan: Plan, at: str, values: dict[str, Any]) -> None:
    """Set attributes of resources by address: as if the configuration said so in plain words."""
    found = False
    for _, one in _resources(plan["planned_values"]["root_module"]):
        if _matches(one["address"], at):
            one["values"].update(copy.deepcopy(values))
            found = True
    assert found, f"nothing matches {at}"
    for one in plan["resource_changes"]:
        if _matches(one["address"], at):
            one["change"]["after"].update(copy.deepcopy(values))
            for name in values:
                one["change"]["after_unknown"].pop(name, None)
    for one in plan["configuration"]["root_module"].setdefault("resources", []):
        if one["address"] == _block(at) or _matches(one["address"], _block(at)):
            for name, value in values.items():
                one.setdefault("expressions", {})[name] = {"constant_value": value}


def refer(plan: Plan, at: str, attribute: str, references: list[str]) -> None:
    """Let an attribute refer to other resources; `[]` leaves the attribute away."""
    for one in plan["configuration"]["root_module"].setdefault("resources", []):
        if one["address"] == _block(at):
            if references:
                one.setdefault("expressions", {})[attribute] = {"references": references}
            else:
                one.get("expressions", {}).pop(attribute, None)
    for one in plan["resource_changes"]:
        if _matches(one["address"], at):
            one["change"]["after"].pop(attribute, None)
            one["change"]["after_unknown"].pop(attribute, None)
            if references:
                one["change"]["after_unknown"][attribute] = True
            else:
                one["change"]["after"][attribute] = []
    for _, one in _resources(plan["planned_values"]["root_module"]):
        if _matches(one["address"], at):
            one["values"].pop(attribute, None)
            if not references:
                one["values"][attribute] = []


def add(plan: Plan, address: str, values: dict[str, Any], references: dict[str, list[str]] | None = None) -> None:
    """Add a resource of the root module; `references` are attributes that name other resources."""
    type_, name = address.split(".")
    references = references or {}
    provider = (
        "registry.terraform.io/hashicorp/aws"
        if type_.startswith("aws_")
        else f"registry.terraform.io/hashicorp/{type_.split('_')[0]}"
    )
    base = {"address": address, "mode": "managed", "type": type_, "name": name, "provider_name": provider}
    plan["planned_values"]["root_module"]["resources"].append({**base, "schema_version": 0, "values": dict(values)})
    unknown = {"id": True, "arn": True} | dict.fromkeys(references, True)
    change = {"actions": ["create"], "before": None, "after": dict(values), "after_unknown": unknown}
    plan["resource_changes"].append({**base, "change": change})
    said = {key: {"constant_value": value} for key, value in values.items()}
    said |= {key: {"references": value} for key, value in references.items()}
    block = {**base, "provider_config_key": type_.split("_")[0], "expressions": said}
    del block["provider_name"]
    plan["configuration"]["root_module"].setdefault("resources", []).append(block)


def leave_open(plan: Plan, at: str, unknown: dict[str, Any], said: dict[str, Any] | None) -> None:
    """Make (parts of) attributes unknown; `said` is the block that the configuration shows, None for a dynamic one."""
    for one in plan["resource_changes"]:
        if _matches(one["address"], at):
            one["change"]["after_unknown"].update(copy.deepcopy(unknown))
    for one in plan["configuration"]["root_module"]["resources"]:
        if one["address"] == _block(at):
            for name in unknown:
                one["expressions"].pop(name, None)
                if said is not None:
                    one["expressions"][name] = [said]


def forget(plan: Plan, at: str, names: list[str]) -> None:
    """Take addresses out of a block's depends_on."""
    for one in plan["configuration"]["root_module"].setdefault("resources", []):
        if one["address"] == at:
            one["depends_on"] = [name for name in one.get("depends_on", ()) if name not in names]


def change(plan: Plan, steps: Iterable[dict[str, Any]]) -> Plan:
    """Return a copy of a plan with every step of a case applied."""
    plan = copy.deepcopy(plan)
    for step in steps:
        match step:
            case {"drop": pattern}:
                drop(plan, pattern)
            case {"output": values}:
                outputs = plan["planned_values"].setdefault("outputs", {})
                outputs.update({name: {"sensitive": False, "value": value} for name, value in values.items()})
            case {"set": at, "values": values}:
                put(plan, at, values)
            case {"refer": at, "attribute": attribute, "to": references}:
                refer(plan, at, attribute, references)
            case {"open": at, "values": unknown}:
                leave_open(plan, at, unknown, step.get("said"))
            case {"add": address, "values": values}:
                add(plan, address, values, step.get("references"))
            case {"depend": at, "on": names}:
                for one in plan["configuration"]["root_module"]["resources"]:
                    if one["address"] == at:
                        one["depends_on"] = [*one.get("depends_on", ()), *names]
            case {"forget": at, "names": names}:
                forget(plan, at, names)
            case _:
                raise AssertionError(f"no step is called {step}")
    return plan


def proved(plans: dict[str, Plan], features: Iterable[str] = ()) -> Answer:
    """Return the answer about these plans; whatever it says, it keeps the published schema."""
    answer = prove(snapshot(read_documents(sorted(plans.items()))), [find_feature(word) for word in features])
    CONTRACT.validate(answer.as_json())
    return answer


@pytest.fixture
def facts() -> Callable[..., Snapshot]:
    """Read a named plan with steps applied, without asking anything."""

    def run(base: str, steps: Iterable[dict[str, Any]] = ()) -> Snapshot:
        return snapshot(read_documents([(base, change(plan_of(base), steps))]))

    return run


@pytest.fixture
def case() -> Callable[..., Answer]:
    """Prove a named plan with steps applied."""

    def run(base: str, steps: Iterable[dict[str, Any]] = (), features: Iterable[str] = ()) -> Answer:
        return proved({base: change(plan_of(base), steps)}, features)

    return run


def _shuffled(value: Any, chance: random.Random) -> Any:
    """Return the same plan with resources listed in another order, everywhere they are listed."""
    if isinstance(value, dict):
        items = [(key, _shuffled(one, chance)) for key, one in value.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        listed = [_shuffled(one, chance) for one in value]
        if listed and all(isinstance(one, dict) and "address" in one for one in listed):
            chance.shuffle(listed)
        return listed
    return value


@pytest.fixture
def shuffled() -> Callable[..., Answer]:
    """Prove a named plan with steps applied, its resources in another order."""

    def run(base: str, steps: Iterable[dict[str, Any]] = (), features: Iterable[str] = ()) -> Answer:
        return proved({base: _shuffled(change(plan_of(base), steps), random.Random(7))}, features)

    return run
