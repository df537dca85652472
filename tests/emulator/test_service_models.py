"""Every operation that the emulator adds is one of its service, is asked here once, and answers as the model says."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from .model import unfit

pytestmark = pytest.mark.slow
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def _operations() -> dict[str, set[str]]:
    from eksclave_emulator.ecr.responses import OPERATIONS as ECR
    from eksclave_emulator.eks.responses import OPERATIONS as EKS

    return {"eks": {xform_name(name) for names in EKS.values() for name in names}, "ecr": set(ECR)}


@pytest.mark.parametrize("service", ["eks", "ecr"])
def test_every_operation_is_one_of_its_services(service: str) -> None:
    known = {xform_name(name) for name in botocore.session.get_session().get_service_model(service).operation_names}
    assert _operations()[service] <= known


def test_an_answer_that_does_not_fit_is_found() -> None:
    shape = botocore.session.get_session().get_service_model("eks").operation_model("DescribeCluster").output_shape
    wrong = {"cluster": {"name": 1, "status": "HAPPY", "colour": "blue", "tags": None, "version": "1.35"}, "more": {}}
    assert sorted(unfit(shape, wrong, "answer")) == [
        "answer.cluster.colour is not in the model",
        "answer.cluster.name is a int, not a string",
        "answer.cluster.status is 'HAPPY', not one of ['CREATING', 'ACTIVE', 'DELETING', 'FAILED', 'UPDATING', 'PENDING']",
        "answer.cluster.tags is null",
        "answer.more is not in the model",
    ]


def test_a_whole_life_asks_every_eks_operation_and_each_answer_fits(cloud: Any) -> None:
    eks, asked = cloud.client("eks"), set[str]()

    def ask(operation: str, **arguments: Any) -> Any:
        asked.add(operation)
        return getattr(eks, operation)(**arguments)

    _, subnets = cloud.network()
    role, name = cloud.role("model"), "model"
    private = {"subnetIds": subnets, "endpointPublicAccess": False, "endpointPrivateAccess": True}
    access = {"authenticationMode": "API"}
    arn = ask(
        "create_cluster", name=name, roleArn=role, version="1.33", resourcesVpcConfig=private, accessConfig=access
    )["cluster"]["arn"]
    while ask("describe_cluster", name=name)["cluster"]["status"] != "ACTIVE":
        pass
    ask("list_clusters")
    ask("describe_cluster_versions")
    ask("tag_resource", resourceArn=arn, tags={"a": "b"})
    assert ask("list_tags_for_resource", resourceArn=arn)["tags"] == {"a": "b"}
    ask("untag_resource", resourceArn=arn, tagKeys=["a"])
    ask("update_cluster_config", name=name, logging={"clusterLogging": [{"types": ["api"], "enabled": True}]})
    ask("update_cluster_version", name=name, version="1.34")
    key = {"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:eu-central-1:123456789012:key/x"}}
    update = ask("associate_encryption_config", clusterName=name, encryptionConfig=[key])["update"]["id"]
    ask("describe_update", name=name, updateId=update)
    assert update in ask("list_updates", name=name)["updateIds"]

    entry = {"clusterName": name, "principalArn": cloud.role("model-admin")}
    ask("create_access_entry", **entry)
    ask("update_access_entry", **entry, kubernetesGroups=["admins"])
    ask("describe_access_entry", **entry)
    ask("list_access_entries", clusterName=name)
    ask("list_access_policies")
    ask("associate_access_policy", **entry, policyArn=POLICY, accessScope={"type": "cluster"})
    ask("list_associated_access_policies", **entry)
    ask("disassociate_access_policy", **entry, policyArn=POLICY)
    ask("delete_access_entry", **entry)

    pod = {"namespace": "a", "serviceAccount": "b", "roleArn": role}
    ident = ask("create_pod_identity_association", clusterName=name, **pod)["association"]["associationId"]
    one = {"clusterName": name, "associationId": ident}
    ask("describe_pod_identity_association", **one)
    ask("update_pod_identity_association", **one, roleArn=cloud.role("model-pod"))
    ask("list_pod_identity_associations", clusterName=name)
    ask("delete_pod_identity_association", **one)

    addon = {"clusterName": name, "addonName": "vpc-cni"}
    version = ask("describe_addon_versions", addonName="vpc-cni")["addons"][0]["addonVersions"][0]["addonVersion"]
    ask("describe_addon_configuration", addonName="vpc-cni", addonVersion=version)
    ask("create_addon", **addon)
    while ask("describe_addon", **addon)["addon"]["status"] != "ACTIVE":
        pass
    ask("list_addons", clusterName=name)
    ask("update_addon", **addon, configurationValues='{"env": {}}')
    ask("delete_addon", **addon)

    group = {"clusterName": name, "nodegroupName": "n"}
    ask("create_nodegroup", **group, nodeRole=role, subnets=subnets)
    while ask("describe_nodegroup", **group)["nodegroup"]["status"] != "ACTIVE":
        pass
    ask("list_nodegroups", clusterName=name)
    ask("update_nodegroup_config", **group, labels={"addOrUpdateLabels": {"a": "b"}})
    ask("update_nodegroup_version", **group)
    ask("delete_nodegroup", **group)

    profile = {"clusterName": name, "fargateProfileName": "f"}
    ask(
        "create_fargate_profile",
        **profile,
        podExecutionRoleArn=role,
        selectors=[{"namespace": "jobs"}],
        subnets=subnets,
    )
    ask("describe_fargate_profile", **profile)
    ask("list_fargate_profiles", clusterName=name)
    ask("describe_fargate_profile", **profile)
    ask("delete_fargate_profile", **profile)

    for kind, key in (("nodegroup", group), ("fargate_profile", profile)):
        with pytest.raises(eks.exceptions.ResourceNotFoundException):
            while True:
                getattr(eks, f"describe_{kind}")(**key)
    ask("delete_cluster", name=name)
    assert asked == _operations()["eks"]


def test_a_whole_life_asks_every_ecr_operation_and_each_answer_fits(cloud: Any) -> None:
    ecr, asked = cloud.client("ecr", "eu-west-2"), set[str]()

    def ask(operation: str, **arguments: Any) -> Any:
        asked.add(operation)
        return getattr(ecr, operation)(**arguments)

    rule = {"ecrRepositoryPrefix": "quay"}
    ask("create_pull_through_cache_rule", **rule, upstreamRegistryUrl="quay.io")
    ask("describe_pull_through_cache_rules")
    secret = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:ecr-pullthroughcache/quay"
    ask("update_pull_through_cache_rule", **rule, credentialArn=secret)
    assert ask("validate_pull_through_cache_rule", **rule)["isValid"]
    ask("delete_pull_through_cache_rule", **rule)
    ask("create_repository_creation_template", prefix="quay", appliedFor=["PULL_THROUGH_CACHE"])
    ask("describe_repository_creation_templates")
    ask("update_repository_creation_template", prefix="quay", imageTagMutability="IMMUTABLE")
    ask("delete_repository_creation_template", prefix="quay")
    ask("put_account_setting", name="BASIC_SCAN_TYPE_VERSION", value="AWS_NATIVE")
    assert ask("get_account_setting", name="BASIC_SCAN_TYPE_VERSION")["value"] == "AWS_NATIVE"
    assert asked == _operations()["ecr"]
