"""What a node group must wait for, who is admitted, whose nodes and bastions these are."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from eksclave.catalog.features import Feature
from eksclave.checks.calling import CNI, calls
from eksclave.checks.delivery import node_group_too_early
from eksclave.checks.features import view_of
from eksclave.checks.identity import node_policy_missing, node_role_not_admitted
from eksclave.checks.meeting import ports_of
from eksclave.checks.ordering import needed_first
from eksclave.checks.parties import client_of, node_parties, pod_parties
from eksclave.checks.people import linked_vpcs
from eksclave.checks.prove import prove
from eksclave.checks.public import route_to_internet
from eksclave.checks.serving import bastion_parties
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.clusters import FargateProfile, PodIdentity
from eksclave.reach.facts.hosts import EniConfig, Workload
from eksclave.reach.facts.links import Peering
from eksclave.reach.facts.network import Route, TargetKind
from eksclave.reach.facts.values import OneOf, Origin
from eksclave.reach.question import Client

from tests.unit.checks.views import FLAT, KARPENTER, SELF, changed, facts, outcomes

PASS, FAIL, UNKNOWN = {Outcome.PASS}, {Outcome.FAIL}, {Outcome.UNKNOWN}


def seen(of=None, features=(), existing=frozenset()):
    of = of or facts()
    return view_of(of, of.clusters[0], features, existing)


def first(of=None, existing=frozenset()):
    view = seen(of, existing=existing)
    return {origin.address for origin in needed_first(view, view.node_groups[0])}


def test_endpoints_come_before_nodes_and_rules_of_their_groups_in_time():
    needed = first()
    assert {"aws_vpc_endpoint.s3", 'aws_vpc_endpoint.interface["ec2"]'} <= needed
    assert "aws_vpc_security_group_ingress_rule.endpoints_https" not in needed
    assert 'aws_vpc_endpoint.interface["logs"]' not in needed


def test_quick_things_are_asked_where_the_cluster_stands_already_and_what_stands_never():
    cluster = facts().clusters[0].origin.address
    assert "aws_route_table_association.a" not in first()
    assert {"aws_route_table_association.a", "aws_iam_role_policy_attachment.node_worker"} <= first(
        existing=frozenset({cluster})
    )
    everything = frozenset({cluster, *first(existing=frozenset({cluster}))})
    assert first(existing=everything) == set()


def test_what_is_only_read_is_never_waited_for():
    read = Origin("data.aws_vpc_endpoint.s3")
    assert read.address not in first(changed(facts(), "endpoints", "endpoint.s3", origin=read))
    inner = Origin("module.x.data.aws_vpc_endpoint.s3")
    assert inner.address not in first(changed(facts(), "endpoints", "endpoint.s3", origin=inner))


def test_a_node_group_that_waits_for_nothing_fails_unless_it_stands():
    alone = changed(facts(), "node_groups", waits_for=())
    assert outcomes(node_group_too_early, alone) == FAIL
    stands = view_of(alone, alone.clusters[0], (), frozenset({alone.node_groups[0].origin.address}))
    assert {one.outcome for one in node_group_too_early.ask(stands, ())} == PASS


@pytest.mark.parametrize(
    ("type", "expected"), [("EC2_LINUX", PASS), ("EC2", PASS), ("STANDARD", FAIL), (OneOf(("EC2", "X"), "v"), UNKNOWN)]
)
def test_an_access_entry_for_nodes_admits_their_role(type, expected):
    assert outcomes(node_role_not_admitted, changed(facts(SELF), "access_entries", type=type)) == expected


def test_the_old_map_of_roles_admits_too():
    of = replace(facts(SELF), access_entries=())
    assert outcomes(node_role_not_admitted, of) == FAIL
    made = Workload("w", Origin("kubernetes_config_map.x"), of.clusters[0].key, "aws-auth", "kube-system", "ConfigMap")
    assert outcomes(node_role_not_admitted, replace(of, workloads=(made,))) == PASS


def test_pods_on_fargate_are_linux_hosts_in_the_cluster_group():
    cluster = facts().clusters[0]
    profile = FargateProfile("f", Origin("aws_eks_fargate_profile.f"), cluster.key, ("aws_subnet.a",))
    (pods,) = (p for p in pod_parties(seen(replace(facts(), fargate_profiles=(profile,)))) if "fargate" in p.name)
    assert pods.client is Client.LINUX and pods.placements[0].groups == (cluster.cluster_group,)


def test_pods_elsewhere_leave_the_vpc_by_their_nodes():
    cluster = facts().clusters[0]
    config = EniConfig("e", Origin("kubernetes_manifest.e"), cluster.key, ("aws_subnet.c",), ("aws_security_group.x",))
    view = seen(replace(facts(), eni_configs=(config,)))
    (pods,) = (p for p in pod_parties(view) if "manifest" in p.name)
    assert pods.placements[0].subnets == ("aws_subnet.c",)
    assert pods.leaves_from == tuple(place for party in view.nodes for place in party.placements)


@pytest.mark.parametrize(
    ("said", "client"),
    [
        (None, Client.NODE),
        ('{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"true"}}', Client.NODE_NO_SNAT),
        ('{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"false"}}', Client.NODE),
    ],
)
def test_the_cnis_own_setting_tells_whose_ports_leave_the_vpc(said, client):
    of = changed(facts(), "addons", "vpc_cni", configuration=said)
    assert client_of(seen(of), "AL2023_x86_64_STANDARD") is client
    assert client_of(seen(of), "WINDOWS_CORE_2022_x86_64") is Client.WINDOWS


def test_karpenters_nodes_are_where_the_tag_names_this_cluster():
    of = facts(KARPENTER)
    tag = ("karpenter.sh/discovery", "another")
    here = {key for p in node_parties(seen(of)) if "Karpenter" in p.name for q in p.placements for key in q.subnets}
    some = sorted(here)[0]
    moved = changed(of, "subnets", some, tags=(tag,))
    there = {key for p in node_parties(seen(moved)) if "Karpenter" in p.name for q in p.placements for key in q.subnets}
    assert there == here - {some}


def test_only_bastions_that_may_use_sessions_are_asked_for_them():
    view = seen(changed(facts(), "roles", "bastion", managed=(), policies=()))
    assert [p.name for p in bastion_parties(view, "B1")] == ["bastion aws_instance.bastion"]
    assert bastion_parties(view, "B2") == [] and len(bastion_parties(seen(), "B2")) == 1


def test_aws_auth_that_somebody_else_may_write_leaves_it_open_who_is_admitted():
    alone = replace(facts(SELF), access_entries=())
    assert outcomes(node_role_not_admitted, alone) == FAIL
    assert outcomes(node_role_not_admitted, changed(alone, "clusters", authentication_mode="CONFIG_MAP")) == UNKNOWN


def test_a_peering_of_others_links_nothing():
    ours = Peering("p", Origin("aws_vpc_peering_connection.p"), facts().vpcs[0].key, "vpc-far", True)
    theirs = Peering("q", Origin("aws_vpc_peering_connection.q"), "vpc-x", "vpc-y", True)
    assert linked_vpcs(seen(replace(facts(), peerings=(ours, theirs)))) == {"vpc-far"}


def test_the_cni_and_the_autoscaler_make_their_calls_through_the_endpoints():
    view = seen(features=[Feature.CLUSTER_AUTOSCALER])
    ec2, eks = (next(e for e in view.endpoints if e.key.endswith(f'["{name}"]')) for name in ("ec2", "eks"))
    assert {one.action for one in calls(view, "N1", "ec2", ec2)} == set(CNI)
    (call,) = calls(view, "N6", "eks", eks)
    assert call.action == "eks:DescribeNodegroup" and f":nodegroup/{view.cluster.name}/" in call.resource


def test_images_of_the_add_ons_belong_to_another_account():
    view = seen()
    dkr = next(e for e in view.endpoints if e.key.endswith('["ecr.dkr"]'))
    pulls = calls(view, "N3", "ecr.dkr", dkr)
    assert pulls and all(dict(one.context)["aws:resourceaccount"] == ("602401143452",) for one in pulls)


def test_metrics_server_listens_on_another_port_where_it_is_no_add_on():
    of = facts()
    made = Workload("w", Origin("helm_release.m"), of.clusters[0].key, "metrics", controller="metrics-server")
    by_chart = seen(replace(of, workloads=(made,)))
    assert [str(use.ports) for use in ports_of(by_chart, "C7")] == ["10250"]
    addon = replace(of.addons[0], key="m", name="metrics-server", origin=Origin("aws_eks_addon.m"))
    assert [str(use.ports) for use in ports_of(seen(replace(of, addons=(*of.addons, addon))), "C7")] == ["10251"]


def test_two_kinds_of_nodes_and_pods_are_all_asked():
    from eksclave.checks.meeting import pairs

    of = facts()
    other = replace(of.node_groups[0], key="g", origin=Origin("aws_eks_node_group.g"), subnets=("aws_subnet.c",))
    view = seen(replace(of, node_groups=(*of.node_groups, other)))
    assert len(list(pairs(view, "C9"))) == len(list(pairs(view, "C11"))) == 4
    assert {source for source, _ in pairs(view, "C3")} == {view.control_plane}


def test_a_group_of_another_cluster_is_not_of_this_one():
    of = facts(FLAT)
    second = replace(of.clusters[0], key="other", origin=Origin("aws_eks_cluster.other"))
    both = replace(of, clusters=(of.clusters[0], second))
    assert view_of(both, second).node_groups == ()
    assert view_of(both, of.clusters[0]).node_groups == of.node_groups


def test_the_main_table_decides_for_subnets_without_an_association():
    of = changed(facts(), "subnets", route_table=None)
    main = of.vpcs[0].main_route_table
    way = Route(IPv4Network("0.0.0.0/0"), TargetKind.INTERNET_GATEWAY, Origin("aws_route.out"), "igw")
    assert outcomes(route_to_internet, changed(of, "route_tables", main, routes=(way,))) == FAIL
    assert outcomes(route_to_internet, changed(facts(), "route_tables", main, routes=(way,))) == PASS
    view = seen(of)
    assert {view.route_table(subnet).key for subnet in view.compute_subnets} == {main}


def test_the_subnets_of_a_bastion_in_another_vpc_are_not_the_clusters():
    of, bastion = facts(), seen().bastions[0]
    far = replace(of.subnets[0], key="aws_subnet.far", vpc="vpc-far")
    moved = replace(bastion.placement, subnets=(far.key,))
    beside = changed(replace(of, subnets=(*of.subnets, far)), "instances", bastion.key, placement=moved)
    assert far.key not in {subnet.key for subnet in seen(beside).reach_subnets}
    near = changed(beside, "subnets", far.key, vpc=of.vpcs[0].key)
    assert far.key in {subnet.key for subnet in seen(near).reach_subnets}


def test_nodes_that_may_lack_the_cluster_group_are_open_where_their_flows_are():
    of = facts()
    own = of.clusters[0].cluster_group
    either = OneOf(((own,), ("aws_security_group.bastion",)), "a variable")
    told = prove(changed(of, "node_groups", groups=either))
    assert {one.outcome for one in told.results if one.requirement == "R5"} == UNKNOWN
    without = prove(changed(of, "node_groups", groups=("aws_security_group.bastion",)))
    assert {one.outcome for one in without.results if one.requirement == "R5"} == FAIL


def attached(of, only, *names, partition="aws"):
    return changed(of, "roles", only, managed=tuple(f"arn:{partition}:iam::aws:policy/{name}" for name in names))


WORKER, REGISTRY, CNI_POLICY = "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((WORKER, REGISTRY, CNI_POLICY), PASS),
        ((REGISTRY, CNI_POLICY), FAIL),
        ((WORKER, CNI_POLICY), FAIL),
        ((WORKER, REGISTRY), FAIL),
        (("AdministratorAccess",), PASS),
    ],
)
def test_the_node_role_needs_the_worker_the_registry_and_the_cni_policy(names, expected):
    assert outcomes(node_policy_missing, attached(facts(), "role.node", *names)) == expected
    assert outcomes(node_policy_missing, attached(facts(), "role.node", *names, partition="aws-cn")) == FAIL


def test_a_cni_with_a_role_of_its_own_needs_the_policy_there():
    of = attached(facts(), "role.node", WORKER, REGISTRY)
    key = "aws_iam_role.cluster"
    own = PodIdentity(
        "p", Origin("aws_eks_pod_identity_association.p"), of.clusters[0].key, "kube-system", "aws-node", key
    )
    assert outcomes(node_policy_missing, replace(attached(of, key, CNI_POLICY), pod_identities=(own,))) == PASS
    assert outcomes(node_policy_missing, replace(attached(of, key, WORKER), pod_identities=(own,))) == FAIL
    other = replace(own, service_account="app")
    assert outcomes(node_policy_missing, replace(attached(of, key, CNI_POLICY), pod_identities=(other,))) == FAIL
