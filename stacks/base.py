"""What every stack has: provider, backend, tags, its contract; and what it reads of the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from eksclave.constructs.state import StateBackend
from eksclave.contracts import CONTRACT_VERSION, CONTRACTS, READS, Outputs, Published, StackName, stack_id
from eksclave.design.model import Design
from eksclave.errors import EksclaveError
from eksclave.toolkit import Construct, aws, cdktf

from stacks import day0
from stacks.expected import expected

ORDERED = "eksclave:ordered"
"""Key in `context` of `cdktf.json` that makes CDKTF deploy stacks in the order of their contracts."""

Contract = TypeVar("Contract", bound=Outputs)


@dataclass(frozen=True)
class Setting:
    """Where the app stands: `home` is the folder that relative state paths begin at; `is_day0` see `day0.py`."""

    home: Path
    is_day0: bool = False


class Stack(cdktf.TerraformStack):
    """A stack of one cluster, named `CLUSTER-STACK`."""

    stack: ClassVar[StackName]
    uses_aws: ClassVar[bool] = True

    def __init__(self, scope: Construct, design: Design, setting: Setting) -> None:
        super().__init__(scope, stack_id(design.name, self.stack))
        self.design, self.setting = design, setting
        self._prefix = ""  # names of resources begin at the stack; see constructs/part.py
        self._backend = StateBackend(
            design.state if not setting.is_day0 else day0.state(design.state),
            cluster=design.name,
            home=setting.home,
            outdir=Path(scope.outdir) if isinstance(scope, cdktf.App) else Path("cdktf.out"),
        )
        self._backend.write(self, self.stack)
        if self.uses_aws:
            self._provider()
        self.render()
        if setting.is_day0:
            day0.forbid_apply(self)
        if scope.node.try_get_context(ORDERED):
            self._wait_for_producers(scope)

    def render(self) -> None:
        """Make the resources of this stack, and end with `publish`."""
        raise NotImplementedError

    def _wait_for_producers(self, scope: Construct) -> None:
        """Tell CDKTF the order, for `cdktf deploy '*'`; a single stack then no longer deploys alone."""
        for producer in READS[self.stack]:
            self.add_dependency(cast(cdktf.TerraformStack, scope.node.find_child(stack_id(self.design.name, producer))))

    def publish(self, outputs: Outputs) -> None:
        """Write this stack's contract as outputs with fixed names."""
        if type(outputs) is not CONTRACTS[self.stack]:
            raise TypeError(f"{self.stack} publishes {CONTRACTS[self.stack].__name__}, not {type(outputs).__name__}")
        values = {"contract_version": CONTRACT_VERSION, **_plain(outputs)}
        for name in sorted(values):
            cdktf.TerraformOutput(self, f"out-{name}", value=values[name]).override_logical_id(name)

    def upstream(self, kind: type[Contract]) -> Contract:
        """Return another stack's outputs: references into its state, or well-formed stand-ins at day 0."""
        producer = next(name for name, contract in CONTRACTS.items() if contract is kind)
        if producer not in READS[self.stack]:
            raise EksclaveError(f"the {self.stack} stack does not read {producer}", "add it to READS in contracts.py")
        shape = expected(self.design, producer)
        if self.setting.is_day0:
            return cast(Contract, shape)
        self._backend.read(self, producer)
        return cast(Contract, _references(producer, shape))

    def _provider(self) -> None:
        tags = [aws.provider.AwsProviderDefaultTags(tags=dict(self.design.tags))] if self.design.tags else None
        common: dict[str, Any] = {"region": self.design.region, "default_tags": tags}
        if self.setting.is_day0:
            aws.provider.AwsProvider(self, "aws", **common, **day0.provider_arguments())
        else:
            aws.provider.AwsProvider(self, "aws", **common, allowed_account_ids=[self.design.account])
        self.constrain("aws", self.design.providers.aws)

    def constrain(self, provider: str, versions: str) -> None:
        """Ask for provider versions from this range, in place of the one that the bindings were made from."""
        self.add_override(f"terraform.required_providers.{provider}.source", f"hashicorp/{provider}")
        self.add_override(f"terraform.required_providers.{provider}.version", versions)

    @property
    def vpc_cidrs(self) -> list[str] | str:
        """The ranges of the VPC: literal where the design knows them, else a reference to the network's output."""
        if self.design.network.known_cidrs:
            return [str(cidr) for cidr in self.design.network.known_cidrs]
        if self.setting.is_day0:
            return list(cast(Any, expected(self.design, "network")).vpc_cidrs)
        return "${toset(data.terraform_remote_state.network.outputs.vpc_cidrs)}"


def _plain(outputs: Outputs) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in dataclasses.fields(outputs):
        value = getattr(outputs, field.name)
        if isinstance(value, Mapping):
            value = dict(sorted(value.items()))
        told[field.name] = list(value) if isinstance(value, tuple) else value
    return told


def _references(producer: StackName, shape: Outputs) -> Outputs:
    """Return the same contract with references into the producer's state in place of values."""
    told: dict[str, Any] = {}
    for field in dataclasses.fields(shape):
        value, root = getattr(shape, field.name), f"data.terraform_remote_state.{producer}.outputs.{field.name}"
        if isinstance(value, Mapping):
            told[field.name] = Published(producer, field.name, {key: f'${{{root}["{key}"]}}' for key in value})
        elif isinstance(value, tuple):
            told[field.name] = tuple(f"${{{root}[{index}]}}" for index in range(len(value)))
        else:
            told[field.name] = f"${{{root}}}"
    return type(shape)(**told)
