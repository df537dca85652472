"""Turn an eksctl `ClusterConfig` into a spec, and name everything that could not be carried over.

Field names follow eksctl's published schema (`eksctl utils schema`, apiVersion eksctl.io/v1alpha5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eksclave.errors import InputError, Mistake
from eksclave.spec.load import dotted
from eksclave.spec.yaml_nodes import Document, Path

PLACEHOLDER_ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Converted:
    """Field values of a spec, and notes of the form `FILE:LINE path: what became of it`."""

    values: dict[str, Any]
    notes: tuple[Mistake, ...]


def convert(document: Document, account: str | None) -> Converted:
    """Return the spec's values for this eksctl file; raise `InputError` where it is not a `ClusterConfig`."""
    if not isinstance(document.value, dict) or document.value.get("kind") != "ClusterConfig":
        raise InputError(
            [Mistake(f"{document.file}:1", "", "this is not an eksctl ClusterConfig", "its 'kind:' must say so")]
        )
    try:
        return _convert(document, account)
    except (AttributeError, TypeError, ValueError) as wrong:  # eksctl's own schema would refuse such a file
        said = f"this file does not have the shape of a ClusterConfig: {wrong}"
        raise InputError([Mistake(f"{document.file}:1", "", said, "'eksctl utils schema' prints that shape")]) from None


def _convert(document: Document, account: str | None) -> Converted:
    reader = _Reader(document)
    for field_name in ("apiVersion", "kind"):
        reader.take(field_name)
    values = {
        "name": _text(reader.take("metadata", "name")) or "cluster",
        "region": _text(reader.take("metadata", "region")) or "",
        "account": account or PLACEHOLDER_ACCOUNT,
    }
    if not account:
        reader.note((), "eksctl does not name the account", "write your account id into 'account', or pass --account")
    if version := reader.take("metadata", "version"):
        values["kubernetes_version"] = _text(version)
    if tags := reader.take("metadata", "tags"):
        values["tags"] = {key: _text(value) for key, value in tags.items()}
    for part in (_network, _endpoints, _compute, _addons, _identity, _logging, _encryption, _entries):
        values |= part(reader)
    return Converted(values, tuple(sorted({*reader.notes, *reader.left_over()}, key=_order)))


def _order(note: Mistake) -> tuple[int, str]:
    return int(note.where.rpartition(":")[2]), note.path


@dataclass
class _Reader:
    """Takes values out of the document; what nobody took is left over and will be named."""

    document: Document
    taken: set[Path] = field(default_factory=set)
    notes: list[Mistake] = field(default_factory=list)

    def take(self, *path: str | int) -> Any:
        value = self.document.value
        for part in path:
            there = isinstance(value, dict) and part in value
            if not there and not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
                return None
            value = value[part]
        self.taken.add(path)
        return value

    def peek(self, *path: str | int) -> Any:
        value = self.take(*path)
        self.taken.discard(path)
        return value

    def note(self, path: Path, said: str, fix: str = "") -> None:
        self.notes.append(Mistake(self.document.place(path), dotted(path), said, fix))

    def left_over(self) -> Iterator[Mistake]:
        yield from self._left(self.document.value, ())

    def _left(self, value: Any, path: Path) -> Iterator[Mistake]:
        if path in self.taken:
            return
        deeper = any(taken[: len(path)] == path for taken in self.taken)
        if deeper and isinstance(value, dict | list) and value:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, inner in items:
                yield from self._left(inner, (*path, key))
        else:
            yield Mistake(self.document.place(path), dotted(path), "not carried over", _advice(path))


def _advice(path: Path) -> str:
    known = {
        "iamIdentityMappings": "use access_entries",
        "ssh": "nodes take no SSH; reach them with SSM through the bastion",
        "publicAccessCIDRs": "the API is never public",
        "public": "public subnets have no part in a private cluster",
        "karpenter": "Karpenter is not set up by eksclave yet",
        "gitops": "install it from a manifest bundle, see workloads.manifests",
        "preBootstrapCommands": "nodes boot without user data of their own",
        "overrideBootstrapCommand": "nodes boot without user data of their own",
    }
    return next((known[str(part)] for part in reversed(path) if str(part) in known), "")


