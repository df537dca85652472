"""Launch templates: the groups, user data and metadata options that nodes and instances start with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from eksclave.reach.build.base import GROUP, Build, once
from eksclave.reach.build.keys import volume_keys
from eksclave.reach.facts import clusters
from eksclave.reach.facts.values import AFTER_APPLY, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import Ref
from eksclave.terraform.values import Unknown as NotKnown

_TEMPLATE = ("aws_launch_template",)


def configured(value: Any) -> Any:
    """A computed default inside a block counts as not set."""
    return None if isinstance(value, Ref) else value


def launch_templates(build: Build) -> tuple[clusters.LaunchTemplate, ...]:
    """Return the launch templates."""
    return once(launch_template(build, template) for template in build.of(*_TEMPLATE, data=True))


def only_template(build: Build, group: Resource, named: Any) -> Resource | None:
    """Return the one launch template of an Auto Scaling group's module where which it names is known only after apply.

    Modules write `launch_template` as a dynamic block, whose expression plan JSON leaves out.
    """
    hidden = group.computed("launch_template") or isinstance(build.world.resolve(named), NotKnown)
    beside = [one for one in build.of(*_TEMPLATE) if (one.module, one.source) == (group.module, group.source)]
    if not hidden or len(beside) != 1:
        return None
    said = f"which template it names is known only after apply; taken to be {beside[0].address}, the only one beside it"
    build.assumed.append((group.address, "launch_template", said))
    return beside[0]


def launch_template(build: Build, template: Resource) -> clusters.LaunchTemplate:
    """Return one launch template; groups may stand at the top or on its network interfaces."""
    top = build.option(template, "vpc_security_group_ids")
    groups: Value[tuple[str, ...] | None] = build.many(top, *GROUP) if top not in (None, []) else None
    public: Value[bool | None] = None
    for interface in template.blocks("network_interfaces"):
        listed = interface.get("security_groups")
        if listed not in (None, []):
            groups = build.many(listed, *GROUP)
        if interface.get("associate_public_ip_address") not in (None, ""):
            public = build.flag(interface.get("associate_public_ip_address"))
    options = template.block("metadata_options")
    hops = configured(options.get("http_put_response_hop_limit"))
    profile = template.block("iam_instance_profile")
    return clusters.LaunchTemplate(
        template.address,
        build.origin(template),
        groups,
        build.text(build.option(template, "image_id"), None),  # type: ignore[arg-type]
        user_data(build, build.option(template, "user_data")),
        None if hops in (None, 0) else build.number(hops),
        build.text(configured(options.get("http_tokens")), None),  # type: ignore[arg-type]
        profile_key(build, profile),
        public,
        metadata(build, options),
        volume_keys(build, template),
    )


def metadata(build: Build, options: Mapping[str, Any]) -> Value[bool]:
    """Return whether the metadata service answers: unless it is switched off, it does."""
    return build.typed(configured(options.get("http_endpoint")), lambda found: found != "disabled", True)


def profile_key(build: Build, profile: Any) -> Value[str | None]:
    """Return the instance profile that a block names."""
    named = profile.get("arn") or profile.get("name") if profile else None
    return None if named in (None, "") else build.one(named, "aws_iam_instance_profile")


def user_data(build: Build, value: Any) -> Value[str | None]:
    """Return user data as text: templates carry it in base64."""
    value = build.world.resolve(value)
    if value is None or value == "":
        return None
    if isinstance(value, NotKnown):
        return Unknown("the user data is made of values that are known only after apply")
    if not isinstance(value, str):
        return AFTER_APPLY
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return value
