"""What there is in the emulator: every resource of the kinds that a cluster's stacks make, by service and region."""

from __future__ import annotations

from typing import Any

KINDS: dict[str, tuple[str, ...]] = {
    "ec2": ("vpcs", "route_tables", "network_acls", "vpc_end_points", "enis", "flow_logs", "dhcp_options_sets",
            "launch_templates", "nat_gateways", "internet_gateways", "vpc_pcxs", "managed_prefix_lists", "key_pairs",
            "transit_gateways", "transit_gateway_attachments", "egress_only_internet_gateways", "volumes", "addresses"),
    "ecr": ("repositories", "cache_rules", "templates"),
    "iam": ("roles", "managed_policies", "instance_profiles", "open_id_providers", "users", "groups"),
    "kms": ("keys",),
    "logs": ("groups",),
    "ssm": ("_documents",),
    "sqs": ("queues",),
    "events": (),
    "s3": ("buckets",),
    "secretsmanager": ("secrets",),
    "autoscaling": ("autoscaling_groups", "launch_configurations"),
    "elbv2": ("load_balancers", "target_groups"),
    "sns": ("topics",),
    "route53": ("zones",),
    "cloudwatch": ("alarms",),
    "dynamodb": (),
    "ram": ("resource_shares",),
}  # fmt: skip
"""moto's service → the dictionaries of its backend that hold resources."""


def inventory() -> list[str]:
    """Return one line for each resource, sorted: `service region kind id`."""

    found = [
        f"{service} {region} {kind} {ident}"
        for service, kinds in KINDS.items()
        for region, backend in _backends(service)
        for kind, ident in _held(service, backend, kinds)
        if ident not in getattr(backend, "born", ()) and ":iam::aws:" not in ident
    ]
    return sorted({*found, *_eks()})


def _backends(service: str) -> list[tuple[str, Any]]:
    """Return the backends of a service that were used, with their region."""
    from moto.backends import get_backend

    accounts: Any = get_backend(service)  # type: ignore[call-overload]
    return [pair for regions in list(accounts.values()) for pair in list(regions.items())]


def _held(service: str, backend: Any, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    held = [(kind, str(ident)) for kind in kinds for ident in getattr(backend, kind, {})
            if not _ended(getattr(backend, kind), ident)]  # fmt: skip
    if service == "ec2":
        held += [("subnets", ident) for zone in backend.subnets.values() for ident in zone]
        held += [("security_groups", ident) for groups in backend.groups.values() for ident in groups]
        held += [("instances", one.id) for kept in backend.reservations.values() for one in kept.instances
                 if one.state != "terminated"]  # fmt: skip
    if service == "events":
        held += [("rules", name) for bus in backend.event_buses.values() for name in bus.rules]
    if service == "dynamodb":
        held += [("tables", name) for name in backend.tables]
    return held


def _ended(kept: Any, ident: Any) -> bool:
    """Things that are not the stacks' to delete: keys that wait or are AWS's own, peerings that are over."""
    one = kept[ident] if isinstance(kept, dict) else None
    if any(alias.startswith("alias/aws/") for alias in getattr(one, "aliases", None) or ()):
        return True  # a key that AWS makes and manages
    state = getattr(one, "key_state", "") or getattr(one, "state", "") or getattr(one, "status", "")
    code = getattr(getattr(one, "_status", None), "code", "")
    return str(state) in ("PendingDeletion", "deleted") or str(code) in ("deleted", "expired", "rejected")


def _eks() -> list[str]:
    return [
        f"eks {region} {kind} {'/'.join(key)}"
        for region, backend in _backends("eks")
        for kind, items in backend.items.items()
        for key, item in items.items()
        if kind != "update" and item._status not in ("GONE", "DELETING")
    ]
