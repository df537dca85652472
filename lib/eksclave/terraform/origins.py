"""Which names of a configuration can lead to a kind of thing at all, over modules, variables, outputs and locals.

Reachability in the graph of what refers to what, worked out once per kind: an output of a module that makes no security
groups is never followed in search of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from eksclave.terraform.cycles import waiting
from eksclave.terraform.exact import without_templates
from eksclave.terraform.kinds import Kind, attribute_kind, produces
from eksclave.terraform.references import Term, terms, without_indexes
from eksclave.terraform.scope import Json, Scope
from eksclave.terraform.settle import usable
from eksclave.terraform.values import Path

_NO_THING = re.compile(
    r"^(create|enable|enabled|use|is|has|attach|should|manage|len|length|num|max|min|count)(_|$)"
    r"|_(count|enabled|config|tags|prefix|suffix|version|region|azs|zones|cidrs?|policies|labels|annotations|services?)$"
    r"|^(name|region|azs|zones|tags|account_id|partition|dns_suffix|arch|environment|env|cidrs?|prefix|suffix|version|labels|services?)$"
)
PASSING = ("terraform_data", "null_resource", "time_sleep")
"""Resources that hand on what they are given: `terraform_data.x.output`, `time_sleep.x.triggers["subnet"]`."""
Node = tuple[str, str, str]
"""The module's address without indexes; out, var, local, all or for; a name."""


def is_another_thing(name: str, kind: Kind) -> bool:
    """Tell whether a local's or output's name says that it is a flag, a number, or of another kind."""
    said = attribute_kind(name) or attribute_kind(name.removesuffix("s"))
    return said != kind if said is not None else tells_no_thing(name)


def tells_no_thing(name: str) -> bool:
    """Tell whether a name is that of a flag, a number or a plain text."""
    return bool(_NO_THING.search(name))


