"""The JSON Schema of a spec, for editors."""

from __future__ import annotations

from typing import Any

from eksclave.spec.model import ClusterSpec


def spec_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `clusters/*.yaml`."""
    schema = ClusterSpec.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "eksclave cluster spec"
    return schema
