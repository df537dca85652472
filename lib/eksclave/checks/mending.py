"""The fix of a stopped flow: what to write where, in Terraform's words, so that the flow passes."""

from __future__ import annotations

from ipaddress import IPv6Network

from eksclave.checks.view import View
from eksclave.reach.answer import Disposition as Ends
from eksclave.reach.answer import Hop, HopKind, Trace
from eksclave.reach.facts.clusters import NodeGroup
from eksclave.reach.facts.groups import SecurityGroup
from eksclave.reach.facts.network import Nacl
from eksclave.reach.facts.values import choices, known_or
from eksclave.reach.question import ALL_EPHEMERAL, Party, Question, ephemeral_ports

_EKS_GROUP = "vpc_config[0].cluster_security_group_id"


def wear(view: View, group: NodeGroup) -> str:
    """Return the fix of nodes that lack the cluster security group: their launch template must name it, too."""
    template = {one.key: one for one in view.snapshot.launch_templates}.get(str(group.launch_template))
    worn = (template or group).origin.address
    return f"add {view.address}.{_EKS_GROUP} to the security groups of {worn}"


def mend(view: View, question: Question, trace: Trace, what: str) -> str | None:
    """Return the fix, or None where the catalogue's general advice is better. `what` names the destination in words."""
    hop = trace.stopped
    if hop is None:
        return None
    match trace.disposition:
        case Ends.DENIED_BY_SECURITY_GROUP:
            return _group(view, question, trace, hop, what)
        case Ends.DENIED_BY_NACL:
            return _nacl(view, question, trace, hop)
        case Ends.NO_ROUTE:
            return _route(view, trace, hop, what)
        case Ends.NO_RESOLVER:
            return f"set enable_dns_support to true on {hop.origin.address}"
        case Ends.NAME_GOES_PUBLIC if "private access is off" in hop.detail:
            return f"set endpoint_private_access to true on {hop.origin.address}"
        case Ends.NAME_GOES_PUBLIC | Ends.NXDOMAIN if "enable_dns_hostnames" in hop.detail:
            return f"set enable_dns_hostnames to true on {hop.origin.address}"
        case _:
            return None


def _ports(question: Question) -> str:
    return f"{question.protocol} {', '.join(map(str, question.ports))}"


def _group(view: View, question: Question, trace: Trace, hop: Hop, what: str) -> str:
    found = (one for one in view.snapshot.groups if one.origin.address == hop.origin.address)
    group = next((_written(one) for one in found), hop.origin.address)
    if hop.kind is HopKind.SOURCE_GROUP:
        return f"add an egress rule to {group}: {_ports(question)} to {_far_side(view, trace, what)}"
    return f"add an ingress rule to {group}: {_ports(question)} from {_callers(view, question.source)}"


def _far_side(view: View, trace: Trace, what: str) -> str:
    """Return whom the egress rule must name: the endpoint's group, the S3 prefix list, the API's group."""
    endpoint = view.snapshot.endpoint_by_key.get(trace.endpoint)
    if endpoint is not None:
        if endpoint.kind == "Gateway":
            return f"prefix list {endpoint.origin.address}.prefix_list_id"
        named = choices(endpoint.groups)
        return _addresses(view, named[0] if named else ()) or endpoint.origin.address
    if "s3" in what:
        return "the S3 prefix list (com.amazonaws.REGION.s3)"
    if what.startswith(("the API", "control plane")):
        return _addresses(view, (view.cluster.cluster_group,))
    return f"the VPC's range {_vpc_ranges(view)}"


def _callers(view: View, party: Party) -> str:
    if party.networks:
        return ", ".join(map(str, party.networks))
    named = [group for place in party.placements for groups in choices(place.groups) or () for group in groups]
    return _addresses(view, tuple(named[:1])) or f"the VPC's range {_vpc_ranges(view)}"


def _addresses(view: View, keys: tuple[str, ...]) -> str:
    by_key = view.snapshot.group_by_key
    return " or ".join(_written(by_key[key]) if key in by_key else key for key in keys)


def _written(group: SecurityGroup) -> str:
    """Return the group as Terraform writes it: EKS makes that of a cluster, which has its id as an attribute."""
    address = group.origin.address.partition(" (")[0]
    return f"{address}.{_EKS_GROUP}" if group.made_by_eks else address


def _vpc_ranges(view: View) -> str:
    cidrs = known_or(view.vpc.cidrs, ()) if view.vpc else ()
    return ", ".join(map(str, cidrs)) or "(unknown)"


def _nacl(view: View, question: Question, trace: Trace, hop: Hop) -> str:
    """Return the entry to add: its direction and ports follow from the hop."""
    outbound = hop.kind in (HopKind.SOURCE_NACL_OUT, HopKind.RETURN_NACL_OUT)
    back = hop.kind in (HopKind.RETURN_NACL_OUT, HopKind.RETURN_NACL_IN)
    leaves = bool(trace.endpoint) and _is_gateway(view, trace.endpoint)
    asked = question.source.client
    ports = ephemeral_ports(asked, leaves) if back else None
    said = str(ports or ", ".join(map(str, question.ports)))
    direction = "an outbound (egress = true)" if outbound else "an inbound"
    far = "0.0.0.0/0" if leaves else "the VPC's range " + _vpc_ranges(view)
    if question.source.networks:
        far = ", ".join(map(str, question.source.networks))
    if ports == ALL_EPHEMERAL:
        said = "1024-65535"
    acl = _acl_of(view, hop)
    allowed = f"{question.protocol} {said}" if _lets_anything(acl, outbound) else 'every port (protocol "-1")'
    return (
        f"add {direction} entry to {(acl or hop).origin.address}, numbered below every entry that denies it: "
        f"allow {allowed} {'to' if outbound else 'from'} {far}"
    )


def _acl_of(view: View, hop: Hop) -> Nacl | None:
    """Return the ACL that decided at a hop, also where the entry that did is a resource of its own."""
    for acl in view.snapshot.nacls:
        if hop.origin.address in (acl.origin.address, *(entry.origin.address for entry in acl.entries)):
            return acl
    return None


def _lets_anything(acl: Nacl | None, outbound: bool) -> bool:
    """Tell whether the ACL allows anything in this direction; one that was emptied is not mended port by port."""
    entries = [entry for entry in (acl.entries if acl else ()) if entry.egress is outbound]
    return any(known_or(entry.allow, True) and not isinstance(entry.cidr, IPv6Network) for entry in entries)


def _is_gateway(view: View, key: str) -> bool:
    endpoint = view.snapshot.endpoint_by_key.get(key)
    return endpoint is not None and endpoint.kind == "Gateway"


def _route(view: View, trace: Trace, hop: Hop, what: str) -> str | None:
    if "s3" in what:
        gateways = [e for e in view.endpoints if e.kind == "Gateway" and known_or(e.service, "").endswith(".s3")]
        subnet = view.snapshot.subnet_by_key.get(trace.source_place)
        table = view.route_table(subnet) if subnet else None
        if not gateways:
            return (
                f'make aws_vpc_endpoint: type "Gateway", service_name = "com.amazonaws.{view.region}.s3", '
                "route_table_ids of every route table of the cluster's subnets"
            )
        if table and subnet:
            where = subnet.origin.address
            if subnet.route_table is None:
                return (
                    f"associate {where} with the route table that {gateways[0].origin.address} names "
                    f"(aws_route_table_association), or add {table.origin.address} to its route_table_ids"
                )
            return f"add {table.origin.address} to route_table_ids of {gateways[0].origin.address}"
    return None
