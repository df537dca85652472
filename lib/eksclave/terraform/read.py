"""Open what the user named (plans, states, a cdktf.out directory), say clearly what is wrong with it, join the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eksclave.errors import InputError, Mistake
from eksclave.terraform import plan, state
from eksclave.terraform.instances import destroyed_by
from eksclave.terraform.join import join
from eksclave.terraform.model import Note, World
from eksclave.terraform.part import Part, Qualify

Json = dict[str, Any]
Source = tuple[str, str, Json, Path]
"""Label, form, document and path of one input."""
PARTIAL = "this plan is partial (complete is false): what it leaves out is not judged"


def read_world(paths: Iterable[Path]) -> World:
    """Read every input and join them. Raises InputError with all mistakes at once."""
    sources: list[Source] = []
    mistakes: list[Mistake] = []
    for path in paths:
        try:
            sources += _open(Path(path))
        except InputError as wrong:
            mistakes += wrong.mistakes
    if mistakes:
        raise InputError(mistakes)
    if not sources:
        raise InputError([Mistake("", "", "no input was given", "name a plan, a state or a cdktf.out directory")])
    return _joined(_once(sources))


def read_documents(documents: Sequence[tuple[str, Json]]) -> World:
    """Join documents that are in memory already, as (label, parsed JSON)."""
    return _joined([(label, _form(document, label), document, Path(label)) for label, document in documents])


def _once(sources: Sequence[Source]) -> list[Source]:
    """Return each document once: one that is given twice is one world, not two."""
    kept: list[Source] = []
    for source in sources:
        if not any(source[1:3] == other[1:3] for other in kept):
            kept.append(source)
    return kept


def _joined(sources: Sequence[Source]) -> World:
    world = join(_parts(sources))
    plans = [
        (label, document)
        for (_, form, document, _), label in zip(sources, _names(sources), strict=True)
        if form == "plan"
    ]
    partial = tuple(label for label, document in plans if document.get("complete") is False)
    destroyed = tuple(one for _, document in plans for one in destroyed_by(document))
    notes = tuple(Note(label, "", PARTIAL) for label in partial)
    return replace(world, destroyed=destroyed, partial=partial, notes=tuple(sorted({*world.notes, *notes})))


def _names(sources: Sequence[Source]) -> list[str]:
    return _labels([label for label, _, _, _ in sources])


def _parts(sources: Sequence[Source]) -> list[Part]:
    """Addresses that occur in several inputs get the input's label before them; all others stay as Terraform's."""
    labels = _names(sources)
    listed = [_addresses(form, document) for _, form, document, _ in sources]
    counted = Counter(address for found in listed for address in found)
    parts: list[Part] = []
    synthesized: list[tuple[str, Json, Qualify, Path]] = []
    for label, (_, form, document, path) in zip(labels, sources, strict=True):
        qualify = _qualifier(label, counted)
        if form == "synth":
            synthesized.append((label, document, qualify, path))
        else:
            parts.append(_read(form, document, label, qualify, path))
    if synthesized:
        from eksclave.terraform import synth

        parts += synth.read_app(synthesized)
    return parts


def _addresses(form: str, document: Json) -> set[str]:
    try:
        if form == "synth":
            from eksclave.terraform import synth

            return synth.addresses(document)
        return plan.addresses(document) if form == "plan" else state.addresses(document)
    except (KeyError, TypeError, AttributeError, ValueError):
        return set()  # the reader itself will say what is wrong


def _read(form: str, document: Json, label: str, qualify: Qualify, path: Path) -> Part:
    try:
        return plan.read(document, label, qualify) if form == "plan" else state.read(document, label, qualify)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        said = f"this is not the {form} JSON that Terraform writes ({type(error).__name__}: {error})"
        raise InputError([Mistake(str(path), "", said, "make it anew with terraform show -json")]) from error


def _qualifier(label: str, counted: Counter[str]) -> Qualify:
    def qualify(address: str) -> str:
        return f"{label}:{address}" if counted[address] > 1 else address

    return qualify


def _labels(labels: Sequence[str]) -> list[str]:
    """Make labels unique: two files may have one name in two folders."""
    counted = Counter(labels)
    seen: Counter[str] = Counter()
    found: list[str] = []
    for label in labels:
        seen[label] += 1
        found.append(f"{label}#{seen[label]}" if counted[label] > 1 else label)
    return found


def _open(path: Path) -> list[tuple[str, str, Json, Path]]:
    """Return (label, form, document, path) of each document under a path the user gave."""
    if path.is_dir():
        from eksclave.terraform import synth

        return [(label, "synth", document, file) for label, document, file in synth.open_app(path)]
    if not path.exists():
        raise _wrong(path, "no such file", "name a plan, a state or a cdktf.out directory")
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")  # PowerShell 5 writes one before UTF-8
    _refuse_other_formats(path, content)
    import orjson

    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        said = f"not valid JSON ({error})" if content.strip() else "the file is empty"
        raise _wrong(path, said, "make it with `terraform show -json PLAN > plan.json`; was it cut off?") from None
    if not isinstance(document, dict):
        raise _wrong(path, "JSON, but not the object that Terraform writes", "give the output of terraform show -json")
    form = _form(document, str(path))
    label = path.parent.name if path.stem in _GENERIC and path.parent.name else path.stem
    return [(label, form, document, path)]


_GENERIC = ("plan", "tfplan", "state", "terraform", "show", "plan-out", "cdk.tf")


def _form(document: Json, where: str) -> str:
    """Tell a plan from a state from a synthesized stack; refuse what we cannot read."""
    version = document.get("format_version")
    if isinstance(version, str):
        if version.split(".")[0] not in ("0", "1"):
            said = f"format_version '{version}' is newer than what this release reads (0.x and 1.x)"
            raise _wrong(Path(where), said, "update eksclave")
        if "planned_values" in document or "resource_changes" in document:
            if not isinstance(document.get("resource_changes") or [], list) or document.get("resource_changes") == {}:
                said = "resource_changes is no list, so this is not what Terraform writes"
                raise _wrong(Path(where), said, "make it anew with terraform show -json")
            if document.get("errored") is True:
                raise _wrong(Path(where), "the plan is of a run that failed", "plan again without errors")
            return "plan"
        if "values" in document or set(document) <= {"format_version", "terraform_version", "checks"}:
            return "state"
        if "provider_schemas" in document:
            raise _wrong(Path(where), "these are provider schemas", "give the output of terraform show -json")
    if document.get("version") == 4 and "resources" in document:
        return "state"
    if isinstance(document.get("version"), int) and "serial" in document:
        raise _wrong(Path(where), f"state version {document['version']} is not read", "run terraform show -json")
    if "@level" in document or "@message" in document:
        raise _wrong(Path(where), "this is terraform's log in JSON lines", "give the output of terraform show -json")
    if "resource" in document or "terraform" in document:
        return "synth"
    raise _wrong(Path(where), "neither a plan nor a state of Terraform", "give the output of terraform show -json")


def _refuse_other_formats(path: Path, content: bytes) -> None:
    head = content[:4096].lstrip()
    if content[:4] == b"PK\x03\x04":
        raise _wrong(path, "this is a binary plan", f"run `terraform show -json {path.name} > plan.json` and give that")
    if path.suffix in (".tf", ".hcl", ".tofu", ".tfvars"):
        raise _wrong(path, "this is HCL, not JSON", "run terraform plan -out=p && terraform show -json p > plan.json")
    if head[:1] not in (b"{", b"[") and any(
        word in head for word in (b'resource "', b"provider ", b'module "', b"terraform {", b'variable "')
    ):
        raise _wrong(path, "this is HCL, not JSON", "run terraform plan -out=p && terraform show -json p > plan.json")
    if content[:2] == b"\x1f\x8b":
        raise _wrong(path, "this file is compressed", "unpack it first")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _wrong(path, "this file is UTF-16 (PowerShell's `>` writes that)", "write it as UTF-8")
    if content[:1] == b"{" and content.count(b"\n{", 0, 65536) and b'"@level"' in content[:4096]:
        raise _wrong(path, "this is terraform's log in JSON lines", "give the output of terraform show -json")


def _wrong(path: Path, said: str, fix: str) -> InputError:
    return InputError([Mistake(str(path), "", said, fix)])
