"""The snapshot: every network fact of the input, provider-neutral, with nothing left to default.

This file is the contract between those who fill a snapshot (readers), those who decide (the engine, and independent
judges of it) and those who ask (checks). See the docstrings of the facts for exact meanings. Rules for readers:

- every default that AWS or Terraform applies is written out (main tables, default ACLs and groups, implied egress);
- what cannot be known is `Unknown` with a reason, or the `incomplete` text of the list that may hold more;
- nothing is dropped silently: a rule that cannot be read becomes a rule with Unknown parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from eksclave.reach.facts import clusters, dns, endpoints, groups, hosts, iam, keys, links, network
from eksclave.reach.facts.values import HOLE, OneOf, Origin, Unknown, Value

__all__ = ["HOLE", "OneOf", "Origin", "Snapshot", "Unknown", "Value"]


@dataclass(frozen=True)
class Snapshot:
    """All facts of one input (one or many stacks, VPCs and clusters), each tuple sorted by key.

    `given_s3_ranges` are S3's public IPv4 ranges by Region where the user supplied them. `unread` names resources that
    the
    reader saw and could not use, as (address, reason).
    """

    vpcs: tuple[network.Vpc, ...] = ()
    dhcp_options: tuple[network.DhcpOptions, ...] = ()
    subnets: tuple[network.Subnet, ...] = ()
    route_tables: tuple[network.RouteTable, ...] = ()
    nacls: tuple[network.Nacl, ...] = ()
    prefix_lists: tuple[network.PrefixList, ...] = ()
    internet_gateways: tuple[network.InternetGateway, ...] = ()
    nat_gateways: tuple[network.NatGateway, ...] = ()
    groups: tuple[groups.SecurityGroup, ...] = ()
    endpoints: tuple[endpoints.Endpoint, ...] = ()
    peerings: tuple[links.Peering, ...] = ()
    transit_gateways: tuple[links.TransitGateway, ...] = ()
    transit_attachments: tuple[links.TransitGatewayAttachment, ...] = ()
    transit_route_tables: tuple[links.TransitGatewayRouteTable, ...] = ()
    vpn_gateways: tuple[links.VpnGateway, ...] = ()
    client_vpns: tuple[links.ClientVpn, ...] = ()
    private_zones: tuple[dns.PrivateZone, ...] = ()
    resolver_endpoints: tuple[dns.ResolverEndpoint, ...] = ()
    resolver_rules: tuple[dns.ResolverRule, ...] = ()
    clusters: tuple[clusters.Cluster, ...] = ()
    launch_templates: tuple[clusters.LaunchTemplate, ...] = ()
    node_groups: tuple[clusters.NodeGroup, ...] = ()
    fargate_profiles: tuple[clusters.FargateProfile, ...] = ()
    addons: tuple[clusters.Addon, ...] = ()
    pod_identities: tuple[clusters.PodIdentity, ...] = ()
    access_entries: tuple[clusters.AccessEntry, ...] = ()
    pull_through_rules: tuple[clusters.PullThroughRule, ...] = ()
    repositories: tuple[clusters.Repository, ...] = ()
    image_locks: tuple[clusters.ImageLock, ...] = ()
    queues: tuple[clusters.Queue, ...] = ()
    keys: tuple[keys.Key, ...] = ()
    roles: tuple[iam.Role, ...] = ()
    instance_profiles: tuple[iam.InstanceProfile, ...] = ()
    oidc_providers: tuple[iam.OidcProvider, ...] = ()
    instances: tuple[hosts.Instance, ...] = ()
    load_balancers: tuple[hosts.LoadBalancer, ...] = ()
    mount_targets: tuple[hosts.MountTarget, ...] = ()
    interfaces: tuple[hosts.NetworkInterface, ...] = ()
    images: tuple[hosts.Image, ...] = ()
    workloads: tuple[hosts.Workload, ...] = ()
    eni_configs: tuple[hosts.EniConfig, ...] = ()
    given_s3_ranges: tuple[tuple[str, tuple[network.Network, ...]], ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    assumed: tuple[tuple[str, str, str], ...] = ()
    """What the reader had to assume, as (address, attribute, sentence): plan JSON keeps no locals and no indexes."""
    destroyed: tuple[tuple[str, str, str], ...] = ()
    """What a plan destroys, as (address, Terraform type, service of a VPC endpoint)."""
    partial: tuple[str, ...] = ()
    """Labels of plans that leave things out: what they do not show may be there."""
    secret: tuple[network.Network, ...] = ()
    """Ranges that the input marks as sensitive: no address of theirs is printed."""
    inputs: tuple[tuple[str, str], ...] = ()
    """The label of the input (a state of its own) by address, where there are several."""

    slow_waits: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What separate rules of security groups wait for that takes minutes, by the rule's address."""

    @cached_property
    def slow_waits_by_address(self) -> dict[str, tuple[str, ...]]:
        """What a rule of a security group waits for that takes minutes, by its address."""
        return dict(self.slow_waits)

    @cached_property
    def assumed_by_address(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """What the reader had to assume, as (attribute, sentence) by address."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for address, attribute, text in self.assumed:
            found[address] = (*found.get(address, ()), (attribute, text))
        return found

    @cached_property
    def _inputs(self) -> dict[str, str]:
        return dict(self.inputs)

    def input_of(self, address: str) -> str:
        """Return the label of the input that holds an address, empty where there is one input only."""
        return self._inputs.get(address.partition(" (")[0], "")

    @cached_property
    def vpc_by_key(self) -> dict[str, network.Vpc]:
        """The VPCs by key."""
        return {one.key: one for one in self.vpcs}

    @cached_property
    def subnet_by_key(self) -> dict[str, network.Subnet]:
        """The subnets by key."""
        return {one.key: one for one in self.subnets}

    @cached_property
    def route_table_by_key(self) -> dict[str, network.RouteTable]:
        """The route tables by key."""
        return {one.key: one for one in self.route_tables}

    @cached_property
    def nacl_by_key(self) -> dict[str, network.Nacl]:
        """The network ACLs by key."""
        return {one.key: one for one in self.nacls}

    @cached_property
    def group_by_key(self) -> dict[str, groups.SecurityGroup]:
        """The security groups by key."""
        return {one.key: one for one in self.groups}

    @cached_property
    def prefix_list_by_key(self) -> dict[str, network.PrefixList]:
        """The prefix lists by key."""
        return {one.key: one for one in self.prefix_lists}

    @cached_property
    def cluster_by_key(self) -> dict[str, clusters.Cluster]:
        """The clusters by key."""
        return {one.key: one for one in self.clusters}

    @cached_property
    def endpoint_by_key(self) -> dict[str, endpoints.Endpoint]:
        """The endpoints by key."""
        return {one.key: one for one in self.endpoints}

    @cached_property
    def role_by_key(self) -> dict[str, iam.Role]:
        """The roles by key."""
        return {one.key: one for one in self.roles}

    @cached_property
    def _endpoints_by_vpc(self) -> dict[str, tuple[endpoints.Endpoint, ...]]:
        found: dict[str, list[endpoints.Endpoint]] = {}
        for one in self.endpoints:
            found.setdefault(one.vpc if isinstance(one.vpc, str) else "", []).append(one)
        return {vpc: tuple(many) for vpc, many in found.items()}

    def endpoints_near(self, vpc: str) -> tuple[endpoints.Endpoint, ...]:
        """Return the endpoints that are in this VPC, or may be."""
        return self._endpoints_by_vpc.get(vpc, ()) + self._endpoints_by_vpc.get("", ())
