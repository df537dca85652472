"""What is let into an EKS cluster: add-ons, Pod Identity associations, access entries."""

from __future__ import annotations

from eksclave.reach.build.base import Build, once
from eksclave.reach.build.eks import cluster_key
from eksclave.reach.build.iam import Known, role_key, role_keys
from eksclave.reach.build.order import waits
from eksclave.reach.build.trust import PODS, trusted_role
from eksclave.reach.facts import clusters
from eksclave.reach.facts.values import AFTER_APPLY, Value
from eksclave.terraform.model import Resource


def addons(build: Build) -> tuple[clusters.Addon, ...]:
    """Return the EKS add-ons."""
    known = role_keys(build)
    return once(_addon(build, addon, known) for addon in build.of("aws_eks_addon"))


def _addon(build: Build, addon: Resource, known: Known) -> clusters.Addon:
    role = build.option(addon, "service_account_role_arn")
    identities = tuple(
        (str(block.get("service_account")), trusted_role(build, block.get("role_arn"), known, addon, PODS))
        for block in addon.blocks("pod_identity_association")
    )
    return clusters.Addon(
        addon.address,
        build.origin(addon),
        cluster_key(build, addon.get("cluster_name"), addon),
        build.text(addon.get("addon_name"), AFTER_APPLY),
        build.text(build.option(addon, "addon_version"), None),  # type: ignore[arg-type]
        None if role in (None, "") else role_key(build, role, known, addon),
        build.text(build.option(addon, "configuration_values"), None),  # type: ignore[arg-type]
        identities,
        waits(build, addon.address),
    )


def pod_identities(build: Build) -> tuple[clusters.PodIdentity, ...]:
    """Return the Pod Identity associations."""
    known = role_keys(build)
    return once(
        clusters.PodIdentity(
            one.address,
            build.origin(one),
            cluster_key(build, one.get("cluster_name"), one),
            build.text(one.get("namespace"), AFTER_APPLY),
            build.text(one.get("service_account"), AFTER_APPLY),
            trusted_role(build, one.get("role_arn"), known, one, PODS),
        )
        for one in build.of("aws_eks_pod_identity_association")
    )


def access_entries(build: Build) -> tuple[clusters.AccessEntry, ...]:
    """Return the access entries with the access policies that are associated with the same principal."""
    known = role_keys(build)
    policies: dict[tuple[object, object], list[Value[str]]] = {}
    for one in build.of("aws_eks_access_policy_association"):
        place = (
            cluster_key(build, one.get("cluster_name"), one),
            role_key(build, one.get("principal_arn"), known, one),
        )
        policies.setdefault(place, []).append(build.text(one.get("policy_arn"), AFTER_APPLY))
    found: list[clusters.AccessEntry] = []
    for entry in build.of("aws_eks_access_entry"):
        cluster = cluster_key(build, entry.get("cluster_name"), entry)
        principal = role_key(build, entry.get("principal_arn"), known, entry)
        groups = build.items(build.option(entry, "kubernetes_groups"))
        found.append(
            clusters.AccessEntry(
                entry.address,
                build.origin(entry),
                cluster,
                principal,
                build.text(build.option(entry, "type"), "STANDARD"),
                tuple(sorted(policies.get((cluster, principal), ()), key=str)),
                AFTER_APPLY if groups is None else tuple(sorted(map(str, groups))),
            )
        )
    return once(found)
