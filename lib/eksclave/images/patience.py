"""Waiting: how often, how long, and together. When one worker is told to slow down, all who ask that host slow down."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


def transient(status: int) -> bool:
    """Whether an HTTP status (0: no answer) may be gone when asked again."""
    return status in (0, 408, 425, 429) or status >= 500


@dataclass
class Patience:
    """Tries up to `attempts` times; pauses double from `first_seconds` to `most_seconds`, each with some jitter."""

    attempts: int = 8
    first_seconds: float = 0.5
    most_seconds: float = 60.0
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _not_before: dict[str, float] = field(default_factory=dict[str, float])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.sleep is time.sleep:
            self.sleep = self._ended.wait

    def end(self) -> None:
        """Let whoever waits wait no longer, and nobody try again: the user pressed Ctrl-C."""
        self._ended.set()

    @property
    def is_ended(self) -> bool:
        """Whether nobody shall try again."""
        return self._ended.is_set()

    def call(self, ask: Callable[[], T], host: str, wait_for: Callable[[Exception], float | None]) -> T:
        """Return what `ask` gives; `wait_for` says how long to wait at least, or None to give up."""
        for attempt in range(1, self.attempts + 1):
            self.hold(host)
            try:
                return ask()
            except Exception as error:
                least = wait_for(error)
                if least is None or attempt == self.attempts or self._ended.is_set():
                    raise
                self.slow_down(host, max(least, self.pause(attempt)))
        raise AssertionError("a patience of no attempts")

    def pause(self, attempt: int) -> float:
        """Return the pause after the `attempt`-th failure: exponential, with jitter."""
        return min(self.most_seconds, self.first_seconds * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0)

    def slow_down(self, host: str, seconds: float) -> None:
        """Let nobody ask `host` for this long."""
        with self._lock:
            self._not_before[host] = max(self._not_before.get(host, 0.0), self.clock() + seconds)

    def hold(self, host: str) -> None:
        """Wait until `host` may be asked."""
        while not self._ended.is_set() and (left := self._not_before.get(host, 0.0) - self.clock()) > 0:
            self.sleep(left)
