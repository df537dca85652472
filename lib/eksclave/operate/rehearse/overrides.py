"""Terraform override files: providers, backend and remote states of a copied stack, turned to loopback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from eksclave.errors import EksclaveError

from .estate import AWS, Json, Stack, as_list, producer
from .kubernetes import KUBERNETES, Api
from .surroundings import KEY_ID, SECRET

OVERRIDE = "zz_rehearsal_override.tf.json"
_KEPT_S3 = ("bucket", "key", "region", "encrypt", "use_lockfile", "workspace_key_prefix", "dynamodb_table", "acl")
_S3_CALLS = ("dynamodb", "iam", "s3", "sso", "sts")


class Overrides:
    """Writes the private copy of each stack. The synthesized files are copied as they are; one file is added."""

    def __init__(self, private: Path, url: str, stacks: Sequence[Stack], api: Api | None = None) -> None:
        self.private, self.url, self.stacks, self.api = private, url, tuple(stacks), api

    def copy(self, stack: Stack) -> Path:
        """Copy a stack's folder, add its override file, and return the copy."""
        place = self.private / "stacks" / stack.name
        leave = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "plan", "*.tfstate", "*.tfstate.*")
        shutil.copytree(stack.folder, place, ignore=leave)
        (place / OVERRIDE).write_text(json.dumps(self.override(stack), indent=2) + "\n", encoding="utf-8")
        return place

    def override(self, stack: Stack) -> Json:
        """Return the override file of one stack; raise where one of its providers could lead past the emulator."""
        providers = {
            name: [make(stack, one) for one in as_list(stack.body.get("provider", {}).get(name)) or [{}]]
            for name, source in stack.providers.items()
            if (make := {AWS: self._aws, KUBERNETES: self._kubernetes}.get(source))
        }
        kind, config = self._backend(stack)
        states = {name: self._remote_state(stack, name) for name in stack.remote_states}
        made: Json = {"provider": providers, "terraform": {"backend": {kind: config}}}
        if states:
            made["data"] = {"terraform_remote_state": states}
        return made

    def _aws(self, stack: Stack, original: Json) -> Json:
        """Blocks of an override take the place of all blocks of that kind, so what is not repeated here stays."""
        if original.get("dynamic"):
            raise EksclaveError(
                f"{stack.name}: a provider with 'dynamic' blocks may lead past the emulator", "write the blocks out"
            )
        empty = str(self.private / "empty")
        made: Json = {
            "access_key": KEY_ID,
            "secret_key": SECRET,
            "token": None,
            "profile": None,
            "shared_config_files": [empty],
            "shared_credentials_files": [empty],
            "http_proxy": None,
            "https_proxy": None,
            "no_proxy": None,
            "max_retries": 3,
            "s3_use_path_style": True,
            "skip_metadata_api_check": "true",
            "skip_region_validation": True,
            "use_fips_endpoint": None,
            "use_dualstack_endpoint": None,
        }
        if named := _endpoints(original.get("endpoints")):
            made["endpoints"] = [dict.fromkeys(named, self.url)]
        return _alias(original) | made

    def _kubernetes(self, stack: Stack, original: Json) -> Json:
        if self.api is None:
            raise EksclaveError(f"{stack.name}: no Kubernetes API was named", "name one with --kubeconfig")
        return _alias(original) | self.api.provider(self.private)

    def _backend(self, stack: Stack) -> tuple[str, Json]:
        kind, config = stack.backend
        if kind == "s3":
            return "s3", self._s3(config)
        return "local", {"path": str(self._state(stack))}

    def _remote_state(self, stack: Stack, name: str) -> Json:
        of = producer(stack, name, self.stacks)
        if of is None:
            raise EksclaveError(f"{stack.name}: reads a state ('{name}') of no stack in this folder")
        if of.backend[0] == "s3":
            return {
                "backend": "s3",
                "config": self._s3(as_list(stack.remote_states[name].get("config"))[0], lock=False),
            }
        return {"backend": "local", "config": {"path": str(self._state(of))}}

    def _state(self, stack: Stack) -> Path:
        return self.private / "state" / f"{stack.name}.tfstate"

    def _s3(self, config: Json, lock: bool = True) -> Json:
        kept = {word: config[word] for word in _KEPT_S3 if config.get(word) is not None}
        if not lock:
            kept.pop("use_lockfile", None)
        return kept | {
            "access_key": KEY_ID,
            "secret_key": SECRET,
            "endpoints": dict.fromkeys(_S3_CALLS, self.url),
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
            "skip_s3_checksum": True,
            "use_path_style": True,
        }


def _alias(original: Json) -> Json:
    return {"alias": original["alias"]} if original.get("alias") else {}


def _endpoints(blocks: Any) -> list[str]:
    """Return the services whose address a provider block writes out itself."""
    return sorted({service for block in as_list(blocks) for service in block if service != "//"})


def state_buckets(stacks: Iterable[Stack]) -> list[Json]:
    """Return the buckets and lock tables that the stacks keep their state in, for the emulator to make first."""
    found = {}
    for stack in stacks:
        kind, config = stack.backend
        if kind == "s3" and config.get("bucket"):
            region = str(config.get("region", "us-east-1"))
            found[config["bucket"]] = {
                "name": config["bucket"],
                "region": region,
                "table": config.get("dynamodb_table"),
            }
    return [found[name] for name in sorted(found)]
