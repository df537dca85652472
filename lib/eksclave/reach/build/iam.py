"""IAM roles with all that is attached to them, instance profiles, OIDC providers."""

from __future__ import annotations

from typing import Any

from eksclave.reach.build.base import Build, once
from eksclave.reach.build.boundaries import boundary
from eksclave.reach.build.policies import policy
from eksclave.reach.facts import iam
from eksclave.reach.facts.values import AFTER_APPLY, HOLE, NOT_IN_INPUT, Origin, Unknown, Value
from eksclave.terraform.model import Resource
from eksclave.terraform.values import AnyOf, Ref

_ROLE = ("aws_iam_role",)


Known = dict[str, list[str]]
"""Roles by name and by ARN: two accounts, or two inputs, may use one name for two roles."""


def role_keys(build: Build) -> Known:
    """Return the roles by name and by ARN: attachments name a role, clusters give its ARN."""
    found: Known = {}
    for role in build.of("aws_iam_role", data=True):
        names = {role.get(attribute) for attribute in ("name", "arn", "id")}
        for literal in sorted(name for name in names if isinstance(name, str) and name):
            found.setdefault(literal, []).append(role.address)
    return found


def role_key(build: Build, value: Any, known: Known, near: Resource | None = None) -> Value[str]:
    """Return the key of the role that a name or an ARN means; one outside of the input is its own text."""
    found = build.one(value, *_ROLE)
    if isinstance(found, str):
        named = known.get(found) or (known.get(found.rsplit("/", 1)[-1]) if "/" in found else None)
        return build.nearest(named, near) if named else found
    return found


def roles(build: Build) -> tuple[iam.Role, ...]:
    """Return every role that the input makes or reads, with attached and inline policies."""
    known = role_keys(build)
    managed: dict[str, list[tuple[Value[str], Resource]]] = {}
    documents: dict[str, list[Value[iam.Policy]]] = {}
    addresses: dict[str, set[str]] = {}
    unsure = ""
    for attachment in build.of("aws_iam_role_policy_attachment", "aws_iam_policy_attachment"):
        owners = [attachment.get("role")] if attachment.type.startswith("aws_iam_role") else attachment.get("roles")
        for owner in owners if isinstance(owners, list) else [owners]:
            key = role_key(build, owner, known, attachment)
            if isinstance(key, str):
                managed.setdefault(key, []).append((_arn(build, attachment.get("policy_arn")), attachment))
                addresses.setdefault(key, set()).add(attachment.address)
            else:
                unsure = unsure or f"{attachment.address} may be attached to it"
    for exclusive in build.of("aws_iam_role_policy_attachments_exclusive"):
        key = role_key(build, exclusive.get("role_name"), known, exclusive)
        for arn in build.items(exclusive.get("policy_arns")) or ():
            if isinstance(key, str):
                managed.setdefault(key, []).append((_arn(build, arn), exclusive))
                addresses.setdefault(key, set()).add(exclusive.address)
    for inline in build.of("aws_iam_role_policy"):
        key = role_key(build, inline.get("role"), known, inline)
        found = policy(build, inline.get("policy"), build.origin(inline, "policy"), _name(inline.get("name")))
        if isinstance(key, str) and found is not None:
            documents.setdefault(key, []).append(found)  # type: ignore[arg-type]
            addresses.setdefault(key, set()).add(inline.address)
        elif not isinstance(key, str):
            unsure = unsure or f"{inline.address} may be attached to it"
    bodies = _bodies(build)
    return once(
        _role(build, role, managed, documents, addresses, bodies, unsure)
        for role in build.of("aws_iam_role", data=True)
    )


def _role(
    build: Build,
    role: Resource,
    managed: dict[str, list[tuple[Value[str], Resource]]],
    documents: dict[str, list[Value[iam.Policy]]],
    addresses: dict[str, set[str]],
    bodies: dict[str, Value[iam.Policy]],
    unsure: str,
) -> iam.Role:
    key = role.address
    arns = [arn for arn, _ in managed.get(key, ())]
    listed = build.items(build.option(role, "managed_policy_arns"))
    incomplete = unsure
    if listed is None:
        incomplete = incomplete or "managed_policy_arns is known only after apply"
    arns += [_arn(build, arn) for arn in listed or ()]
    texts = list(documents.get(key, ()))
    inline = None if role.computed("inline_policy") else role.get("inline_policy")
    for block in inline if isinstance(inline, list) else ():
        found = policy(build, block.get("policy"), build.origin(role, "inline_policy"), _name(block.get("name")))
        texts += [found] if found is not None else []  # type: ignore[list-item]
    kept: list[Value[str]] = []
    for arn in arns:
        body = bodies.get(arn) if isinstance(arn, str) else None
        if body is not None:
            texts.append(body)
        elif arn not in kept:
            kept.append(arn)
    if role.mode == "data":
        incomplete = incomplete or "the role is only read: its policies are outside of the input"
    boundary_arn = build.option(role, "permissions_boundary")
    bound = boundary(_arn(build, boundary_arn), bodies) if boundary_arn not in (None, "") else None
    trust = policy(build, role.get("assume_role_policy"), build.origin(role, "assume_role_policy"))
    trust_known: Value[iam.Policy] = NOT_IN_INPUT if trust is None else trust  # type: ignore[assignment]
    return iam.Role(
        key,
        build.origin(role),
        build.text(role.get("name"), AFTER_APPLY),
        build.text(role.get("arn"), AFTER_APPLY),
        build.text(build.option(role, "path"), "/"),
        trust_known,
        tuple(sorted(kept, key=str)),
        tuple(texts),
        incomplete,
        tuple(sorted(addresses.get(key, ()))),
        bound,
        _service_accounts(trust_known),
    )


