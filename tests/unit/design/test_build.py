"""The design of whole specs: what follows from each field."""

import json
from ipaddress import IPv4Network

import pytest
from eksclave.design.build import build
from eksclave.design.model import Design
from eksclave.design.printed import as_values, lines, summary
from eksclave.spec.model import ClusterSpec

ACCOUNT = "111122223333"
OPS = {"transit_gateway": {"id": "tgw-12345678", "cidrs": ["172.16.0.0/16"]}, "operator_cidrs": ["192.168.0.0/24"]}
EXISTING = {
    "existing": {
        "vpc_id": "vpc-12345678",
        "subnets": {"nodes": {"eu-central-1a": "subnet-1111111a", "eu-central-1b": "subnet-1111111b"}},
    }
}


def design(**fields: object) -> Design:
    return build(ClusterSpec.model_validate({"name": "prod", "region": "eu-central-1", "account": ACCOUNT, **fields}))


def services(made: Design) -> set[str]:
    return {item.service for item in made.endpoints.items}


def role(made: Design, key: str):
    return next(role for role in made.cluster.roles if role.key == key)


def statements(made: Design, service: str) -> dict[str, dict]:
    item = next(item for item in made.endpoints.items if item.service == service)
    assert item.policy is not None
    return {statement["Sid"]: statement for statement in item.policy["Statement"]}


# endpoints


def test_the_minimal_cluster_has_what_it_boots_with_and_nothing_that_costs_for_nothing():
    assert services(design()) == {
        *("autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth"),
        *("elasticloadbalancing", "s3", "ssm", "ssmmessages"),
    }


def test_irsa_swaps_eks_auth_for_sts():
    assert services(design()) - services(design(identity="irsa")) == {"eks-auth"}
    assert services(design(identity="irsa")) - services(design()) == {"sts"}


@pytest.mark.parametrize(
    ("fields", "gone"),
    [
        ({"access": {"bastion": False}}, {"ssm", "ssmmessages"}),
        ({"workloads": {"load_balancer_controller": {"enabled": False}}}, {"elasticloadbalancing"}),
        ({"workloads": {"cluster_autoscaler": {"enabled": False}}}, {"autoscaling", "eks"}),
    ],
)
def test_dropping_a_feature_drops_its_endpoints(fields, gone):
    assert services(design()) - services(design(**fields)) == gone


def test_auto_mode_needs_no_endpoint_of_a_controller():
    assert services(design(auto_mode={})) == {"ec2", "ecr.api", "ecr.dkr", "eks-auth", "s3", "ssm", "ssmmessages"}


def test_endpoints_that_are_not_ours_cost_nothing_and_carry_no_policy():
    made = design(endpoints={"services": {"ec2": {"mode": "reuse", "id": "vpce-12345678"}, "s3": "external"}})
    by_service = {item.service: item for item in made.endpoints.items}
    assert by_service["ec2"].id == "vpce-12345678"
    assert by_service["ec2"].policy is None and by_service["ec2"].monthly_usd == 0
    assert by_service["s3"].mode == "external" and by_service["s3"].policy is None


def test_an_interface_endpoint_has_one_subnet_per_zone_and_a_price_for_each():
    item = next(item for item in design().endpoints.items if item.service == "ec2")
    assert item.subnets == tuple(f"endpoints-eu-central-1{letter}" for letter in "abc")
    assert item.monthly_usd == pytest.approx(21.90)
    assert item.private_dns


def test_two_subnets_of_a_zone_give_an_endpoint_one_interface_there():
    network = {"existing": {**EXISTING["existing"], "subnets": {"nodes": {"eu-central-1a": ["subnet-1111111a", "subnet-2222222a"], "eu-central-1b": "subnet-1111111b"}}}}  # fmt: skip
    item = next(item for item in design(network=network).endpoints.items if item.service == "ec2")
    assert item.subnets == ("endpoints-eu-central-1a", "endpoints-eu-central-1b")


def test_a_global_service_is_reached_in_its_home_region_with_a_warning():
    made = design(addons={"external-dns": {}})
    item = next(item for item in made.endpoints.items if item.service == "route53")
    assert item.service_name == "com.amazonaws.route53"
    assert item.service_region == "us-east-1"
    assert any("route53 lives in us-east-1" in warning for warning in made.warnings)


def test_a_service_that_the_region_lacks_is_a_warning_and_no_endpoint():
    made = design(region="ap-southeast-5")
    assert "eks" not in services(made)
    assert any("eks has no endpoint in ap-southeast-5" in warning for warning in made.warnings)


