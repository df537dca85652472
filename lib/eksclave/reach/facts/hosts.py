"""Instances, load balancers, mount targets and what runs in the cluster."""

from __future__ import annotations

from ipaddress import IPv4Address

from eksclave.net import PortRange
from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Origin, Value


@fact
class Instance:
    """An EC2 instance (or Auto Scaling group) outside of any node group: a bastion, a runner, an appliance."""

    key: str
    origin: Origin
    placement: Placement
    role: Value[str | None] = None
    user_data: Value[str | None] = None
    image: Value[str | None] = None
    name: Value[str] = ""
    address: Value[IPv4Address] = AFTER_APPLY
    tags: tuple[tuple[str, str], ...] = ()
    platform: Value[str] = "linux"
    metadata: Value[bool] = True


@fact
class Listener:
    """A listener and the port (and health-check port) of its targets."""

    port: Value[int]
    protocol: Value[str]
    target_port: Value[int | None] = None
    health_port: Value[int | None] = None
    target_type: Value[str] = "instance"
    preserve_client_ip: Value[bool | None] = None
    target_key: str = ""


@fact
class LoadBalancer:
    """A load balancer made in Terraform; `kind` is application, network, gateway or classic."""

    key: str
    origin: Origin
    placement: Placement
    kind: Value[str] = "application"
    internal: Value[bool] = False
    listeners: tuple[Listener, ...] = ()
    host: Value[str] = AFTER_APPLY
    tags: tuple[tuple[str, str], ...] = ()


@fact
class MountTarget:
    """An EFS mount target: one interface."""

    key: str
    origin: Origin
    placement: Placement
    file_system: Value[str] = ""


@fact
class NetworkInterface:
    """Any other network interface that the input defines (appliances, databases ...)."""

    key: str
    origin: Origin
    placement: Placement
    source_dest_check: Value[bool] = True


@fact
class Image:
    """A container image reference as the cluster will pull it, and where it is written."""

    reference: Value[str]
    origin: Origin
    cluster: Value[str] = NOT_IN_INPUT


@fact
class Workload:
    """Something that runs in the cluster and that the input defines: a Helm release, a Kubernetes manifest.

    `controller` is the well-known name found by chart, image or labels (`aws-load-balancer-controller`, `karpenter`,
    `cluster-autoscaler` ...), empty if none. `values` are chart values or settings flattened to dotted names.
    """

    key: str
    origin: Origin
    cluster: Value[str]
    name: Value[str]
    namespace: Value[str] = "default"
    kind: str = ""
    controller: str = ""
    images: tuple[Value[str], ...] = ()
    args: Value[tuple[str, ...]] = ()
    values: tuple[tuple[str, str], ...] = ()
    values_incomplete: str = ""
    repository: Value[str] = ""
    host_network: Value[bool] = False
    service_account: Value[str] = ""
    role: Value[str | None] = None
    ports: tuple[PortRange, ...] = ()
    waits_for: tuple[str, ...] = ()


@fact
class EniConfig:
    """VPC CNI custom networking, or a SecurityGroupPolicy: other subnets or groups for pods than for their node."""

    key: str
    origin: Origin
    cluster: Value[str]
    subnets: Value[tuple[str, ...]] = ()
    """Empty: the node's subnet."""
    groups: Value[tuple[str, ...]] = ()
    zone: Value[str] = ""
    selects: str = ""
    """`zone` for ENIConfig, else the pods that a SecurityGroupPolicy selects."""
