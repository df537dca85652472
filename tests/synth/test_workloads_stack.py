"""The registry and workloads stacks."""

from __future__ import annotations

import json


def test_every_image_that_is_copied_has_an_immutable_repository_that_expires_leftovers(examples) -> None:
    registry = examples["minimal"]["registry"]
    repositories = registry.all("aws_ecr_repository")
    assert {one["name"] for one in repositories.values()} == {
        "mirror/public.ecr.aws/eks/aws-load-balancer-controller",
        "mirror/registry.k8s.io/autoscaling/cluster-autoscaler",
    }
    assert all(one["image_tag_mutability"] == "IMMUTABLE" for one in repositories.values())
    assert set(registry.all("aws_ecr_lifecycle_policy")) == set(repositories)


def test_a_cache_rule_comes_with_the_template_of_its_repositories(examples) -> None:
    registry = examples["bottlerocket"]["registry"]
    assert registry.one("aws_ecr_pull_through_cache_rule", "quay")["upstream_registry_url"] == "quay.io"
    template = registry.one("aws_ecr_repository_creation_template", "quay")
    assert template["applied_for"] == ["PULL_THROUGH_CACHE"]
    assert template["encryption_configuration"][0]["encryption_type"] == "KMS"


def test_nothing_expires_that_a_lock_file_may_name(examples) -> None:
    for registry in (examples["minimal"]["registry"], examples["bottlerocket"]["registry"]):
        for policy in registry.all("aws_ecr_lifecycle_policy").values():
            (rule,) = json.loads(policy["policy"])["rules"]
            assert rule["selection"]["tagStatus"] == "untagged", "what is copied has a tag"
        for template in registry.all("aws_ecr_repository_creation_template").values():
            assert "lifecycle_policy" not in template, "a cached digest loses its tag when that moves upstream"


def test_kubernetes_is_reached_through_the_contract_or_a_forwarded_port(examples) -> None:
    workloads = examples["minimal"]["workloads"]
    provider = workloads.json["provider"]["kubernetes"][0]
    outputs = "data.terraform_remote_state.cluster.outputs"
    assert provider["host"] == f'${{var.api_address == "" ? {outputs}.api_endpoint : var.api_address}}'
    assert provider["tls_server_name"] == f"${{{outputs}.api_host}}"
    assert provider["cluster_ca_certificate"] == f"${{base64decode({outputs}.certificate_authority)}}"
    assert provider["exec"][0]["args"][:2] == ["eks", "get-token"]
    assert "aws" not in workloads.json["provider"]


def test_controllers_run_mirrored_images_without_privileges(examples) -> None:
    for name, deployment in examples["minimal"]["workloads"].all("kubernetes_deployment_v1").items():
        container = deployment["spec"]["template"]["spec"]["container"][0]
        assert container["image"].startswith("111122223333.dkr.ecr.eu-central-1.amazonaws.com/mirror/"), name
        assert container["security_context"]["read_only_root_filesystem"] is True, name
        assert deployment["spec"]["template"]["spec"]["security_context"]["run_as_non_root"] is True, name


def test_the_load_balancer_controller_is_told_its_vpc(examples) -> None:
    deployment = examples["minimal"]["workloads"].one("kubernetes_deployment_v1", "aws-load-balancer-controller")
    arguments = deployment["spec"]["template"]["spec"]["container"][0]["args"]
    assert "--aws-vpc-id=${data.terraform_remote_state.network.outputs.vpc_id}" in arguments
    assert not any("{vpc" in argument for argument in arguments)


def test_the_webhook_certificate_is_mounted_where_the_controller_looks(examples) -> None:
    pod = examples["minimal"]["workloads"].one("kubernetes_deployment_v1", "aws-load-balancer-controller")["spec"][
        "template"
    ]["spec"]
    assert pod["volume"][0]["secret"]["secret_name"] == pod["volume"][0]["name"]
    assert pod["container"][0]["volume_mount"][0]["name"] == pod["volume"][0]["name"]


def test_ingresses_share_one_internal_group_and_wait_for_their_controller(examples) -> None:
    ingresses = examples["strict-network"]["workloads"].all("kubernetes_ingress_v1")
    assert set(ingresses) == {"shop-shop", "default-status"}
    for ingress in ingresses.values():
        annotations = ingress["metadata"]["annotations"]
        assert annotations["alb.ingress.kubernetes.io/scheme"] == "internal"
        assert annotations["alb.ingress.kubernetes.io/group.name"] == "strict"
        assert "kubernetes_deployment_v1.aws-load-balancer-controller" in ingress["depends_on"]


def test_irsa_roles_stand_on_service_accounts_and_pod_identity_needs_nothing(examples) -> None:
    annotated = examples["irsa"]["workloads"].one("kubernetes_service_account_v1", "cluster-autoscaler")["metadata"]
    assert annotated["annotations"]["eks.amazonaws.com/role-arn"] == (
        '${data.terraform_remote_state.cluster.outputs.role_arns["controller-cluster-autoscaler"]}'
    )
    plain = examples["minimal"]["workloads"].one("kubernetes_service_account_v1", "cluster-autoscaler")["metadata"]
    assert "annotations" not in plain


def test_auto_mode_brings_its_own_controllers_and_an_ingress_class(examples) -> None:
    workloads = examples["auto-mode"]["workloads"]
    assert not workloads.all("kubernetes_deployment_v1")
    kinds = {one["manifest"]["kind"] for one in workloads.all("kubernetes_manifest").values()}
    assert kinds == {"IngressClass", "IngressClassParams"}


def test_every_rule_of_a_role_is_carried_over(examples) -> None:
    role = examples["minimal"]["workloads"].one("kubernetes_cluster_role_v1", "cluster-autoscaler")
    assert any("pods/eviction" in rule["resources"] for rule in role["rule"]), json.dumps(role)


def test_namespaces_of_a_bundle_come_before_what_lives_in_them(synth, minimal_spec: str, tmp_path) -> None:
    (tmp_path / "shop.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n"
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
        encoding="utf-8",
    )
    manifests = synth(minimal_spec + "workloads: {manifests: [shop.yaml]}\n")["workloads"].all("kubernetes_manifest")
    settings = next(name for name in manifests if "configmap" in name)
    namespace = next(name for name in manifests if "namespace" in name)
    assert f"kubernetes_manifest.{namespace}" in manifests[settings]["depends_on"]


def test_a_bundle_stays_the_text_that_it_is(synth, minimal_spec: str, tmp_path) -> None:
    (tmp_path / "shop.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: run, namespace: shop}\n"
        'data: {run.sh: "echo ${HOME} %{if} $${TWICE} $PATH", "${key}": a}\n'
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: run, namespace: shop}\n"
        "spec: {containers: [], volumes: [{name: v, configMap: {name: run, defaultMode: 0400}}]}\n"
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\n",
        encoding="utf-8",
    )
    manifests = synth(minimal_spec + "workloads: {manifests: [shop.yaml]}\n")["workloads"].all("kubernetes_manifest")
    by_kind = {(one["manifest"]["apiVersion"], one["manifest"]["kind"]): one["manifest"] for one in manifests.values()}
    assert by_kind[("v1", "ConfigMap")]["data"] == {
        "run.sh": "echo $${HOME} %%{if} $$${TWICE} $PATH",
        "$${key}": "a",
    }
    assert by_kind[("v1", "Pod")]["spec"]["volumes"][0]["configMap"]["defaultMode"] == 0o400
    assert {key for key in by_kind if key[1] == "Service"} == {("v1", "Service"), ("serving.knative.dev/v1", "Service")}
