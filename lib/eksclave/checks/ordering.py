"""What must stand before a node group's first node boots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from eksclave.checks.serving import endpoints_of
from eksclave.checks.view import View
from eksclave.reach.facts.clusters import NodeGroup
from eksclave.reach.facts.groups import GroupRef, GroupRule, Peer
from eksclave.reach.facts.values import Origin, choices, decide, known_or

IN_TIME = (
    "route table associations, network ACL entries, rules of security groups and role policies, which Terraform starts "
    "beside the cluster, stand before the cluster does"
)
AFTER_CLUSTER = (
    "rules that wait for a cluster start beside its node groups, and stand before the first node boots; clusters of "
    "one plan are made side by side"
)
CNI_IN_TIME = "the vpc-cni add-on, which takes a minute, is made beside the node groups, which are given 15"
OF_OTHERS = (
    "node groups in modules from a registry or a repository come after endpoints that wait for nothing of the cluster: "
    "an endpoint takes 1 to 3 minutes, a cluster 7 to 12"
)
"""terraform-aws-modules/eks 18, 19 and 21 do not plan with depends_on at their call: counts inside are unknown then."""
_BOOT = ("ec2", "ecr.api", "ecr.dkr", "s3")


def needed_first(view: View, group: NodeGroup) -> list[Origin]:
    """Return what has an address of its own in the input, is still to be made, and that the nodes need at boot.

    Of another state (a stack, a plan beside this one) nothing is asked: no depends_on can name it, and states are
    applied one after the other, which `assumed` says. Routes,
    ACL entries, rules and attachments take seconds: where the group waits for a cluster that is made in the same run
    (ten minutes), they stand long before it, as `IN_TIME` says, unless they wait for what is slow themselves. Endpoints
    take minutes: they are asked.
    """
    quick = (*_routes(view, group), *_policies(view, group), *_doors(view, group))
    if _comes_in_time(view, group):
        quick = tuple(origin for origin in quick if _late(view, group, origin))
    doors = [origin for origin in _endpoints(view) if not _beats_cluster(view, group, origin)]
    found = {
        origin.address: origin
        for origin in (*doors, *quick, *_cni(view, group))
        if _own(view, group, origin) and origin.address not in view.existing
    }
    return [found[address] for address in sorted(found)]


def _comes_in_time(view: View, group: NodeGroup) -> bool:
    """Tell whether the group waits for a cluster that is made in the same run."""
    cluster = view.cluster.origin.address
    return cluster in group.waits_for and cluster not in view.existing


def _beats_cluster(view: View, group: NodeGroup, origin: Origin) -> bool:
    """Tell whether an endpoint starts beside the cluster that a group of a module of others waits for."""
    slow = view.snapshot.slow_waits_by_address.get(origin.address, ())
    return group.foreign and _comes_in_time(view, group) and not any("aws_eks_" in one for one in slow)


def _late(view: View, group: NodeGroup, origin: Origin) -> bool:
    """Tell whether this waits for something slow that the group does not wait for; clusters are made side by side."""
    clusters = {cluster.origin.address for cluster in view.snapshot.clusters}
    return bool(set(view.snapshot.slow_waits_by_address.get(origin.address, ())) - clusters - set(group.waits_for))


def assumed(view: View) -> tuple[str, ...]:
    """Return what the order of creation rests on, for the report."""
    groups = [group for group in view.node_groups if group.origin.address not in view.existing]
    said = [IN_TIME] if any(_comes_in_time(view, group) for group in groups) else []
    if said and any(_after_cluster(view, origin) for group in groups for origin in _doors(view, group)):
        said.append(AFTER_CLUSTER)
    if said and decide(view.cluster.bootstrap_addons, bool) is False:
        cni = {one.origin.address for one in view.addons if one.name == "vpc-cni"}
        said += [CNI_IN_TIME] if any(cni - set(group.waits_for) for group in groups) else []
    relied = [group for group in groups if any(_is_relied_on(view, group, origin) for origin in _endpoints(view))]
    said += [OF_OTHERS] if relied else []
    for group in groups:
        here = view.snapshot.input_of(group.origin.address)
        for one in (
            *_endpoints(view),
            *_doors(view, group),
            *_routes(view, group),
            *_policies(view, group),
            *_cni(view, group),
        ):
            there = view.snapshot.input_of(one.address)
            if there != here and one.address not in view.existing:
                said.append(f"{there} is applied before {here}: no depends_on reaches from one input into another")
    return tuple(dict.fromkeys(said))


def _is_relied_on(view: View, group: NodeGroup, origin: Origin) -> bool:
    waited = origin.address in group.waits_for or origin.address in view.existing
    return not waited and _own(view, group, origin) and _beats_cluster(view, group, origin)


def _own(view: View, group: NodeGroup, origin: Origin) -> bool:
    """Tell whether this is a resource of the node group's own state."""
    if "(" in origin.address or origin.address.startswith("data.") or ".data." in origin.address:
        return False
    if group.origin.construct and origin.construct:
        return group.origin.construct.partition("/")[0] == origin.construct.partition("/")[0]
    return view.snapshot.input_of(group.origin.address) == view.snapshot.input_of(origin.address)


