"""Write specs: field values as YAML, and the commented first spec of `eksclave new`."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from string import Template
from typing import Any

from eksclave.errors import EksclaveError

QUOTED = {"account", "kubernetes_version"}


def to_yaml(values: dict[str, Any]) -> str:
    """Return field values as YAML, in the order given, with account and version in quotes."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    out = StringIO()
    quoted = {key: DoubleQuotedScalarString(value) if key in QUOTED else value for key, value in values.items()}
    yaml.dump(_plain(quoted), out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if type(value).__name__ == "Whole":
        return int(value)
    return float(value) if type(value).__name__ == "Number" else value


def first_spec(name: str, region: str, account: str) -> str:
    """Return a commented spec that works as it is, for this name, Region and account."""
    template = Path(__file__).with_name("first_spec.yaml.tmpl").read_text(encoding="utf-8")
    return Template(template).substitute(name=name, region=region, account=account)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; raise where it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise EksclaveError("the file is there already", "choose another name, or remove it first", str(path)) from None
    except OSError as wrong:
        raise EksclaveError(f"the file cannot be written: {wrong.strerror}", where=str(path)) from None
