"""cluster-autoscaler: what it may do in the cluster, and where it answers."""

from __future__ import annotations

from eksclave.design.controllers.rbac import READ, rule

NAME = "cluster-autoscaler"
HEALTH_PATH = "/health-check"
HEALTH_PORT = 8085
PORTS = {"http": 8085}

# kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/examples/cluster-autoscaler-autodiscover.yaml
CLUSTER_RULES = (
    rule("", "events endpoints", ("create", "patch")),
    rule("", "pods/eviction", ("create",)),
    rule("", "pods/status", ("update",)),
    rule("", "endpoints", ("get", "update"), NAME),
    rule("", "nodes", (*READ, "update")),
    rule("", "namespaces persistentvolumeclaims persistentvolumes pods replicationcontrollers services", READ),
    rule("apps", "daemonsets replicasets statefulsets", READ),
    rule("policy", "poddisruptionbudgets", READ),
    rule("storage.k8s.io", "csidrivers csinodes csistoragecapacities storageclasses volumeattachments", READ),
    rule("resource.k8s.io", "deviceclasses resourceclaims resourceslices", READ),
    rule("batch", "jobs", (*READ, "patch")),
    rule("coordination.k8s.io", "leases", ("create",)),
    rule("coordination.k8s.io", "leases", ("get", "update"), NAME),
)
NAMESPACE_RULES = (
    rule("", "configmaps", ("create", "list", "watch")),
    rule(
        "",
        "configmaps",
        ("delete", "get", "update", "watch"),
        "cluster-autoscaler-status",
        "cluster-autoscaler-priority-expander",
    ),
)
