"""Words that the estate's stacks share: references and policy documents."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]


def remote(stack: str, output: str) -> str:
    return f"${{data.terraform_remote_state.{stack}.outputs.{output}}}"


def assume(service: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        }
    )


def allow(action: str, principal: Any = None, resource: Any = "*") -> str:
    statement: Json = {"Effect": "Allow", "Action": action}
    if resource:
        statement["Resource"] = resource
    if principal:
        statement["Principal"] = principal
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
