"""What runs in the cluster: Helm releases and Kubernetes resources, with the images that they pull."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eksclave.reach.build.base import Build, once
from eksclave.reach.build.custom_networking import of_addons
from eksclave.reach.build.order import waits
from eksclave.reach.build.owners import owner, owners
from eksclave.reach.build.pulled import in_chart, in_object
from eksclave.reach.facts.hosts import EniConfig, Image, Workload
from eksclave.reach.facts.values import NOT_IN_INPUT, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import plain

CONTROLLERS = (  # well-known words in a chart's or an image's name, most special first
    ("aws-load-balancer-controller", "aws-load-balancer-controller"),
    ("cluster-autoscaler", "cluster-autoscaler"),
    ("karpenter", "karpenter"),
    ("external-dns", "external-dns"),
    ("cert-manager", "cert-manager"),
    ("metrics-server", "metrics-server"),
    ("prometheus-adapter", "prometheus-adapter"),
    ("ingress-nginx", "ingress-nginx"),
    ("aws-for-fluent-bit", "fluent-bit"),
    ("fluent-bit", "fluent-bit"),
    ("external-secrets", "external-secrets"),
    ("secrets-store-csi", "secrets-store-csi-driver"),
    ("aws-ebs-csi-driver", "aws-ebs-csi-driver"),
    ("aws-efs-csi-driver", "aws-efs-csi-driver"),
    ("cloudwatch-agent", "amazon-cloudwatch-observability"),
    ("aws-cloudwatch-metrics", "amazon-cloudwatch-observability"),
    ("aws-xray", "xray"),
    ("xray", "xray"),
    ("appmesh", "appmesh"),
    ("adot", "adot"),
    ("aws-otel-collector", "adot"),
    ("prometheus", "prometheus"),
    ("argo-cd", "argo-cd"),
    ("argocd", "argo-cd"),
)
_PODS = ("kubernetes_deployment", "kubernetes_daemonset", "kubernetes_daemon_set", "kubernetes_stateful_set")
_PODS_TOO = ("kubernetes_job", "kubernetes_cron_job", "kubernetes_pod", "kubernetes_replication")


def workloads(build: Build) -> tuple[Workload, ...]:
    """Return every workload that the input defines."""
    cluster = _only_cluster(build)
    found = [_helm(build, one, cluster) for one in build.of("helm_release")]
    for one in _kubernetes(build):
        found += _pods(build, one, cluster)
    return once(found)


def images(build: Build) -> tuple[Image, ...]:
    """Return every image reference in workloads, in whatever holds a pod specification, in charts and add-ons."""
    only, of_input = _only_cluster(build), owners(build)
    found: dict[tuple[str, str], Image] = {}

    def take(resource: Resource, references: Iterable[Any]) -> None:
        cluster = only if isinstance(only, str) else owner(resource, of_input)
        for given in references:
            reference = build.text(given)
            found.setdefault((str(reference), resource.address), Image(reference, build.origin(resource), cluster))

    for one in _kubernetes(build):
        take(one, in_object(_manifest(one) or dict(one.values), build.image_paths))
    for one in build.of("helm_release"):
        take(one, in_chart(dict(_chart_values(build, one)[0])))
    for one in build.of("aws_eks_addon"):
        text = plain(build.option(one, "configuration_values"))
        read = parsed(text) if isinstance(text, str) else None
        take(one, in_chart(dict(_flat(read))) if read else ())
    return tuple(found[key] for key in sorted(found))


def eni_configs(build: Build) -> tuple[EniConfig, ...]:
    """Return ENIConfigs (custom networking) and SecurityGroupPolicies (groups for pods)."""
    cluster = _only_cluster(build)
    found: list[EniConfig] = []
    for one in _kubernetes(build):
        manifest = _manifest(one)
        kind, spec = manifest.get("kind"), manifest.get("spec")
        if not isinstance(spec, dict):
            continue
        if kind == "ENIConfig":
            subnets = build.many([spec.get("subnet")], "aws_subnet")
            groups = build.many(spec.get("securityGroups"), "aws_security_group")
            name = str((manifest.get("metadata") or {}).get("name") or "")
            found.append(EniConfig(one.address, build.origin(one), cluster, subnets, groups, name, "zone"))
        if kind == "SecurityGroupPolicy":
            ids = (spec.get("securityGroups") or {}).get("groupIds")
            selector = spec.get("podSelector") or spec.get("serviceAccountSelector")
            groups = build.many(ids, "aws_security_group")
            found.append(EniConfig(one.address, build.origin(one), cluster, (), groups, "", str(selector)))
    return once([*found, *of_addons(build, elsewhere=any(one.selects == "zone" for one in found))])


def _only_cluster(build: Build) -> Value[str]:
    """The kubernetes and helm providers' own configuration is not followed: one cluster is surely theirs."""
    clusters = sorted({build.cluster_address(c) for c in build.of("aws_eks_cluster", data=True)})
    return clusters[0] if len(clusters) == 1 else NOT_IN_INPUT


