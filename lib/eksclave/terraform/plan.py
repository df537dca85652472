"""`terraform show -json PLAN`: what the plan knows, and where what it does not know comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from eksclave.terraform.apart import two_or_more
from eksclave.terraform.blocks import COMPUTED, block_for, inside
from eksclave.terraform.evidence import gather
from eksclave.terraform.exact import Exact
from eksclave.terraform.inline import blocks_of, share_out
from eksclave.terraform.instances import instances_of
from eksclave.terraform.kinds import condition_kind, is_plural, kind_or_none
from eksclave.terraform.leaves import not_given
from eksclave.terraform.managed import managed_policy
from eksclave.terraform.mirrors import forget_the_past
from eksclave.terraform.model import Note, Resource
from eksclave.terraform.notes import kind_of
from eksclave.terraform.origins import Origins
from eksclave.terraform.part import Part, Qualify
from eksclave.terraform.peers import distinct_vpcs, is_only_gateway, other_end, without_own
from eksclave.terraform.place import Want, instance_place
from eksclave.terraform.references import follows_key, terms
from eksclave.terraform.regions import config_key, regions_of
from eksclave.terraform.scope import Instance, Json, Scope, build_tree
from eksclave.terraform.shapes import shapes
from eksclave.terraform.tiers import spoken_of
from eksclave.terraform.trace import Tracer
from eksclave.terraform.values import AnyOf, Ref, Sensitive, Unknown, Value, dig, symbols
from eksclave.terraform.waits import Waits

_JOINING = ("aws_network_acl", "aws_vpc_endpoint")
_ONE_SUBNET_A_ZONE = ("aws_vpc_endpoint", "aws_ec2_transit_gateway_vpc_attachment")


def addresses(document: Json) -> set[str]:
    """Return the addresses of one plan without reading it further."""
    return {instance.address for instance in instances_of(document)}


def read(document: Json, label: str, qualify: Qualify) -> Part:
    """Return one plan as resources with symbolic values. `qualify` makes an address unique over several inputs."""
    instances = list(instances_of(document))
    root = build_tree(document.get("configuration") or {}, instances)
    forget_the_past(document, instances)
    reader = _Reader(document, label, qualify, {instance.address: instance for instance in instances})
    resources = [reader.resource(instance) for instance in instances]
    outputs = reader.outputs(root, document)
    changes = {
        qualify(change["address"]): tuple(change.get("change", {}).get("actions") or ())
        for change in document.get("resource_changes") or ()
        if isinstance(change, dict) and isinstance(change.get("address"), str) and not change.get("deposed")
    }
    return Part(label, resources, outputs, changes, reader.notes)


class _Reader:
    """Reads the instances of one plan; each one's values are worked out once, when they are first needed."""

    def __init__(self, document: Json, label: str, qualify: Qualify, instances: dict[str, Instance]) -> None:
        self.label, self.qualify, self.instances = label, qualify, instances
        variables = document.get("variables")
        given = variables if isinstance(variables, dict) else {}
        self.tracer = Tracer(self._deref, given, gather(document), shapes(document), Origins(document))
        self.exact = Exact(document, instances.values())
        self.notes: list[Note] = []
        self.values: dict[str, dict[str, Value]] = {}
        self.busy: set[str] = set()
        self.regions = regions_of(document, instances.values())
        self.waits = Waits(qualify)

    def resource(self, instance: Instance) -> Resource:
        values = {name: self._outside(value) for name, value in self.worked_out(instance).items()}
        expressions = instance.block.get("expressions")
        region = values.get("region")
        return Resource(
            self.qualify(instance.address),
            instance.mode,
            instance.type,
            instance.name,
            values,
            instance.key,
            instance.module,
            instance.provider,
            region if isinstance(region, str) else self._region(instance),
            self.label,
            None,
            instance.action,
            frozenset(expressions) if isinstance(expressions, dict) else None,
            self.waits.of(instance, {symbol.address for symbol in _refs(values)}),
            instance.scope is not None and instance.scope.foreign,
        )

    def worked_out(self, instance: Instance) -> dict[str, Value]:
        """Return the instance's values with every unknown one traced; a value that is being worked out is its Ref."""
        done = self.values.get(instance.address)
        if done is not None:
            return done
        self.busy.add(instance.address)
        expressions = instance.block.get("expressions")
        values: dict[str, Value] = {}
        unknown = instance.unknown if isinstance(instance.unknown, dict) else {}
        for name in {**instance.after, **unknown}:
            expression = expressions.get(name) if isinstance(expressions, dict) else None
            if unknown.get(name) and (whole := self.exact.value_or_none(expression, instance)) is not None:
                hidden = instance.sensitive.get(name) if isinstance(instance.sensitive, dict) else instance.sensitive
                values[name] = Sensitive(whole) if hidden else whole
                continue
            values[name] = self._overlay(
                instance,
                (name,),
                instance.after.get(name),
                unknown.get(name, False),
                dig(instance.sensitive, (name,)) if isinstance(instance.sensitive, dict) else instance.sensitive,
                expression,
            )
        if instance.block and instance.scope is not None and instance.mode == "managed":
            values.setdefault("id", Ref(instance.address, ("id",)))
        for name in blocks_of(instance):
            values[name] = share_out(instance, name, values.get(name))
        for assumed in (
            other_end(instance, values),
            without_own(values),
            distinct_vpcs(values) if instance.type == "aws_route53_zone" else None,
        ):
            if assumed is not None:
                self.notes.append(Note(self.qualify(instance.address), *assumed))
        self.busy.discard(instance.address)
        self.values[instance.address] = values
        return values

    def _overlay(
        self, instance: Instance, path: tuple[str | int, ...], known: Any, unknown: Any, sensitive: Any, expression: Any
    ) -> Value:
        if unknown is True:
            value = self._traced(instance, path, expression)
        elif isinstance(unknown, dict) and unknown:
            base = known if isinstance(known, dict) else {}
            value = {
                name: self._overlay(
                    instance,
                    (*path, name),
                    base.get(name),
                    unknown.get(name, False),
                    sensitive.get(name) if isinstance(sensitive, dict) else None,
                    inside(expression, name),
                )
                for name in {**base, **unknown}
            }
        elif isinstance(unknown, list) and unknown:
            base = known if isinstance(known, list) else []
            count = max(len(base), len(unknown))
            value = [
                self._overlay(
                    instance,
                    (*path, at),
                    base[at] if at < len(base) else None,
                    unknown[at] if at < len(unknown) else False,
                    None,
                    block_for(expression, base[at] if at < len(base) else None, at, count),
                )
                for at in range(count)
            ]
        else:
            value = known
        return Sensitive(value) if sensitive is True and value is not None else value

    def _traced(self, instance: Instance, path: tuple[str | int, ...], expression: Any) -> Value:
        kind, plural = kind_or_none(instance.type, path), is_plural(path)
        if "condition" in path and "values" in path:
            at = path.index("values")
            kind, plural = condition_kind(dig(instance.after, (*path[:at], "variable"))), True
        if isinstance(path[-1], int):
            plural = False
        scope = instance.scope
        if scope is None or not instance.block:
            return Ref(instance.address, path)
        if (whole := self.exact.value_or_none(expression, instance)) is not None:
            return whole
        if expression is COMPUTED or (expression is None and len(path) == 1):
            return Ref(instance.address, path)  # nobody configured it: the provider computes it
        if expression is None:
            if kind is None:
                return Unknown("known after apply")
            return self._from_dynamic_block(instance, path, Want(kind, plural))
        want = Want(
            kind,
            plural,
            only=is_only_gateway(instance, path),
            whole=instance.type in _JOINING,
            said=spoken_of(instance),
            vpc=self._vpc(instance) if path != ("vpc_id",) else None,
            apart=instance.type in _ONE_SUBNET_A_ZONE,
        )
        place = instance_place(instance, path[0])
        if instance.key is not None and not follows_key(expression):
            place = replace(place, words=frozenset())  # one value for all instances: their keys tell nothing of it
        value, assumed = self.tracer.value(expression, place, want)
        if instance.type == "aws_eks_cluster" and "subnet_ids" in path:
            value = two_or_more(value)
        attribute = ".".join(map(str, path))
        if instance.type == "aws_vpc_endpoint" and isinstance(value, Unknown):
            listed = terms(expression.get("references") or ()) if isinstance(expression, dict) else []
            why = not_given(instance, path, listed)
            if why:
                value, assumed = Ref(instance.address, path), [why]
        if path == ("policy_arn",) and not (isinstance(value, Ref) and instance.key is None):
            value, assumed = managed_policy(instance, self._region(instance) or "", expression, value, assumed)
        for text in dict.fromkeys(assumed):
            kind = kind_of(text, instance.type, attribute)
            self.notes.append(Note(self.qualify(instance.address), attribute, str(text), kind))
        if isinstance(path[-1], int) and isinstance(value, list):
            return value[path[-1]] if path[-1] < len(value) else Unknown("known after apply")
        return value

    def _vpc(self, instance: Instance) -> Value:
        """Return the VPC that a resource says it is in."""
        if instance.after.get("vpc_id"):
            return instance.after["vpc_id"]
        expressions = instance.block.get("expressions")
        expression = expressions.get("vpc_id") if isinstance(expressions, dict) else None
        if expression is None:
            return None
        kind = kind_or_none(instance.type, ("vpc_id",))
        return self.tracer.value(expression, instance_place(instance, "vpc_id"), Want(kind, False))[0]

    def _from_dynamic_block(self, instance: Instance, path: tuple[str | int, ...], want: Want) -> Value:
        """Plan JSON leaves dynamic blocks out of the configuration: only the kind of the attribute says what fits."""
        expression = {"references": [f"local.{path[-1] if isinstance(path[-1], str) else path[-2]}"]}
        value, _ = self.tracer.value(expression, instance_place(instance), want)
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        said = f"set inside a dynamic block, which the plan leaves out: taken to be {shown}"
        if isinstance(value, (AnyOf, Unknown)):
            return value
        self.notes.append(Note(self.qualify(instance.address), ".".join(map(str, path)), said))
        return value

    def _deref(self, ref: Ref) -> Value:
        """Return what is known of a reference's target: a literal, or the reference that it was itself set from."""
        instance = self.instances.get(ref.address)
        if instance is None or instance.address in self.busy or not ref.path:
            return ref
        found = dig(self.worked_out(instance), ref.path)
        if isinstance(found, (Ref, AnyOf)):
            return found
        return found if found is not None and not isinstance(found, Unknown) else ref

    def outputs(self, root: Scope, document: Json) -> dict[str, Value]:
        """Return the root outputs: known ones by value, others traced by the name's kind or their one reference."""
        planned = (document.get("planned_values") or {}).get("outputs") or {}
        configured = root.configuration.get("outputs") or {}
        found: dict[str, Value] = {}
        for name in sorted({*planned, *configured}):
            listed = planned.get(name) or {}
            if "value" in listed:
                found[name] = Sensitive(listed["value"]) if listed.get("sensitive") else listed["value"]
                continue
            expression = (configured.get(name) or {}).get("expression")
            found[name] = self._outside(self.tracer.output(expression, root, name))
        return found

    def _outside(self, value: Value) -> Value:
        """Return the value with addresses made unique over all inputs."""
        if isinstance(value, Ref):
            return Ref(self.qualify(value.address), value.path)
        if isinstance(value, AnyOf):
            return AnyOf(tuple(self._outside(candidate) for candidate in value.candidates), value.reason)
        if isinstance(value, Unknown):
            return Unknown(value.reason, tuple(Ref(self.qualify(r.address), r.path) for r in value.references))
        if isinstance(value, Sensitive):
            return Sensitive(self._outside(value.value))
        if isinstance(value, dict):
            return {name: self._outside(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._outside(part) for part in value]
        return value

    def _region(self, instance: Instance) -> str | None:
        return self.regions.get(config_key(instance)) or self.regions.get("aws")


def _refs(values: Value) -> Iterator[Ref]:
    for symbol in symbols(values):
        if isinstance(symbol, Ref):
            yield symbol
        elif isinstance(symbol, AnyOf):
            yield from _refs(list(symbol.candidates))
        else:
            yield from symbol.references
