"""What the record of calls proves of their reach: each stack kept to its own services, and nothing left the machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .estate import AWS, Json, Stack
from .result import Proof

OUTSIDE = "outside"
"""What the emulator records as the service of a call for another machine."""

_SERVICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aws_iam", ("iam",)),
    ("aws_eks", ("eks",)),
    ("aws_ecrpublic", ("ecr-public",)),
    ("aws_ecr", ("ecr",)),
    ("aws_kms", ("kms",)),
    ("aws_cloudwatch_log", ("logs",)),
    ("aws_cloudwatch_event", ("events",)),
    ("aws_cloudwatch", ("monitoring",)),
    ("aws_ssm", ("ssm",)),
    ("aws_sqs", ("sqs",)),
    ("aws_sns", ("sns",)),
    ("aws_s3", ("s3",)),
    ("aws_secretsmanager", ("secretsmanager",)),
    ("aws_autoscaling", ("autoscaling",)),
    ("aws_lb", ("elasticloadbalancing",)),
    ("aws_alb", ("elasticloadbalancing",)),
    ("aws_route53", ("route53",)),
    ("aws_acm", ("acm",)),
    ("aws_ram", ("ram",)),
    ("aws_dynamodb", ("dynamodb",)),
    ("aws_efs", ("elasticfilesystem",)),
    ("aws_caller_identity", ("sts",)),
    ("aws_partition", ()),
    ("aws_region", ()),
    ("aws_service", ()),
    ("aws_arn", ()),
    ("aws_billing", ()),
    ("aws_ip_ranges", ()),
    ("aws_default_tags", ()),
    ("aws_guardduty", ("guardduty",)),
    ("aws_networkfirewall", ("network-firewall",)),
    ("aws_lambda", ("lambda",)),
    ("aws_instance", ("ec2", "iam", "ssm", "kms")),
    ("aws_launch_template", ("ec2", "ssm")),
    ("aws_flow_log", ("ec2",)),
)
_EC2 = (
    "vpc",
    "subnet",
    "route",
    "security",
    "network",
    "ec2",
    "default",
    "main",
    "eip",
    "nat",
    "internet",
    "ami",
    "availability",
    "ebs",
    "key",
    "placement",
    "customer",
    "vpn",
    "egress",
    "spot",
    "volume",
    "prefix",
    "managed",
)


def services_of(stack: Stack) -> set[str] | None:
    """Return the services that a stack's resources and data sources call, or None where a type is not known here."""
    found = {"sts"}
    if stack.backend[0] == "s3" or any(str(one.get("backend")) == "s3" for one in stack.remote_states.values()):
        found |= {"s3", "dynamodb"}
    for kind in ("resource", "data"):
        for type_, _, _ in stack.blocks(kind):
            if not type_.startswith("aws_"):
                continue
            known = next((services for prefix, services in _SERVICES if type_.startswith(prefix)), None)
            if known is None and type_.split("_")[1] in _EC2:
                known = ("ec2",)
            if known is None:
                return None
            found |= set(known)
    return found


def services_kept(calls: Sequence[Json], stacks: Iterable[Stack]) -> Proof:
    """Each stack called the services of its own resources and no other."""
    allowed = {stack.name: services_of(stack) for stack in stacks if AWS in stack.providers.values()}
    strange = {
        f"{call['client']} called {call['service']} {call['action']}"
        for call in calls
        if (own := allowed.get(call["client"])) is not None and call["service"] not in {*own, OUTSIDE}
    }
    asked = sum(1 for call in calls if allowed.get(call["client"]) is not None)
    if strange:
        return Proof("services kept to", "fail", asked, "; ".join(sorted(strange)))
    return Proof(
        "services kept to",
        "pass" if asked else "asked nothing",
        asked,
        f"{asked} calls, each to a service of its stack's own resources",
    )


def inside(calls: Sequence[Json]) -> Proof:
    """Nothing asked for another machine; the emulator is also the proxy that would have been asked for it."""
    name = "nothing left this machine"
    hosts = sorted({f"{call['asked'].get('host')}" for call in calls if call["service"] == OUTSIDE})
    if hosts:
        return Proof(name, "fail", len(calls), f"turned away: {', '.join(hosts)}")
    return Proof(name, "pass" if calls else "asked nothing", len(calls), f"{len(calls)} calls, all to the emulator")
