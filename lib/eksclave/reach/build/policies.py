"""Policy documents: JSON text, or the blocks of an `aws_iam_policy_document` that is read only at apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eksclave.reach.build.base import Build
from eksclave.reach.facts.iam import Condition, Patterns, Policy, Principal, Statement
from eksclave.reach.facts.values import AFTER_APPLY, HOLE, Origin, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref, plain
from eksclave.terraform.values import Unknown as NotKnown


def policy(build: Build, value: Any, origin: Origin, name: str = "") -> Value[Policy | None]:
    """Return the policy that an argument holds: None where it is absent, Unknown where it cannot be read."""
    value = build.world.resolve(value)
    if value is None or value == "":
        return None
    if isinstance(value, Ref):
        source = build.world.resources.get(value.address)
        if source is not None and source.type == "aws_iam_policy_document":
            return _from_blocks(build, source, origin, name)
        return Unknown("the policy is known only after apply")
    if isinstance(value, (AnyOf, NotKnown)):
        return Unknown(value.reason or "the policy is known only after apply")
    if isinstance(value, str):
        import orjson

        try:
            value = orjson.loads(value.replace(HOLE, "\\u0000"))
        except orjson.JSONDecodeError:
            return Unknown("the policy is not valid JSON")
    return _from_json(value, origin, name) if isinstance(value, dict) else Unknown("the policy is no JSON object")


def _from_json(document: Mapping[str, Any], origin: Origin, name: str) -> Policy:
    listed = document.get("Statement") or []
    statements = listed if isinstance(listed, list) else [listed]
    return Policy(
        tuple(
            _statement(one, Origin(origin.address, origin.construct, f"{origin.attribute or 'policy'}.Statement[{at}]"))
            for at, one in enumerate(statements)
            if isinstance(one, dict)
        ),
        origin,
        "" if all(isinstance(one, dict) for one in statements) else "a statement is no object",
        name,
    )


def _statement(one: Mapping[str, Any], origin: Origin) -> Statement:
    conditions = [
        Condition(str(operator), str(key), _texts(values))
        for operator, pairs in sorted((one.get("Condition") or {}).items())
        if isinstance(pairs, dict)
        for key, values in sorted(pairs.items())
    ]
    return Statement(
        str(one.get("Effect", "Deny")),
        origin,
        _texts(one["Action"]) if "Action" in one else None,
        _texts(one["NotAction"]) if "NotAction" in one else None,
        _texts(one["Resource"]) if "Resource" in one else None,
        _texts(one["NotResource"]) if "NotResource" in one else None,
        _principals(one["Principal"]) if "Principal" in one else None,
        _principals(one["NotPrincipal"]) if "NotPrincipal" in one else None,
        tuple(conditions),
        str(one.get("Sid") or ""),
    )


def _texts(value: Any) -> Patterns:
    members = value if isinstance(value, list) else [value]
    return tuple(_text(member) for member in members)


def _text(value: Any) -> str:
    value = plain(value)
    if isinstance(value, bool):
        return str(value).lower()
    return HOLE if isinstance(value, (Ref, AnyOf, NotKnown)) or value is None else str(value)


def _principals(value: Any) -> Value[tuple[Principal, ...]]:
    if isinstance(value, str):
        return (Principal("*" if value == "*" else "AWS", value),)
    if not isinstance(value, dict):
        return Unknown("principals in a form that is not understood")
    found = [
        Principal(str(kind), _text(one))
        for kind, values in sorted(value.items())
        for one in (values if isinstance(values, list) else [values])
    ]
    return tuple(found)


def _from_blocks(build: Build, document: Resource, origin: Origin, name: str) -> Value[Policy | None]:
    """Read the statement blocks. Documents that it takes in (`source_…`, `override_…`) are joined where known."""
    statements: list[Statement] = []
    incomplete = ""
    listed = document.get("statement")
    if isinstance(listed, (Ref, AnyOf, NotKnown)):
        return Unknown("the statements of the document are known only after apply")
    for at, block in enumerate(document.blocks("statement")):
        if block:
            place = Origin(document.address, document.construct, f"statement[{at}]")
            statements.append(_block_statement(build, block, place))
    for argument in ("source_policy_documents", "override_policy_documents"):
        members = build.items(build.option(document, argument))
        if members is None:
            incomplete = f"{argument} is known only after apply"
        for member in members or ():
            taken = policy(build, member, origin)
            if isinstance(taken, Policy):
                statements += taken.statements
                incomplete = incomplete or taken.incomplete
            elif taken is not None:
                incomplete = incomplete or f"a document in {argument} is not known"
    return Policy(tuple(statements), origin, incomplete, name)


def _block_statement(build: Build, block: Mapping[str, Any], origin: Origin) -> Statement:
    conditions = [
        Condition(_text(c.get("test")), _text(c.get("variable")), _values(build, c.get("values")))
        for c in _blocks(block.get("condition"))
    ]
    return Statement(
        build.text(block.get("effect"), "Allow"),
        origin,
        _list(build, block.get("actions")),
        _list(build, block.get("not_actions")),
        _list(build, block.get("resources")),
        _list(build, block.get("not_resources")),
        _block_principals(build, block.get("principals")),
        _block_principals(build, block.get("not_principals")),
        tuple(conditions),
        _text(block.get("sid") or ""),
    )


def _list(build: Build, value: Any) -> Patterns | None:
    value = build.world.resolve(value)
    if value is None or value == []:
        return None
    if isinstance(value, (Ref, AnyOf, NotKnown)):
        return (HOLE,)
    members = value if isinstance(value, list) else [value]
    return tuple(_text(build.world.resolve(member)) for member in members)


def _values(build: Build, value: Any) -> Patterns:
    """Return the values of a condition: a VPC or an endpoint that only apply will make is named by its key."""
    value = build.world.resolve(value)
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        named = _source(build, build.world.resolve(one))
        texts = _list(build, one)
        found += [named] if named else texts if isinstance(texts, tuple) else []
    return tuple(found)


def _source(build: Build, value: Any) -> str | None:
    """Return the key of the VPC or endpoint whose id this is. What is made of one such id alone can be nothing else."""
    if isinstance(value, NotKnown) and len(value.references) == 1:
        value = value.references[0]
    resource = build.world.resources.get(value.address) if isinstance(value, Ref) and value.path == ("id",) else None
    if resource is None or resource.type not in ("aws_vpc", "aws_default_vpc", "aws_vpc_endpoint"):
        return None
    return build.key(value, "aws_vpc", "aws_vpc_endpoint")


def _block_principals(build: Build, blocks: Any) -> Value[tuple[Principal, ...]] | None:
    blocks = build.world.resolve(blocks)
    if not blocks:
        return None
    if not isinstance(blocks, list):
        return AFTER_APPLY
    found: list[Principal] = []
    for block in _blocks(blocks):
        names = _list(build, block.get("identifiers"))
        found += [Principal(_text(block.get("type")), name) for name in (names if isinstance(names, tuple) else ())]
    return tuple(found)


def _blocks(value: Any) -> list[Mapping[str, Any]]:
    """Blocks are a list in plans, and may be one object in synthesized JSON."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
