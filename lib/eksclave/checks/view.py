"""One cluster as the checks see it: who is in it, where they are, what they use. Built once, asked by every check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network

from eksclave.catalog.features import Feature
from eksclave.reach import control_plane
from eksclave.reach.answer import Trace
from eksclave.reach.facts.clusters import Addon, Cluster, FargateProfile, NodeGroup
from eksclave.reach.facts.endpoints import Endpoint
from eksclave.reach.facts.hosts import Instance, LoadBalancer, MountTarget, Workload
from eksclave.reach.facts.network import RouteTable, Subnet, Vpc
from eksclave.reach.facts.values import Value, choices, known_or
from eksclave.reach.question import ApiServer, Party, Question
from eksclave.reach.snapshot import Snapshot


@dataclass(frozen=True)
class View:
    """One cluster with its snapshot and the features that were found. Hashable by identity of its cluster."""

    snapshot: Snapshot
    cluster: Cluster
    features: frozenset[Feature]
    evidence: tuple[tuple[Feature, str], ...] = ()
    existing: frozenset[str] = frozenset()

    def has(self, *features: Feature) -> bool:
        """Tell whether the cluster uses one of these features."""
        return any(feature in self.features for feature in features)

    @property
    def address(self) -> str:
        """The Terraform address of the cluster."""
        return self.cluster.origin.address

    @cached_property
    def region(self) -> str:
        """The cluster's Region, empty where the input does not say."""
        known = known_or(self.cluster.region, "")
        return known or (known_or(self.vpc.region, "") if self.vpc else "")

    @cached_property
    def vpc_key(self) -> str:
        """The key of the cluster's VPC, by its own word or by its subnets."""
        key = known_or(self.cluster.vpc, "")
        if key:
            return key
        vpcs = {subnet.vpc for subnet in self.subnets(self.cluster.subnets)}
        return vpcs.pop() if len(vpcs) == 1 else ""

    @cached_property
    def vpc(self) -> Vpc | None:
        """The cluster's VPC, None where the input does not hold it."""
        return self.snapshot.vpc_by_key.get(self.vpc_key)

    @cached_property
    def own_account(self) -> tuple[Value[str], tuple[str, ...]]:
        """The cluster's account, and what that rests on."""
        from eksclave.checks.owning import own_account

        return own_account(self)

    @cached_property
    def own_organisation(self) -> tuple[Value[str], tuple[str, ...]]:
        """The organisation of the cluster's account, and what that rests on."""
        from eksclave.checks.owning import own_organisation

        return own_organisation(self)

    def belongs(self, cluster: Value[str]) -> bool:
        """Tell whether a thing that names this cluster (or may name it, alone of all) belongs to it."""
        named = choices(cluster)
        if named is None:
            return len(self.snapshot.clusters) == 1
        return self.cluster.key in named

    @cached_property
    def node_groups(self) -> tuple[NodeGroup, ...]:
        """The groups of nodes of this cluster, managed or not."""
        return tuple(group for group in self.snapshot.node_groups if self.belongs(group.cluster))

    @cached_property
    def fargate_profiles(self) -> tuple[FargateProfile, ...]:
        """The Fargate profiles of this cluster."""
        return tuple(one for one in self.snapshot.fargate_profiles if self.belongs(one.cluster))

    @cached_property
    def addons(self) -> tuple[Addon, ...]:
        """The EKS add-ons of this cluster."""
        return tuple(addon for addon in self.snapshot.addons if self.belongs(addon.cluster))

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """What the input runs in this cluster."""
        return tuple(one for one in self.snapshot.workloads if self.belongs(one.cluster))

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The VPC endpoints of the cluster's VPC."""
        return tuple(one for one in self.snapshot.endpoints if one.vpc == self.vpc_key)

    def subnets(self, keys: Value[tuple[str, ...]]) -> tuple[Subnet, ...]:
        """Return the subnets of a list, as far as the snapshot knows them, every candidate of it."""
        by_key = self.snapshot.subnet_by_key
        found = dict.fromkeys(key for one in choices(keys) or () for key in one)
        return tuple(by_key[key] for key in found if key in by_key)

    @cached_property
    def compute_subnets(self) -> tuple[Subnet, ...]:
        """Every subnet in which pods may run."""
        places = [place for party in self.pods for place in party.placements]
        return tuple({s.key: s for place in places for s in self.subnets(place.subnets)}.values())

    @cached_property
    def reach_subnets(self) -> tuple[Subnet, ...]:
        """Every subnet of the cluster's reach: control plane, nodes, Fargate, bastions beside them in its VPC."""
        places = [*self.compute_subnets, *self.subnets(self.cluster.subnets)]
        beside = (s for host in self.bastions for s in self.subnets(host.placement.subnets))
        places += [s for s in beside if s.vpc == self.vpc_key or self.vpc is None]
        return tuple({subnet.key: subnet for subnet in places}.values())

    @cached_property
    def sure_subnets(self) -> frozenset[str]:
        """Keys of the subnets that the cluster, its nodes, pods or bastions stand in, whichever reading is right."""
        lists = [self.cluster.subnets, *(host.placement.subnets for host in self.bastions)]
        lists += [place.subnets for party in self.pods for place in party.placements]
        options = [[frozenset(keys) for keys in choices(one) or ()] for one in lists]
        return frozenset(key for many in options if many for key in frozenset.intersection(*many))

    def route_table(self, subnet: Subnet) -> RouteTable | None:
        """Return the table that decides for a subnet: the associated one, else the VPC's main table."""
        key = known_or(subnet.route_table, "")
        if subnet.route_table is None:
            vpc = self.snapshot.vpc_by_key.get(subnet.vpc)
            key = known_or(vpc.main_route_table, "") if vpc else ""
        return self.snapshot.route_table_by_key.get(key or "")

    @cached_property
    def control_plane(self) -> Party:
        """The 2 to 4 interfaces that EKS puts into any of the cluster's subnets."""
        return control_plane.party(self.snapshot, self.cluster.key)

    @property
    def api(self) -> ApiServer:
        """The Kubernetes API, by its own name."""
        return ApiServer(self.cluster.key)

    @cached_property
    def nodes(self) -> tuple[Party, ...]:
        """Parties of nodes: groups with the same subnets and security groups are one."""
        from eksclave.checks.parties import node_parties

        return node_parties(self)

    @cached_property
    def pods(self) -> tuple[Party, ...]:
        """Parties of pods: on nodes, on Fargate, and with custom networking."""
        from eksclave.checks.parties import pod_parties

        return pod_parties(self)

    @cached_property
    def bastions(self) -> tuple[Instance, ...]:
        """Instances in the cluster's VPC (or a peer of it) from which people work."""
        from eksclave.checks.people import bastions

        return bastions(self)

    @cached_property
    def runners(self) -> tuple[Instance, ...]:
        """Instances that run Terraform."""
        from eksclave.checks.people import runners

        return runners(self)

    @cached_property
    def operators(self) -> tuple[IPv4Network, ...]:
        """Ranges of other networks from which people reach the API."""
        from eksclave.checks.operators import operator_networks

        return operator_networks(self)

    @cached_property
    def operator_hosts(self) -> tuple[Party, ...]:
        """Hosts in other VPCs of the input from which people reach the API."""
        from eksclave.checks.operators import operator_hosts

        return operator_hosts(self)

    @cached_property
    def load_balancers(self) -> tuple[LoadBalancer, ...]:
        """Load balancers that are seen to serve this cluster."""
        from eksclave.checks.parties import serves

        return tuple(one for one in self.snapshot.load_balancers if serves(self, one))

    @cached_property
    def mount_targets(self) -> tuple[MountTarget, ...]:
        """EFS mount targets in the cluster's VPC."""
        inside = {subnet.key for subnet in self.snapshot.subnets if subnet.vpc == self.vpc_key}
        return tuple(
            one for one in self.snapshot.mount_targets if {s.key for s in self.subnets(one.placement.subnets)} & inside
        )

    def trace(self, question: Question) -> Trace:
        """Ask the engine."""
        from eksclave.reach.trace import trace

        return trace(self.snapshot, question)
