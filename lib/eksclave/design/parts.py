"""Which add-ons and controllers the cluster gets, and whose pods take roles in which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eksclave.catalog.addons import find_addon
from eksclave.catalog.addons.facts import AddonFacts
from eksclave.spec.model import ClusterSpec
from eksclave.spec.services import Controller

Identity = Literal["pod-identity", "irsa"]


@dataclass(frozen=True)
class Parts:
    """Add-ons and controllers, sorted by name, each with why it is there."""

    identity: Identity
    addons: tuple[tuple[AddonFacts, str], ...]
    controllers: tuple[tuple[AddonFacts, Controller, str], ...]
    reasons: tuple[str, ...]

    @property
    def facts(self) -> tuple[AddonFacts, ...]:
        """Every add-on and controller."""
        return tuple(addon for addon, _ in self.addons) + tuple(row[0] for row in self.controllers)


def choose_parts(spec: ClusterSpec) -> Parts:
    """Return the add-ons that every cluster of this kind gets, those asked for, and those that they need."""
    identity, reasons = _identity(spec)
    controllers = _controllers(spec)
    wanted = _base(spec, identity)
    for name in spec.addons:
        wanted.setdefault(name, "asked for in addons")
    for owner in [row[0] for row in controllers] + [find_addon(name) for name in spec.addons]:
        for name in owner.needs_addons:
            wanted.setdefault(name, f"{owner.name} needs it for its webhook's certificate")
    addons = []
    for name in sorted(wanted):
        addon = find_addon(name)
        if spec.auto_mode and not addon.in_auto_mode:
            reasons += (f"{name} is left out: EKS Auto Mode brings its own",)
            continue
        addons.append((addon, wanted[name]))
    return Parts(identity, tuple(addons), controllers, reasons)


def _identity(spec: ClusterSpec) -> tuple[Identity, tuple[str, ...]]:
    if spec.identity == "irsa":
        return "irsa", ("identity: IRSA, as asked for; pods call sts",)
    if not spec.groups and not spec.auto_mode:
        why = "identity: IRSA, because Pod Identity's agent does not run on Fargate"
        return "irsa", (why,)
    return "pod-identity", ("identity: Pod Identity; no OIDC provider and no issuer that anybody must read",)


def _base(spec: ClusterSpec, identity: Identity) -> dict[str, str]:
    if spec.auto_mode:
        return {}
    wanted = {"coredns": "pods resolve names through it"}
    if spec.groups:
        wanted["vpc-cni"] = "nodes are NotReady without it; EKS's unmanaged copy is switched off"
        wanted["kube-proxy"] = "service addresses do not work without it"
        if identity == "pod-identity":
            wanted["eks-pod-identity-agent"] = "hands role credentials to pods, the CNI's first of all"
    return wanted


def _controllers(spec: ClusterSpec) -> tuple[tuple[AddonFacts, Controller, str], ...]:
    found = []
    asked = {
        "aws-load-balancer-controller": spec.workloads.load_balancer_controller,
        "cluster-autoscaler": spec.workloads.cluster_autoscaler,
    }
    for name, choice in asked.items():
        if spec.auto_mode or (choice is None and not spec.groups) or (choice and not choice.enabled):
            continue
        why = "asked for in workloads" if choice else "on by default with managed node groups"
        found.append((find_addon(name), choice or Controller.model_validate({}), why))
    return tuple(found)
