"""Whatever the spec: endpoints have reasons and features, and network ACLs let every required flow through both ways."""

import random
from ipaddress import IPv4Network

import pytest
from eksclave.catalog.endpoints import find_service
from eksclave.catalog.features import Feature
from eksclave.catalog.flows import Role, required_flows, services_needed
from eksclave.design.build import build
from eksclave.design.endpoints import required_endpoints
from eksclave.design.model import Design, NaclEntry
from eksclave.spec.model import ClusterSpec
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

OPERATORS = ("172.16.0.0/16", "192.168.7.0/24", "100.64.0.0/20")
COMPUTE = (
    {},
    {"auto_mode": {}},
    {"fargate_profiles": [{"name": "jobs", "selectors": [{"namespace": "jobs"}]}]},
    {"node_groups": [{"name": "a", "ami": "bottlerocket", "instance_types": ["m7g.large"]}]},
)
ADDONS = ("aws-ebs-csi-driver", "aws-efs-csi-driver", "metrics-server", "fluent-bit", "external-dns", "adot")
specs = st.fixed_dictionaries(
    {
        "compute": st.sampled_from(COMPUTE),
        "region": st.sampled_from(("eu-central-1", "us-east-1", "us-gov-west-1", "ap-northeast-1")),
        "addons": st.sets(st.sampled_from(ADDONS)),
        "identity": st.sampled_from(("pod-identity", "irsa")),
        "bastion": st.booleans(),
        "operators": st.sets(st.sampled_from(OPERATORS)),
        "transit": st.booleans(),
        "balancer": st.booleans(),
        "autoscaler": st.booleans(),
        "cidr": st.sampled_from(("10.0.0.0/16", "10.4.0.0/20", "10.8.0.0/22")),
        "zones": st.integers(2, 3),
    }
)


def made(drawn: dict) -> Design:
    access: dict = {"bastion": drawn["bastion"], "operator_cidrs": sorted(drawn["operators"])}
    if drawn["transit"]:
        access["transit_gateway"] = {"id": "tgw-12345678", "cidrs": ["10.200.0.0/16"]}
    fields = {
        "name": "prod",
        "region": drawn["region"],
        "account": "111122223333",
        "identity": drawn["identity"],
        "network": {"cidr": drawn["cidr"], "zones": drawn["zones"]},
        "addons": {name: {} for name in drawn["addons"]},
        "access": access,
        "workloads": {
            "load_balancer_controller": {"enabled": drawn["balancer"]},
            "cluster_autoscaler": {"enabled": drawn["autoscaler"]},
        },
        **drawn["compute"],
    }
    return build(ClusterSpec.model_validate(fields))


features_sets = st.frozensets(st.sampled_from(list(Feature)))


@settings(max_examples=300, deadline=None)
@given(features=features_sets)
def test_every_derived_endpoint_has_a_reason_that_names_a_feature_or_holds_always(features):
    for suffix, (reasons, flows) in required_endpoints(features).items():
        assert find_service(suffix)
        assert reasons and flows
        for reason in reasons:
            words = reason.partition(":")[0].split(", ")
            assert words == ["always"] or {Feature(word) for word in words} & features


@settings(max_examples=300, deadline=None)
@given(features=features_sets, dropped=st.sampled_from(list(Feature)))
def test_an_endpoint_without_its_features_is_gone(features, dropped):
    """The oracle reads the flows one by one, without the derivation."""
    left = features - {dropped}
    wanted = {suffix for flow in required_flows(left) for suffix in flow.services_for(left)}
    assert set(required_endpoints(left)) == wanted == set(services_needed(left))


@settings(max_examples=60, deadline=None)
@given(drawn=specs)
def test_every_endpoint_of_a_design_has_a_reason_a_place_and_a_price(drawn):
    design = made(drawn)
    for item in design.endpoints.items:
        assert item.required_by
        assert bool(item.subnets) == (item.kind == "Interface")
        assert (item.monthly_usd > 0) == (item.kind == "Interface" and item.service != "guardduty-data")
        zones = [subnet.zone for subnet in design.network.subnets if subnet.key in item.subnets]
        assert len(zones) == len(set(zones))
    assert design.endpoints.monthly_usd == round(sum(item.monthly_usd for item in design.endpoints.items), 2)


@settings(max_examples=60, deadline=None)
@given(drawn=specs)
def test_network_acls_stay_within_awss_limit_with_numbers_of_their_own(drawn):
    for nacl in made(drawn).network.nacls:
        for direction in ("ingress", "egress"):
            numbers = [entry.number for entry in nacl.entries if entry.direction == direction]
            assert len(numbers) < 20
            assert numbers == sorted(set(numbers))
            assert all(1 <= number <= 32766 for number in numbers)


