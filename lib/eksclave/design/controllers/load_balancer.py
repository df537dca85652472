"""aws-load-balancer-controller: its RBAC, resource definitions, webhooks, and the certificate that they answer with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eksclave.design.controllers.rbac import READ, rule

NAME = "aws-load-balancer-controller"
NAMESPACE = "kube-system"
HEALTH_PATH = "/healthz"
HEALTH_PORT = 61779
PORTS = {"webhook": 9443, "metrics": 8080}
CERT_SECRET = "aws-load-balancer-tls"
CERT_FOLDER = "/tmp/k8s-webhook-server/serving-certs"
INGRESS_CLASS = "alb"

_GROUP = "elbv2.k8s.aws"
_SERVICE = "aws-load-balancer-webhook-service"
_CERTIFICATE = "aws-load-balancer-serving-cert"
_ISSUER = "aws-load-balancer-selfsigned-issuer"
_LEADER = "aws-load-balancer-controller-leader"
_WRITE_STATUS = ("patch", "update")

# aws-load-balancer-controller, config/rbac/role.yaml, without the Gateway API and Global Accelerator, which are off.
CLUSTER_RULES = (
    rule("", "configmaps", ("create", "delete", "get", "update")),
    rule("", "endpoints namespaces nodes pods", READ),
    rule("", "events", ("create", "patch")),
    rule("", "pods/status services/status", _WRITE_STATUS),
    rule("", "services", (*READ, *_WRITE_STATUS)),
    rule("discovery.k8s.io", "endpointslices", READ),
    rule(_GROUP, "albtargetcontrolconfigs", ("get",)),
    rule(_GROUP, "ingressclassparams", READ),
    rule(_GROUP, "targetgroupbindings", ("create", "delete", *READ, *_WRITE_STATUS)),
    rule(_GROUP, "targetgroupbindings/status", _WRITE_STATUS),
    rule("networking.k8s.io", "ingressclasses", READ),
    rule("networking.k8s.io", "ingresses", (*READ, *_WRITE_STATUS)),
    rule("networking.k8s.io", "ingresses/status", _WRITE_STATUS),
)
NAMESPACE_RULES = (
    rule("", "configmaps", ("create",)),
    rule("", "configmaps", ("get", "patch", "update"), _LEADER),
    rule("coordination.k8s.io", "leases", ("create",)),
    rule("coordination.k8s.io", "leases", ("get", "patch", "update"), _LEADER),
)


def manifests() -> tuple[Mapping[str, Any], ...]:
    """Return what must be there beside the Deployment, in the order of creation."""
    return (
        _definition("IngressClassParams", "ingressclassparams", "Cluster"),
        _definition("TargetGroupBinding", "targetgroupbindings", "Namespaced"),
        ingress_class("ingress.k8s.aws/alb"),
        _service(),
        _object("cert-manager.io/v1", "Issuer", _ISSUER, {"selfSigned": {}}),
        _object(
            "cert-manager.io/v1",
            "Certificate",
            _CERTIFICATE,
            {
                "dnsNames": [f"{_SERVICE}.{NAMESPACE}.svc", f"{_SERVICE}.{NAMESPACE}.svc.cluster.local"],
                "issuerRef": {"kind": "Issuer", "name": _ISSUER},
                "secretName": CERT_SECRET,
            },
        ),
        _webhooks("MutatingWebhookConfiguration", {"mtargetgroupbinding": ("targetgroupbindings", _GROUP, "v1beta1")}),
        _webhooks(
            "ValidatingWebhookConfiguration",
            {
                "vingress": ("ingresses", "networking.k8s.io", "v1"),
                "vingressclassparams": ("ingressclassparams", _GROUP, "v1beta1"),
                "vtargetgroupbinding": ("targetgroupbindings", _GROUP, "v1beta1"),
            },
        ),
    )


def ingress_class(controller: str, parameters: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Return the ingress class `alb` of this controller."""
    spec: dict[str, Any] = {"controller": controller}
    if parameters:
        spec["parameters"] = dict(parameters)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": INGRESS_CLASS},
        "spec": spec,
    }


def _definition(kind: str, plural: str, scope: str) -> Mapping[str, Any]:
    """Return an open definition: the controller's webhooks check the fields."""
    version = {
        "name": "v1beta1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
        "subresources": {"status": {}},
    }
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{_GROUP}"},
        "spec": {"group": _GROUP, "names": names, "scope": scope, "versions": [version]},
    }


def _service() -> Mapping[str, Any]:
    ports = [{"name": "webhook", "port": 443, "protocol": "TCP", "targetPort": PORTS["webhook"]}]
    return _object("v1", "Service", _SERVICE, {"selector": {"app.kubernetes.io/name": NAME}, "ports": ports})


def _object(api: str, kind: str, name: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": NAME}}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": dict(spec)}


def _webhooks(kind: str, hooks: Mapping[str, tuple[str, str, str]]) -> Mapping[str, Any]:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {
            "name": "aws-load-balancer-webhook",
            "annotations": {"cert-manager.io/inject-ca-from": f"{NAMESPACE}/{_CERTIFICATE}"},
            "labels": {"app.kubernetes.io/name": NAME},
        },
        "webhooks": [_webhook(kind, name, *target) for name, target in sorted(hooks.items())],
    }


def _webhook(kind: str, name: str, resource: str, group: str, version: str) -> dict[str, Any]:
    verb = "mutate" if kind.startswith("Mutating") else "validate"
    singular = "ingress" if resource == "ingresses" else resource.removesuffix("s")
    singular = "ingressclassparams" if resource == "ingressclassparams" else singular
    api = "networking" if group == "networking.k8s.io" else group.replace(".", "-")
    return {
        "name": f"{name}.{_GROUP}",
        "admissionReviewVersions": ["v1"],
        "clientConfig": {
            "service": {"name": _SERVICE, "namespace": NAMESPACE, "path": f"/{verb}-{api}-{version}-{singular}"}
        },
        "failurePolicy": "Fail",
        "matchPolicy": "Equivalent",
        "rules": [
            {
                "apiGroups": [group],
                "apiVersions": [version],
                "operations": ["CREATE", "UPDATE"],
                "resources": [resource],
            }
        ],
        "sideEffects": "None",
    }
