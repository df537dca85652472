"""Instances and Auto Scaling groups outside of node groups, load balancers, EFS mount targets, network interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from eksclave.reach.build.addresses import lies_in
from eksclave.reach.build.base import GROUP, SUBNET, Build, once
from eksclave.reach.build.iam import profile_role
from eksclave.reach.build.selfmanaged import asg_tags, joins, template_of
from eksclave.reach.build.templates import configured, launch_template, metadata, user_data
from eksclave.reach.facts import hosts
from eksclave.reach.facts.clusters import LaunchTemplate
from eksclave.reach.facts.groups import Placement
from eksclave.reach.facts.values import AFTER_APPLY, NOT_IN_INPUT, OneOf, Unknown, Value, choices
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref


def instances(build: Build) -> tuple[hosts.Instance, ...]:
    """Return instances and Auto Scaling groups that do not join a cluster."""
    found = [_instance(build, instance) for instance in build.of("aws_instance", "aws_spot_instance_request")]
    for group in build.of("aws_autoscaling_group"):
        template = template_of(build, group)
        tags = dict(asg_tags(group))
        if joins(build, tags, template.user_data if template else None, group, template) is None:
            found.append(_scaled(build, group, template))
    return once(found)


def _instance(build: Build, instance: Resource) -> hosts.Instance:
    template = _template(build, instance)
    groups = build.option(instance, "vpc_security_group_ids") or build.option(instance, "security_groups")
    subnet = build.option(instance, "subnet_id")
    listed = build.many(groups, *GROUP) if groups not in (None, []) else None
    if listed is None:
        listed = template.groups if template is not None and template.groups is not None else None
    place: Value[tuple[str, ...]] = NOT_IN_INPUT
    interfaces = _attached(build, instance)
    if subnet is not None:
        one = build.one(subnet, *SUBNET)
        place = (one,) if isinstance(one, str) else Unknown(one.reason)
        if isinstance(one, OneOf):
            place = OneOf(tuple((candidate,) for candidate in one.candidates), one.reason)
    elif interfaces:
        place = build.many([i.get("subnet_id") for i in interfaces[:1]], *SUBNET)
        listed = build.many(interfaces[0].get("security_groups"), *GROUP)
    if listed is None:
        listed = _default_group(build, place)
    address = instance.get("private_ip")
    fixed = (IPv4Address(address),) if isinstance(address, str) and address else ()
    if fixed and isinstance(place, tuple) and not all(lies_in(build, fixed[0], key) for key in place):
        fixed = ()
    data = build.option(instance, "user_data") or build.option(instance, "user_data_base64")
    profile = build.option(instance, "iam_instance_profile") or (template.instance_profile if template else None)
    return hosts.Instance(
        instance.address,
        build.origin(instance),
        Placement(place, listed, build.origin(instance), _public(build, instance, place), fixed),
        profile_role(build, profile) if not isinstance(profile, (Unknown, OneOf)) else AFTER_APPLY,
        user_data(build, data) if data is not None else (template.user_data if template else None),
        build.text(build.option(instance, "ami"), template.image if template else None),  # type: ignore[arg-type]
        dict(build.tags(instance)).get("Name", ""),
        fixed[0] if fixed else AFTER_APPLY,
        build.tags(instance),
        metadata=_metadata(build, instance, template),
    )


def _metadata(build: Build, instance: Resource, template: LaunchTemplate | None) -> Value[bool]:
    options = instance.block("metadata_options")
    said = configured(options.get("http_endpoint")) is not None
    return metadata(build, options) if said or template is None else template.metadata


def _attached(build: Build, instance: Resource) -> list[Resource]:
    """Return the interfaces that the instance takes over, the primary one first."""
    found: list[Resource] = []
    for name in ("primary_network_interface", "network_interface"):
        for block in instance.blocks(name):
            key = build.key(block.get("network_interface_id"), "aws_network_interface")
            interface = build.world.resources.get(key or "")
            found += [interface] if interface is not None else []
    return found


def _default_group(build: Build, place: Value[tuple[str, ...]]) -> Value[tuple[str, ...]]:
    """Without any group AWS attaches the VPC's default one."""
    if isinstance(place, tuple) and place:
        subnet = build.world.resources.get(place[0])
        vpc = build.key(subnet.get("vpc_id"), "aws_vpc") if subnet is not None else None
        key = build.renamed.get(f"{vpc}.default_security_group_id")
        if key is not None:
            return (key,)
    return Unknown("which security group it carries is not in the input")


def _public(build: Build, instance: Resource, place: Value[tuple[str, ...]]) -> Value[bool]:
    """The subnet decides where the instance does not; an Elastic IP is public in any case."""
    for eip in build.of("aws_eip", "aws_eip_association"):
        for name in ("instance", "instance_id"):
            if build.option(eip, name) and build.key(eip.get(name), "aws_instance") == instance.address:
                return True
    said = build.option(instance, "associate_public_ip_address")
    if isinstance(said, bool):
        return said
    found: set[bool] = set()
    for key in {key for one in choices(place) or () for key in one}:
        subnet = build.world.resources.get(key)
        given = build.option(subnet, "map_public_ip_on_launch") if subnet is not None else None
        found.add(given is True)
    return found.pop() if len(found) == 1 else Unknown("whether it gets a public address is not in the input")


def _template(build: Build, instance: Resource) -> LaunchTemplate | None:
    block = instance.block("launch_template")
    for name in ("id", "name"):
        value = block.get(name)
        if value in (None, "") or (isinstance(value, Ref) and value.address == instance.address):
            continue
        key = build.key(value, "aws_launch_template")
        for template in build.of("aws_launch_template", data=True):
            if key in (template.address, template.get("name"), template.get("id")):
                return launch_template(build, template)
    return None


