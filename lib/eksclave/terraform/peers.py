"""What the other attributes of a resource, and its siblings, say of a value that the plan does not keep."""

from __future__ import annotations

from eksclave.terraform.references import all_references, follows_key
from eksclave.terraform.scope import Instance
from eksclave.terraform.values import AnyOf, Path, Ref, Unknown, Value, is_symbolic
from eksclave.terraform.words import within, words

_PEERS = ("referenced_security_group_id", "source_security_group_id")


def without_own(values: dict[str, Value]) -> tuple[str, str] | None:
    """Take a rule's own group out of what its peer may be, in place; return the attribute and what was assumed.

    A rule that lets a group talk to itself says so with `self`, or with the same expression twice.
    """
    own = values.get("security_group_id")
    for name in _PEERS:
        peer = values.get(name)
        if isinstance(peer, AnyOf) and own is not None and not isinstance(own, AnyOf) and is_symbolic(own):
            others = tuple(one for one in peer.candidates if one != own)
            if others and len(others) < len(peer.candidates):
                values[name] = others[0] if len(others) == 1 else AnyOf(others, peer.reason)
                return name, f"taken to be {values[name]}, not the rule's own group: the plan does not keep which"
    return None


def other_end(instance: Instance, values: dict[str, Value]) -> tuple[str, str] | None:
    """Tell a rule's two ends apart where one key names both, in place: `hop>doors:443` leads from `hop` to `doors`.

    Both were read by the same word of the key. The other word is the other end; where it names no group that is made
    beside this one, the other end is not known.
    """
    own, key, scope = values.get("security_group_id"), instance.key, instance.scope
    if not isinstance(own, Ref) or not isinstance(key, str) or scope is None:
        return None
    name = next((one for one in _PEERS if values.get(one) == own), None)
    expressions = instance.block.get("expressions")
    if name is None or not isinstance(expressions, dict):
        return None
    if not all(follows_key(expressions.get(one)) for one in (name, "security_group_id")):
        return None
    if all_references(expressions.get("security_group_id")) == all_references(expressions.get(name)):
        return None
    blocks = scope.instances.values()
    block = next((some for some in blocks if any(one.address == own.address for one in some.values())), {})
    mine = next((str(one.key or one.name) for one in block.values() if one.address == own.address), "")
    if words(mine) and words(key).count(words(mine)[0]) > 1:
        return None  # `nodes_to_nodes`
    others = [one for one in block.values() if one.address != own.address and one.key and within(str(one.key), key)]
    if len(others) == 1:
        values[name] = Ref(others[0].address, own.path)
        return name, f"taken to be {values[name]}: the other word of its key, which names two ends"
    values[name] = Unknown("both ends are read by one key: the plan does not keep which is the other")
    return None


def distinct_vpcs(values: dict[str, Value]) -> tuple[str, str] | None:
    """Give as many `vpc` blocks of a zone as there are VPCs one each, in place: AWS refuses to associate one twice."""
    blocks = values.get("vpc")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return None
    choices = [block.get("vpc_id") for block in blocks]
    first = choices[0] if choices else None
    if not isinstance(first, AnyOf) or len(first.candidates) != len(blocks) or any(one != first for one in choices):
        return None
    values["vpc"] = [{**block, "vpc_id": one} for block, one in zip(blocks, first.candidates, strict=True)]
    return "vpc", f"taken to be {', '.join(map(str, first.candidates))}: a zone has each VPC once"


def is_only_gateway(instance: Instance, path: Path) -> bool:
    """Tell whether no other endpoint of the block can take the route tables that its expressions name."""
    if instance.type != "aws_vpc_endpoint" or path != ("route_table_ids",) or instance.scope is None:
        return False
    block = instance.scope.instances.get(f"{instance.type}.{instance.name}", {})
    gateways = [one for one in block.values() if one.after.get("vpc_endpoint_type") in (None, "Gateway")]
    return gateways == [instance] and len(block) > 1


def others_know(instance: Instance, name: str) -> bool:
    """Tell whether an optional attribute that AWS fills in is known of a sibling of the block.

    Then what is not known here was most likely not given. It may be a text with an id in it, which the sibling's has
    not: whoever takes this reading must state it.
    """
    if instance.scope is None:
        return False
    block = instance.scope.instances.get(f"{instance.type}.{instance.name}", {})
    return any(
        isinstance(one.after.get(name), str) and one.after[name] for one in block.values() if one is not instance
    )
