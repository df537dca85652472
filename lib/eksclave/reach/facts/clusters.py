"""EKS clusters and what belongs to them."""

from __future__ import annotations

from ipaddress import IPv4Network

from eksclave.reach.facts.fact import fact
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, Origin, Value


@fact
class Cluster:
    """An EKS cluster. Its 2 to 4 control-plane interfaces land in any of `subnets`.

    They carry the cluster security group (key `cluster_group`, see `cluster_group_key`) and all `extra_groups`.
    `public_cidrs` is empty unless `public_access`. `host` is the API server's name where known.
    """

    key: str
    origin: Origin
    name: Value[str]
    vpc: Value[str]
    subnets: Value[tuple[str, ...]]
    cluster_group: str
    region: Value[str]
    extra_groups: Value[tuple[str, ...]] = ()
    private_access: Value[bool] = False
    public_access: Value[bool] = True
    public_cidrs: Value[tuple[IPv4Network, ...]] = ()
    service_cidr: Value[IPv4Network | None] = None
    ip_family: Value[str] = "ipv4"
    version: Value[str] = NOT_IN_INPUT
    host: Value[str] = AFTER_APPLY
    issuer: Value[str] = AFTER_APPLY
    role: Value[str] = NOT_IN_INPUT
    auto_mode: Value[bool] = False
    auto_mode_pools: Value[tuple[str, ...]] = ()
    auto_mode_node_role: Value[str | None] = None
    authentication_mode: Value[str] = "CONFIG_MAP"
    creator_is_admin: Value[bool] = True
    bootstrap_addons: Value[bool] = True
    egress_mode: Value[str] = "AWS_MANAGED"
    log_types: Value[tuple[str, ...]] = ()
    secrets_key: Value[str | None] = None
    depends_on: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@fact
class LaunchTemplate:
    """A launch template. `groups` None means that it names no security group at all."""

    key: str
    origin: Origin
    groups: Value[tuple[str, ...] | None] = None
    image: Value[str | None] = None
    user_data: Value[str | None] = None
    """Decoded text, with HOLE where a part is not known; None if there is none."""
    hop_limit: Value[int | None] = None
    metadata_tokens: Value[str | None] = None
    instance_profile: Value[str | None] = None
    public_ip: Value[bool | None] = None
    metadata: Value[bool] = True
    """Whether the metadata service answers (`http_endpoint`)."""
    volume_keys: tuple[Value[str], ...] = ()
    """The KMS keys that volumes are encrypted with, where any are named."""


@fact
class NodeGroup:
    """Nodes: an EKS managed node group, or self-managed nodes (`managed` False: an Auto Scaling group that joins).

    `groups` are the security groups on the nodes' interfaces as AWS would attach them: for a managed group the cluster
    group unless its launch template names any (EKS user guide, launch-templates). `user_data` decoded, HOLE for
    unknown parts.
    `waits_for` are the addresses of all resources that Terraform completes before it, transitively.
    """

    key: str
    origin: Origin
    cluster: Value[str]
    subnets: Value[tuple[str, ...]]
    groups: Value[tuple[str, ...]]
    name: Value[str] = ""
    managed: bool = True
    role: Value[str] = NOT_IN_INPUT
    ami_type: Value[str] = "AL2023_x86_64_STANDARD"
    image: Value[str | None] = None
    launch_template: Value[str | None] = None
    user_data: Value[str | None] = None
    hop_limit: Value[int] = 1
    public_ip: Value[bool] = False
    remote_access: bool = False
    waits_for: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    asg_tags: tuple[tuple[str, str], ...] = ()
    desired: Value[int] = 1
    metadata: Value[bool] = True
    foreign: bool = False
    """Whether it is written in a module of others, where no depends_on can be added."""


@fact
class FargateProfile:
    """A Fargate profile; its pods carry the cluster security group. `selectors` are (namespace, labels)."""

    key: str
    origin: Origin
    cluster: Value[str]
    subnets: Value[tuple[str, ...]]
    role: Value[str] = NOT_IN_INPUT
    selectors: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    waits_for: tuple[str, ...] = ()


@fact
class Addon:
    """An EKS add-on; `configuration` is its JSON text, `role` that of its service account."""

    key: str
    origin: Origin
    cluster: Value[str]
    name: Value[str]
    version: Value[str | None] = None
    role: Value[str | None] = None
    configuration: Value[str | None] = None
    pod_identity: tuple[tuple[str, Value[str]], ...] = ()
    """(service account, role) pairs given on the add-on."""
    waits_for: tuple[str, ...] = ()


@fact
class PodIdentity:
    """A Pod Identity association."""

    key: str
    origin: Origin
    cluster: Value[str]
    namespace: Value[str]
    service_account: Value[str]
    role: Value[str]


@fact
class AccessEntry:
    """An access entry; `type` is STANDARD, EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX or EC2."""

    key: str
    origin: Origin
    cluster: Value[str]
    principal: Value[str]
    type: Value[str] = "STANDARD"
    policies: tuple[Value[str], ...] = ()
    groups: Value[tuple[str, ...]] = ()


@fact
class PullThroughRule:
    """An ECR pull-through cache rule."""

    key: str
    origin: Origin
    prefix: Value[str]
    upstream: Value[str]


@fact
class Repository:
    """A private ECR repository, and its repository policy where there is one."""

    key: str
    origin: Origin
    name: Value[str]
    policy: Value[Policy | None] = None


@fact
class ImageLock:
    """What may be deployed from a mirror: `pinned` holds `REPOSITORY@DIGEST`, of everything below `prefixes`.

    `host` is the mirror's, empty where it is not said: then of any ECR. Nothing pinned: nothing is locked yet.
    """

    key: str
    origin: Origin
    host: str
    prefixes: tuple[str, ...]
    pinned: tuple[str, ...]


@fact
class Queue:
    """An SQS queue. `grants` are the Terraform addresses of what gives a role rights on it."""

    key: str
    origin: Origin
    name: Value[str]
    grants: tuple[str, ...] = ()
    warned: bool = False
    """EventBridge sends spot interruption warnings there."""
