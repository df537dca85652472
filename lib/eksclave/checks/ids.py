"""What each requirement's failure is called: named after the defect, so that it reads well after `waive`."""

from __future__ import annotations

from dataclasses import dataclass

from eksclave.catalog.flows import FLOWS, flow_or_none

NAMES = {
    "D1": "resolver-unreachable",
    "D2": "dns-support-off",
    "D3": "dns-hostnames-off",
    "D4": "dhcp-options-changed",
    "D5": "private-dns-off",
    "D6": "name-not-covered",
    "D7": "api-name-public",
    "D8": "issuer-hidden",
    "D9": "remote-names-public",
    "L1": "imds-off",
    "L2": "imds-hop-limit",
    "L3": "time-sync-blocked",
    "L4": "pod-identity-agent-blocked",
    "L5": "dhcp-blocked",
    "C1": "node-to-api-blocked",
    "C2": "pod-to-api-blocked",
    "C3": "api-to-kubelet-blocked",
    "C4": "api-to-webhook-blocked",
    "C5": "api-to-controller-webhook-blocked",
    "C6": "api-to-cert-manager-blocked",
    "C7": "api-to-metrics-server-blocked",
    "C8": "api-to-prometheus-adapter-blocked",
    "C9": "metrics-server-to-kubelet-blocked",
    "C10": "coredns-blocked",
    "C11": "node-to-node-blocked",
    "C12": "probes-blocked",
    "C13": "ephemeral-ports-blocked",
    "C14": "control-plane-egress-blocked",
    "C15": "ranges-overlap",
    "B1": "bastion-to-api-blocked",
    "B2": "bastion-session-blocked",
    "B3": "operators-to-api-blocked",
    "B4": "runner-to-api-blocked",
    "B5": "runner-to-aws-blocked",
    "E1": "clients-to-load-balancer-blocked",
    "E2": "load-balancer-to-pods-blocked",
    "E3": "load-balancer-to-nodes-blocked",
    "E4": "clients-to-targets-blocked",
    "E5": "efs-blocked",
    "E6": "subnets-not-discovered",
    "R1": "cluster-subnets-unfit",
    "R2": "api-not-private",
    "R3": "route-missing",
    "R4": "nacl-blocks",
    "R5": "cluster-group-suppressed",
    "R6": "node-policy-missing",
    "R7": "node-role-not-admitted",
    "R8": "public-image",
    "R9": "pulled-through-cache",
    "R10": "endpoint-closed",
    "R11": "egress-missing",
    "R12": "endpoint-policy-denies",
    "R13": "sts-policy-asks-principal",
    "R14": "s3-policy-denies-layers",
    "R15": "endpoint-zones-unfit",
    "R16": "node-group-too-early",
    "R17": "cluster-tag-ambiguous",
    "R18": "peering-unfit",
    "R19": "ipv4-path-missing",
    "R20": "image-not-locked",
}


@dataclass(frozen=True)
class Promise:
    """A requirement of our own beside the catalogue of flows: the cluster is never public, its keys may be used."""

    id: str
    name: str
    title: str
    symptom: str
    fix: str
    source: str = "EKS best practices guide, network security; Well-Architected SEC05"
    impact: str = "access"


PROMISES = (
    Promise(
        "P1",
        "route-to-internet",
        "no subnet of the cluster has a route to an internet gateway",
        "what has a public address there can be reached from everywhere",
        "remove the route to the internet gateway from this table",
    ),
    Promise(
        "P2",
        "route-to-nat",
        "no subnet of the cluster leaves through a NAT gateway",
        "nodes and pods reach the whole internet",
        "remove the route to the NAT gateway, and reach AWS through VPC endpoints",
    ),
    Promise(
        "P3",
        "public-address",
        "nothing of the cluster has a public address",
        "the host is on the internet",
        "set associate_public_ip_address (or map_public_ip_on_launch) to false, and load balancers internal",
    ),
    Promise(
        "P4",
        "open-ingress",
        "no security group of the cluster lets in everyone",
        "whoever finds a way in finds the door open",
        "name the callers' ranges or security groups instead of 0.0.0.0/0",
    ),
    Promise(
        "K1",
        "key-policy-forbids",
        "the policies of the KMS keys let EKS encrypt secrets, and Auto Scaling the volumes of nodes",
        "CreateCluster is denied, or instances end with Client.InternalError before they boot",
        "allow kms:CreateGrant and what goes with it in the key's policy",
        "KMS guide, key policies; EC2 Auto Scaling guide, key-policy-requirements-EBS-encryption",
        "boot",
    ),
)
_PROMISES = {promise.id: promise for promise in PROMISES}


def known_ids() -> tuple[str, ...]:
    """Return every id that a result can have."""
    return (*(flow.id for flow in FLOWS), *_PROMISES)


def name_of(id: str) -> str:
    """Return the name of a requirement's failure, such as `private-dns-off`."""
    if id in _PROMISES:
        return _PROMISES[id].name
    if id in NAMES:
        return NAMES[id]
    flow = flow_or_none(id)
    return f"{'-and-'.join(flow.services).replace('.', '-')}-unreachable" if flow and flow.services else id.lower()


def title_of(id: str) -> str:
    """Return what the requirement asks for, in one sentence."""
    if id in _PROMISES:
        return _PROMISES[id].title
    flow = flow_or_none(id)
    return flow.title if flow else id


def is_promise(id: str) -> bool:
    """Tell whether this is the id of a requirement of our own."""
    return id in _PROMISES


def find_promise(id: str) -> Promise:
    """Return the promise with this id."""
    return _PROMISES[id]
