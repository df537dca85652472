"""EKS as the emulator plays it: states, defaults, refusals; every answer is parsed by boto3 against the service model."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_a_cluster_is_creating_before_it_is_active_and_gone_after_deleting(cloud: Any) -> None:
    eks = cloud.client("eks")
    _, subnets = cloud.network()
    made = eks.create_cluster(name="states", roleArn=cloud.role("cluster"), resourcesVpcConfig={"subnetIds": subnets})[
        "cluster"
    ]
    seen = [made["status"], *(eks.describe_cluster(name="states")["cluster"]["status"] for _ in range(3))]
    assert seen[0] == "CREATING"
    assert seen[-1] == "ACTIVE"
    assert eks.delete_cluster(name="states")["cluster"]["status"] == "DELETING"
    with pytest.raises(eks.exceptions.ResourceNotFoundException):
        for _ in range(4):
            eks.describe_cluster(name="states")


def test_a_private_cluster_answers_with_its_vpc_its_group_and_no_public_range(cloud: Any) -> None:
    vpc, subnets = cloud.cluster("private")
    told = cloud.client("eks").describe_cluster(name="private")["cluster"]
    assert told["resourcesVpcConfig"]["vpcId"] == vpc
    assert told["resourcesVpcConfig"]["publicAccessCidrs"] == []
    group = told["resourcesVpcConfig"]["clusterSecurityGroupId"]
    faces = cloud.client("ec2").describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "NetworkInterfaces"
    ]
    assert {face["SubnetId"] for face in faces} == set(subnets)
    assert all(group in {one["GroupId"] for one in face["Groups"]} for face in faces)


def test_clusters_in_one_zone_or_an_excluded_zone_are_refused(cloud: Any, refused: Any) -> None:
    eks, role = cloud.client("eks"), cloud.role("cluster")
    _, one_zone = cloud.network("aa")
    said = refused(eks, "create_cluster", name="one", roleArn=role, resourcesVpcConfig={"subnetIds": one_zone})
    assert said.startswith("InvalidParameterException: Subnets specified must be in at least two different AZs")
    virginia = cloud.client("eks", "us-east-1")
    zones = cloud.client("ec2", "us-east-1").describe_availability_zones()["AvailabilityZones"]
    excluded = next(zone["ZoneName"][-1] for zone in zones if zone["ZoneId"] == "use1-az3")
    _, subnets = cloud.network(f"a{excluded}", "us-east-1")
    said = refused(virginia, "create_cluster", name="az3", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    assert said.startswith("UnsupportedAvailabilityZoneException")
    assert "use1-az3" in said


def test_a_node_group_needs_an_active_cluster_a_role_and_known_subnets(cloud: Any, refused: Any) -> None:
    eks, role = cloud.client("eks"), cloud.role("node")
    _, subnets = cloud.network()
    ask = {"nodegroupName": "n", "nodeRole": role, "subnets": subnets}
    with pytest.raises(eks.exceptions.ResourceNotFoundException):
        eks.create_nodegroup(clusterName="none", **ask)
    eks.create_cluster(name="young", roleArn=cloud.role("cluster"), resourcesVpcConfig={"subnetIds": subnets})
    assert refused(eks, "create_nodegroup", clusterName="young", **ask).startswith("ResourceInUseException")
    vpc_subnets = cloud.cluster("grown")[1]
    unknown = {**ask, "subnets": ["subnet-0123456789abcdef0"]}
    assert refused(eks, "create_nodegroup", clusterName="grown", **unknown).startswith("InvalidParameterException")
    wrong_role = {**ask, "subnets": vpc_subnets, "nodeRole": "arn:aws:iam::123456789012:role/nobody"}
    assert refused(eks, "create_nodegroup", clusterName="grown", **wrong_role).startswith("InvalidParameterException")
    elsewhere = refused(eks, "create_nodegroup", clusterName="grown", **ask)
    assert "belong to the VPC" in elsewhere


def test_a_cluster_with_node_groups_stays_and_a_subnet_with_nodes_too(cloud: Any, refused: Any) -> None:
    eks, ec2 = cloud.client("eks"), cloud.client("ec2")
    _, subnets = cloud.cluster("busy")
    eks.create_nodegroup(clusterName="busy", nodegroupName="n", nodeRole=cloud.role("node"), subnets=subnets)
    assert refused(eks, "delete_cluster", name="busy").startswith(
        "ResourceInUseException: Cluster has nodegroups attached"
    )
    assert refused(ec2, "delete_subnet", SubnetId=subnets[0]).startswith("DependencyViolation")
    assert cloud.role("node") in eks.list_access_entries(clusterName="busy")["accessEntries"]


def test_add_ons_take_known_versions_and_known_configuration_keys_alone(cloud: Any, refused: Any) -> None:
    eks = cloud.client("eks")
    cloud.cluster("addons")
    said = refused(eks, "create_addon", clusterName="addons", addonName="vpc-cni", addonVersion="v9.9.9-eksbuild.1")
    assert said.startswith("InvalidParameterException: Addon version specified is not supported")
    said = refused(
        eks, "create_addon", clusterName="addons", addonName="vpc-cni", configurationValues=json.dumps({"nonsense": 1})
    )
    assert "'nonsense' is not defined in the schema" in said
    assert refused(eks, "create_addon", clusterName="addons", addonName="made-up").startswith(
        "InvalidParameterException"
    )
    made = eks.create_addon(
        clusterName="addons", addonName="vpc-cni", configurationValues=json.dumps({"env": {"A": "b"}})
    )["addon"]
    assert made["status"] == "CREATING"
    known = eks.describe_addon_versions(addonName="vpc-cni")["addons"][0]["addonVersions"]
    assert made["addonVersion"] in {one["addonVersion"] for one in known}
    schema = eks.describe_addon_configuration(addonName="vpc-cni", addonVersion=made["addonVersion"])[
        "configurationSchema"
    ]
    assert "enableNetworkPolicy" in json.loads(schema)["properties"]


def test_an_add_on_owns_its_pod_identity_associations(cloud: Any) -> None:
    eks = cloud.client("eks")
    cloud.cluster("identity")
    role = cloud.role("csi")
    eks.create_addon(clusterName="identity", addonName="aws-ebs-csi-driver",
                     podIdentityAssociations=[{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role}])  # fmt: skip
    listed = eks.list_pod_identity_associations(clusterName="identity")["associations"]
    assert [(one["namespace"], one["serviceAccount"]) for one in listed] == [("kube-system", "ebs-csi-controller-sa")]
    eks.delete_addon(clusterName="identity", addonName="aws-ebs-csi-driver")
    assert eks.list_pod_identity_associations(clusterName="identity")["associations"] == []


def test_pod_identity_takes_one_role_for_a_service_account(cloud: Any, refused: Any) -> None:
    eks = cloud.client("eks")
    cloud.cluster("pods")
    ask = {"clusterName": "pods", "namespace": "a", "serviceAccount": "b", "roleArn": cloud.role("pod")}
    ident = eks.create_pod_identity_association(**ask)["association"]["associationId"]
    assert refused(eks, "create_pod_identity_association", **ask).startswith("ResourceInUseException")
    other = cloud.role("other")
    eks.update_pod_identity_association(clusterName="pods", associationId=ident, roleArn=other)
    assert (
        eks.describe_pod_identity_association(clusterName="pods", associationId=ident)["association"]["roleArn"]
        == other
    )
    eks.delete_pod_identity_association(clusterName="pods", associationId=ident)
    said = refused(eks, "describe_pod_identity_association", clusterName="pods", associationId=ident)
    assert said.startswith("ResourceNotFoundException")


def test_access_entries_need_api_mode_and_a_principal_that_exists(cloud: Any, refused: Any) -> None:
    eks, role = cloud.client("eks"), cloud.role("admin")
    cloud.cluster("entries")
    cloud.cluster("map", mode="CONFIG_MAP")
    assert refused(eks, "create_access_entry", clusterName="map", principalArn=role).startswith(
        "InvalidRequestException"
    )
    nobody = "arn:aws:iam::123456789012:role/nobody"
    assert refused(eks, "create_access_entry", clusterName="entries", principalArn=nobody).startswith(
        "InvalidParameterException"
    )
    entry = eks.create_access_entry(clusterName="entries", principalArn=role)["accessEntry"]
    assert entry["username"] == "arn:aws:sts::123456789012:assumed-role/admin/{{SessionName}}"
    assert refused(eks, "create_access_entry", clusterName="entries", principalArn=role).startswith(
        "ResourceInUseException"
    )


def test_access_policies_are_associated_listed_and_taken_away(cloud: Any, refused: Any) -> None:
    eks, role = cloud.client("eks"), cloud.role("viewer")
    cloud.cluster("policies")
    eks.create_access_entry(clusterName="policies", principalArn=role)
    who = {"clusterName": "policies", "principalArn": role}
    arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    wrong = refused(
        eks, "associate_access_policy", **who, policyArn=arn.replace("View", "Veiw"), accessScope={"type": "cluster"}
    )
    assert wrong.startswith("InvalidParameterException")
    eks.associate_access_policy(**who, policyArn=arn, accessScope={"type": "namespace", "namespaces": ["a"]})
    told = eks.list_associated_access_policies(**who)["associatedAccessPolicies"]
    assert [(one["policyArn"], one["accessScope"]) for one in told] == [
        (arn, {"type": "namespace", "namespaces": ["a"]})
    ]
    assert eks.list_access_entries(clusterName="policies", associatedPolicyArn=arn)["accessEntries"] == [role]
    eks.disassociate_access_policy(**who, policyArn=arn)
    assert eks.list_associated_access_policies(**who)["associatedAccessPolicies"] == []
    eks.delete_access_entry(**who)
    assert refused(eks, "describe_access_entry", **who).startswith("ResourceNotFoundException")


def test_fargate_refuses_a_subnet_that_leads_to_the_internet(cloud: Any, refused: Any) -> None:
    eks, ec2, role = cloud.client("eks"), cloud.client("ec2"), cloud.role("pods")
    vpc, subnets = cloud.cluster("fargate")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    ask = {"clusterName": "fargate", "podExecutionRoleArn": role, "selectors": [{"namespace": "jobs"}]}
    said = refused(eks, "create_fargate_profile", fargateProfileName="public", subnets=[subnets[0]], **ask)
    assert "is not a private subnet" in said
    eks.create_fargate_profile(fargateProfileName="private", subnets=[subnets[1]], **ask)
    busy = refused(eks, "create_fargate_profile", fargateProfileName="second", subnets=[subnets[1]], **ask)
    assert busy.startswith("InvalidRequestException")
    assert "in status CREATING" in busy


def test_updates_are_in_progress_then_successful_and_one_kind_at_a_time(cloud: Any, refused: Any) -> None:
    eks = cloud.client("eks")
    cloud.cluster("updates")
    update = eks.update_cluster_config(
        name="updates", logging={"clusterLogging": [{"types": ["api"], "enabled": True}]}
    )["update"]
    seen = [
        update["status"],
        *(eks.describe_update(name="updates", updateId=update["id"])["update"]["status"] for _ in range(3)),
    ]
    assert seen[0] == "InProgress"
    assert seen[-1] == "Successful"
    told = eks.describe_cluster(name="updates")["cluster"]["logging"]["clusterLogging"]
    assert {"types": ["api"], "enabled": True} in told
    two = {"logging": {"clusterLogging": []}, "resourcesVpcConfig": {"endpointPublicAccess": False}}
    assert refused(eks, "update_cluster_config", name="updates", **two).startswith("InvalidParameterException")
    shut = {"endpointPublicAccess": False, "endpointPrivateAccess": False}
    assert refused(eks, "update_cluster_config", name="updates", resourcesVpcConfig=shut).startswith(
        "InvalidParameterException"
    )


def test_auto_mode_is_on_in_all_three_places_or_in_none(cloud: Any, refused: Any) -> None:
    eks = cloud.client("eks")
    _, subnets = cloud.network()
    ask = {
        "name": "auto",
        "roleArn": cloud.role("cluster"),
        "resourcesVpcConfig": {"subnetIds": subnets},
        "bootstrapSelfManagedAddons": False,
    }
    assert "all either fully enabled or fully disabled" in refused(
        eks, "create_cluster", **ask, computeConfig={"enabled": True}
    )
    on = {"computeConfig": {"enabled": True}, "storageConfig": {"blockStorage": {"enabled": True}},
          "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}}}  # fmt: skip
    assert eks.create_cluster(**ask, **on)["cluster"]["computeConfig"]["enabled"] is True
