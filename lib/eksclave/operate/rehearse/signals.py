"""Ctrl-C, SIGTERM and a closed terminal end every process first; then they do what they always do."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Generator

from .processes import Processes


@contextlib.contextmanager
def ending(processes: Processes) -> Generator[None]:
    """While this lasts, a signal stops `processes` and raises KeyboardInterrupt; on other threads nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: object) -> None:
        processes.stop(
            "stopped by the user" if number == signal.SIGINT else f"stopped by {signal.Signals(number).name}"
        )
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
