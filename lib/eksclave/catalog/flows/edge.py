"""E rows: load balancers and file systems at the cluster's edge."""

from __future__ import annotations

from eksclave.catalog.features import Feature as F
from eksclave.catalog.flows.row import RequiredFlow as Flow
from eksclave.catalog.flows.row import Role, any_of, tcp

_OPEN = "let the load balancer's security group reach this port of the node's and pods' groups"

EDGE: tuple[Flow, ...] = (
    Flow(
        "E1",
        "clients reach the internal load balancer",
        "path",
        any_of(F.INGRESS),
        "degraded",
        "the load balancer cannot be reached",
        "let the clients' range into 80 and 443 of the load balancer's security group",
        "LBC docs",
        "read in source",
        sources=(Role.CLIENT,),
        target=Role.LOAD_BALANCER,
        ports=(tcp(80), tcp(443)),
    ),
    Flow(
        "E2",
        "the load balancer reaches pods (target type ip)",
        "path",
        any_of(F.INGRESS),
        "degraded",
        "targets are unhealthy",
        _OPEN,
        "LBC docs, security groups",
        "read in source",
        sources=(Role.LOAD_BALANCER,),
        target=Role.POD,
    ),
    Flow(
        "E3",
        "the load balancer reaches node ports (target type instance)",
        "path",
        any_of(F.INGRESS),
        "degraded",
        "targets are unhealthy",
        _OPEN,
        "LBC docs, security groups",
        "read in source",
        sources=(Role.LOAD_BALANCER,),
        target=Role.NODE,
        ports=(tcp(30000, 32767),),
    ),
    Flow(
        "E4",
        "clients behind an NLB that keeps their address reach the targets",
        "path",
        any_of(F.INGRESS),
        "degraded",
        "targets are unhealthy, connections time out",
        "let the clients' range into the target port, and the NACLs pass 1024-65535 back",
        "VPC guide, nacl-ephemeral-ports; ELB guide",
        "seen in an excerpt",
        sources=(Role.CLIENT,),
        target=Role.NODE,
    ),
    Flow(
        "E5",
        "nodes reach the EFS mount targets",
        "path",
        any_of(F.EFS_CSI),
        "degraded",
        "the mount times out; the pod stays ContainerCreating",
        "let the nodes into 2049 of the mount targets' security group, one mount target per zone",
        "EFS CSI docs",
        "seen in an excerpt",
        sources=(Role.NODE,),
        target=Role.MOUNT_TARGET,
        ports=(tcp(2049),),
    ),
    Flow(
        "E6",
        "the load balancer controller finds subnets: a role tag, two zones, eight free addresses",
        "condition",
        any_of(F.LOAD_BALANCER_CONTROLLER, F.AUTO_MODE),
        "degraded",
        "couldn't auto-discover subnets",
        'tag the private subnets "kubernetes.io/role/internal-elb" = "1"',
        "LBC docs/deploy/subnet_discovery.md",
        "read in source",
    ),
)
