"""Day 0: plan every stack of an environment before anything of it exists, and never apply such a plan.

A day-0 synth (`EKSCLAVE_DAY0=1`) puts typed stand-ins where one stack reads another's state, and needs neither
credentials nor network. Three things keep it from ever being applied, each enough by itself:

- a gate that every resource waits for, whose condition is unknown while planning and false when applying;
- credentials that are none, written into the provider, where they go before anything in the environment;
- service addresses under `.invalid` (RFC 6761), which resolves nowhere: no request leaves, not even to an emulator.

State goes into a folder of its own, so that a real state is never opened.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eksclave.design.model import StatePlan
from eksclave.toolkit import aws, cdktf

GATE = "terraform_data.day0"
NOWHERE = "https://day0.invalid"
_SERVICES = ("cloudwatchlogs", "ec2", "ecr", "eks", "iam", "kms", "s3", "ssm", "sts")
_SAID = (
    "this is a day-0 plan: it was made with stand-ins in place of the outputs of other stacks, and can be read but not "
    "applied. Synthesize again without EKSCLAVE_DAY0, and apply the stacks in order"
)


def state(plan: StatePlan) -> StatePlan:
    """Return a throw-away place for state."""
    return replace(plan, backend="local", directory="cdktf.out/day0-state", bucket=None, key_prefix=None)


def provider_arguments() -> dict[str, Any]:
    """Return the arguments of an AWS provider that plans without asking anybody, and reaches nobody."""
    return {
        "access_key": "day0",
        "secret_key": "day0",
        "token": "day0",
        "skip_credentials_validation": True,
        "skip_requesting_account_id": True,
        "skip_metadata_api_check": "true",
        "skip_region_validation": True,
        "max_retries": 1,
        "endpoints": [aws.provider.AwsProviderEndpoints(**dict.fromkeys(_SERVICES, NOWHERE))],
    }


def forbid_apply(stack: cdktf.TerraformStack) -> None:
    """Make every resource of a finished stack wait for the gate."""
    for node in stack.node.find_all():
        if isinstance(node, cdktf.TerraformResource):
            others = list(node.depends_on or ())
            node.depends_on = [*others, GATE]
    # `timestamp()` is unknown until apply, so the condition is put off until then, and is false
    gate = {"lifecycle": {"precondition": [{"condition": '${local.day0 == "never"}', "error_message": _SAID}]}}
    stack.add_override("locals.day0", "${timestamp()}")
    stack.add_override("resource.terraform_data.day0", gate)
