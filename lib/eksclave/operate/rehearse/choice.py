"""Which stacks of a folder are rehearsed, why others are not, and as which account."""

from __future__ import annotations

from collections.abc import Sequence

from eksclave.errors import EksclaveError

from .estate import AWS, HARMLESS, Stack, as_list
from .kubernetes import KUBERNETES

DEFAULT_ACCOUNT = "123456789012"


def chosen(stacks: tuple[Stack, ...], names: Sequence[str]) -> tuple[Stack, ...]:
    """Return the named stacks and all that they need, in order."""
    known = {stack.name: stack for stack in stacks}
    for name in names:
        if name not in known:
            from eksclave.errors import did_you_mean

            raise EksclaveError(
                f"no stack is called '{name}'", did_you_mean(name, known) or f"there are: {', '.join(known)}"
            )
    wanted = set(names or known)
    for stack in reversed(stacks):
        if stack.name in wanted:
            wanted |= set(stack.needs)
    return tuple(stack for stack in stacks if stack.name in wanted)


def reason_against(stack: Stack, stacks: Sequence[Stack], has_api: bool = False) -> str:
    """Return why a stack cannot be rehearsed, or an empty string. `has_api`: a Kubernetes API was named."""
    sources = set(stack.providers.values())
    foreign = sorted(
        source
        for source in sources - {AWS, *([KUBERNETES] if has_api else [])}
        if not (source.startswith("hashicorp/") and source.split("/")[1] in HARMLESS)
    )
    if KUBERNETES in foreign:
        return "it needs a Kubernetes API, and the emulator has none; --kubeconfig names one on this machine"
    if foreign:
        return f"calls of {', '.join(foreign)} cannot be turned to the emulator"
    if not sources & {AWS, KUBERNETES}:
        return "it holds no AWS resources"
    if stack.unknown_states:
        return f"it reads the state '{', '.join(stack.unknown_states)}', which no stack in this folder writes"
    programs = [name for _, name, body in stack.blocks("resource") if body.get("provisioner")]
    if programs:
        return f"it runs programs of its own (provisioner in {', '.join(programs)})"
    by_name = {one.name: one for one in stacks}
    missing = [name for name in stack.needs if reason_against(by_name[name], stacks, has_api)]
    return f"it needs {', '.join(missing)}, which was not rehearsed" if missing else ""


def account_of(stacks: Sequence[Stack]) -> str:
    """The account that the providers insist on (`allowed_account_ids`), or moto's."""
    found = {
        str(one)
        for stack in stacks
        for block in as_list(stack.body.get("provider", {}).get("aws"))
        for one in block.get("allowed_account_ids") or []
    }
    return min(found, default=DEFAULT_ACCOUNT)