class Origins:
    """Where values of one plan's configuration can come from."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.uses: dict[Node, set[Node]] = {}
        self.refers: list[tuple[Node, Term, str]] = []
        self.made: dict[Node, set[tuple[str, Path]]] = {}
        self.said: dict[Node, list[str]] = {}
        self.blocks: dict[str, set[str]] = {}
        self.written: dict[str, set[str]] = {}
        self.outputs: dict[str, list[str]] = {}
        self.leading: dict[Kind, set[Node]] = {}
        self.waiting: dict[int, dict[str, frozenset[str]]] = {}
        root = (document.get("configuration") or {}).get("root_module")
        self._module(root if isinstance(root, dict) else {}, "")
        for name, given in (document.get("variables") or {}).items():
            self._literal(("", "var", name), given.get("value") if isinstance(given, dict) else None)
        for node, term, module in self.refers:
            self.uses.setdefault(node, set()).update(self._nodes(term, module))

    def can(self, term: Term, scope: Scope, for_each: Any, kind: Kind) -> bool:
        """Tell whether a term that stands in a module, below such a for_each, can lead to a thing of the kind."""
        if term.root in ("resource", "data") and term.type not in PASSING:
            return self._fits(kind, term.type, term.rest)
        if term.root == "each":
            through = without_templates(for_each) if term.name == "value" else None
            if not isinstance(through, dict):
                return False
            if "constant_value" in through:
                return any(usable(text, kind) for text in _texts(through["constant_value"]))
            return any(
                self.can(replace(one, rest=(*one.rest, *term.rest)), scope, None, kind)
                for one in terms(through.get("references") or ())
            )
        leading = self.leading.get(kind)
        if leading is None:
            leading = self.leading[kind] = self._leading(kind)
        module = without_indexes(scope.address)
        if term.root == "local":
            return (module, "all", "") in leading and not is_another_thing(term.name, kind)
        return any(node in leading for node in self._nodes(term, module))

    def waits(self, scope: Scope, block: str, other: str) -> bool:
        """Tell whether a block of a module is another, or waits for it: then the other is given nothing of it."""
        found = self.waiting.get(id(scope.configuration))
        if found is None:
            found = self.waiting[id(scope.configuration)] = waiting(scope.configuration)
        return block == other or other in found.get(block, ())

    def _leading(self, kind: Kind) -> set[Node]:
        users: dict[Node, list[Node]] = {}
        for user, used in self.uses.items():
            for one in used:
                users.setdefault(one, []).append(user)
        todo = [node for node, made in self.made.items() if any(self._fits(kind, *one) for one in made)]
        todo += [(module, "all", "") for module, types in self.blocks.items() if any(_is(kind, one) for one in types)]
        todo += [node for node, said in self.said.items() if any(usable(text, kind) for text in said)]
        found: set[Node] = set()
        while todo:
            node = todo.pop()
            if node not in found and not (node[1] == "local" and is_another_thing(node[2], kind)):
                found.add(node)
                todo += users.get(node, ())
        return found

    def _module(self, module: Json, address: str) -> None:
        everything: Node = (address, "all", "")
        self.outputs[address] = list(module.get("outputs") or ())
        for block in module.get("resources") or ():
            self.blocks.setdefault(address, set()).add(str(block.get("type")))
            self.written.setdefault(str(block.get("type")), set()).update(block.get("expressions") or ())
            for expression in (block.get("expressions") or {}).values() if block.get("type") in PASSING else ():
                self._expression((address, "pass", f"{block['type']}.{block.get('name')}"), expression, address, "")
        for name, declared in (module.get("variables") or {}).items():
            self.uses.setdefault(everything, set()).add((address, "var", name))
            self._literal((address, "var", name), (declared or {}).get("default"))
        for name, output in (module.get("outputs") or {}).items():
            self._expression((address, "out", name), output.get("expression"), address, "")
        for name, call in (module.get("module_calls") or {}).items():
            inside = f"{address}.module.{name}".lstrip(".")
            self._module(call.get("module") or {}, inside)
            self._expression((address, "for", name), call.get("for_each_expression"), address, "")
            for variable, expression in (call.get("expressions") or {}).items():
                self._expression((inside, "var", variable), expression, address, name)
            for output in self.outputs[inside]:
                self.uses.setdefault(everything, set()).add((inside, "out", output))

    def _expression(self, node: Node, expression: Any, module: str, call: str) -> None:
        """Note what an expression of a module uses; in a call, each.value is what the call goes over."""
        expression = without_templates(expression)
        if not isinstance(expression, dict):
            return
        if "constant_value" in expression:
            self._literal(node, expression["constant_value"])
        for term in terms(expression.get("references") or ()):
            if term.root in ("resource", "data") and term.type not in PASSING:
                self.made.setdefault(node, set()).add((term.type, term.rest))
            elif term.root == "each":
                self.uses.setdefault(node, set()).add((module, "for", call))
            else:
                self.refers.append((node, term, module))

    def _nodes(self, term: Term, module: str) -> Iterator[Node]:
        if term.root == "var":
            yield module, "var", term.name
        elif term.root == "resource":
            yield module, "pass", term.name
        elif term.root == "local":
            self.uses.setdefault((module, "local", term.name), {(module, "all", "")})
            yield module, "local", term.name
        elif term.root == "module":
            inside = f"{module}.module.{term.name}".lstrip(".")
            outputs = self.outputs.get(inside, [])
            named = [name for name in outputs if name in term.rest[:2]]
            yield from ((inside, "out", name) for name in named or outputs)

    def _fits(self, kind: Kind, made_by: str, path: Path) -> bool:
        """A whole block may stand for any argument that is written in such blocks, a path hold steps that were lost."""
        if _is(kind, made_by) or produces(kind, made_by, path):
            return True
        whole = not any(isinstance(step, str) for step in path)
        return whole and any(produces(kind, made_by, (name,)) for name in self.written.get(made_by, ()))

    def _literal(self, node: Node, value: Any) -> None:
        self.said.setdefault(node, []).extend(_texts(value))


def _is(kind: Kind, made_by: str) -> bool:
    return made_by in kind.types or any(beside == made_by for beside, _ in kind.also)


def _texts(value: Any) -> Iterator[str]:
    todo = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            todo += part.values()
        elif isinstance(part, list):
            todo += part
