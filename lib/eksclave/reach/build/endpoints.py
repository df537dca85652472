"""VPC endpoints, with what is associated with them from elsewhere."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from eksclave.reach.build.addresses import lies_in
from eksclave.reach.build.base import GROUP, SUBNET, TABLE, VPC, Build, once
from eksclave.reach.build.policies import policy
from eksclave.reach.build.vpcs import owned
from eksclave.reach.facts.endpoints import Endpoint, EndpointKind
from eksclave.reach.facts.iam import Policy
from eksclave.reach.facts.values import AFTER_APPLY, OneOf, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref

_ENDPOINT = ("aws_vpc_endpoint",)
_JOINED = {
    "subnet_id": ("aws_vpc_endpoint_subnet_association", SUBNET),
    "security_group_id": ("aws_vpc_endpoint_security_group_association", GROUP),
    "route_table_id": ("aws_vpc_endpoint_route_table_association", TABLE),
}


def endpoints(build: Build) -> tuple[Endpoint, ...]:
    """Return every VPC endpoint that the input makes or reads."""
    joined = {name: Beside(build, _JOINED[name][0]) for name in _JOINED}
    policies = Beside(build, "aws_vpc_endpoint_policy")
    return once(_endpoint(build, endpoint, joined, policies) for endpoint in owned(build, *_ENDPOINT))


class Beside:
    """Resources of one type that belong to endpoints: surely to one, or perhaps, where the endpoint is not known."""

    def __init__(self, build: Build, kind: str) -> None:
        self._sure: dict[str, list[Resource]] = {}
        self._maybe: list[tuple[Resource, tuple[str, ...]]] = []
        for one in build.of(kind):
            endpoint = build.one(one.get("vpc_endpoint_id"), *_ENDPOINT)
            if isinstance(endpoint, str):
                self._sure.setdefault(endpoint, []).append(one)
            else:
                self._maybe.append((one, endpoint.candidates if isinstance(endpoint, OneOf) else ()))

    def sure(self, endpoint: str) -> list[Resource]:
        """Return those that belong to this endpoint."""
        return self._sure.get(endpoint, [])

    def maybe(self, endpoint: str) -> list[Resource]:
        """Return those that may belong to this endpoint."""
        return [one for one, named in self._maybe if not named or endpoint in named]


Joined = dict[str, Beside]


def _endpoint(build: Build, endpoint: Resource, joined: Joined, policies: Beside) -> Endpoint:
    vpc = build.one(endpoint.get("vpc_id"), *VPC)
    kind = build.typed(build.option(endpoint, "vpc_endpoint_type"), EndpointKind, EndpointKind.GATEWAY)
    interface = kind == EndpointKind.INTERFACE
    gateway = kind == EndpointKind.GATEWAY
    options = endpoint.block("dns_options")
    service = build.text(endpoint.get("service_name"), Unknown("no service is named"))
    return Endpoint(
        endpoint.address,
        build.origin(endpoint),
        vpc,
        kind,
        service,
        _joined(build, endpoint, joined, "subnet_id", "subnet_ids") if not gateway else (),
        _groups(build, endpoint, joined, vpc) if interface or not isinstance(kind, EndpointKind) else (),
        _joined(build, endpoint, joined, "route_table_id", "route_table_ids") if not interface else (),
        build.flag(build.option(endpoint, "private_dns_enabled")) if interface else False,
        build.flag(options.get("private_dns_only_for_inbound_resolver_endpoint")) if options else False,
        (),
        _own_names(endpoint),
        _addresses(build, endpoint),
        _policy(build, endpoint, policies),
        build.text(build.option(endpoint, "service_region") or None, None),  # type: ignore[arg-type]
        build.text(build.option(endpoint, "ip_address_type") or None, "ipv4"),
        build.key(Ref(endpoint.address, ("prefix_list_id",))) or "" if gateway else "",
        False,
        build.text(endpoint.get("id"), AFTER_APPLY),
        build.tags(endpoint),
    )


def _policy(build: Build, endpoint: Resource, policies: Beside) -> Value[Policy | None]:
    """A policy resource replaces the endpoint's own; one whose endpoint is not known may be of this one."""
    if unclear := policies.maybe(endpoint.address):
        return Unknown(f"{unclear[0].address} may be its policy")
    for one in policies.sure(endpoint.address):
        return policy(build, one.get("policy"), build.origin(one, "policy"))
    stated: Any = endpoint.get("policy") if not endpoint.computed("policy") else None
    return policy(build, stated, build.origin(endpoint, "policy"))


def _joined(build: Build, endpoint: Resource, joined: Joined, one: str, many: str) -> Value[tuple[str, ...]]:
    """Return what the endpoint itself lists and what is associated with it from elsewhere."""
    listed = build.many(build.option(endpoint, many), *_JOINED[one][1])
    found = listed if isinstance(listed, tuple) else ()
    if isinstance(listed, Unknown):
        return listed
    if unclear := joined[one].maybe(endpoint.address):
        return Unknown(f"{unclear[0].address} may belong to it")
    for association in joined[one].sure(endpoint.address):
        key = build.one(association.get(one), *_JOINED[one][1])
        if not isinstance(key, str):
            return Unknown(f"{association.address} is not known")
        found = (*found, key)
    if isinstance(listed, OneOf):
        both = tuple(tuple(sorted({*candidate, *found})) for candidate in listed.candidates)
        return OneOf(both, listed.reason)
    return tuple(sorted(set(found)))


def _groups(build: Build, endpoint: Resource, joined: Joined, vpc: Value[str]) -> Value[tuple[str, ...]]:
    """Without any group AWS attaches the VPC's default one; an association may replace it. Source:
    CreateVpcEndpoint."""
    found = _joined(build, endpoint, joined, "security_group_id", "security_group_ids")
    default = build.renamed.get(f"{vpc}.default_security_group_id", f"{vpc}#default-security-group")
    own = build.option(endpoint, "security_group_ids")
    replaced = any(
        a.get("replace_default_association") is True for a in joined["security_group_id"].sure(endpoint.address)
    )
    if own in (None, []) and isinstance(found, tuple) and not replaced:
        return tuple(sorted({*found, default})) if isinstance(vpc, str) else Unknown("the VPC is not known")
    return found


def _own_names(endpoint: Resource) -> tuple[str, ...]:
    entries = endpoint.blocks("dns_entry")
    return tuple(sorted(str(e["dns_name"]) for e in entries if isinstance(e.get("dns_name"), str)))


def _addresses(build: Build, endpoint: Resource) -> tuple[tuple[str, IPv4Address], ...]:
    found: list[tuple[str, IPv4Address]] = []
    for block in endpoint.blocks("subnet_configuration"):
        subnet = build.key(block.get("subnet_id"), *SUBNET)
        if subnet and isinstance(block.get("ipv4"), str) and block["ipv4"]:
            address = IPv4Address(block["ipv4"])
            found += [(subnet, address)] if lies_in(build, address, subnet) else []
    return tuple(sorted(found))
