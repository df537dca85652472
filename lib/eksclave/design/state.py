"""Where state lies, and which provider versions are admitted."""

from __future__ import annotations

from eksclave.design.model import ProvidersPlan, StatePlan
from eksclave.spec.model import ClusterSpec


def plan_state(spec: ClusterSpec) -> StatePlan:
    """Return where the state of every stack lies: files beside the app, or an existing bucket."""
    state = spec.state
    if state.s3 is None:
        return StatePlan("local", state.directory, None, None, None, None)
    s3 = state.s3
    return StatePlan("s3", state.directory, s3.bucket, s3.key_prefix, s3.region or spec.region, s3.kms_key_id)


def plan_providers(spec: ClusterSpec) -> ProvidersPlan:
    """Return the version constraints of the providers."""
    return ProvidersPlan(spec.providers.aws, spec.providers.kubernetes)