def _arn(build: Build, value: Any) -> Value[str]:
    """Return a managed policy's ARN, or the address of the policy where the ARN is known only after apply."""
    value = build.world.resolve(value)
    if isinstance(value, str):
        owner = build.world.aliases.get(f"aws_iam_policy/{value}")
        return owner or value
    if isinstance(value, Ref):
        return value.address if value.path[-1:] in (("arn",), ("id",)) else str(value)
    if isinstance(value, AnyOf):
        return Unknown(value.reason or "one of several policies")
    return Unknown("a policy that is known only after apply")


def _bodies(build: Build) -> dict[str, Value[iam.Policy]]:
    """Return the documents of the customer-managed policies that are in the input."""
    found: dict[str, Value[iam.Policy]] = {}
    for one in build.of("aws_iam_policy", data=True):
        body = policy(build, one.get("policy"), build.origin(one, "policy"), _name(one.get("name")))
        arn = one.get("arn")
        aws_own = isinstance(arn, str) and ":iam::aws:policy/" in arn
        if body is not None and not aws_own:
            found[one.address] = body  # type: ignore[assignment]
            if isinstance(arn, str):
                found[arn] = body  # type: ignore[assignment]
    return found


def _service_accounts(trust: Value[iam.Policy]) -> Value[tuple[str, ...]]:
    if not isinstance(trust, iam.Policy):
        return Unknown("the trust policy is not known")
    found: set[str] = set()
    for statement in trust.statements:
        for condition in statement.conditions:
            if condition.key.endswith(":sub") and isinstance(condition.values, tuple):
                for value in condition.values:
                    if value.startswith("system:serviceaccount:"):
                        found.add(value.removeprefix("system:serviceaccount:"))
                    elif HOLE in value:
                        return Unknown("its service accounts are known only after apply")
    return tuple(sorted(found))


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def instance_profiles(build: Build) -> tuple[iam.InstanceProfile, ...]:
    """Return the instance profiles."""
    known = role_keys(build)
    return once(
        iam.InstanceProfile(
            profile.address,
            build.origin(profile),
            build.text(profile.get("name"), AFTER_APPLY),
            role_key(build, profile.get("role") or profile.get("role_name"), known, profile),
        )
        for profile in build.of("aws_iam_instance_profile", data=True)
    )


def profile_role(build: Build, value: Any) -> Value[str | None]:
    """Return the role of the instance profile that a name or an ARN means, None where no profile is named."""
    value = build.world.resolve(value)
    if value is None or value == "":
        return None
    known = role_keys(build)
    key = build.one(value, "aws_iam_instance_profile")
    for profile in build.of("aws_iam_instance_profile", data=True):
        names = (profile.address, profile.get("name"), profile.get("arn"))
        if isinstance(key, str) and key in names:
            return role_key(build, profile.get("role") or profile.get("role_name"), known)
    return Unknown("the instance profile is not in the input") if isinstance(key, str) else key


def oidc_providers(build: Build) -> tuple[iam.OidcProvider, ...]:
    """Return the OIDC providers; a `tls_certificate` of an issuer is read over the network at apply."""
    readers = [c for c in build.of("tls_certificate", data=True) if _of_a_cluster(build, c)]
    found: list[iam.OidcProvider] = []
    for provider in build.of("aws_iam_openid_connect_provider", data=True):
        url = build.world.resolve(provider.get("url"))
        cluster: Value[str] = NOT_IN_INPUT
        clusters = build.of("aws_eks_cluster")
        if isinstance(url, Ref):
            cluster = url.address
        elif len(clusters) == 1:
            cluster = clusters[0].address
        reads = bool(readers)
        found.append(
            iam.OidcProvider(provider.address, build.origin(provider), build.text(url, AFTER_APPLY), cluster, reads)
        )
    if not found:
        found += [iam.OidcProvider(c.address, build.origin(c), AFTER_APPLY, NOT_IN_INPUT, True) for c in readers]
    return once(found)


def _of_a_cluster(build: Build, certificate: Resource) -> bool:
    url = build.world.resolve(certificate.get("url"))
    return not isinstance(url, str) or "oidc" in url


def origin_of(address: str) -> Origin:
    """Return an origin for an address alone."""
    return Origin(address)
