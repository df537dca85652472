"""What a role may do, by the managed policies and documents that are attached to it."""

from __future__ import annotations

from eksclave.catalog.partitions import partition_of
from eksclave.checks.iam import Request, decide_policy
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.iam import Policy, Principal, Role, Statement
from eksclave.reach.facts.values import HOLE, choices, known_or

# EKS user guide, create-node-role; Amazon ECR and IAM managed policy reference.
MANAGED = {
    "worker": ("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"),
    "registry": (
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEC2ContainerRegistryPowerUser",
        "AmazonEC2ContainerRegistryFullAccess",
    ),
    "cni": ("AmazonEKS_CNI_Policy",),
}
ACTIONS = {
    "worker": ("ec2:DescribeInstances",),
    "registry": ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "cni": ("ec2:CreateNetworkInterface", "ec2:AttachNetworkInterface"),
}
EC2_CHINA = "ec2.amazonaws.com.cn"
EVERYTHING = ("AdministratorAccess", "PowerUserAccess")


def grants(role: Role, want: str, region: str) -> tuple[str, bool | None]:
    """Return the name of the policy that gives `want`, and whether the role has it or the same (None: not known).

    A managed policy of another partition than the Region's does not exist: it cannot be attached, and gives nothing.
    """
    name = MANAGED[want][0] if want != "registry" else "AmazonEC2ContainerRegistryPullOnly"
    unsure = bool(role.managed_incomplete)
    for arn in role.managed:
        said = known_or(arn, None)
        unsure |= said is None
        if said is not None and foreign(said, region):
            continue
        if said is not None and said.rpartition("/")[2] in (*MANAGED[want], *EVERYTHING):
            return name, True
    left = set(ACTIONS[want])
    for policy in role.policies:
        if not isinstance(policy, Policy):
            unsure = True
            continue
        left -= {action for action in left if _allows(policy, action)}
    if not left:
        return name, True
    return name, None if unsure else False


def foreign(arn: str, region: str) -> bool:
    """Tell whether this is an AWS managed policy of another partition than the Region's."""
    parts = arn.split(":")
    aws_own = len(parts) == 6 and parts[4] == "aws" and HOLE not in parts[1]
    return bool(aws_own and region) and parts[1] != partition_of(region).id


def not_trusted_in_china(role: Role, region: str) -> bool:
    """Tell whether EKS refuses a managed node group in China for this role, which trusts EC2 by its global name only.

    Source: awslabs/cdk-eks-blueprints issue 558: "Following required service principals [ec2.amazonaws.com.cn] were not
    found in the trust relationships of nodeRole".
    """
    if partition_of(region).id != "aws-cn" or not isinstance(role.trust, Policy) or role.trust.incomplete:
        return False
    named = [choices(one.principals) if one.principals is not None else () for one in role.trust.statements]
    if None in named:
        return False
    services = {who.value for many in named for one in many or () for who in one or () if who.type == "Service"}
    return EC2_CHINA not in services and "ec2.amazonaws.com" in services


def _allows(policy: Policy, action: str) -> bool:
    anyone = (Principal("*", "*"),)
    statements = tuple(
        Statement(
            one.effect,
            one.origin,
            one.actions,
            one.not_actions,
            one.resources,
            one.not_resources,
            anyone,
            None,
            (),
            one.sid,
        )
        for one in policy.statements
    )
    return decide_policy(Policy(statements, policy.origin), Request(action, ""))[0] is Outcome.PASS


def cni_has_own_role(view: View) -> bool:
    """Tell whether the VPC CNI uses IRSA or Pod Identity, so that the node role need not carry its policy."""
    for addon in view.addons:
        if addon.name == "vpc-cni" and (addon.role is not None or addon.pod_identity):
            return True
    if any(view.belongs(one.cluster) and one.service_account == "aws-node" for one in view.snapshot.pod_identities):
        return True
    return any("aws-node" in account for role in view.snapshot.roles for account in known_or(role.service_accounts, ()))