def _text(value: Any) -> str:
    return str(getattr(value, "text", value)) if value is not None else ""


def _network(reader: _Reader) -> dict[str, Any]:
    if reader.take("vpc", "clusterEndpoints", "publicAccess"):
        reader.note(("vpc", "clusterEndpoints", "publicAccess"), "left out: the API is never public")
    reader.take("vpc", "clusterEndpoints", "privateAccess")
    reader.take("privateCluster", "enabled")
    zones = reader.take("availabilityZones")
    vpc_id = reader.take("vpc", "id")
    cidr = reader.take("vpc", "cidr")
    if not vpc_id:
        made: dict[str, Any] = {"cidr": _text(cidr) or "192.168.0.0/16"}
        if zones:
            made["zones"] = [_text(zone) for zone in zones]
        if (nat := reader.take("vpc", "nat", "gateway")) and nat != "Disable":
            reader.note(("vpc", "nat", "gateway"), "left out: a private cluster has no NAT gateway")
        return {"network": made}
    subnets: dict[str, list[str]] = {}
    for key, subnet in (reader.peek("vpc", "subnets", "private") or {}).items():
        zone = _text(reader.take("vpc", "subnets", "private", key, "az")) or key
        reader.take("vpc", "subnets", "private", key, "cidr")
        if not isinstance(subnet, dict) or not (found := reader.take("vpc", "subnets", "private", key, "id")):
            reader.note(("vpc", "subnets", "private", key), "has no id", "name the subnet in network.existing.subnets")
            continue
        subnets.setdefault(zone, []).append(_text(found))
    existing: dict[str, Any] = {"vpc_id": _text(vpc_id)}
    if cidr:
        existing["cidrs"] = [_text(cidr)]
    nodes = {zone: ids[0] if len(ids) == 1 else ids for zone, ids in sorted(subnets.items())}
    return {"network": {"existing": {**existing, "subnets": {"nodes": nodes}}}}


def _endpoints(reader: _Reader) -> dict[str, Any]:
    if reader.take("privateCluster", "skipEndpointCreation"):
        reader.note(
            ("privateCluster", "skipEndpointCreation"),
            "left out: eksclave makes what the features need",
            "where endpoints are there already, say so in endpoints.services: {ec2: external}",
        )
    extra = reader.take("privateCluster", "additionalEndpointServices")
    return {"endpoints": {"extra": [_text(service) for service in extra]}} if extra else {}


