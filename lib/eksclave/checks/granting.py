"""What a role may do, by the managed policies and documents that are attached to it, within its boundary."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eksclave.catalog.cluster_policies import AUTO_MODE_POLICIES, CLUSTER_POLICY_ACTIONS
from eksclave.catalog.managed_policies import MANAGED_POLICY_ACTIONS
from eksclave.catalog.partitions import partition_of
from eksclave.catalog.registries import addon_account
from eksclave.checks.calling import SSM
from eksclave.checks.view import View
from eksclave.reach.answer import Outcome, worst
from eksclave.reach.facts.iam import Policy, Principal, Role, Statement
from eksclave.reach.facts.values import HOLE, Origin, Unknown, Value, choices, known_or
from eksclave.reach.policies import Request, decide_role, decide_trust

NAMES = {
    "worker": "AmazonEKSWorkerNodePolicy",
    "registry": "AmazonEC2ContainerRegistryPullOnly",
    "cni": "AmazonEKS_CNI_Policy",
    "cni-ipv6": "AmazonEKS_CNI_IPv6_Policy",
    "session": "AmazonSSMManagedInstanceCore",
    "cluster": "AmazonEKSClusterPolicy",
    **{name: name for name in AUTO_MODE_POLICIES},
}
"""The managed policy that is meant for each want (that of IPv6 is one's own). EKS user guide, create-node-role,
cni-iam-role, cluster-iam-role and auto-cluster-iam-role; Systems Manager user guide."""
_ACTIONS = {
    "worker": ("ec2:DescribeInstances",),
    "registry": ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "cni": ("ec2:CreateNetworkInterface", "ec2:AttachNetworkInterface"),
    "cni-ipv6": ("ec2:AssignIpv6Addresses", "ec2:DescribeNetworkInterfaces"),
    "session": (*SSM["ssm"], *SSM["ssmmessages"]),
    "cluster": CLUSTER_POLICY_ACTIONS["AmazonEKSClusterPolicy"],
    **{name: CLUSTER_POLICY_ACTIONS[name] for name in AUTO_MODE_POLICIES},
}
_WIDER = {
    "AmazonEKSWorkerNodeMinimalPolicy": _ACTIONS["worker"],  # EKS gives its nodes what they describe themselves with
    **dict.fromkeys(
        (f"AmazonEC2ContainerRegistry{end}" for end in ("ReadOnly", "PowerUser", "FullAccess")), _ACTIONS["registry"]
    ),
    **dict.fromkeys(("AmazonEC2RoleforSSM", "AmazonSSMManagedEC2InstanceDefaultPolicy"), _ACTIONS["session"]),
    "AdministratorAccess": ("*",),
    "PowerUserAccess": ("*",),
}
EC2_CHINA = "ec2.amazonaws.com.cn"
OTHERS = "policies of roles that the input does not show deny nothing that nodes need"


@dataclass(frozen=True)
class Grant:
    """Whether a role may do what is wanted, why, what that rests on, and the permissions boundary that forbids it."""

    outcome: Outcome
    why: str
    assumptions: tuple[str, ...] = ()
    boundary: Origin | None = None


def grants(view: View, role: Role, want: str) -> Grant:
    """Return whether the role may make the calls that are wanted of it."""
    # EKS asks for the worker policy by name, though the CNI's holds the calls of nodes, too.
    left = tuple(arn for arn in role.managed if want != "worker" or not str(arn).endswith(NAMES["cni"]))
    left = tuple(arn for arn in left if not foreign(arn, view.region))
    of_cluster = want == "cluster" or want in AUTO_MODE_POLICIES
    left = tuple(arn for arn in left if of_cluster or str(arn).rpartition("/")[2] not in CLUSTER_POLICY_ACTIONS)
    role = replace(role, managed=left)
    found = [decide_role(role, _request(view, action), managed_policy) for action in _ACTIONS[want]]
    outcome = worst([one.outcome for one in found])
    bad = next((one for one in found if one.outcome is outcome), found[0])
    hidden = role.managed_incomplete or any(known_or(arn, None) is None for arn in role.managed)
    hidden = hidden or any(not isinstance(one, Policy) for one in role.policies)
    rests = bad.statement
    if of_cluster and outcome is Outcome.UNKNOWN and not hidden and rests is not None and rests.effect == "Allow":
        said = f"statement '{rests.sid or rests.origin}' allows what stands in {NAMES[want]}"
        return Grant(Outcome.PASS, bad.detail, (said,))
    rests_on = (OTHERS,) if hidden and outcome is Outcome.PASS else ()
    return Grant(outcome, bad.detail, rests_on, bad.origin if bad.bounded else None)


def foreign(arn: Value[str], region: str) -> bool:
    """Tell whether this is an AWS managed policy of another partition than the Region's: it does not exist there."""
    parts = arn.split(":") if isinstance(arn, str) else []
    aws_own = len(parts) == 6 and parts[4] == "aws" and HOLE not in parts[1]
    return bool(aws_own and region) and parts[1] != partition_of(region).id


def refused(role: Role, service: str, actions: tuple[str, ...]) -> str:
    """Return the first of these calls that the role's trust policy surely does not let the service make, else ""."""
    decided = ((action, decide_trust(role.trust, service, action, role.origin)) for action in actions)
    return next((action for action, found in decided if found.outcome is Outcome.FAIL), "")


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


def managed_policy(arn: str) -> Policy | None:
    """Return what a policy of AWS allows, as far as the catalogue has it; None where the policy is not AWS's own."""
    if ":iam::aws:policy/" not in arn:
        return None
    key = arn.partition(":policy/")[2]
    name = key.rpartition("/")[2]
    actions = (
        *MANAGED_POLICY_ACTIONS.get(key, MANAGED_POLICY_ACTIONS.get(name, ())),
        *CLUSTER_POLICY_ACTIONS.get(name, ()),
        *_WIDER.get(name, ()),
    )
    origin = Origin(arn)
    statement = Statement("Allow", origin, actions, resources=("*",), principals=(Principal("*", "*"),))
    unread = "" if actions else f"what {name} allows is not in the catalogue"
    return Policy((statement,) if actions else (), origin, unread, name)


def _request(view: View, action: str) -> Request:
    account = addon_account(view.region)
    resource = f"arn:{partition_of(view.region).id}:ecr:{view.region}:{account}:repository/eks/coredns"
    if not action.startswith("ecr:"):
        resource = "*" if "Describe" in action else HOLE
    whole = action == "ecr:GetAuthorizationToken"
    return Request(action, "*" if whole else resource, context=(("aws:requestedregion", (view.region,)),))


def cni_roles(view: View) -> list[Value[str]]:
    """Return the roles of the VPC CNI's own (IRSA or Pod Identity); then the node role need not carry its policy."""
    found: list[Value[str]] = []
    for addon in view.addons:
        if addon.name == "vpc-cni":
            found += [role for _, role in addon.pod_identity]
            found += [_named(addon.role)] if addon.role is not None else []
    for one in view.snapshot.pod_identities:
        if view.belongs(one.cluster) and one.service_account == "aws-node":
            found.append(one.role)
    accounts = ((role, known_or(role.service_accounts, ())) for role in view.snapshot.roles)
    found += [role.key for role, many in accounts if any("aws-node" in account for account in many)]
    return list(dict.fromkeys(found))


def _named(role: Value[str | None]) -> Value[str]:
    found = choices(role)
    return found[0] if found and len(found) == 1 and found[0] else Unknown("which role it has is not known")
