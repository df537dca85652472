"""The JSON Schema of the answer, a file beside this one."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def answer_schema() -> dict[str, Any]:
    """Return the published JSON Schema of `eksclave prove --format json`."""
    import orjson

    return orjson.loads(files("eksclave.report").joinpath("answer.schema.json").read_bytes())
