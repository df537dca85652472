"""Customer managed KMS keys."""

from __future__ import annotations

from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.values import Origin, Value


@fact
class Key:
    """A KMS key. `policy` None: nobody configured one, so AWS's default lets the account's own policies decide.

    `grantees` are the principals of the grants that the input makes on it.
    """

    key: str
    origin: Origin
    policy: Value[Policy | None] = None
    grantees: tuple[Value[str], ...] = ()
