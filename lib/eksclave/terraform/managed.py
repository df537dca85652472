"""AWS's own policies whose ARN is unknown because a module waits for its partition."""

from __future__ import annotations

import re
from typing import Any

from eksclave.terraform.references import terms
from eksclave.terraform.scope import Instance
from eksclave.terraform.values import Unknown, Value
from eksclave.terraform.words import words

_AWS_POLICY = re.compile(r"^(Amazon|AWS|CloudWatch)[A-Za-z0-9_]+$")
_CALLED = {
    "cni": "AmazonEKS_CNI_Policy",
    "worker": "AmazonEKSWorkerNodePolicy",
    "ecr": "AmazonEC2ContainerRegistryPullOnly",
    "registry": "AmazonEC2ContainerRegistryPullOnly",
    "ssm": "AmazonSSMManagedInstanceCore",
    "ebs": "AmazonEBSCSIDriverPolicy",
    "efs": "AmazonEFSCSIDriverPolicy",
}
"""What people call an attachment of each; read only where nothing but the partition is unknown."""
_IN_FOLDER = ("AmazonEBSCSIDriverPolicy", "AmazonEFSCSIDriverPolicy")


def managed_policy(
    instance: Instance, region: str, expression: Any, value: Value, assumed: list[str]
) -> tuple[Value, list[str]]:
    """Return the ARN that the instance's key names, or the resource's own name where only the partition is unknown."""
    name = instance.key if isinstance(instance.key, str) and _AWS_POLICY.match(instance.key) else ""
    how = f"the instance's key names AWS's own policy {name}"
    if not name and isinstance(value, Unknown) and _only_partition(expression):
        named = [_CALLED[word] for word in words(instance.name) if word in _CALLED]
        name = named[0] if len(named) == 1 else ""
        how = f"taken to be AWS's own {name}, by the resource's name: only its partition is known after apply"
    if not name:
        return value, assumed
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    folder = "service-role/" if name in _IN_FOLDER else ""
    return f"arn:{partition}:iam::aws:policy/{folder}{name}", [how]


def _only_partition(expression: Any) -> bool:
    listed = terms(expression.get("references") or ()) if isinstance(expression, dict) else []
    return bool(listed) and all(one.root == "data" and one.type == "aws_partition" for one in listed)
