"""Where Kubernetes objects hide image references beside pod specs: flags, variables, fields of well-known operators."""

from __future__ import annotations

import re
from collections.abc import Mapping

from eksclave.catalog.images import CanonicalImage
from eksclave.errors import EksclaveError

CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")
# operator-sdk names them RELATED_IMAGE_*; Argo CD, Strimzi, Karpenter and others end them in _IMAGE.
IMAGE_VARIABLE = re.compile(r"RELATED_IMAGE_\w+|\w+_IMAGE(?:_\w+)?")
# cert-manager --acme-http01-solver-image=, prometheus-operator --prometheus-config-reloader=, istio --proxyImage=.
IMAGE_FLAG = re.compile(r"(--?[\w.-]*(?:image|config-reloader)[\w.-]*=)(.+)", re.IGNORECASE)

DEFAULT_PATHS: Mapping[str, tuple[str, ...]] = {
    "Alertmanager.monitoring.coreos.com": ("spec.image",),
    "Cluster.postgresql.cnpg.io": ("spec.imageName",),
    "Prometheus.monitoring.coreos.com": ("spec.image", "spec.thanos.image"),
    "PrometheusAgent.monitoring.coreos.com": ("spec.image",),
    "ThanosRuler.monitoring.coreos.com": ("spec.image",),
    "OpenTelemetryCollector.opentelemetry.io": ("spec.image", "spec.targetAllocator.image"),
    "Instrumentation.opentelemetry.io": ("spec.*.image",),
}
"""Fields of well-known operators' resources: `Kind.group` to paths (the API reference of each project)."""


def looks_like_image(text: str) -> bool:
    """Whether a flag's or variable's value is a whole reference: a path, a tag or digest, Docker's grammar."""
    if "/" not in text or "://" in text or not (":" in text.rpartition("/")[2] or "@" in text):
        return False
    try:
        CanonicalImage.parse(text)
    except EksclaveError:
        return False
    return True
