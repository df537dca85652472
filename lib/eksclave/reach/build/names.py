"""Private hosted zones with their records, Resolver endpoints and rules."""

from __future__ import annotations

from ipaddress import IPv4Address

from eksclave.reach.build.base import GROUP, SUBNET, VPC, Build, once
from eksclave.reach.build.profiles import hidden_zones, of_zones
from eksclave.reach.facts import dns
from eksclave.reach.facts.values import AFTER_APPLY, OneOf, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref
from eksclave.terraform.values import Unknown as NotKnown

_ZONE = ("aws_route53_zone",)


def private_zones(build: Build) -> tuple[dns.PrivateZone, ...]:
    """Return the private zones, with the VPCs that are associated inside the zone or from elsewhere."""
    associated: dict[str | None, list[object]] = {}
    for one in build.of("aws_route53_zone_association"):
        associated.setdefault(build.key(one.get("zone_id"), *_ZONE), []).append(one.get("vpc_id"))
    for zone, vpcs in of_zones(build).items():
        associated.setdefault(zone, []).extend(vpcs)
    records: dict[str, list[dns.ZoneRecord]] = {}
    unclear = ""
    for record in build.of("aws_route53_record"):
        zone = build.key(record.get("zone_id"), *_ZONE)
        if zone is not None:
            records.setdefault(zone, []).append(_record(build, record, build.world.resources.get(zone)))
        else:
            unclear = unclear or f"{record.address} may be in it"
    found: list[dns.PrivateZone] = []
    for zone in build.of(*_ZONE, data=True):
        inside = [block.get("vpc_id") for block in zone.blocks("vpc")] if not zone.computed("vpc") else []
        listed = [*inside, *associated.get(zone.address, ())]
        private = bool(listed) or zone.get("private_zone") is True
        if not private:
            continue
        read = "the zone is only read: its other records are outside of the input" if zone.mode == "data" else unclear
        if None in associated and not zone.computed("vpc"):
            listed.append(NotKnown("an association whose zone is not known may add a VPC"))
        if zone.mode == "data" and zone.get("vpc_id"):
            listed.append(zone.get("vpc_id"))
        found.append(
            dns.PrivateZone(
                zone.address,
                build.origin(zone),
                build.typed(zone.get("name"), lambda name: str(name).lower().rstrip("."), Unknown("no name")),
                build.many(listed, *VPC) if listed else Unknown("the zone's VPCs are outside of the input"),
                tuple(records.get(zone.address, ())),
                read,
            )
        )
    return once([*found, *hidden_zones(build)])


def _record(build: Build, record: Resource, zone: Resource | None) -> dns.ZoneRecord:
    name = _full_name(build, record, zone)
    origin = build.origin(record)
    kind = record.get("type")
    kind = kind if isinstance(kind, str) else "A"
    blocks = record.blocks("alias")
    if blocks:
        alias = _alias(build, blocks[0].get("name"))
        unknown = "" if alias is not None else "the alias is known only after apply"
        return dns.ZoneRecord(name, origin, (), alias, kind, unknown)
    values = build.items(build.option(record, "records"))
    if kind == "CNAME":
        alias = _alias(build, values[0] if values else _first_reference(record.get("records")))
        unknown = "" if alias is not None else "the target is known only after apply"
        return dns.ZoneRecord(name, origin, (), alias, kind, unknown)
    addresses = tuple(IPv4Address(v) for v in values or () if isinstance(v, str) and kind == "A")
    missing = "" if (values is not None and len(addresses) == len(values)) or kind != "A" else "known after apply"
    return dns.ZoneRecord(name, origin, () if missing else addresses, None, kind, missing)


def _full_name(build: Build, record: Resource, zone: Resource | None) -> Value[str]:
    """A record's name may leave out the zone's; an empty name is the zone itself."""
    name = build.text(record.get("name"))
    domain = build.text(zone.get("name")) if zone is not None else Unknown("the zone is not in the input")
    if isinstance(name, str) and isinstance(domain, str):
        name, domain = name.lower().rstrip(".").replace("\\052", "*"), domain.lower().rstrip(".")
        return name if name == domain or name.endswith(f".{domain}") else f"{name}.{domain}".lstrip(".")
    if isinstance(name, (Unknown, OneOf)) and isinstance(domain, str):
        reference = _first_reference(record.get("name"))
        if isinstance(reference, Ref) and "route53_zone" in reference.address and reference.path == ("name",):
            return domain
    return name if isinstance(name, (Unknown, OneOf)) else Unknown("the zone's name is not known")


