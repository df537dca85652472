"""Flows to AWS services: the name that the client calls, its trace, the endpoint's policy, and the fix."""

from __future__ import annotations

from dataclasses import replace

from eksclave.catalog.endpoints import find_service
from eksclave.catalog.features import Feature as F
from eksclave.catalog.flows import find_flow
from eksclave.catalog.registries import addon_registry, starport_bucket
from eksclave.checks.asking import broken, stop, traced
from eksclave.checks.mending import mend
from eksclave.checks.result import Result, StoppedAt
from eksclave.checks.view import View
from eksclave.net import PortRange
from eksclave.reach.answer import Disposition as Ends
from eksclave.reach.answer import Outcome, Trace
from eksclave.reach.facts.endpoints import Endpoint
from eksclave.reach.facts.values import decide, known_or
from eksclave.reach.question import DnsName, Party, Question

HTTPS = (PortRange.of(443),)


def called_name(view: View, service: str) -> str:
    """Return the DNS name that clients call for an endpoint service."""
    from eksclave.catalog.partitions import partition_of

    region = view.region
    if service == "s3":
        return f"{starport_bucket(region)}.s3.{region}.{partition_of(region).dns_suffix}"
    if service == "ecr.dkr":
        return addon_registry(region)
    names = find_service(service).dns_names_in(region)
    if service == "oidc-eks":
        return names[1]
    return names[0]


def endpoints_of(view: View, service: str) -> tuple[Endpoint, ...]:
    """Return the cluster's VPC endpoints of a service, whatever their kind."""
    found = find_service(service)
    names = {found.service_name(view.region), found.service_name(found.home_region or view.region)}
    return tuple(one for one in view.endpoints if decide(one.service, lambda name: name in names) is not False)


def destroyed(view: View, service: str) -> list[str]:
    """Return the endpoints of a service that a plan destroys, where none is left."""
    found = find_service(service)
    names = {found.service_name(view.region), found.service_name(found.home_region or view.region)}
    gone = [address for address, _, named in view.snapshot.destroyed if named in names]
    return [] if endpoints_of(view, service) else gone


def ask_service(view: View, requirement: str, party: Party, service: str) -> Result:
    """Return whether this party reaches this service."""
    name = called_name(view, service)
    question = Question(party, DnsName(name), HTTPS)
    trace = view.trace(question)
    because, fix = broken(trace, to_endpoint=True), mend(view, question, trace, service)
    if trace.outcome is not Outcome.PASS:
        more, better = _names(view, service, name, trace)
        because, fix = tuple(dict.fromkeys((*because, *more))), better or fix
    said = f"{service} ({name}:443)"
    result = traced(view, requirement, question, trace, party.name, said, because, fix)
    result = replace(result, stopped_at=tuple(dict.fromkeys((*result.stopped_at, *_lacking(view, service, trace)))))
    if trace.outcome is Outcome.PASS:
        from eksclave.checks.permitting import judged

        return judged(view, requirement, service, trace.endpoints, result)
    return result


def _names(view: View, service: str, name: str, trace: Trace) -> tuple[tuple[str, ...], str | None]:
    """Say why the name leads nowhere: no endpoint, private DNS off, VPC attributes, or a name that is not covered."""
    wrong = (Ends.NAME_GOES_PUBLIC, Ends.NXDOMAIN, Ends.NO_ROUTE)
    if not any(one.disposition in wrong for one in (trace, *trace.also)):
        return (), None
    there = endpoints_of(view, service)
    if service == "s3":
        return (), None
    if not there:
        gone = destroyed(view, service)
        return (), f"keep {', '.join(gone)}" if gone else _make(view, service)
    vpc = view.vpc
    if vpc is not None and decide(vpc.dns_support, bool) is False:
        return ("D2",), f"set enable_dns_support to true on {vpc.origin.address}"
    if vpc is not None and decide(vpc.dns_hostnames, bool) is False:
        return ("D3",), f"set enable_dns_hostnames to true on {vpc.origin.address}"
    off = [one for one in there if decide(one.private_dns, bool) is False]
    if len(off) == len(there):
        return ("D5",), f"set private_dns_enabled to true on {off[0].origin.address}"
    if view.has(F.CUSTOM_DNS):
        return ("D4",), None
    return ("D6",), f"make {name} resolve to {there[0].origin.address}, or let the client call a name that it covers"


