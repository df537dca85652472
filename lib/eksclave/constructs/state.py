"""Where state lies, and how one stack reads another's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from eksclave.contracts import CONTRACT_VERSION, StackName, stack_id
from eksclave.design.model import StatePlan
from eksclave.toolkit import cdktf


class StateBackend:
    """One state per stack: a file `CLUSTER-STACK.tfstate`, or an S3 object with Terraform's own lock file beside it.

    Paths of files are written relative to the folder that Terraform runs in (`OUTDIR/stacks/NAME`), so that what is
    synthesized is the same on every machine; `home` is the app's folder.
    """

    def __init__(self, plan: StatePlan, *, cluster: str, home: Path, outdir: Path) -> None:
        self._plan, self._cluster = plan, cluster
        self._home, self._outdir = home, outdir

    def write(self, stack: cdktf.TerraformStack, name: StackName) -> None:
        """Give a stack its backend."""
        if self._plan.backend == "local":
            cdktf.LocalBackend(stack, path=self._path(name))
            return
        backend = cdktf.S3Backend(stack, **self._s3(name), encrypt=True)
        backend.add_override("use_lockfile", True)  # CDKTF 0.21 has no argument for it

    def read(self, stack: cdktf.TerraformStack, producer: StackName) -> None:
        """Make `data.terraform_remote_state.PRODUCER` in a stack, which checks the producer's contract version."""
        if self._plan.backend == "local":
            found = cdktf.DataTerraformRemoteStateLocal(stack, f"{producer}-state", path=self._path(producer))
        else:
            found = cdktf.DataTerraformRemoteStateS3(stack, f"{producer}-state", **self._s3(producer))
        found.override_logical_id(producer)
        told = (
            f"stack {stack_id(self._cluster, producer)} does not publish contract version {CONTRACT_VERSION}: "
            "apply it first, with this version of eksclave"
        )
        holds = f'${{try(self.outputs.contract_version, "") == "{CONTRACT_VERSION}"}}'
        found.add_override("lifecycle", {"postcondition": [{"condition": holds, "error_message": told}]})

    def _path(self, name: StackName) -> str:
        file = self._home.absolute() / self._plan.directory / f"{stack_id(self._cluster, name)}.tfstate"
        folder = self._outdir.absolute() / "stacks" / stack_id(self._cluster, name)
        return Path(os.path.relpath(file, folder)).as_posix()

    def _s3(self, name: StackName) -> dict[str, Any]:
        settings = {
            "bucket": self._plan.bucket,
            "key": "/".join(part for part in (self._plan.key_prefix, self._cluster, f"{name}.tfstate") if part),
            "region": self._plan.region,
            "kms_key_id": self._plan.kms_key_id,
        }
        return {key: value for key, value in settings.items() if value}
