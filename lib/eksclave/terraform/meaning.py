"""What a parsed expression means in a synthesized stack: loops, conditions, traversals, function calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eksclave.terraform.expressions import Node
from eksclave.terraform.functions import call, choose, members, operate, text
from eksclave.terraform.values import AnyOf, Ref, Unknown, Value, dig, is_symbolic

if TYPE_CHECKING:
    from eksclave.terraform.evaluate import Stack

Names = Mapping[str, Value]


def meaning(stack: Stack, node: Node, names: Names) -> Value:
    """Return the value of a parsed expression, with what `each`, `count` and a loop's names mean."""
    kind = node[0]
    if kind == "lit":
        return node[1]
    if kind == "template":
        return "".join(text(meaning(stack, part, names)) for part in node[1])
    if kind in ("name", "attr", "index", "splat"):
        return _traversal(stack, node, names)
    if kind == "list":
        return [meaning(stack, part, names) for part in node[1]]
    if kind == "object":
        return {text(meaning(stack, key, names)): meaning(stack, part, names) for key, part in node[1]}
    if kind == "call":
        given: list[Value] = []
        for argument in node[2]:
            spread = argument[0] == "spread"
            found = meaning(stack, argument[1] if spread else argument, names)
            given += found if spread and isinstance(found, list) else [found]
        return call(node[1], given)
    if kind == "if":
        condition = meaning(stack, node[1], names)
        if not is_symbolic(condition):
            return meaning(stack, node[2] if condition in (True, "true") else node[3], names)
        return choose(condition, meaning(stack, node[2], names), meaning(stack, node[3], names))
    if kind == "not":
        found = meaning(stack, node[2], names)
        if is_symbolic(found):
            return Unknown("known after apply")
        return (found not in (True, "true")) if node[1] == "!" else -found
    if kind == "op":
        return operate(node[1], meaning(stack, node[2], names), meaning(stack, node[3], names))
    return _loop(stack, node, names)


def _loop(stack: Stack, node: Node, names: Names) -> Value:
    _, key_name, value_name, over_node, key_node, value_node, when = node
    over = meaning(stack, over_node, names)
    if isinstance(over, dict):
        pairs = list(over.items())
    elif isinstance(over, list):
        pairs = list(enumerate(over))
    else:
        return Unknown("a loop over what is known only after apply")
    found: list[tuple[Value, Value]] = []
    for key, value in pairs:
        inner = {**names, value_name: value, **({key_name: key} if key_name else {})}
        if when is None or meaning(stack, when, inner) in (True, "true"):
            named = meaning(stack, key_node, inner) if key_node is not None else None
            found.append((named, meaning(stack, value_node, inner)))
    return {text(key): value for key, value in found} if key_node is not None else [value for _, value in found]


def _traversal(stack: Stack, node: Node, names: Names) -> Value:
    steps: list[tuple[str, Any]] = []
    while node[0] in ("attr", "index", "splat"):
        steps.append((node[0], node[2] if len(node) > 2 else None))
        node = node[1]
    steps.reverse()
    if node[0] != "name":
        return _walk(stack, meaning(stack, node, names), steps, names)
    head = node[1]
    if head in names:
        return _walk(stack, names[head], steps, names)
    if head in ("var", "local", "module") and steps:
        return _walk(stack, stack.named(head, str(steps[0][1])), steps[1:], names)
    if head in ("path", "terraform", "self"):
        return Unknown(f"{head} is known only where terraform runs") if head != "terraform" else "default"
    width = 2 if head == "data" else 1
    words = [head, *(str(step) for kind, step in steps[:width] if kind == "attr")]
    block = ".".join(words)
    if len(words) != width + 1 or stack.block(block) is None:
        return Unknown(f"{block} is not in this stack")
    return _walk(stack, stack.instances(block), steps[width:], names)


def _walk(stack: Stack, value: Value, steps: list[tuple[str, Any]], names: Names) -> Value:
    for at, (kind, step) in enumerate(steps):
        if kind == "splat":
            if isinstance(value, Ref):
                value = stack.known(value)
                value = value if isinstance(value, (list, dict)) else [value]
            found = members(value)
            if found is None:
                return Unknown("a splat over what is known only after apply")
            return [_walk(stack, member, steps[at + 1 :], names) for member in found]
        key = meaning(stack, step, names) if kind == "index" else step
        if is_symbolic(key):
            reason = "an index that is known only after apply"
            parts = tuple(_walk(stack, part, steps[at + 1 :], names) for part in members(value) or ())
            return AnyOf(parts, reason) if parts else Unknown(reason)
        if isinstance(value, Ref):
            value = Ref(value.address, (*value.path, int(key) if isinstance(key, float) else key))
        else:
            value = dig(value, (key,))
    return stack.known(value)