def _compute(reader: _Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    groups = [_group(reader, "managedNodeGroups", i) for i in range(len(reader.peek("managedNodeGroups") or ()))]
    for index in range(len(reader.peek("nodeGroups") or ())):
        reader.note(("nodeGroups", index), "became a managed node group: eksclave runs no self-managed nodes")
        groups.append(_group(reader, "nodeGroups", index))
    if groups:
        found["node_groups"] = groups
    if reader.take("autoModeConfig", "enabled"):
        found["auto_mode"] = {}
        if pools := reader.take("autoModeConfig", "nodePools"):
            found["auto_mode"] = {"node_pools": list(pools)}
    profiles = []
    for index, profile in enumerate(reader.peek("fargateProfiles") or ()):
        reader.take("fargateProfiles", index, "name"), reader.take("fargateProfiles", index, "selectors")
        selectors = [{key: value for key, value in one.items() if value} for one in profile.get("selectors", ())]
        profiles.append({"name": _text(profile.get("name")), "selectors": selectors})
    if profiles:
        found["fargate_profiles"] = profiles
    return found


AMI_FAMILIES = {"AmazonLinux2023": "al2023", "Bottlerocket": "bottlerocket"}


def _group(reader: _Reader, kind: str, index: int) -> dict[str, Any]:
    def take(*path: str | int) -> Any:
        return reader.take(kind, index, *path)

    group: dict[str, Any] = {"name": _text(take("name")) or f"group-{index + 1}"}
    if family := take("amiFamily"):
        if family in AMI_FAMILIES:
            group["ami"] = AMI_FAMILIES[family]
        else:
            reader.note(
                (kind, index, "amiFamily"), f"'{family}' became al2023", "eksclave runs AL2023 and Bottlerocket"
            )
    types = take("instanceTypes") or [one for one in [take("instanceType")] if one]
    if types:
        group["instance_types"] = [_text(one) for one in types]
    if take("spot"):
        group["capacity"] = "SPOT"
    sizes = {"min": take("minSize"), "desired": take("desiredCapacity"), "max": take("maxSize")}
    if known := {name: int(size) for name, size in sizes.items() if size is not None}:
        known.setdefault("min", min(known.values()))
        known.setdefault("max", max(known.values()))
        group["scaling"] = known
    take("volumeEncrypted")
    volume = take("volumeType")
    if volume not in (None, "gp2", "gp3"):
        reader.note((kind, index, "volumeType"), f"'{volume}' became gp3", "eksclave makes gp3 and gp2 disks")
        volume = "gp3"
    disk = {"size_gib": take("volumeSize"), "type": volume, "kms_key_arn": take("volumeKmsKeyID")}
    if disk := {name: value for name, value in disk.items() if value is not None}:
        group["disk"] = {name: int(value) if name == "size_gib" else value for name, value in disk.items()}
    if labels := take("labels"):
        group["labels"] = {key: _text(value) for key, value in labels.items()}
    if taints := take("taints"):
        group["taints"] = [_taint(taint) for taint in taints]
    if zones := take("availabilityZones"):
        group["zones"] = list(zones)
    if (unavailable := take("updateConfig", "maxUnavailable")) is not None:
        group["max_unavailable"] = int(unavailable)
    if take("privateNetworking") is False:
        reader.note((kind, index, "privateNetworking"), "left out: every node is in a private subnet")
    return group


def _taint(taint: dict[str, Any]) -> dict[str, str]:
    effect = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
    made = {"key": _text(taint.get("key")), "effect": effect.get(_text(taint.get("effect")), "NO_SCHEDULE")}
    return {**made, "value": _text(taint["value"])} if taint.get("value") else made


def _addons(reader: _Reader) -> dict[str, Any]:
    addons: dict[str, Any] = {}
    for index, addon in enumerate(reader.peek("addons") or ()):
        name = _text(reader.take("addons", index, "name"))
        version = reader.take("addons", index, "version")
        addons[name] = {"version": _text(version)} if version and version != "latest" else {}
        written = reader.take("addons", index, "configurationValues")
        if written:
            from eksclave.spec.yaml_nodes import read_document

            place = reader.document.place(("addons", index, "configurationValues"))
            addons[name]["configuration"] = read_document(_text(written), place).value
        if addon.get("wellKnownPolicies") or addon.get("useDefaultPodIdentityAssociations"):
            reader.take("addons", index, "wellKnownPolicies")
            reader.take("addons", index, "useDefaultPodIdentityAssociations")
    return {"addons": addons} if addons else {}


def _identity(reader: _Reader) -> dict[str, Any]:
    return {"identity": "irsa"} if reader.take("iam", "withOIDC") else {}


def _logging(reader: _Reader) -> dict[str, Any]:
    types = reader.take("cloudWatch", "clusterLogging", "enableTypes")
    days = reader.take("cloudWatch", "clusterLogging", "logRetentionInDays")
    found: dict[str, Any] = {"retention_days": int(days)} if days else {}
    if types and not {"*", "all"} & set(types):
        found["types"] = list(types)
    return {"logging": found} if found else {}


def _encryption(reader: _Reader) -> dict[str, Any]:
    key = reader.take("secretsEncryption", "keyARN")
    return {"encryption": {"kms_key_arn": key}} if key else {}


def _entries(reader: _Reader) -> dict[str, Any]:
    entries = []
    for index, entry in enumerate(reader.peek("accessConfig", "accessEntries") or ()):
        for number, policy in enumerate(entry.get("accessPolicies") or ()):
            name = _text(policy.get("policyARN")).rpartition("/")[2]
            reader.take("accessConfig", "accessEntries", index, "accessPolicies", number)
            made = {"principal_arn": _text(reader.take("accessConfig", "accessEntries", index, "principalARN"))}
            made |= {"policy": name}
            if spaces := (policy.get("accessScope") or {}).get("namespaces"):
                made |= {"namespaces": list(spaces)}
            entries.append(made)
    reader.take("accessConfig", "authenticationMode")
    return {"access_entries": entries} if entries else {}