# endpoint policies


def test_image_layers_come_from_ecrs_bucket_for_everybody():
    layers = statements(design(), "s3")["ImageLayers"]
    assert layers["Principal"] == "*" and "Condition" not in layers
    assert layers["Resource"] == ["arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"]


def test_images_of_addons_may_be_pulled_from_awss_account():
    pull = statements(design(region="cn-north-1", network={"zones": 2}), "ecr.dkr")["PullOwnAndAddonImages"]
    assert "arn:aws-cn:ecr:cn-north-1:918309763551:repository/*" in pull["Resource"]
    assert f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/*" in pull["Resource"]


def test_web_identities_are_taken_without_a_condition_on_the_principal():
    web = statements(design(identity="irsa"), "sts")["WebIdentity"]
    assert web["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert "Condition" not in web


def test_ec2_lets_through_what_nodeadm_and_the_cni_call_and_nobody_elses_principals():
    (statement,) = statements(design(), "ec2").values()
    assert {"ec2:DescribeInstances", "ec2:AssignPrivateIpAddresses", "ec2:CreateTags"} <= set(statement["Action"])
    assert "ec2:RunInstances" not in statement["Action"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


def test_full_access_means_no_policy():
    assert all(item.policy is None for item in design(endpoints={"policies": "full-access"}).endpoints.items)


def test_what_is_asked_for_beyond_the_features_is_open_to_this_account():
    made = statements(design(endpoints={"extra": ["s3"]}), "s3")
    assert made["S3OfThisAccount"]["Action"] == ["s3:*"]
    assert made["S3OfThisAccount"]["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


# roles


def test_nodes_may_describe_instances_but_the_cni_has_its_own_role():
    node = role(design(), "node")
    assert any(arn.endswith("/AmazonEKSWorkerNodePolicy") for arn in node.managed_policies)
    assert not any("CNI" in arn for arn in node.managed_policies)
    cni = role(design(), "addon-vpc-cni")
    assert (cni.trust, cni.namespace, cni.service_account) == ("pod-identity", "kube-system", "aws-node")


def test_auto_mode_takes_the_minimal_node_policy_and_tags_sessions():
    made = design(auto_mode={})
    assert any(arn.endswith("/AmazonEKSWorkerNodeMinimalPolicy") for arn in role(made, "node").managed_policies)
    assert "sts:TagSession" in role(made, "cluster").trust_actions
    assert len(role(made, "cluster").managed_policies) == 5


def test_role_arns_follow_the_partition():
    made = design(region="us-gov-west-1")
    assert all(arn.startswith("arn:aws-us-gov:") for role in made.cluster.roles for arn in role.managed_policies)


def test_a_long_role_name_is_cut_and_stays_unique():
    made = design(name="a" * 39, addons={"amazon-cloudwatch-observability": {}})
    names = [role.name for role in made.cluster.roles]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 64


def test_the_autoscaler_may_set_its_own_cluster_s_groups_alone():
    own = next(s for s in role(design(), "controller-cluster-autoscaler").statements if s.sid == "SetOwnGroups")
    assert own.conditions == {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/prod": "owned"}}


# cluster


def test_the_cni_and_its_credentials_come_before_the_first_node():
    before = {addon.name for addon in design().cluster.addons if addon.before_nodes}
    assert before == {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}


def test_auto_modes_nodes_start_in_the_clusters_subnets_so_these_are_the_nodes_ones():
    assert all(key.startswith("nodes-") for key in design(auto_mode={}).cluster.subnets)
    assert all(key.startswith("control_plane-") for key in design().cluster.subnets)


def test_auto_mode_brings_its_own_addons():
    made = design(auto_mode={}, addons={"aws-ebs-csi-driver": {}, "metrics-server": {}})
    assert [addon.name for addon in made.cluster.addons] == ["metrics-server"]
    assert any("aws-ebs-csi-driver is left out" in reason for reason in made.cluster.reasons)


def test_fargate_alone_takes_irsa_and_sends_coredns_to_fargate():
    made = design(fargate_profiles=[{"name": "all", "selectors": [{"namespace": "kube-system"}]}])
    assert made.cluster.identity == "irsa"
    (coredns,) = made.cluster.addons
    assert coredns.configuration == {"computeType": "Fargate"}
    assert not made.cluster.node_groups


def test_pods_that_read_the_metadata_service_get_a_second_hop():
    hops = [group.metadata_hop_limit for made in (design(), design(addons={"amazon-cloudwatch-observability": {}})) for group in made.cluster.node_groups]  # fmt: skip
    assert hops == [1, 2]


def test_graviton_and_bottlerocket_are_told_from_the_group():
    group = {"name": "arm", "ami": "bottlerocket", "instance_types": ["m7g.large"]}
    (made,) = design(node_groups=[group]).cluster.node_groups
    assert (made.ami_type, made.root_device) == ("BOTTLEROCKET_ARM_64", "/dev/xvdb")


# network and access


def test_load_balancer_subnets_carry_the_role_tag_and_no_subnet_a_cluster_tag():
    for subnet in design().network.subnets:
        assert ("kubernetes.io/role/internal-elb" in subnet.tags) == (subnet.tier == "load_balancers")
        assert not any(key.startswith("kubernetes.io/cluster/") for key in subnet.tags)


def test_only_the_node_table_leads_to_s3():
    s3 = next(item for item in design().endpoints.items if item.service == "s3")
    assert s3.route_tables == ("nodes",)


def test_an_existing_vpc_is_named_by_ids_and_nothing_of_it_is_made():
    network = design(network=EXISTING).network
    assert network.cidr is None and not network.nacls and not network.route_tables and network.flow_logs is None
    assert {subnet.id for subnet in network.of_tier("control_plane")} == {"subnet-1111111a", "subnet-1111111b"}


def test_the_bastion_has_no_rule_that_lets_anything_in():
    bastion = design().access.bastion
    assert bastion is not None
    assert {rule.direction for rule in bastion.rules} == {"egress"}
    assert {rule.peer for rule in bastion.rules} == {"cluster", "endpoints", "s3"}


def test_a_session_reaches_the_api_of_this_region_and_nothing_else():
    import re

    bastion = design(region="cn-north-1", network={"zones": 2}).access.bastion
    assert bastion is not None
    document = bastion.session_document
    pattern = document["parameters"]["host"]["allowedPattern"]  # type: ignore[index]
    assert re.match(pattern, "ABC123.gr7.cn-north-1.eks.amazonaws.com.cn")
    assert not re.match(pattern, "ABC123.gr7.us-east-1.eks.amazonaws.com")
    assert not re.match(pattern, "evil.example.com")
    assert document["properties"]["portNumber"] == "443"  # type: ignore[index]


def test_operators_may_use_the_api_and_get_an_answer():
    made = design(access=OPS)
    assert {rule.peer for rule in made.access.api_rules} == {"bastion", "172.16.0.0/16", "192.168.0.0/24"}
    nacl = next(nacl for nacl in made.network.nacls if nacl.key == "control_plane")
    for cidr in ("172.16.0.0/16", "192.168.0.0/24"):
        mine = {(e.direction, str(e.ports)) for e in nacl.entries if e.cidr == IPv4Network(cidr)}
        assert mine == {("ingress", "443"), ("egress", "1024-65535")}


def test_a_peering_in_the_same_account_is_accepted_here_and_led_back_to():
    vpc = {"name": "ops", "vpc_id": "vpc-12345678", "cidr": "172.16.0.0/16", "route_table_ids": ["rtb-12345678"]}
    (peering,) = design(access={"peered_vpcs": [vpc]}).access.peerings
    assert peering.auto_accept and peering.remote_route_table_ids == ("rtb-12345678",)
    assert peering.route_tables == ("control_plane", "load_balancers")
    (foreign,) = design(access={"peered_vpcs": [{**vpc, "account": "444455556666"}]}).access.peerings
    assert not foreign.auto_accept and foreign.remote_route_table_ids == ()


def test_operators_without_a_route_are_a_warning():
    warnings = design(access=OPS).warnings
    assert any("192.168.0.0/24: nothing here routes to them" in warning for warning in warnings)
    assert not any("172.16.0.0/16" in warning for warning in warnings)


# images and workloads


def test_controllers_run_from_the_mirror_and_addons_from_awss_registry():
    made = design()
    copied = {image.canonical: image for image in made.images if image.origin == "copy"}
    assert set(copied) == {
        "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0",
        "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0",
    }
    host = f"{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com"
    assert all(image.mirrored.startswith(f"{host}/mirror/") for image in copied.values())
    assert {controller.image for controller in made.workloads.controllers} == {i.mirrored for i in copied.values()}
    assert {r.name for r in made.registry.repositories} == {i.repository for i in copied.values()}


def test_a_locked_digest_pins_what_the_cluster_pulls():
    spec = ClusterSpec.model_validate({"name": "prod", "region": "eu-central-1", "account": ACCOUNT})
    canonical = "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0"
    digest = "sha256:" + "a" * 64
    made = build(spec, {canonical: digest})
    autoscaler = next(c for c in made.workloads.controllers if c.key == "cluster-autoscaler")
    assert autoscaler.image.endswith(f"@{digest}")


def test_bottlerockets_control_container_may_be_pulled_and_is_listed():
    made = design(node_groups=[{"ami": "bottlerocket"}])
    assert any("bottlerocket-control" in image.canonical for image in made.images)
    pull = statements(made, "ecr.api")["PullOwnAndAddonImages"]
    assert "arn:aws:ecr:eu-central-1:*:repository/bottlerocket-*" in pull["Resource"]
    assert not any(
        "bottlerocket" in arn for arn in statements(design(), "ecr.api")["PullOwnAndAddonImages"]["Resource"]
    )


def test_two_principals_of_one_name_have_entries_of_their_own():
    arns = [f"arn:aws:iam::{account}:role/Admin" for account in (ACCOUNT, "444455556666")]
    entries = design(access_entries=[{"principal_arn": arn} for arn in arns]).cluster.access_entries
    assert len({entry.key for entry in entries}) == 2
    assert entries[0].policy_arn == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def test_an_upstream_with_a_cache_rule_needs_no_repository():
    made = design(registry={"pull_through_cache": [{"upstream": "registry.k8s.io", "prefix": "k8s"}]})
    image = next(image for image in made.images if "cluster-autoscaler" in image.canonical)
    assert image.origin == "cache" and image.repository is None
    assert "/k8s/autoscaling/cluster-autoscaler:" in image.mirrored
    assert any("R9" in warning for warning in made.warnings)


def test_the_load_balancer_controller_asks_neither_metadata_nor_shield_nor_waf():
    controller = next(c for c in design().workloads.controllers if c.key == "aws-load-balancer-controller")
    wanted = {"--aws-region=eu-central-1", "--aws-vpc-id={vpc_id}", "--enable-shield=false", "--enable-waf=false", "--enable-wafv2=false"}  # fmt: skip
    assert wanted <= set(controller.arguments)
    kinds = [manifest["kind"] for manifest in controller.manifests]
    assert kinds.index("CustomResourceDefinition") < kinds.index("ValidatingWebhookConfiguration")
    assert "cert-manager" in {addon.name for addon in design().cluster.addons}


def test_the_autoscaler_asks_no_price_list():
    controller = next(c for c in design().workloads.controllers if c.key == "cluster-autoscaler")
    assert "--aws-use-static-instance-list=true" in controller.arguments


def test_ingresses_share_one_internal_load_balancer_for_the_vpc_and_its_operators():
    made = design(access=OPS, workloads={"ingresses": [{"name": "b", "service": "b"}, {"name": "a", "service": "a"}]})
    assert [ingress.name for ingress in made.workloads.ingresses] == ["a", "b"]
    for ingress in made.workloads.ingresses:
        told = {key.rpartition("/")[2]: value for key, value in ingress.annotations.items()}
        assert told["scheme"] == "internal" and told["target-type"] == "ip" and told["group.name"] == "prod"
        assert told["inbound-cidrs"] == "10.0.0.0/16,172.16.0.0/16,192.168.0.0/24"


def test_ingresses_in_an_existing_vpc_name_their_subnets_because_tags_are_not_ours():
    made = design(network=EXISTING, workloads={"ingresses": [{"name": "a", "service": "a"}]})
    (ingress,) = made.workloads.ingresses
    assert ingress.annotations["alb.ingress.kubernetes.io/subnets"] == "subnet-1111111a,subnet-1111111b"


# the whole


@pytest.mark.parametrize("fields", [{}, {"auto_mode": {}}, {"access": OPS}, {"network": EXISTING}])
def test_a_design_prints_as_text_and_json_and_is_the_same_every_time(fields):
    made = design(**fields)
    assert made == design(**fields)
    text = "\n".join(lines(made))
    assert "endpoints" in text and "None" not in text and "Plan(" not in text
    assert json.loads(json.dumps(as_values(made)))["name"] == "prod"
    assert any("a month" in line for line in summary(made))


def test_a_version_newer_than_the_catalogue_is_a_warning():
    assert any("newer than this catalogue" in warning for warning in design(kubernetes_version="1.99").warnings)