def _scaled(build: Build, group: Resource, template: LaunchTemplate | None) -> hosts.Instance:
    place = build.many(group.get("vpc_zone_identifier"), *SUBNET)
    groups: Value[tuple[str, ...]] = NOT_IN_INPUT
    if template is not None:
        groups = template.groups if template.groups is not None else _default_group(build, place)
    public = template.public_ip if template is not None else None
    profile = template.instance_profile if template is not None else None
    tags = asg_tags(group)
    return hosts.Instance(
        group.address,
        build.origin(group),
        Placement(place, groups, build.origin(group), public if public is not None else False),
        profile_role(build, profile) if isinstance(profile, str) else None,
        template.user_data if template else None,
        template.image if template else None,
        dict(tags).get("Name", ""),
        AFTER_APPLY,
        tags,
        metadata=template.metadata if template is not None else NOT_IN_INPUT,
    )


def load_balancers(build: Build) -> tuple[hosts.LoadBalancer, ...]:
    """Return the load balancers that Terraform makes."""
    found: list[hosts.LoadBalancer] = []
    for balancer in build.of("aws_lb", "aws_alb"):
        subnets = build.option(balancer, "subnets")
        if subnets is None:
            subnets = [block.get("subnet_id") for block in balancer.blocks("subnet_mapping")]
        kind = build.text(build.option(balancer, "load_balancer_type"), "application")
        found.append(_balancer(build, balancer, subnets, kind, tuple(_listeners(build, balancer))))
    for balancer in build.of("aws_elb"):
        listeners = tuple(
            hosts.Listener(
                build.number(block.get("lb_port")),
                build.text(block.get("lb_protocol")),
                build.number(block.get("instance_port")),
            )
            for block in balancer.blocks("listener")
        )
        found.append(_balancer(build, balancer, build.option(balancer, "subnets"), "classic", listeners))
    return once(found)


def _balancer(
    build: Build,
    balancer: Resource,
    subnets: object,
    kind: Value[str],
    listeners: tuple[hosts.Listener, ...],
) -> hosts.LoadBalancer:
    internal = build.flag(build.option(balancer, "internal"))
    place = build.many(subnets, *SUBNET)
    given = build.option(balancer, "security_groups")
    groups = build.many(given, *GROUP)
    if given in (None, []) and kind == "application":
        groups = _default_group(build, place)
    public: Value[bool] = not internal if isinstance(internal, bool) else internal
    return hosts.LoadBalancer(
        balancer.address,
        build.origin(balancer),
        Placement(place, groups, build.origin(balancer), public),
        kind,
        internal,
        listeners,
        build.text(balancer.get("dns_name"), AFTER_APPLY),
        build.tags(balancer),
    )


def _listeners(build: Build, balancer: Resource) -> Iterator[hosts.Listener]:
    for listener in build.of("aws_lb_listener", "aws_alb_listener"):
        if build.key(listener.get("load_balancer_arn"), "aws_lb", "aws_alb") != balancer.address:
            continue
        port = build.number(listener.get("port"))
        protocol = build.text(build.option(listener, "protocol"), "HTTP")
        group = None
        for action in listener.blocks("default_action"):
            key = build.key(action.get("target_group_arn"), "aws_lb_target_group") if action else None
            group = build.world.resources.get(key or "") or group
        if group is None:
            yield hosts.Listener(port, protocol)
            continue
        target = build.number(build.option(group, "port"))
        health = group.block("health_check").get("port")
        checked = target if health in (None, "", "traffic-port") or isinstance(health, Ref) else build.number(health)
        keep = build.option(group, "preserve_client_ip")
        yield hosts.Listener(
            port,
            protocol,
            target,
            checked,
            build.text(build.option(group, "target_type"), "instance"),
            None if keep in (None, "") else build.flag(keep),
            group.address,
        )


def mount_targets(build: Build) -> tuple[hosts.MountTarget, ...]:
    """Return the EFS mount targets."""
    found: list[hosts.MountTarget] = []
    for target in build.of("aws_efs_mount_target"):
        place = build.many([target.get("subnet_id")], *SUBNET)
        given = build.option(target, "security_groups")
        groups = build.many(given, *GROUP) if given not in (None, []) else _default_group(build, place)
        placement = Placement(place, groups, build.origin(target))
        system = build.one(target.get("file_system_id"), "aws_efs_file_system")
        found.append(hosts.MountTarget(target.address, build.origin(target), placement, system))
    return once(found)


def interfaces(build: Build) -> tuple[hosts.NetworkInterface, ...]:
    """Return the network interfaces that the input makes by themselves."""
    found: list[hosts.NetworkInterface] = []
    for one in build.of("aws_network_interface"):
        place = build.many([one.get("subnet_id")], *SUBNET)
        given = build.option(one, "security_groups")
        groups = build.many(given, *GROUP) if given not in (None, []) else _default_group(build, place)
        addresses = tuple(IPv4Address(a) for a in build.items(build.option(one, "private_ips")) or ())
        public = any(
            build.option(eip, "network_interface")
            and build.key(eip.get("network_interface"), "aws_network_interface") == one.address
            for eip in build.of("aws_eip")
        )
        placement = Placement(place, groups, build.origin(one), public, addresses)
        check = build.flag(build.option(one, "source_dest_check"), True)
        found.append(hosts.NetworkInterface(one.address, build.origin(one), placement, check))
    return once(found)
