"""The published JSON answer (`eksclave schema prove` prints its schema)."""

from __future__ import annotations

from eksclave.checks.result import Answer


def render(answer: Answer) -> str:
    """Return the answer as JSON."""
    import orjson

    return orjson.dumps(answer.as_json(), option=orjson.OPT_INDENT_2).decode()