def _lacking(view: View, service: str, trace: Trace) -> list[StoppedAt]:
    """Return what lacks the way: the subnet without an association, the gateway without the table, the VPC."""
    found: list[StoppedAt] = []
    there = endpoints_of(view, service)
    for one in (trace, *trace.also):
        subnet = view.snapshot.subnet_by_key.get(one.source_place)
        if one.outcome is not Outcome.FAIL or one.disposition not in (Ends.NO_ROUTE, Ends.NAME_GOES_PUBLIC):
            continue
        found += [StoppedAt(address, None, "this plan destroys it") for address in destroyed(view, service)]
        if not there and view.vpc:
            found.append(stop(view.vpc.origin, f"has no endpoint of {service}"))
        if service == "s3" and there and subnet:
            if subnet.route_table is None:
                found.insert(0, stop(subnet.origin, "has no route table association, so the main table decides"))
            found.append(stop(there[0].origin, "its route_table_ids lack the table of this subnet"))
    return found


def _make(view: View, service: str) -> str:
    found = find_service(service)
    subnets = ", ".join(_one_per_zone(view))
    home = f', service_region = "{found.home_region}"' if found.home_region not in (None, view.region) else ""
    named = found.service_name(view.region)
    return (
        f'make aws_vpc_endpoint: service_name = "{named}"{home}, vpc_endpoint_type = "Interface", '
        f"private_dns_enabled = true, subnet_ids = [{subnets}], and a security group that lets in 443 from its callers"
    )


def _one_per_zone(view: View) -> list[str]:
    chosen: dict[str, str] = {}
    for subnet in view.compute_subnets or view.reach_subnets:
        chosen.setdefault(known_or(subnet.zone, subnet.key), f"{subnet.origin.address}.id")
    return list(chosen.values())


def sources(view: View, requirement: str) -> tuple[Party, ...]:
    """Return who calls a service, by the row's roles and by what was found."""
    from eksclave.catalog.flows import Role

    flow = find_flow(requirement)
    parties: list[Party] = []
    for role in flow.sources:
        if role is Role.NODE and _nodes_call(view, requirement):
            parties += view.nodes
            if F.FARGATE in flow.when.features or not view.nodes:
                parties += [p for p in view.pods if "aws_eks_fargate_profile" in p.name or not view.nodes]
        if role is Role.POD:
            parties += view.pods
        if role is Role.BASTION and _bastions_call(view, requirement):
            parties += bastion_parties(view, requirement)
        if role is Role.RUNNER:
            parties += runner_parties(view)
    return tuple(dict.fromkeys(parties))


def _nodes_call(view: View, requirement: str) -> bool:
    if requirement in ("N11", "N12"):
        return view.has(F.SSM_NODES)
    if requirement in ("N27", "N29"):
        hosts = {host.origin.address for host in view.bastions}
        word = F.CFN_SIGNAL if requirement == "N27" else F.USER_DATA_PACKAGES
        where = dict(view.evidence).get(word, "")
        return where not in hosts and not (view.bastions and ".aws_vpc_endpoint" in f".{where}")
    return True


def _bastions_call(view: View, requirement: str) -> bool:
    if requirement == "N29":
        where = dict(view.evidence).get(F.USER_DATA_PACKAGES, "")
        return where in {host.origin.address for host in view.bastions}
    return True


def bastion_parties(view: View, requirement: str = "") -> list[Party]:
    """Return one party per bastion; for Systems Manager only those whose role may talk to it."""
    from eksclave.checks.people import has_ssm
    from eksclave.reach.question import Client

    ssm = requirement in ("N11", "N12", "B2")
    return [
        Party(f"bastion {host.origin.address}", (host.placement,), client=Client.LINUX)
        for host in view.bastions
        if not ssm or has_ssm(view, host.role)
    ]


def runner_parties(view: View) -> list[Party]:
    """Return one party per runner; where the user says that one is in the VPC and none is seen, the nodes' places."""
    from eksclave.reach.question import Client

    return [Party(f"runner {one.origin.address}", (one.placement,), client=Client.LINUX) for one in view.runners] or [
        replace(party, name=party.name.replace("pods", "a runner", 1)) for party in view.pods[:1]
    ]
