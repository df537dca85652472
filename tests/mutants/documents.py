"""Changes of a policy document: a statement less, an action or a resource less or narrower, a condition more."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

HOLE = "\x00"
OTHER_ACCOUNT = "444455556666"
CONDITIONS = (
    {"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}},
    {"StringEquals": {"aws:SourceVpc": "vpc-elsewhere"}},
    {"StringNotEquals": {"aws:ResourceAccount": OTHER_ACCOUNT}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"Null": {"aws:SecureTransport": "true"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/*"}},
)


def is_document(text: str) -> bool:
    """Tell whether a text is a policy document."""
    return text.startswith("{") and '"Statement"' in text


def variants(text: str) -> Iterator[tuple[str, str]]:
    """Yield changed documents with what was changed."""
    document = json.loads(text.replace(HOLE, "\\u0000"))
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for at, statement in enumerate(listed):
        yield f"without statement {at}", _written(document, [*listed[:at], *listed[at + 1 :]])
        for how, new in _statements(statement):
            yield f"statement {at}: {how}", _written(document, [*listed[:at], new, *listed[at + 1 :]])
        denied = {**statement, "Effect": "Deny"}
        yield f"statement {at} denied as well", _written(document, [*listed, denied])


def _written(document: dict[str, Any], statements: list[Any]) -> str:
    return json.dumps({**document, "Statement": statements}, ensure_ascii=False).replace("\\u0000", HOLE)


def _statements(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "denies", {**statement, "Effect": "Deny"}
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name not in statement:
            continue
        values = statement[name] if isinstance(statement[name], list) else [statement[name]]
        for value in values:
            left = [one for one in values if one != value]
            if left:
                yield f"{name} without {value}", {**statement, name: left}
        narrower = [_narrower(name, one) for one in values]
        yield f"{name} narrowed", {**statement, name: narrower}
        other = {"Action": "NotAction", "Resource": "NotResource"}.get(name)
        if other:
            turned = {key: value for key, value in statement.items() if key != name}
            yield f"{name} turned into {other}", {**turned, other: statement[name]}
    if "Principal" in statement:
        yield "principal narrowed", {**statement, "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}}
        yield (
            "principal turned round",
            {k: v for k, v in statement.items() if k != "Principal"} | {"NotPrincipal": statement["Principal"]},
        )
    for condition in CONDITIONS:
        operator, pairs = next(iter(condition.items()))
        mixed = copy.deepcopy(statement.get("Condition") or {})
        mixed.setdefault(operator, {}).update(pairs)
        yield f"only if {operator} {next(iter(pairs))}", {**statement, "Condition": mixed}
    for operator, pairs in (statement.get("Condition") or {}).items():
        for key in pairs:
            other = {**statement["Condition"], operator: {**pairs, key: "elsewhere"}}
            yield f"{key} changed", {**statement, "Condition": other}


def _narrower(name: str, value: str) -> str:
    if name.endswith("Action"):
        service, _, rest = value.partition(":")
        return f"{service}:{rest or ''}Nothing".replace("*Nothing", "Nothing*") if rest else "kms:Decrypt"
    return "arn:aws:s3:::somewhere-else/*" if value == "*" else f"{value.rstrip('*')}nowhere/*"
