"""EC2 and ECR as the emulator plays them: endpoints, dependencies, cache rules, templates."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow
SERVICE = "com.amazonaws.eu-central-1.sts"


def _endpoint(cloud: Any, vpc: str, subnets: list[str], group: str) -> str:
    made = cloud.client("ec2").create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=SERVICE,
        VpcEndpointType="Interface",
        SubnetIds=subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


def test_an_endpoint_with_two_subnets_of_one_zone_is_refused(cloud: Any, refused: Any) -> None:
    vpc, subnets = cloud.network("aa")
    said = refused(
        cloud.client("ec2"),
        "create_vpc_endpoint",
        VpcId=vpc,
        ServiceName=SERVICE,
        VpcEndpointType="Interface",
        SubnetIds=subnets,
    )
    assert said.startswith("DuplicateSubnetsInSameZone")


def test_private_dns_of_one_service_is_taken_once_in_a_vpc(cloud: Any, refused: Any) -> None:
    ec2 = cloud.client("ec2")
    vpc, subnets = cloud.network()
    group = ec2.create_security_group(GroupName="endpoints", Description="x", VpcId=vpc)["GroupId"]
    _endpoint(cloud, vpc, subnets, group)
    said = refused(
        ec2,
        "create_vpc_endpoint",
        VpcId=vpc,
        ServiceName=SERVICE,
        VpcEndpointType="Interface",
        SubnetIds=subnets,
        PrivateDnsEnabled=True,
    )
    assert "conflicting DNS domain" in said


def test_an_endpoint_holds_its_security_group_and_subnets_until_it_is_deleted(cloud: Any, refused: Any) -> None:
    ec2 = cloud.client("ec2")
    vpc, subnets = cloud.network()
    group = ec2.create_security_group(GroupName="endpoints", Description="x", VpcId=vpc)["GroupId"]
    ident = _endpoint(cloud, vpc, subnets, group)
    faces = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkInterfaces"]
    assert {face["SubnetId"] for face in faces} == set(subnets)
    assert {one["GroupId"] for face in faces for one in face["Groups"]} == {group}
    assert refused(ec2, "delete_security_group", GroupId=group).startswith("DependencyViolation")
    assert refused(ec2, "delete_subnet", SubnetId=subnets[0]).startswith("DependencyViolation")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[ident])
    ec2.delete_security_group(GroupId=group)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_a_transit_gateways_attachment_holds_its_subnets_and_is_seen_as_deleted(cloud: Any, refused: Any) -> None:
    ec2 = cloud.client("ec2")
    vpc, subnets = cloud.network("aab")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ask = {"TransitGatewayId": gateway, "VpcId": vpc}
    said = refused(ec2, "create_transit_gateway_vpc_attachment", **ask, SubnetIds=subnets)
    assert said.startswith("DuplicateSubnetsInSameZone")
    tags = [{"ResourceType": "transit-gateway-attachment", "Tags": [{"Key": "a", "Value": "b"}]}]
    made = ec2.create_transit_gateway_vpc_attachment(**ask, SubnetIds=subnets[1:], TagSpecifications=tags)
    ident = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    assert made["TransitGatewayVpcAttachment"]["Tags"] == tags[0]["Tags"]
    assert refused(ec2, "delete_subnet", SubnetId=subnets[1]).startswith("DependencyViolation")
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=ident)
    (seen,) = ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[ident])[
        "TransitGatewayVpcAttachments"
    ]
    assert seen["State"] == "deleted"
    assert not [line for line in cloud.control("inventory") if ident in line]
    ec2.delete_subnet(SubnetId=subnets[1])
    ec2.create_transit_gateway_vpc_attachment(**ask, SubnetIds=subnets[2:])


def test_an_instance_has_a_public_address_only_where_one_is_asked_for(cloud: Any) -> None:
    ec2 = cloud.client("ec2")
    _, (subnet, _) = cloud.network()
    told = {}
    for public in (False, True):
        face = {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": public}
        ask = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1, "NetworkInterfaces": [face]}
        (made,) = ec2.run_instances(**ask)["Instances"]
        told[public] = "Association" in made["NetworkInterfaces"][0]
        ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    assert told == {False: False, True: True}


def test_an_instance_shows_the_security_groups_of_its_first_interface(cloud: Any) -> None:
    ec2 = cloud.client("ec2")
    vpc, (subnet, _) = cloud.network()
    group = ec2.create_security_group(GroupName="shown", Description="x", VpcId=vpc)["GroupId"]
    face = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group]}
    (made,) = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=[face])["Instances"]
    assert [one["GroupId"] for one in made["SecurityGroups"]] == [group]
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])


def test_overlapping_subnets_are_refused(cloud: Any, refused: Any) -> None:
    vpc, _ = cloud.network("a")
    said = refused(cloud.client("ec2"), "create_subnet", VpcId=vpc, CidrBlock="10.0.0.128/25")
    assert said.startswith("InvalidSubnet.Conflict")


def test_a_group_that_another_groups_rule_names_stays(cloud: Any, refused: Any) -> None:
    ec2 = cloud.client("ec2")
    vpc, _ = cloud.network("a")
    one, two = (
        ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"] for name in ("one", "two")
    )
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "UserIdGroupPairs": [{"GroupId": one, "Description": "why"}],
    }
    made = ec2.authorize_security_group_ingress(GroupId=two, IpPermissions=[rule])["SecurityGroupRules"][0]
    assert made["Description"] == "why"
    assert refused(ec2, "delete_security_group", GroupId=one).startswith("DependencyViolation")
    ec2.revoke_security_group_ingress(GroupId=two, SecurityGroupRuleIds=[made["SecurityGroupRuleId"]])
    ec2.delete_security_group(GroupId=one)


def test_cache_rules_are_made_once_for_known_upstreams_with_a_secret_where_needed(cloud: Any, refused: Any) -> None:
    ecr = cloud.client("ecr")
    made = ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="k8s", upstreamRegistryUrl="registry.k8s.io")
    assert made["upstreamRegistry"] == "k8s"
    again = refused(
        ecr, "create_pull_through_cache_rule", ecrRepositoryPrefix="k8s", upstreamRegistryUrl="registry.k8s.io"
    )
    assert again.startswith("PullThroughCacheRuleAlreadyExistsException")
    unknown = refused(
        ecr, "create_pull_through_cache_rule", ecrRepositoryPrefix="mine", upstreamRegistryUrl="registry.example.org"
    )
    assert unknown.startswith("UnsupportedUpstreamRegistryException")
    bare = refused(
        ecr, "create_pull_through_cache_rule", ecrRepositoryPrefix="hub", upstreamRegistryUrl="registry-1.docker.io"
    )
    assert bare.startswith("InvalidParameterException")
    assert [one["ecrRepositoryPrefix"] for one in ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]] == [
        "k8s"
    ]
    ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="k8s")
    gone = refused(ecr, "describe_pull_through_cache_rules", ecrRepositoryPrefixes=["k8s"])
    assert gone.startswith("PullThroughCacheRuleNotFoundException")


def test_creation_templates_live_and_need_a_role_for_tags(cloud: Any, refused: Any) -> None:
    ecr = cloud.client("ecr")
    ask = {"prefix": "cached", "appliedFor": ["PULL_THROUGH_CACHE"]}
    tagged = refused(ecr, "create_repository_creation_template", **ask, resourceTags=[{"Key": "a", "Value": "b"}])
    assert tagged.startswith("InvalidParameterException")
    ecr.create_repository_creation_template(**ask, imageTagMutability="IMMUTABLE")
    assert refused(ecr, "create_repository_creation_template", **ask).startswith("TemplateAlreadyExistsException")
    ecr.update_repository_creation_template(prefix="cached", description="from upstream")
    told = ecr.describe_repository_creation_templates(prefixes=["cached"])["repositoryCreationTemplates"][0]
    assert (told["description"], told["imageTagMutability"]) == ("from upstream", "IMMUTABLE")
    ecr.delete_repository_creation_template(prefix="cached")
    assert refused(ecr, "delete_repository_creation_template", prefix="cached").startswith("TemplateNotFoundException")


def test_calls_are_recorded_in_order_without_their_secrets(cloud: Any) -> None:
    before = len(cloud.control("calls"))
    cloud.client("secretsmanager").create_secret(Name="recorded", SecretString="hunter2")
    cloud.client("eks").list_clusters()
    calls = cloud.control("calls")[before:]
    assert [(call["service"], call["action"], call["status"]) for call in calls] == [
        ("secretsmanager", "CreateSecret", 200),
        ("eks", "ListClusters", 200),
    ]
    assert "hunter2" not in str(calls)


def test_the_inventory_names_what_was_made_and_not_what_aws_brings(cloud: Any) -> None:
    before = set(cloud.control("inventory"))
    url = cloud.client("sqs", "eu-west-3").create_queue(QueueName="counted")["QueueUrl"]
    vpc, _ = cloud.network("a", "eu-west-3")
    new = set(cloud.control("inventory")) - before
    assert any(line.endswith(f"vpcs {vpc}") for line in new)
    assert sum("sqs eu-west-3" in line for line in new) == 1
    assert not any("managed_prefix_lists" in line for line in new)
    cloud.client("sqs", "eu-west-3").delete_queue(QueueUrl=url)


def test_what_was_there_before_has_the_ids_that_were_asked_for(cloud: Any) -> None:
    subnets = [
        {"id": "subnet-0aaaaaaaaaaaaaaaa", "zone": "eu-west-1a"},
        {"id": "subnet-0bbbbbbbbbbbbbbbb", "zone": "eu-west-1b"},
    ]
    vpc = {"id": "vpc-0cccccccccccccccc", "region": "eu-west-1", "cidr": "10.20.0.0/16", "subnets": subnets,
           "groups": ["sg-0dddddddddddddddd"], "endpoints": [{"id": "vpce-0eeeeeeeeeeeeeeee", "service": "com.amazonaws.eu-west-1.s3"}]}  # fmt: skip
    arn = "arn:aws:iam::123456789012:role/team/Seeded"
    cloud.control("seed", {"account": "123456789012", "vpcs": [vpc], "principals": [arn]})
    ec2 = cloud.client("ec2", "eu-west-1")
    told = ec2.describe_subnets(SubnetIds=[one["id"] for one in subnets])["Subnets"]
    assert {(one["VpcId"], one["AvailabilityZone"]) for one in told} == {
        (vpc["id"], "eu-west-1a"),
        (vpc["id"], "eu-west-1b"),
    }
    assert ec2.describe_vpc_attribute(VpcId=vpc["id"], Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
    assert (
        ec2.describe_vpc_endpoints(VpcEndpointIds=["vpce-0eeeeeeeeeeeeeeee"])["VpcEndpoints"][0]["VpcId"] == vpc["id"]
    )
    assert ec2.describe_security_groups(GroupIds=["sg-0dddddddddddddddd"])["SecurityGroups"]
    assert cloud.client("iam").get_role(RoleName="Seeded")["Role"]["Arn"] == arn
