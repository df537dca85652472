"""Type hints of generated argument checks, computed once per function.

Bindings made by jsii before 1.13x call `typing.get_type_hints` on a module's `_typecheckingstub__*` function at every
construct: 15 to 30 % of the time of a synth (aws/jsii #5165; later bindings cache it the same way, PR #5177).
"""

from __future__ import annotations

import functools
import typing
from typing import Any

_STUB = "_typecheckingstub__"


def memoise() -> None:
    """Let `typing.get_type_hints` remember its answer for jsii's check stubs; for all else it is what it was."""
    original = typing.get_type_hints
    if getattr(original, "remembers_stubs", False):
        return
    known: dict[Any, dict[str, Any]] = {}

    @functools.wraps(original)
    def get_type_hints(obj: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if args or kwargs or not getattr(obj, "__name__", "").startswith(_STUB):
            return original(obj, *args, **kwargs)
        if obj not in known:
            known[obj] = original(obj)
        return known[obj]

    get_type_hints.remembers_stubs = True  # type: ignore[attr-defined]
    typing.get_type_hints = get_type_hints
