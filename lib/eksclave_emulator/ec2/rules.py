"""Security group rules that keep their description whatever their other end is: a range, a group or a prefix list."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import security_groups
from moto.ec2.models.security_groups import SecurityGroupRule as MotoSecurityGroupRule


class SecurityGroupRule(MotoSecurityGroupRule):
    """moto keeps the description of ranges alone."""

    def __init__(self, ec2_backend: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(ec2_backend, *args, **kwargs)
        ends = [one for one in (*args, *kwargs.values()) if isinstance(one, dict)]
        self.told = next((one["Description"] for one in ends if "Description" in one), None)
        self.source_group = {key: value for key, value in self.source_group.items() if key != "Description"}

    @property
    def description(self) -> str | None:
        """The description as it was given."""
        return self.ip_range.get("Description") or self.told


security_groups.SecurityGroupRule = SecurityGroupRule  # type: ignore[misc]
