"""What runs inside: controllers, and internal ingresses on one shared load balancer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eksclave.catalog.addons.facts import AddonFacts
from eksclave.catalog.regions import Region
from eksclave.design.controllers import autoscaler, load_balancer
from eksclave.design.images import controller_image, mirrored_reference
from eksclave.design.model import ControllerPlan, IngressPlan, NetworkPlan, ServiceAccountPlan, WorkloadsPlan
from eksclave.design.network import operator_networks
from eksclave.design.parts import Parts
from eksclave.spec.model import ClusterSpec
from eksclave.spec.services import Controller, Ingress

_MODULES = {autoscaler.NAME: autoscaler, load_balancer.NAME: load_balancer}


def plan_workloads(
    spec: ClusterSpec, region: Region, network: NetworkPlan, parts: Parts, digests: Mapping[str, str]
) -> WorkloadsPlan:
    """Return the controllers in start order, the ingresses by name, and the manifests that the spec names."""
    ingresses = sorted(spec.workloads.ingresses, key=lambda ingress: (ingress.namespace, ingress.name))
    return WorkloadsPlan(
        controllers=tuple(
            _controller(spec, region, facts, choice, why, digests) for facts, choice, why in parts.controllers
        ),
        ingresses=tuple(_ingress(spec, network, ingress) for ingress in ingresses),
        manifests=spec.workloads.manifests,
        reasons=tuple(_reasons(spec, parts)),
        objects=_auto_mode_objects(spec) if spec.auto_mode else (),
    )


def _controller(
    spec: ClusterSpec,
    region: Region,
    facts: AddonFacts,
    choice: Controller,
    why: str,
    digests: Mapping[str, str],
) -> ControllerPlan:
    module = _MODULES[facts.name]
    webhooks = facts.name == load_balancer.NAME
    values = {"cluster": spec.name, "region": spec.region, "vpc": "{vpc_id}"}
    canonical = controller_image(spec, facts, choice.image)
    account = facts.service_account or facts.name
    return ControllerPlan(
        key=facts.name,
        name=facts.name,
        namespace=facts.namespace,
        image=mirrored_reference(spec, region, canonical, digests).mirrored,
        arguments=tuple(argument.format(**values) for argument in facts.arguments),
        environment={"AWS_REGION": spec.region, "AWS_STS_REGIONAL_ENDPOINTS": "regional"},
        replicas=choice.replicas,
        ports=dict(sorted(module.PORTS.items())),
        service_account=ServiceAccountPlan(facts.namespace, account, f"controller-{facts.name}"),
        cluster_rules=module.CLUSTER_RULES,
        namespace_rules=module.NAMESPACE_RULES,
        manifests=load_balancer.manifests() if webhooks else (),
        health_path=module.HEALTH_PATH,
        health_port=module.HEALTH_PORT,
        reason=f"{facts.summary}; {why}; {facts.caveat}",
        secret_mounts=((load_balancer.CERT_SECRET, load_balancer.CERT_FOLDER),) if webhooks else (),
    )


def _ingress(spec: ClusterSpec, network: NetworkPlan, ingress: Ingress) -> IngressPlan:
    annotations = {} if spec.auto_mode else _annotations(spec, network)
    return IngressPlan(
        name=ingress.name,
        namespace=ingress.namespace,
        service=ingress.service,
        port=ingress.port,
        host=ingress.host,
        path=ingress.path,
        group=spec.name,
        annotations=annotations,
    )


def _annotations(spec: ClusterSpec, network: NetworkPlan) -> dict[str, str]:
    """Return the annotations of every ingress of the group: one internal ALB that reaches pods by address."""
    prefix = "alb.ingress.kubernetes.io"
    found = {
        f"{prefix}/group.name": spec.name,
        f"{prefix}/listen-ports": '[{"HTTP": 80}]',
        f"{prefix}/scheme": "internal",
        f"{prefix}/target-type": "ip",
    }
    clients = sorted({*network.known_cidrs, *operator_networks(spec)})
    if network.known_cidrs:
        found[f"{prefix}/inbound-cidrs"] = ",".join(map(str, clients))
    ids = [subnet.id for subnet in network.of_tier("load_balancers") if subnet.id]
    if ids:
        found[f"{prefix}/subnets"] = ",".join(sorted(set(ids)))
    return dict(sorted(found.items()))


def _auto_mode_objects(spec: ClusterSpec) -> tuple[Mapping[str, Any], ...]:
    """Return the ingress class of EKS Auto Mode (EKS user guide, auto-configure-alb): it takes no annotations."""
    parameters: Mapping[str, Any] = {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "IngressClassParams",
        "metadata": {"name": load_balancer.INGRESS_CLASS},
        "spec": {"scheme": "internal", "group": {"name": spec.name}},
    }
    reference = {"apiGroup": "eks.amazonaws.com", "kind": "IngressClassParams", "name": load_balancer.INGRESS_CLASS}
    return (parameters, load_balancer.ingress_class("eks.amazonaws.com/alb", reference))


def _reasons(spec: ClusterSpec, parts: Parts) -> Iterator[str]:
    if spec.auto_mode:
        yield "EKS Auto Mode scales nodes and makes load balancers itself: no controller runs here"
    elif not parts.controllers:
        yield "no controllers: nothing scales nodes or makes load balancers"
    if spec.workloads.ingresses:
        yield f"all ingresses share one internal load balancer, group '{spec.name}'"
