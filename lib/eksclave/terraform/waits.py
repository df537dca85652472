"""What Terraform completes before a resource: the references and `depends_on` of its block and of its modules."""

from __future__ import annotations

from collections.abc import Iterable

from eksclave.terraform.part import Qualify
from eksclave.terraform.references import Term, all_references, parse, terms
from eksclave.terraform.scope import Instance, Scope


class Waits:
    """Direct predecessors by block; a block's instances share them, so the work is done once a block."""

    def __init__(self, qualify: Qualify) -> None:
        self.qualify = qualify
        self.blocks: dict[tuple[int, str], frozenset[str]] = {}
        self.modules: dict[int, frozenset[str]] = {}

    def of(self, instance: Instance, referred: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses that this instance waits for directly, sorted; `referred` are those its values name."""
        scope = instance.scope
        if scope is None:
            return tuple(sorted(set(referred) - {self.qualify(instance.address)}))
        mark = (id(scope), f"{instance.mode}.{instance.type}.{instance.name}")
        found = self.blocks.get(mark)
        if found is None:
            block = instance.block
            said = all_references(block.get("expressions")) + all_references(block.get("for_each_expression"))
            said += all_references(block.get("count_expression"))
            after = [parse(str(name)) for name in block.get("depends_on") or ()]
            found = frozenset(self._of_terms(terms(said), scope, False) | self._of_terms(after, scope, True))
            found |= self._of_module(scope)
            self.blocks[mark] = found
        return tuple(sorted((found | set(referred)) - {self.qualify(instance.address)}))

    def _of_module(self, scope: Scope) -> frozenset[str]:
        """A module's own depends_on, and its parents', hold for all that stands in it."""
        found = self.modules.get(id(scope))
        if found is None:
            found = frozenset()
            if scope.parent is not None:
                after = [parse(str(name)) for name in scope.call.get("depends_on") or ()]
                found = frozenset(self._of_terms(after, scope.parent, True)) | self._of_module(scope.parent)
            self.modules[id(scope)] = found
        return found

    def _of_terms(self, listed: Iterable[Term], scope: Scope, whole: bool, depth: int = 0) -> set[str]:
        """`whole`: a module that is named in depends_on stands for everything in it."""
        found: set[str] = set()
        if depth > 12:
            return found
        for term in listed:
            if term.root in ("resource", "data"):
                found |= {self.qualify(one.address) for one in scope.instances.get(term.name, {}).values()}
            elif term.root == "var" and scope.parent is not None:
                expression = scope.call.get("expressions", {}).get(term.name)
                found |= self._of_terms(terms(all_references(expression)), scope.parent, False, depth + 1)
            elif term.root == "module":
                for child in scope.children.get(term.name, {}).values():
                    if whole:
                        found |= self._everything(child)
                        continue
                    outputs = child.configuration.get("outputs", {})
                    asked = [str(step) for step in term.rest if step in outputs] or list(outputs)
                    for output in asked:
                        said = all_references(outputs[output].get("expression"))
                        found |= self._of_terms(terms(said), child, False, depth + 1)
        return found

    def _everything(self, scope: Scope) -> set[str]:
        found = {self.qualify(one.address) for block in scope.instances.values() for one in block.values()}
        for children in scope.children.values():
            for child in children.values():
                found |= self._everything(child)
        return found
