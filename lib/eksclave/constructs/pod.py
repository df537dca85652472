"""The Deployment of a controller, in the kubernetes provider's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eksclave.design.model import ControllerPlan
from eksclave.toolkit import kubernetes

_SPEC = "DeploymentV1SpecTemplateSpec"


def _word(name: str) -> Any:
    """Return a class of the Deployment's pod by the end of its name: `Container`, `ContainerPort` ..."""
    return getattr(kubernetes.deployment_v1, f"{_SPEC}{name}")


def deployment_spec(plan: ControllerPlan, arguments: Sequence[str], labels: dict[str, str]) -> dict[str, Any]:
    """Return the `spec` of the Deployment: not root, no privileges, a read-only disk, spread over zones."""
    selector = {"app.kubernetes.io/name": plan.name}
    spread = _word("TopologySpreadConstraint")(
        max_skew=1,
        topology_key="topology.kubernetes.io/zone",
        when_unsatisfiable="ScheduleAnyway",
        label_selector=[_word("TopologySpreadConstraintLabelSelector")(match_labels=selector)],
    )
    volumes = [_word("Volume")(name=name, secret={"secret_name": name}) for name, _ in plan.secret_mounts]
    pod = _word("")(
        service_account_name=plan.service_account.name,
        priority_class_name="system-cluster-critical",
        security_context={"run_as_non_root": True, "run_as_user": "65534", "fs_group": "65534"},
        topology_spread_constraint=[spread],
        container=[_container(plan, arguments)],
        volume=volumes or None,
    )
    return {
        "replicas": str(plan.replicas),
        "selector": {"match_labels": selector},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }


def _container(plan: ControllerPlan, arguments: Sequence[str]) -> Any:
    probe = {"http_get": {"path": plan.health_path, "port": str(plan.health_port)}, "timeout_seconds": 10}
    mounts = [
        _word("ContainerVolumeMount")(name=name, mount_path=folder, read_only=True)
        for name, folder in plan.secret_mounts
    ]
    return _word("Container")(
        name=plan.name,
        image=plan.image,
        args=list(arguments),
        env=[_word("ContainerEnv")(name=name, value=value) for name, value in sorted(plan.environment.items())],
        port=[
            _word("ContainerPort")(name=name, container_port=port, protocol="TCP")
            for name, port in sorted(plan.ports.items())
        ],
        liveness_probe={**probe, "initial_delay_seconds": 30},
        readiness_probe={**probe, "initial_delay_seconds": 10},
        resources={"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"memory": "600Mi"}},
        security_context={
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        volume_mount=mounts or None,
    )
