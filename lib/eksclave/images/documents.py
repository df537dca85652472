"""Kubernetes YAML as `kubectl apply` reads it: a stream of documents, where `0400` is an octal number.

YAML 1.2 reads `defaultMode: 0400` as four hundred, YAML 1.1 reads `12:30` as 750 and a date as a date; kubectl does
neither (sigs.k8s.io/yaml, goyaml.v2/resolve.go). libyaml scans, because charts write megabytes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar, cast

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode

from eksclave.errors import EksclaveError

MOST_DEEP = 100
"""Levels of nesting; the API server takes no more than that of anything real, and Python's own limit is near 1000."""
MOST_NODES = 1_000_000
"""Values in one document after its aliases are written out; a few lines of aliases can mean billions."""
TAG = "tag:yaml.org,2002:"


_RESOLVED = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (
        r"y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF",
        list("yYtToOnNfF"),
    ),
    "int": (
        r"[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?(?:0|[1-9][0-9_]*)",
        list("-+0123456789"),
    ),
    "float": (r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    "merge": (r"<<", ["<"]),
}
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml scans ten times faster; a wheel without it is rare."""


class _Loader(_Base):
    """Python values of what JSON has, and nothing else."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}
    bool_values: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("y", "yes", "true", "on"), True),
        **dict.fromkeys(("n", "no", "false", "off"), False),
    }

    def construct_yaml_int(self, node: ScalarNode) -> int:
        text = str(self.construct_scalar(node)).replace("_", "")
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
        if re.fullmatch(r"0[0-7]+", digits):
            digits = f"0o{digits[1:]}"
        try:
            return sign * int(digits, 0)
        except ValueError:
            raise ConstructorError(None, None, f"'{text}' is not a whole number", node.start_mark) from None

    def construct_mapping(self, node: Node, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, ScalarNode) and key.value in seen and key.value != "<<":
                    raise ConstructorError(None, None, f"the key '{key.value}' is there twice", key.start_mark)
                seen.add(key.value if isinstance(key, ScalarNode) else "")
        made = super().construct_mapping(node, deep=deep)
        return {_key(key): value for key, value in made.items()}


for _name, (_pattern, _firsts) in _RESOLVED.items():
    _Loader.add_implicit_resolver(TAG + _name, re.compile(rf"(?:{_pattern})\Z"), _firsts)
for _name in ("timestamp", "binary"):
    _Loader.add_constructor(TAG + _name, _Loader.construct_yaml_str)
_Loader.add_constructor(TAG + "int", _Loader.construct_yaml_int)


def load(text: str, where: str) -> list[Any]:
    """Return the documents of a YAML stream (JSON is YAML too), empty ones left out."""
    try:
        return [document for document in _documents(text, where) if document is not None]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise EksclaveError(f"not YAML: {error.problem}", "repair the file", f"{where}:{line}") from error
    except yaml.YAMLError as error:
        raise EksclaveError("not YAML", str(error).splitlines()[0] if str(error) else "", where) from error
    except RecursionError as error:
        raise EksclaveError("not YAML that Kubernetes takes: nested too deep", "repair the file", where) from error


def _documents(text: str, where: str) -> Iterator[Any]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            document = json.loads(text)  # JSON knows escapes that YAML does not
        except ValueError:
            pass
        else:
            _measure(document, where)
            yield document
            return
    loader = _Loader(text)
    try:
        while loader.check_data():
            document = loader.get_data()
            _measure(document, where)
            yield document
    finally:
        loader.dispose()


def _measure(document: Any, where: str) -> None:
    """Raise where a document is a trap: deeper or, its aliases written out, larger than anything real."""
    counted, waiting = 0, [(document, 0)]
    while waiting:
        thing, depth = waiting.pop()
        counted += 1
        if depth > MOST_DEEP or counted > MOST_NODES:
            said = "nested too deep" if depth > MOST_DEEP else "its aliases mean too many values"
            raise EksclaveError(f"not YAML that Kubernetes takes: {said}", "repair the file", where)
        if isinstance(thing, dict):
            waiting += [(value, depth + 1) for value in cast(dict[Any, Any], thing).values()]
        elif isinstance(thing, list):
            waiting += [(value, depth + 1) for value in cast(list[Any], thing)]


def _key(key: Any) -> str:
    """Return a key as JSON has it (sigs.k8s.io/yaml, yaml.go, convertToJSONableObject)."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if key is None:
        return "null"
    return key if isinstance(key, str) else str(key)