TIERS = {
    Role.NODE: "nodes",
    Role.POD: "nodes",
    Role.BASTION: "nodes",
    Role.MOUNT_TARGET: "nodes",
    Role.CONTROL_PLANE: "control_plane",
    Role.LOAD_BALANCER: "load_balancers",
}


@settings(max_examples=60, deadline=None)
@given(drawn=specs, seed=st.integers(0, 2**32))
def test_network_acls_let_every_required_flow_through_and_its_answer_back(drawn, seed):
    """The oracle walks entries by number, first match wins, at the four borders that a packet and its answer cross."""
    design, chance = made(drawn), random.Random(seed)
    features = frozenset(map(Feature, design.features))
    acls = {nacl.key: nacl.entries for nacl in design.network.nacls}
    homes = {**TIERS, **({Role.CONTROL_PLANE: "nodes"} if Feature.AUTO_MODE in features else {})}
    for flow in required_flows(features):
        if flow.kind not in ("service", "path") or flow.id == "E4":  # E4: an NLB that keeps client addresses
            continue
        for role in flow.sources:
            for target in ["endpoints"] if flow.kind == "service" else [homes.get(flow.target)]:
                if flow.kind == "service":
                    suffixes = flow.services_for(features)
                    target = "s3" if any(find_service(s).kind == "Gateway" for s in suffixes) else "endpoints"
                for source in _sides(role, drawn, homes):
                    if target is None:
                        continue
                    uses = [(use.protocol.value, use.ports) for use in flow.ports_for(features)] or [("tcp", None)]
                    for protocol, ports in uses:
                        port = chance.randint(ports.first, ports.last) if ports else chance.randint(1, 65535)
                        _crosses(design, acls, chance, source, target, protocol, port, flow.id)


def _sides(role: Role, drawn: dict, homes: dict) -> list[str]:
    if role in homes:
        return [homes[role]]
    if role in (Role.OPERATOR, Role.CLIENT):
        outside = sorted(drawn["operators"]) + (["10.200.0.0/16"] if drawn["transit"] else [])
        return outside + (["nodes"] if role is Role.CLIENT else [])
    return []


def _crosses(design, acls, chance, source, target, protocol, port, flow):
    here, there = _address(design, chance, source), _address(design, chance, target)
    back = chance.randint(1024, 65535) if target == "s3" or source not in acls else chance.randint(32768, 61000)
    for tier, direction, other, asked in (
        (source, "egress", there, port),
        (target, "ingress", here, port),
        (target, "egress", here, back),
        (source, "ingress", there, back),
    ):
        if tier in acls:
            assert _allows(acls[tier], direction, other, protocol, asked), (flow, tier, direction, str(other), asked)


def _address(design, chance, side):
    if side == "s3":
        return IPv4Network("52.219.0.0/16")[chance.randint(1, 60000)]
    networks = [subnet.cidr for subnet in design.network.subnets if subnet.tier == side] or [IPv4Network(side)]
    network = chance.choice(networks)
    return network[chance.randint(4, network.num_addresses - 2)]


def _allows(entries: tuple[NaclEntry, ...], direction, address, protocol, port) -> bool:
    for entry in sorted(entries, key=lambda entry: entry.number):
        if entry.direction != direction or address not in entry.cidr:
            continue
        if entry.protocol is None or (entry.protocol.value == protocol and port in entry.ports):
            return entry.action == "allow"
    return False


@settings(max_examples=60, deadline=None)
@given(drawn=specs, port=st.integers(1, 65535))
def test_nobody_outside_reaches_endpoints_or_an_api_port_that_no_flow_names(drawn, port):
    design = made(drawn)
    acls = {nacl.key: nacl.entries for nacl in design.network.nacls}
    stranger = IPv4Network("8.8.8.8/32")[0]
    for tier in ("endpoints", "control_plane", "load_balancers"):
        assert not _allows(acls[tier], "ingress", stranger, "tcp", port)
        assert not _allows(acls[tier], "egress", stranger, "tcp", port)
    node = next(subnet.cidr[9] for subnet in design.network.subnets if subnet.tier == "nodes" and subnet.cidr)
    assert _allows(acls["endpoints"], "ingress", node, "tcp", port) == (port == 443)


@settings(max_examples=40, deadline=None)
@given(drawn=specs, more=st.sets(st.sampled_from(OPERATORS)))
def test_more_operators_change_no_entry_that_was_there(drawn, more):
    before, after = made(drawn), made({**drawn, "operators": drawn["operators"] | more})
    for one, two in zip(before.network.nacls, after.network.nacls, strict=True):
        later = {(entry.direction, entry.number): (entry.cidr, entry.protocol, entry.ports) for entry in two.entries}
        for entry in one.entries:
            if str(entry.cidr) in OPERATORS:
                continue
            assert later[entry.direction, entry.number] == (entry.cidr, entry.protocol, entry.ports)
