"""How far the image commands are: a line for each image that ended, a sign of life while none does, and the sums."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eksclave.images.check import Difference
    from eksclave.images.copy import Outcome
    from eksclave.images.lockfile import Lock

QUIET_SECONDS = 20.0
"""How long nothing may end before a sign of life."""


class Progress:
    """Counts images as they end, and says so. `total` is how many there are; `is_mirrored` says that they have a
    repository where they go."""

    def __init__(self, total: int, is_mirrored: bool = True, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._total, self._ended, self._quiet_seconds = total, 0, quiet_seconds
        self._is_mirrored = is_mirrored
        self._start, self._last = time.monotonic(), time.monotonic()
        self._over = threading.Event()

    def __enter__(self) -> Progress:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def ended(self, outcome: Outcome) -> None:
        """Print what became of one image."""
        from eksclave.images.tell import outcome_text

        self._count(outcome_text(outcome, self._is_mirrored), on_error=outcome.state == "failed")

    def asked(self, reference: str) -> None:
        """Print that the registry of this image has answered."""
        self._count(f"asked for {reference}", on_error=True)

    def _count(self, text: str, on_error: bool) -> None:
        self._ended += 1
        self._last = time.monotonic()
        click.echo(f"{self._place()} {text}", err=on_error)

    def _place(self) -> str:
        return f"[{self._ended:>{len(str(self._total))}}/{self._total}]"

    def _watch(self) -> None:
        while not self._over.wait(self._quiet_seconds):
            if time.monotonic() - self._last >= self._quiet_seconds:
                left, seconds = self._total - self._ended, time.monotonic() - self._start
                click.echo(f"{self._place()} {left} to go after {seconds:.0f} s", err=True)


def tell_differences(lock: Lock, found: Sequence[Difference]) -> int:
    """Print what differs; return the exit code."""
    for one in found:
        click.echo(f"{one.repository}: {one.said}; {one.fix}\n  needed as {one.source}")
    click.echo(f"{len(lock.images)} images locked, {len(found)} differences", err=True)
    return 1 if found else 0


def sum_up(outcomes: Sequence[Outcome], place: str) -> int:
    """Print the sums; return the exit code."""
    from eksclave.images.tell import sums_text

    click.echo(f"{place}: {sums_text(outcomes)}", err=True)
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0
