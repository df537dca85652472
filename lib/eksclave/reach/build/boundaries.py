"""Permissions boundaries of roles: a policy of the input, or one of AWS's own that people take for one."""

from __future__ import annotations

from eksclave.reach.facts.iam import Policy, Statement
from eksclave.reach.facts.values import Origin, Unknown, Value

_KEPT_OUT = {"AdministratorAccess": (), "PowerUserAccess": ("account:*", "iam:*", "organizations:*")}
"""What AWS's own policies leave out. AWS managed policy reference; PowerUserAccess gives back a few calls that read."""


def boundary(arn: Value[str], bodies: dict[str, Value[Policy]]) -> Value[Policy | None]:
    """Return the document of the policy that bounds a role's rights."""
    if not isinstance(arn, str):
        return Unknown("which policy is the permissions boundary is not known")
    name = arn.partition(":iam::aws:policy/")[2]
    if name in _KEPT_OUT:
        origin, left_out = Origin(arn), _KEPT_OUT[name]
        return Policy((Statement("Allow", origin, None if left_out else ("*",), left_out or None, ("*",)),), origin)
    return bodies.get(arn, Unknown(f"the permissions boundary {arn} is not in the input"))
