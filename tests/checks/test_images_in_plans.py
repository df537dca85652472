"""Every image reference of a plan is asked, wherever Kubernetes, Helm or EKS hide it; what is near is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eksclave.reach.answer import Outcome

FAR = "quay.io/argoproj/argocd:v2"
OWN = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mirror/quay.io/argoproj/argocd@sha256:" + "1" * 64
NEAR = "602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1"


def typed(image: str, kind: str = "container") -> dict[str, Any]:
    return {
        "metadata": [{"name": "app"}],
        "spec": [{"template": [{"spec": [{kind: [{"name": "a", "image": image}]}]}]}],
    }


def manifest(spec: dict[str, Any], kind: str = "Deployment", group: str = "apps/v1") -> dict[str, Any]:
    return {"manifest": {"apiVersion": group, "kind": kind, "metadata": {"name": "app"}, "spec": spec}}


def pod(**parts: Any) -> dict[str, Any]:
    return {"containers": [{"name": "a", "image": NEAR}], **parts}


def places(image: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return a resource for each place that an image may be in, by what the place is called."""
    job = {"spec": [{"job_template": [{"spec": typed(image)["spec"]}]}], "metadata": [{"name": "j"}]}
    text = json.dumps(manifest({"template": {"spec": pod(initContainers=[{"image": image}])}})["manifest"])
    split = {"registry": image.partition("/")[0], "repository": image.partition("/")[2].partition(":")[0], "tag": "v2"}
    return {
        "deployment": ("kubernetes_deployment", typed(image)),
        "deployment v1": ("kubernetes_deployment_v1", typed(image)),
        "init container": ("kubernetes_daemon_set_v1", typed(image, "init_container")),
        "cron job": ("kubernetes_cron_job_v1", job),
        "pod": ("kubernetes_pod_v1", {"metadata": [{"name": "p"}], "spec": [{"container": [{"image": image}]}]}),
        "manifest": ("kubernetes_manifest", manifest({"template": {"spec": {"containers": [{"image": image}]}}})),
        "ephemeral": ("kubernetes_manifest", manifest(pod(ephemeralContainers=[{"image": image}]), "Pod", "v1")),
        "manifest cron job": (
            "kubernetes_manifest",
            manifest({"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": image}]}}}}}, "CronJob"),
        ),
        "image volume": (
            "kubernetes_manifest",
            manifest(pod(volumes=[{"name": "v", "image": {"reference": image}}]), "Pod", "v1"),
        ),
        "custom resource": (
            "kubernetes_manifest",
            manifest({"x": {"template": {"spec": {"containers": [{"image": image}]}}}}, "Rollout", "argoproj.io/v1"),
        ),
        "operator": ("kubernetes_manifest", manifest({"image": image}, "Prometheus", "monitoring.coreos.com/v1")),
        "flag": (
            "kubernetes_manifest",
            manifest(pod(containers=[{"image": NEAR, "args": [f"--solver-image={image}"]}]), "Pod", "v1"),
        ),
        "variable": (
            "kubernetes_manifest",
            manifest(
                pod(containers=[{"image": NEAR, "env": [{"name": "RELATED_IMAGE_X", "value": image}]}]), "Pod", "v1"
            ),
        ),
        "kubectl": ("kubectl_manifest", {"yaml_body": text}),
        "helm": ("helm_release", {"name": "a", "chart": "b", "values": [json.dumps({"image": {"repository": image}})]}),
        "helm in parts": ("helm_release", {"name": "a", "chart": "b", "values": [json.dumps({"image": split})]}),
        "helm deep": (
            "helm_release",
            {
                "name": "a",
                "chart": "b",
                "values": [json.dumps({"image": {"repository": OWN}, "webhook": {"image": split}})],
            },
        ),
        "helm text": (
            "helm_release",
            {"name": "a", "chart": "b", "values": [json.dumps({"sidecar": {"image": image}})]},
        ),
        "helm set": (
            "helm_release",
            {"name": "a", "chart": "b", "set": [{"name": "x.image.repository", "value": image}]},
        ),
        "add-on": (
            "aws_eks_addon",
            {
                "addon_name": "adot",
                "cluster_name": "flat",
                "configuration_values": json.dumps({"collector": {"image": split}}),
            },
        ),
    }


@pytest.mark.parametrize("place", places(FAR))
def test_a_public_image_is_found(case, place):
    kind, values = places(FAR)[place]
    answer = case("flat", [{"add": f"{kind}.app", "values": values}])
    failed = [result for result in answer.results if result.requirement == "R8" and result.outcome is Outcome.FAIL]
    assert [stop.address for result in failed for stop in result.stopped_at] == [f"{kind}.app"]


@pytest.mark.parametrize("place", places(OWN))
def test_a_mirrored_image_raises_no_alarm(case, place):
    kind, values = places(OWN)[place]
    answer = case("flat", [{"add": f"{kind}.app", "values": values}])
    assert [r for r in answer.results if r.requirement == "R8" and r.outcome is not Outcome.PASS] == []


@pytest.mark.parametrize(
    ("image", "outcome"),
    [
        ("nginx", Outcome.FAIL),
        ("library/nginx:1", Outcome.FAIL),
        ("index.docker.io/nginx", Outcome.FAIL),
        ("k8s.gcr.io/pause:3", Outcome.FAIL),
        ("europe-docker.pkg.dev/a/b/c:1", Outcome.FAIL),
        ("public.ecr.aws/eks/aws-load-balancer-controller:v3", Outcome.FAIL),
        ("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1", Outcome.FAIL),
        ("558608220178.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1", Outcome.FAIL),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:1", Outcome.FAIL),
        (NEAR, Outcome.PASS),
        ("602401143452.dkr.ecr-fips.eu-central-1.amazonaws.com/eks/coredns:v1", Outcome.PASS),
        ("444455556666.dkr.ecr.eu-central-1.amazonaws.com/a:1", Outcome.PASS),
        ("111122223333.dkr-ecr.eu-central-1.on.aws/a:1", Outcome.PASS),
        ("registry.corp.example:5000/a:1", Outcome.UNKNOWN),
    ],
)
def test_the_registry_decides(case, image, outcome):
    answer = case("flat", [{"add": "kubernetes_deployment.app", "values": typed(image)}])
    found = {result.outcome for result in answer.results if result.requirement == "R8"}
    assert found == {outcome}
