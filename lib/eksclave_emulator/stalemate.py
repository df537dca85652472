"""A delete that is refused again and again: Terraform would wait for many minutes, a rehearsal is told at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from .record import error_code, error_words, said, signed_for

WAITED_FOR = ("DependencyViolation", "ResourceInUseException", "DeleteConflict")
"""Errors that the Terraform provider waits out, as something else may be on its way to being deleted."""

PATIENCE = 45.0
"""Seconds for which the same refusal is taken for a wait: longer than any state lasts here."""


class Stalemate:
    """Remembers refusals of deletes. The clock is a parameter so that tests need not wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.first: dict[tuple[str, str], float] = {}

    def seen(
        self, environ: Mapping[str, Any], body: bytes, status: int, answer: bytes, headers: Mapping[str, str]
    ) -> str:
        """Return what to say instead of this answer, or nothing."""
        error = error_code(answer, {k.lower(): v for k, v in headers.items()}) if status >= 400 else ""
        if error not in WAITED_FOR:
            return ""
        service, _ = signed_for(str(environ.get("HTTP_AUTHORIZATION", "")))
        action, asked = said(environ, body, service)
        if not action.startswith("Delete"):
            return ""
        begun = self.first.setdefault((action, repr(sorted(asked.items()))), self.clock())
        waited = self.clock() - begun
        if waited < PATIENCE:
            return ""
        said_last = f"{error}: {error_words(answer)}"
        return f"{action} was refused for {waited:.0f} s and nothing that is going on will change that: {said_last}"
