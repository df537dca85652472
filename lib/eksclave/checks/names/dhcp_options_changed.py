"""DHCP options keep AmazonProvidedDNS and the Region's domain name.

Why
    Other servers do not know private zones unless they forward; another domain name breaks the node's name.

Fix
    Set domain_name_servers to AmazonProvidedDNS and domain_name to the Region's default, or leave DHCP options away.

Source
    EKS user guide, cluster-endpoint and troubleshooting; eks-ami issue 1263; bottlerocket issue 3028.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.network import DhcpOptions
from eksclave.reach.facts.values import choices, why_unknown
from eksclave.reach.names import is_amazon_dns

ASKS = ("D4",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask the option set that the VPC is associated with."""
    vpc = view.vpc
    if vpc is None:
        return
    keys = choices(vpc.dhcp)
    if keys is None:
        yield unsure(view, "D4", f"the DHCP options: {why_unknown(vpc.dhcp)}", vpc.origin)
        return
    by_key = {one.key: one for one in view.snapshot.dhcp_options}
    wrong = 0
    for key in keys:
        if key is None:
            continue
        if key not in by_key:
            wrong += 1
            yield unsure(view, "D4", f"the DHCP options {key} are not in the input", vpc.origin)
            continue
        for result in _options(view, by_key[key]):
            wrong += 1
            yield result
    if not wrong:
        yield passes(view, "D4", "the VPC's DHCP options are the Region's own, or say the same")


def _options(view: View, options: DhcpOptions) -> Iterator[Result]:
    where = options.origin.address
    inbound = {str(address) for one in view.snapshot.resolver_endpoints if one.inbound for address in one.addresses}
    servers = choices(options.servers)
    if servers is None:
        yield unsure(view, "D4", f"the DNS servers: {why_unknown(options.servers)}", options.origin)
    elif any(not any(one in inbound or _is_amazons(view, one) for one in many) for many in servers):
        reason = f"domain_name_servers are '{', '.join(servers[0])}', not AmazonProvidedDNS"
        yield fails(
            view, "D4", reason, options.origin, fix=f'set domain_name_servers of {where} to ["AmazonProvidedDNS"]'
        )
    default = "ec2.internal" if view.region == "us-east-1" else f"{view.region}.compute.internal"
    domains = choices(options.domain)
    if domains is None:
        yield unsure(view, "D4", f"the domain name: {why_unknown(options.domain)}", options.origin)
    elif any(one and default not in one.split() for one in domains):
        reason = f"domain_name is '{domains[0]}', not the Region's default"
        yield fails(view, "D4", reason, options.origin, fix=f'set domain_name of {where} to "{default}"')


def _is_amazons(view: View, server: str) -> bool:
    return view.vpc is not None and is_amazon_dns(view.vpc, server)
