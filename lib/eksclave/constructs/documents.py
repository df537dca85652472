"""JSON inside Terraform strings: IAM documents, add-on settings, session documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from eksclave.design.model import PolicyStatement

# `${aws:username}` is IAM's, not Terraform's; a colon inside the name tells them apart from references and tokens.
_IAM_VARIABLE = re.compile(r"\$(?=\{[A-Za-z-]+:)")


def document(value: Mapping[str, Any]) -> str:
    """Return JSON with sorted keys for a Terraform string; IAM's own `${…}` variables are kept from Terraform."""
    return _IAM_VARIABLE.sub("$$", json.dumps(value, sort_keys=True, default=list))


def policy(statements: Iterable[Mapping[str, Any]]) -> str:
    """Return an IAM policy document."""
    return document({"Version": "2012-10-17", "Statement": list(statements)})


def allow(statement: PolicyStatement) -> dict[str, Any]:
    """Return one Allow statement of a policy document."""
    told: dict[str, Any] = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": list(statement.resources),
    }
    return told | ({"Condition": dict(statement.conditions)} if statement.conditions else {})
