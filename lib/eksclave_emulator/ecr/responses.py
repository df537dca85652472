"""The ECR operations that moto lacks, one method each, beside moto's."""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse as MotoECRResponse

OPERATIONS = (
    "create_pull_through_cache_rule", "describe_pull_through_cache_rules", "update_pull_through_cache_rule",
    "delete_pull_through_cache_rule", "validate_pull_through_cache_rule", "create_repository_creation_template",
    "describe_repository_creation_templates", "update_repository_creation_template",
    "delete_repository_creation_template", "get_account_setting", "put_account_setting",
)  # fmt: skip


class ECRResponse(MotoECRResponse):
    """The ECR API: each operation of `OPERATIONS` calls the backend's method of the same name."""


def _operation(name: str) -> Any:
    def call(self: ECRResponse) -> ActionResult:
        return ActionResult(getattr(self.ecr_backend, name)(json.loads(self.body or "{}")))

    call.__name__ = name
    return call


for _name in OPERATIONS:
    setattr(ECRResponse, _name, _operation(_name))
