"""The one seam to CDK for Terraform: `cdktf` or its fork `cdktn`, and the provider bindings, loaded lazily.

    from eksclave.toolkit import Construct, aws, cdktf, kubernetes

`cdktf` is the core module, whichever of the two is installed, under its public names. `aws` and `kubernetes` are the
provider packages: `aws.vpc.Vpc` imports the module `vpc` alone, where the published packages import all of theirs
(2,200 for AWS: ten seconds and more than a gigabyte). Another CDKTF app gets the same with one line before its imports:

    import eksclave.toolkit.lazy

`EKSCLAVE_LAZY=0` in the environment turns the laziness off; what is synthesized is the same, byte for byte.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cdktf as cdktf
    import cdktf_cdktf_provider_aws as aws
    import cdktf_cdktf_provider_kubernetes as kubernetes
    from constructs import Construct as Construct

__all__ = ["Construct", "aws", "cdktf", "kubernetes"]

_MODULES = {
    "cdktf": "cdktf",
    "aws": "cdktf_cdktf_provider_aws",
    "kubernetes": "cdktf_cdktf_provider_kubernetes",
    "Construct": "constructs",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    importlib.import_module("eksclave.toolkit.lazy")
    try:
        found: Any = importlib.import_module(_MODULES[name])
    except ModuleNotFoundError as error:
        from eksclave.errors import ToolError

        raise ToolError(
            f"the CDK for Terraform is not installed here: no module is called '{error.name}'",
            "install it with `pip install 'eksclave[cdktf]'`, or 'eksclave[cdktn]'",
        ) from error
    globals()[name] = found = found.Construct if name == "Construct" else found
    return found


def __dir__() -> list[str]:
    return __all__
