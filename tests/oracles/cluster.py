"""What is broken in a cluster, judged packet by packet and rule by rule, without a look at the engine or its checks.

The parties are read from the facts; what they need is written down by hand for each world (`Needs`), from the catalogue of
flows. Names are answered by `tests.oracles.names`, packets by `tests.oracles.simulator`, policies by
`tests.oracles.permissions`, everything else by `tests.oracles.conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eksclave.net import PortRange, Protocol
from eksclave.reach.answer import HopKind
from eksclave.reach.facts.groups import Placement
from eksclave.reach.question import Client, Party, Question
from eksclave.reach.snapshot import Snapshot

from tests.oracles.asking import brute_force
from tests.oracles.names import NameCase, expected
from tests.oracles.simulator import table_of
from tests.oracles.through import refused
from tests.oracles.worlds import S3, Case

TCP, UDP = Protocol.TCP, Protocol.UDP
CALLED = {
    "ecr.api": "api.ecr.{r}.amazonaws.com",
    "ecr.dkr": "602401143452.dkr.ecr.{r}.amazonaws.com",
    "s3": "prod-{r}-starport-layer-bucket.s3.{r}.amazonaws.com",
    "eks-auth": "eks-auth.{r}.api.aws",
}


@dataclass(frozen=True)
class Needs:
    """What one cluster needs beside what all need: services, ports of webhooks, who works from where."""

    cluster: str
    services: tuple[str, ...] = ("ec2", "ecr.api", "ecr.dkr", "s3")
    webhooks: tuple[int, ...] = (443,)
    bastion: str = ""
    balancer_controller: bool = False
    operators: str = ""
    """A VPC whose hosts reach the API; nothing is known about their own security groups."""


def broken(world: Snapshot, needs: Needs) -> list[str]:
    """Return every flow that loses a packet or is refused. All facts that matter must be known."""
    return [*_flows(world, needs)]


def nodes_of(world: Any, cluster: Any) -> list[tuple[Any, Client]]:
    """Return where the cluster's nodes are."""
    found = [
        (Placement(plain(one.subnets), plain(one.groups), one.origin), Client.NODE)
        for one in world.node_groups
        if one.cluster == cluster.key
    ]
    if cluster.auto_mode is True:
        found.append((Placement(plain(cluster.subnets), (cluster.cluster_group,), cluster.origin), Client.NODE))
    return found


def plain(value: Any) -> Any:
    """Return a value that must be known; a list of which only the parts are known is taken as a whole."""
    if hasattr(value, "candidates"):
        return max(value.candidates, key=len)
    if hasattr(value, "reason"):
        raise LookupError(value.reason)
    return value


def _flows(world: Any, needs: Needs) -> Iterator[str]:
    cluster = world.cluster_by_key[needs.cluster]
    nodes = nodes_of(world, cluster)
    pods = nodes + [
        (Placement(plain(one.subnets), (cluster.cluster_group,), one.origin), Client.LINUX)
        for one in world.fargate_profiles
        if one.cluster == cluster.key
    ]
    plane = Placement(plain(cluster.subnets), (cluster.cluster_group, *plain(cluster.extra_groups)), cluster.origin)
    host = next((one.placement for one in world.instances if one.key == needs.bastion), None)
    hosts = [] if host is None else [(host, Client.LINUX)]
    for place, client in [*pods, *hosts]:
        yield from _to_api(world, cluster, place, client, plane)
    for place, client in nodes + [one for one in pods if one not in nodes]:
        services = needs.services if (place, client) in nodes else tuple(s for s in needs.services if s != "ec2")
        for service in services:
            yield from _to_service(world, cluster, place, client, service)
        yield from _lost(world, "kubelet", plane, Client.ANY, place, 10250, TCP)
        for port in needs.webhooks:
            yield from _lost(world, f"webhook {port}", plane, Client.ANY, place, port, TCP)
        for other, _ in pods:
            for protocol in (TCP, UDP):
                yield from _lost(world, "dns", place, client, other, 53, protocol)
    for place, client in hosts:
        for service in ("ssm", "ssmmessages"):
            yield from _to_service(world, cluster, place, client, service)
    theirs = tuple(one.key for one in world.subnets if needs.operators and one.vpc == needs.operators)
    if theirs and _lets_in(world, plane, world.vpc_by_key[needs.operators].cidrs):
        yield from _to_api(world, cluster, Placement(theirs, (), cluster.origin), Client.ANY, plane)
    for place, client in nodes:
        ports = PortRange(1025, 65535)
        yield from _lost(world, "node to node", place, client, place, ports, TCP)


def _lets_in(world: Any, plane: Placement, ranges: Any) -> bool:
    """Tell whether some rule shows that these ranges are meant to reach the API."""
    rules = (rule for key in plain(plane.groups) for rule in world.group_by_key[key].rules if not rule.egress)
    https = (rule for rule in rules if rule.ports is None or 443 in rule.ports)
    return any(getattr(rule.peer, "version", 0) == 4 and rule.peer in ranges for rule in https)


def _to_api(world: Any, cluster: Any, place: Placement, client: Client, plane: Placement) -> Iterator[str]:
    for key in {world.subnet_by_key[one].vpc for one in place.subnets}:  # type: ignore[union-attr]
        vpc = world.vpc_by_key[key]
        kinds = {kind for kind, _ in expected(NameCase(world, key, "api.example.com"))}
        hidden = key == cluster.vpc and not vpc.dns_hostnames  # elsewhere the public name answers private addresses
        if kinds != {"public"} or hidden or cluster.private_access is not True:
            yield f"the API's name from {place.origin}"
    yield from _lost(world, "api", place, client, plane, 443, TCP)


def _to_service(world: Any, cluster: Any, place: Placement, client: Client, service: str) -> Iterator[str]:
    name = CALLED.get(service, f"{service}.{{r}}.amazonaws.com").format(r=cluster.region)
    for vpc in {world.subnet_by_key[one].vpc for one in place.subnets}:  # type: ignore[union-attr]
        for kind, found in expected(NameCase(world, vpc, name)):
            if kind == "endpoint":
                endpoint = world.endpoint_by_key[found]
                target = Placement(plain(endpoint.subnets), plain(endpoint.groups), endpoint.origin)
                if not endpoint.subnets:
                    yield f"{service}: no interface"
                yield from _lost(world, service, place, client, target, 443, TCP)
                yield from refused(world, cluster, service, endpoint)
            elif kind == "public" and service == "s3":
                yield from _lost(world, service, place, client, None, 443, TCP)
                tables = {table_of(world, one) for one in place.subnets}  # type: ignore[union-attr]
                for gateway in world.endpoints:
                    if gateway.kind == "Gateway" and tables & set(gateway.route_tables):
                        yield from refused(world, cluster, service, gateway)
            else:
                yield f"{service}: {name} answers {kind}"


def _lost(
    world: Any,
    what: str,
    source: Placement,
    client: Client,
    target: Placement | None,
    port: int | PortRange,
    protocol: Protocol,
) -> Iterator[str]:
    """Yield the first packet that is lost, if any; no target stands for the public addresses of S3."""
    ports = port if isinstance(port, PortRange) else PortRange(port, port)
    question = Question(Party("", (source,), client=client), Party(""), (ports,), protocol)
    case = Case(world, question, (target,) if target else (), () if target else S3)
    for attempt, found in brute_force(case):
        if found - ({HopKind.SOURCE_GROUP} if not source.groups else set()):
            there = f"{attempt.server.address}:{attempt.server_port}/{protocol}"
            yield f"{what}: {attempt.client.address}:{attempt.client_port} → {there} at {sorted(found)}"
            return
