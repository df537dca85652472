"""What an EC2 instance type's name tells: its processor architecture."""

from __future__ import annotations

import re

# EC2 user guide, "Amazon EC2 instance type naming conventions": g after the generation is AWS Graviton; a1 was the
# first.
_FAMILY = re.compile(r"([a-z]+)(\d+)([a-z-]*)")


def architecture_of(instance_type: str) -> str:
    """Return `arm64` for Graviton types (m7g.large, c8gn.xlarge, a1.medium, g5g.xlarge), `x86_64` for all others."""
    family = instance_type.partition(".")[0]
    found = _FAMILY.fullmatch(family)
    if family == "a1" or (found and "g" in found.group(3).partition("-")[0]):
        return "arm64"
    return "x86_64"