def _helm(build: Build, release: Resource, cluster: Value[str]) -> Workload:
    values, incomplete = _chart_values(build, release)
    chart = release.get("chart")
    name = release.get("name")
    words = f"{chart} {name}".lower()
    given = dict(values)
    found: tuple[Value[str], ...] = tuple(in_chart(given))
    return Workload(
        release.address,
        build.origin(release),
        cluster,
        build.text(name),
        build.text(build.option(release, "namespace"), "default"),
        "helm",
        _controller(words),
        found,
        (),
        tuple(sorted(given.items())),
        incomplete,
        build.text(build.option(release, "repository")),
        given.get("hostNetwork") == "true",
        given.get("serviceAccount.name", ""),
        given.get("serviceAccount.annotations.eks.amazonaws.com/role-arn"),
        (),
        waits(build, release.address),
    )


def _chart_values(build: Build, release: Resource) -> tuple[list[tuple[str, str]], str]:
    """Return the chart's values that the input sets, flattened to dotted names."""
    found: dict[str, str] = {}
    incomplete = ""
    for text in build.items(build.option(release, "values")) or ():
        if not isinstance(text, str):
            incomplete = "some chart values are known only after apply"
            continue
        read = parsed(text)
        if read is None:
            incomplete = "some chart values could not be read"
        else:
            found.update(_flat(read))
    for name in ("set", "set_list", "set_sensitive"):
        for block in release.blocks(name):
            key, value = block.get("name"), plain(block.get("value"))
            if isinstance(key, str):
                key = key.replace("\\.", ".")
                if isinstance(value, (str, int, float, bool)):
                    found[key] = str(value).lower() if isinstance(value, bool) else str(value)
                else:
                    incomplete = "some chart values are known only after apply"
                    owner = build.one(value, "aws_iam_role") if "role-arn" in key else ""
                    if isinstance(owner, str) and owner:
                        found[key] = owner
    return sorted(found.items()), incomplete


def parsed(text: str) -> Any:
    """Return what a JSON or YAML text holds, None where it is neither."""
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    from ruamel.yaml import YAML, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text) or {}
    except YAMLError:
        return None


def _flat(value: Any, before: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{before}.{key}" if before else str(key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _flat(inner, f"{before}[{at}]")
    elif value is not None:
        yield before, str(value).lower() if isinstance(value, bool) else str(value)


def _controller(words: str) -> str:
    return next((name for word, name in CONTROLLERS if word in words), "")


def _kubernetes(build: Build) -> list[Resource]:
    kinds = [kind for kind in build.world.types() if kind.startswith(("kubernetes_", "kubectl_"))]
    return build.of(*sorted(kinds)) if kinds else []


def _manifest(resource: Resource) -> Mapping[str, Any]:
    if resource.type == "kubernetes_manifest":
        found = resource.get("manifest")
        return found if isinstance(found, dict) else {}
    body = resource.get("yaml_body") or resource.get("yaml_body_parsed")
    if resource.type == "kubectl_manifest" and isinstance(body, str):
        read = parsed(body)
        return read if isinstance(read, dict) else {}
    return {}


def _pods(build: Build, resource: Resource, cluster: Value[str]) -> list[Workload]:
    """Return the workload that a resource makes: typed ones in Terraform's words, manifests in Kubernetes's."""
    manifest = _manifest(resource)
    if not manifest and not resource.type.startswith((*_PODS, *_PODS_TOO)):
        return []
    body: Any = manifest or dict(resource.values)
    containers = list(_containers(body))
    if not containers:
        return []
    pod = _pod(body)
    metadata = body.get("metadata")
    metadata = metadata[0] if isinstance(metadata, list) and metadata else metadata
    metadata = metadata if isinstance(metadata, dict) else {}
    pulled = tuple(build.text(c.get("image")) for c in containers if c.get("image") is not None)
    args = [str(arg) for c in containers for name in ("command", "args") for arg in plain(c.get(name)) or ()]
    words = f"{metadata.get('name')} {' '.join(map(str, pulled))}".lower()
    host = pod.get("host_network", pod.get("hostNetwork"))
    account = pod.get("service_account_name", pod.get("serviceAccountName"))
    return [
        Workload(
            resource.address,
            build.origin(resource),
            cluster,
            build.text(metadata.get("name")),
            build.text(metadata.get("namespace"), "default"),
            str(manifest.get("kind") or resource.type),
            _controller(words),
            pulled,
            tuple(args),
            host_network=build.flag(host),
            service_account=build.text(account),
            waits_for=waits(build, resource.address),
        )
    ]


def _pod(body: Any) -> Mapping[str, Any]:
    """Return the pod's specification wherever it is nested."""
    spec = plain(body.get("spec")) if isinstance(body, Mapping) else None
    spec = spec[0] if isinstance(spec, list) and spec else spec
    if not isinstance(spec, Mapping):
        return {}
    if any(name in spec for name in ("container", "containers")):
        return spec
    for name in ("template", "job_template", "jobTemplate"):
        inner = spec.get(name)
        inner = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(inner, Mapping):
            return _pod(inner)
    return {}


def _containers(body: Any) -> Iterator[Mapping[str, Any]]:
    pod = _pod(body)
    for name in ("container", "containers", "init_container", "initContainers"):
        listed = plain(pod.get(name))
        yield from (plain(one) for one in listed or () if isinstance(plain(one), dict))