def _first_reference(value: object) -> object:
    if isinstance(value, NotKnown) and len(value.references) == 1:
        return value.references[0]
    return value


def _alias(build: Build, value: object) -> dns.Alias | None:
    value = build.world.resolve(_first_reference(value))
    if isinstance(value, AnyOf):
        owners = {candidate.address for candidate in value.candidates if isinstance(candidate, Ref)}
        if len(owners) != 1:
            return None
        value = Ref(owners.pop(), ("dns_entry",))
    if isinstance(value, NotKnown):
        return None
    if isinstance(value, Ref):
        target = build.world.resources.get(value.address)
        kinds = {
            "aws_vpc_endpoint": dns.AliasKind.ENDPOINT,
            "aws_lb": dns.AliasKind.LOAD_BALANCER,
            "aws_alb": dns.AliasKind.LOAD_BALANCER,
            "aws_elb": dns.AliasKind.LOAD_BALANCER,
        }
        return dns.Alias(kinds[target.type], target.address) if target is not None and target.type in kinds else None
    if isinstance(value, str) and value:
        name = value.lower().rstrip(".")
        for endpoint in build.of("aws_vpc_endpoint", data=True):
            if any(str(e.get("dns_name", "")).lower() == name for e in endpoint.blocks("dns_entry")):
                return dns.Alias(dns.AliasKind.ENDPOINT, endpoint.address)
        for balancer in build.of("aws_lb", "aws_alb", "aws_elb", data=True):
            if balancer.get("dns_name") == value:
                return dns.Alias(dns.AliasKind.LOAD_BALANCER, balancer.address)
        return dns.Alias(dns.AliasKind.NAME, name)
    return None


def resolver_endpoints(build: Build) -> tuple[dns.ResolverEndpoint, ...]:
    """Return the Resolver endpoints."""
    found: list[dns.ResolverEndpoint] = []
    for one in build.of("aws_route53_resolver_endpoint"):
        blocks = one.blocks("ip_address")
        addresses = [b.get("ip") for b in blocks if isinstance(b.get("ip"), str) and b.get("ip")]
        subnets = build.many([b.get("subnet_id") for b in blocks], *SUBNET)
        first = subnets[0] if isinstance(subnets, tuple) and subnets else ""
        subnet = build.world.resources.get(first)
        found.append(
            dns.ResolverEndpoint(
                one.address,
                build.origin(one),
                one.get("direction") == "INBOUND",
                subnets,
                build.many(one.get("security_group_ids"), *GROUP),
                tuple(IPv4Address(str(a)) for a in addresses),
                build.one(subnet.get("vpc_id"), *VPC) if subnet is not None else Unknown("not known"),
            )
        )
    return once(found)


def resolver_rules(build: Build) -> tuple[dns.ResolverRule, ...]:
    """Return the Resolver rules with the VPCs that they are associated with."""
    vpcs: dict[str | None, list[object]] = {}
    for one in build.of("aws_route53_resolver_rule_association"):
        key = build.key(one.get("resolver_rule_id"), "aws_route53_resolver_rule")
        vpcs.setdefault(key, []).append(one.get("vpc_id"))
    found: list[dns.ResolverRule] = []
    for rule in build.of("aws_route53_resolver_rule", data=True):
        addresses = [block.get("ip") for block in rule.blocks("target_ip")]
        known = all(isinstance(a, str) for a in addresses)
        found.append(
            dns.ResolverRule(
                rule.address,
                build.origin(rule),
                build.typed(rule.get("domain_name"), lambda name: str(name).lower().rstrip("."), Unknown("no domain")),
                build.text(rule.get("rule_type")),
                build.many(vpcs.get(rule.address, []), *VPC),
                tuple(IPv4Address(str(a)) for a in addresses if a) if known else AFTER_APPLY,
                build.one(rule.get("resolver_endpoint_id"), "aws_route53_resolver_endpoint")
                if build.option(rule, "resolver_endpoint_id")
                else "",
            )
        )
    return once(found)
