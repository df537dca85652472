"""One synthesized stack, its expressions evaluated when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eksclave.terraform.expressions import NotParsed, template
from eksclave.terraform.meaning import Names, meaning
from eksclave.terraform.part import Qualify
from eksclave.terraform.values import Ref, Unknown, Value, dig, is_symbolic, symbols

Json = dict[str, Any]
Key = str | int | None
_META = ("//", "provider", "lifecycle", "depends_on", "count", "for_each", "provisioner", "connection")


class Stack:
    """The blocks of one stack; a resource's arguments are evaluated once, references to others on the way."""

    def __init__(self, label: str, document: Json, qualify: Qualify) -> None:
        self.label, self.document, self.qualify = label, document, qualify
        self.others: Mapping[tuple[str, ...], Stack] = {}
        self.unread: set[tuple[str, str]] = set()
        self._values: dict[tuple[str, Key], dict[str, Value]] = {}
        self._keys: dict[str, dict[Key, Names]] = {}
        self._touched: dict[tuple[str, Key], set[str]] = {}
        self._busy: set[object] = set()
        self._watch: set[str] = set()

    def block(self, block: str) -> Json | None:
        """Return the body of `type.name` or `data.type.name`, None where there is no such block."""
        mode, rest = ("data", block[5:]) if block.startswith("data.") else ("resource", block)
        kind, _, name = rest.partition(".")
        found = dig(self.document.get(mode), (kind, name))
        found = found[0] if isinstance(found, list) and found else found
        return found if isinstance(found, dict) else None

    def address(self, block: str, key: Key) -> str:
        """Return the address of an instance, unique over all inputs."""
        suffix = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        qualified = self.qualify(block)
        return qualified + suffix

    def keys(self, block: str) -> dict[Key, Names]:
        """Return the instances of a block with what `each` and `count` mean in each."""
        found = self._keys.get(block)
        if found is None:
            body = self.block(block) or {}
            found = {None: {}}
            if "count" in body:
                number = self.evaluate(body["count"], {})
                size = int(number) if isinstance(number, (int, float)) else 1
                found = {at: {"count": {"index": at}} for at in range(min(size, 10000))}
            elif "for_each" in body:
                over = self.evaluate(body["for_each"], {})
                pairs = over if isinstance(over, dict) else None
                if isinstance(over, list):
                    pairs = {str(member): member for member in over if not is_symbolic(member)}
                if pairs is None:
                    self.unread.add((self.qualify(block), "its for_each is known only after apply"))
                    pairs = {}
                found = {str(key): {"each": {"key": str(key), "value": value}} for key, value in pairs.items()}
            self._keys[block] = found
        return found

    def values(self, block: str, key: Key) -> dict[str, Value]:
        """Return the evaluated arguments of one instance; one that is being evaluated has none yet."""
        mark = (block, key)
        found = self._values.get(mark)
        if found is None:
            if mark in self._busy:
                return {}
            self._busy.add(mark)
            names = self.keys(block).get(key, {})
            outer, self._watch = self._watch, set()
            body = self.block(block) or {}
            found = {name: self._argument(value, names) for name, value in body.items() if name not in _META}
            found = _with_dynamic(found)
            self._touched[mark] = self._watch
            self._watch = outer
            self._busy.discard(mark)
            self._values[mark] = found
        return found

    def waits(self, block: str, key: Key, body: Json, values: Mapping[str, Value]) -> set[str]:
        """Return the addresses that this instance refers to or names in depends_on."""
        found = set(self._touched.get((block, key), ()))
        for name in body.get("depends_on") or ():
            found |= {self.address(str(name), other) for other in self.keys(str(name)) if self.block(str(name))}
        for symbol in symbols(dict(values)):
            if isinstance(symbol, Ref):
                found.add(symbol.address)
        return found

    def output(self, name: str) -> Value:
        """Return the value of one output."""
        block = dig(self.document.get("output"), (name,))
        block = block[0] if isinstance(block, list) and block else block
        mark = ("output", name)
        if not isinstance(block, dict) or mark in self._busy:
            return None if not isinstance(block, dict) else Unknown("outputs refer to each other in a circle")
        self._busy.add(mark)
        value = self._argument(block.get("value"), {})
        self._busy.discard(mark)
        return value

    def remote_outputs(self, block: str, key: Key) -> Value:
        """Return all outputs that a remote-state data source reads, as far as the producing stack is known."""
        producer = self.producer(block, key)
        if producer is None:
            return Ref(self.address(block, key), ("outputs",))
        names = producer.document.get("output") or {}
        return {name: producer.output(name) for name in sorted(names) if name != "//"}

    def producer(self, block: str, key: Key) -> Stack | None:
        """Return the stack whose state a remote-state data source reads."""
        from eksclave.terraform.join import place_or_none

        body = self.block(block) or {}
        config = self._argument(body.get("config"), self.keys(block).get(key, {}))
        place = place_or_none((str(body.get("backend")), config)) if isinstance(config, dict) else None
        return self.others.get(place) if place is not None else None

    def provider(self, named: Any, kind: str) -> tuple[str, str | None, dict[str, Value]]:
        """Return a resource's provider, its Region and the tags that it adds to everything."""
        local = str(named).split(".")[0] if isinstance(named, str) else kind.split("_")[0]
        alias = str(named).partition(".")[2] if isinstance(named, str) else ""
        blocks = dig(self.document.get("provider"), (local,))
        for block in blocks if isinstance(blocks, list) else [blocks]:
            if isinstance(block, dict) and str(block.get("alias") or "") == alias:
                region = self._argument(block.get("region"), {})
                tags = self._argument(block.get("default_tags"), {})
                tags = tags[0] if isinstance(tags, list) and tags else tags
                added = tags.get("tags") if isinstance(tags, dict) else None
                return local, region if isinstance(region, str) else None, added if isinstance(added, dict) else {}
        return local, None, {}

    def _argument(self, value: Any, names: Names) -> Value:
        if isinstance(value, str):
            return self.evaluate(value, names)
        if isinstance(value, dict):
            return {key: self._argument(part, names) for key, part in value.items() if key != "//"}
        if isinstance(value, list):
            return [self._argument(part, names) for part in value]
        return value

    def evaluate(self, value: Any, names: Names) -> Value:
        """Return what an argument's text means; text without `${` is itself."""
        if not isinstance(value, str):
            return self._argument(value, names)
        if "${" not in value and "%{" not in value:
            return value
        try:
            return meaning(self, template(value), names)
        except NotParsed as error:
            return Unknown(f"an expression that is not read: {error}")
        except RecursionError:
            return Unknown("an expression that refers to itself")

    def instances(self, block: str) -> Value:
        """Return a block as a value: one Ref, a list of them (count) or a map (for_each)."""
        keys = self.keys(block)
        self._watch |= {self.address(block, key) for key in keys}
        if None in keys:
            return Ref(self.address(block, None))
        body = self.block(block) or {}
        refs = {key: Ref(self.address(block, key)) for key in keys}
        return list(refs.values()) if "count" in body else refs

    def named(self, head: str, name: str) -> Value:
        """Return the value of a local or of a variable's default."""
        if head == "module":
            return Unknown(f"module.{name} is not read")
        mark = (head, name)
        if mark in self._busy:
            return Unknown(f"{head}.{name} refers to itself")
        self._busy.add(mark)
        if head == "local":
            blocks = self.document.get("locals")
            value = self._argument(dig(blocks, (name,)), {})
        else:
            declared = dig(self.document.get("variable"), (name,))
            declared = declared[0] if isinstance(declared, list) and declared else declared
            has = isinstance(declared, dict) and "default" in declared
            value = declared["default"] if has else Unknown(f"var.{name} has no default")
        self._busy.discard(mark)
        return value

    def known(self, value: Value) -> Value:
        """Return what the configuration says about a reference's target, or the reference."""
        if not isinstance(value, Ref) or not value.path:
            return value
        for block, key in self._owner(value.address):
            if block.startswith("data.terraform_remote_state.") and value.path[0] == "outputs":
                producer = self.producer(block, key)
                if producer is None:
                    return value
                if len(value.path) == 1:
                    return self.remote_outputs(block, key)
                found = producer.output(str(value.path[1]))
                return value if found is None else dig(found, value.path[2:])
            values = self.values(block, key)
            if value.path[0] in values:
                found = dig(values, value.path)
                if isinstance(found, (str, int, bool, float, list)) and not list(symbols(found)):
                    return found
                if isinstance(found, Ref):
                    return found
        return value

    def _owner(self, address: str) -> list[tuple[str, Key]]:
        for block in self._blocks_of(address):
            for key in self.keys(block):
                if self.address(block, key) == address:
                    return [(block, key)]
        return []

    def _blocks_of(self, address: str) -> list[str]:
        plain = address.removeprefix(f"{self.label}:")
        base = plain[: plain.index("[")] if plain.endswith("]") else plain
        return [base] if self.block(base) is not None else []


def _with_dynamic(values: dict[str, Value]) -> dict[str, Value]:
    """Blocks that a `dynamic` makes are known only by their pattern: say so where one stands."""
    dynamic = values.pop("dynamic", None)
    if isinstance(dynamic, dict):
        for name in dynamic:
            values[name] = Unknown("made by a dynamic block")
    return values
