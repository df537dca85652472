"""L rows: link-local traffic, which no security group, NACL or route table filters."""

from __future__ import annotations

from eksclave.catalog.features import Feature as F
from eksclave.catalog.flows.row import ALWAYS, PortUse, Role, any_of, tcp, udp
from eksclave.catalog.flows.row import RequiredFlow as Flow
from eksclave.net import PortRange, Protocol

LINK_LOCAL: tuple[Flow, ...] = (
    Flow(
        "L1",
        "nodes read the instance metadata service at 169.254.169.254",
        "local",
        any_of(F.NODES),
        "boot",
        "the node never joins",
        "leave http_endpoint of the launch template's metadata_options enabled",
        "eks-ami nodeadm; IMDS is not filtered by security groups or NACLs",
        "read in source",
        sources=(Role.NODE,),
        target=Role.LINK_LOCAL,
        ports=(tcp(80),),
    ),
    Flow(
        "L2",
        "pods that read the metadata service are within its hop limit",
        "local",
        any_of(F.PODS_READ_IMDS),
        "degraded",
        "the load balancer controller restarts with 'failed to get VPC ID' or 'failed to introspect region'",
        "pass the region and VPC id to the controller, or set http_put_response_hop_limit to 2 in the launch template",
        "LBC docs, installation; LBC issues 2231, 3155, 3695, 4307; EKS-UG launch-templates and al2023",
        "read in source",
        sources=(Role.POD,),
        target=Role.LINK_LOCAL,
        ports=(tcp(80),),
    ),
    Flow(
        "L3",
        "nodes reach the Time Sync service at 169.254.169.123",
        "local",
        any_of(F.NODES),
        "boot",
        "SignatureDoesNotMatch, or x509: certificate is not yet valid",
        "nothing in AWS filters it: look at chrony on the node",
        "eks-ami chrony; not filtered",
        "read in source",
        sources=(Role.NODE,),
        target=Role.LINK_LOCAL,
        ports=(udp(123),),
    ),
    Flow(
        "L4",
        "pods reach the Pod Identity agent at 169.254.170.23 on their node",
        "local",
        any_of(F.POD_IDENTITY),
        "boot",
        "SDKs find no credentials",
        "nothing in AWS filters it: look at NetworkPolicy and NO_PROXY",
        "EKS-UG pod-id-agent-setup",
        "read in source",
        sources=(Role.POD,),
        target=Role.LINK_LOCAL,
        ports=(tcp(80),),
    ),
    Flow(
        "L5",
        "instances get their address by DHCP",
        "local",
        ALWAYS,
        "boot",
        "the instance gets no address",
        "nothing in AWS filters it",
        "VPC guide: DHCP is not filtered by security groups or NACLs",
        "seen in an excerpt",
        sources=(Role.NODE,),
        target=Role.LINK_LOCAL,
        ports=(PortUse(Protocol.UDP, PortRange(67, 68)),),
    ),
)