def _after_cluster(view: View, origin: Origin) -> bool:
    return view.cluster.origin.address in view.snapshot.slow_waits_by_address.get(origin.address, ())


def _endpoints(view: View) -> Iterator[Origin]:
    yield from (endpoint.origin for service in _BOOT for endpoint in endpoints_of(view, service))


def _doors(view: View, group: NodeGroup) -> Iterator[Origin]:
    """Yield the rules of the endpoints' groups that let these nodes in."""
    worn = {key for keys in choices(group.groups) or () for key in keys}
    ranges = [cidr for subnet in view.subnets(group.subnets) for cidr in choices(subnet.cidr) or ()]
    for service in _BOOT:
        for endpoint in endpoints_of(view, service):
            for key in (choices(endpoint.groups) or ((),))[0] if endpoint.kind == "Interface" else ():
                guard = view.snapshot.group_by_key.get(key)
                rules = [rule for rule in guard.rules if not rule.egress] if guard else []
                yield from (rule.origin for rule in rules if _lets_in(rule, worn, ranges))


def _lets_in(rule: GroupRule, worn: set[str], ranges: list[IPv4Network]) -> bool:
    """Tell whether a rule may let the nodes in to 443; whom a prefix list names is not looked at."""
    ports = known_or(rule.ports, None)
    if ports is not None and not ports.first <= 443 <= ports.last:
        return False
    peers = choices(rule.peer)
    return peers is None or any(_is_met(peer, worn, ranges) for peer in peers)


def _is_met(peer: Peer, worn: set[str], ranges: list[IPv4Network]) -> bool:
    if isinstance(peer, GroupRef):
        return not worn or peer.key in worn
    return not isinstance(peer, IPv4Network) or not ranges or any(peer.overlaps(one) for one in ranges)


def _routes(view: View, group: NodeGroup) -> Iterator[Origin]:
    for subnet in view.subnets(group.subnets):
        if subnet.route_table_origin:
            yield subnet.route_table_origin
        if subnet.nacl_origin:
            yield subnet.nacl_origin
        acl = view.snapshot.nacl_by_key.get(known_or(subnet.nacl, ""))
        yield from (entry.origin for entry in acl.entries if known_or(entry.allow, True)) if acl else ()


def _policies(view: View, group: NodeGroup) -> Iterator[Origin]:
    role = view.snapshot.role_by_key.get(known_or(group.role, ""))
    yield from (Origin(address) for address in role.attachments) if role else ()


def _cni(view: View, group: NodeGroup) -> Iterator[Origin]:
    """Without the copy that EKS installs by itself, the add-on must stand, or nodes never become Ready.

    Beside a new cluster's node groups it is made in time, as `CNI_IN_TIME` says (tf-aws-eks, before_compute); not if it
    waits for the group itself.
    """
    for addon in view.addons if decide(view.cluster.bootstrap_addons, bool) is False else ():
        if addon.name == "vpc-cni" and not (_comes_in_time(view, group) and not deadlocked(view, group)):
            yield addon.origin


def deadlocked(view: View, group: NodeGroup) -> str:
    """Return the address of a CNI add-on that waits for the group whose nodes it makes Ready, empty if none does."""
    if decide(view.cluster.bootstrap_addons, bool) is not False:
        return ""
    waiting = (one for one in view.addons if one.name == "vpc-cni" and group.origin.address in one.waits_for)
    return next((one.origin.address for one in waiting), "")


def lacks_cni(view: View) -> bool:
    """Tell whether managed nodes can never become Ready: EKS installs no network plug-in, and the input has none."""
    if decide(view.cluster.bootstrap_addons, bool) is not False or not any(g.managed for g in view.node_groups):
        return False
    own = re.compile(r"cni|cilium|calico", re.IGNORECASE)
    installed = [known_or(one.name, "") for one in view.addons] + [known_or(one.name, "") for one in view.workloads]
    unknown = any(choices(addon.name) is None for addon in view.addons)
    return not unknown and not any(own.search(name) for name in installed)


def block(address: str) -> str:
    """Return what depends_on takes: the block, without the key of one instance."""
    head, bracket, _ = address.rpartition("[")
    return head if bracket and address.endswith("]") else address
