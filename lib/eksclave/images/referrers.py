"""Lists of referrers as registries give them (OCI distribution 1.1, "Listing Referrers"), each row doubted."""

from __future__ import annotations

import re
from typing import Any, cast

from eksclave.images.manifest import INDEX_TYPES, MANIFEST_TYPES, is_descriptor


def listed_in(content: Any) -> list[Any]:
    """Return the rows of a list, none where it is not one."""
    rows = cast(dict[str, Any], content).get("manifests") if isinstance(content, dict) else None
    return cast(list[Any], rows) if isinstance(rows, list) else []


def manifests_of(rows: list[Any]) -> tuple[dict[str, Any], ...]:
    """Return those rows that name a manifest or an index."""
    return tuple(row for row in rows if is_descriptor(row) and row["mediaType"] in (*INDEX_TYPES, *MANIFEST_TYPES))


def next_page(link: str, repository: str) -> str:
    """Return the rest of the path after the repository that `Link: <…>; rel="next"` names, if it stays in there."""
    match = re.search(r'<([^>]+)>\s*;[^,]*rel="?next"?', link)
    _, found, rest = (match[1] if match else "").partition(f"/v2/{repository}/")
    return rest if found and rest.startswith("referrers/") else ""
