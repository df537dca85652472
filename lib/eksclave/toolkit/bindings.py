"""Provider packages whose modules are imported when they are first used.

The published `__init__` of a CDKTF provider package ends with one `from . import x` per resource (2,200 for AWS), so
that importing `x` imports all of them. Here only the package's jsii assembly is loaded; `__getattr__` imports the rest
when asked, as bindings generated today do by themselves (cdktn-provider-aws 25).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_PROVIDER = re.compile(r"cdktf_cdktf_provider_\w+|cdktn_provider_\w+")
_EAGER_IMPORT = re.compile(r"^from \. import (\w+)$", re.MULTILINE)


def resolves_late(jsii: Any) -> bool:
    """Say whether this jsii can find the class of an object whose module is not imported yet."""
    known = getattr(jsii, "_reference_map", None)
    return all(
        hasattr(known, name) for name in ("_assembly_to_module", "_submodule_fqn_map", "_try_import_type_module")
    )


class ProviderFinder(MetaPathFinder):
    """Finds eager provider packages and gives them a lazy loader; leaves every other package alone."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _PROVIDER.fullmatch(fullname):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not (Path(spec.origin).parent / "_jsii").is_dir():
            return None
        modules = _EAGER_IMPORT.findall(Path(spec.origin).read_text(encoding="utf-8"))
        if not modules:
            return None  # already lazy
        spec.loader = _LazyPackage(modules)
        return spec


class _LazyPackage(Loader):
    """Stands in for the `__init__` of a provider package."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = sorted(modules)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        known = frozenset(self._modules)
        module.__path__ = pkgutil.extend_path(module.__path__, name)
        assembly = importlib.import_module(f"{name}._jsii").__jsii_assembly__
        _tell_jsii(assembly.name, name, self._modules)

        def __getattr__(attribute: str) -> ModuleType:
            if attribute in known:
                return importlib.import_module(f"{name}.{attribute}")
            from eksclave.errors import did_you_mean

            hint = did_you_mean(attribute, known) if not attribute.startswith("_") else ""
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}" + (f"; {hint}" if hint else ""))

        vars(module).update(__getattr__=__getattr__, __dir__=lambda: list(self._modules), __all__=list(self._modules))


def _tell_jsii(assembly: str, package: str, modules: Sequence[str]) -> None:
    """Tell jsii which module holds which types: `@cdktf/provider-aws.eksCluster` is in `….eks_cluster`.

    Bindings generated today bring this table themselves (`_SUBMODULE_FQN_MAP`).
    """
    known: Any = importlib.import_module("jsii._reference_map")
    known._submodule_fqn_map.update({f"{assembly}.{_camel(module)}": f"{package}.{module}" for module in modules})


def _camel(module: str) -> str:
    first, *others = module.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)
