"""What the user named as inputs: what is wrong with it in the user's own words, and which file holds what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eksclave.errors import InputError, Mistake

if TYPE_CHECKING:
    from eksclave.terraform.model import World

STDIN = "standard input"
FILTERED = (
    "this plan holds no configuration: what refers to what does not show, and much stays unknown; "
    "give the whole output of terraform show -json"
)
_PLANS = ("plan.json", "tfplan.json", "state.json")


def check_names(inputs: Sequence[str]) -> None:
    """Raise with every name that cannot be meant or read: an empty one, YAML, what the system refuses."""
    mistakes = list[Mistake]()
    for name in inputs:
        path = Path(name)
        if not name.strip():
            mistakes.append(
                Mistake("", "", "the name of an input is empty", "name a plan, a state or a cdktf.out folder")
            )
        elif path.suffix in (".yaml", ".yml") and path.is_file():
            fix = "synthesize it first (cdktf synth), and give the folder cdktf.out"
            mistakes.append(Mistake(name, "", "this is YAML, a spec?", fix))
        elif said := _unreadable(path):
            mistakes.append(Mistake(name, "", f"cannot be read: {said}"))
    if mistakes:
        raise InputError(mistakes)


def _unreadable(path: Path) -> str:
    """Return why a file cannot be read; nothing is taken from pipes (`<(terraform show -json p)`)."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                file.read(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def in_users_words(wrong: InputError, piped: Path | None) -> InputError:
    """Return the mistakes without the name of our own temporary file, and with the plan that a folder holds."""
    return InputError(_told(one, piped) for one in wrong.mistakes)


def _told(one: Mistake, piped: Path | None) -> Mistake:
    if piped and str(piped) in one.where:
        said = one.said.replace("the file is empty", "nothing came in")
        return replace(
            one, where=one.where.replace(str(piped), STDIN), said=said, fix=one.fix.replace(piped.name, "PLAN")
        )
    folder = Path(one.where)
    if one.where and folder.is_dir():
        found = next((folder / name for name in _PLANS if (folder / name).is_file()), None)
        return replace(one, fix=f"or did you mean {found}?") if found else one
    return one


def files_by_label(world: World, paths: Sequence[Path]) -> Mapping[str, Path]:
    """Return the file behind each label of the world; nothing where that is not sure (an input that is given twice)."""
    files = [*(one for one in paths if not one.is_dir()), *_stacks(paths)]
    return dict(zip(world.sources, files, strict=True)) if len(files) == len(world.sources) else {}


def _stacks(paths: Sequence[Path]) -> Iterator[Path]:
    from eksclave.terraform.synth import open_app

    for path in paths:
        if path.is_dir():
            yield from (file for _, _, file in open_app(path))


def without_cluster(world: World, files: Mapping[str, Path], piped: Path | None) -> InputError:
    """Return what each input holds instead of a cluster."""
    counted: dict[str, Counter[str]] = {label: Counter() for label in world.sources}
    for one in world.resources.values():
        counted[one.source][one.type] += one.mode == "managed"
    mistakes = list[Mistake]()
    for label, types in counted.items():
        file = files.get(label)
        where = STDIN if file == piped and file else str(file or label)
        shown = [kind for kind, _ in (+types).most_common(3)]
        more = ", ..." if len(+types) > len(shown) else ""
        held = f"{types.total()} resource{'s' if types.total() != 1 else ''}"
        held += f" ({', '.join(shown)}{more})" if shown else ""
        mistakes.append(Mistake(where, "", f"{_form(file)} of {held}, no aws_eks_cluster"))
    fix = "give the plan, the state or the folder that holds it"
    return InputError([*mistakes[:-1], *(replace(one, fix=fix) for one in mistakes[-1:])])


def _form(file: Path | None) -> str:
    if file is None or not file.is_file():
        return "an input"
    if file.name == "cdk.tf.json":
        return "a stack"
    return "a plan" if b'"planned_values"' in file.read_bytes() else "a state"


def filtered(paths: Sequence[Path], piped: Path | None) -> Iterator[tuple[str, str]]:
    """Yield (input, note) of each plan that somebody took the configuration out of."""
    for path in paths:
        if path.is_file():
            content = path.read_bytes()
            if b'"planned_values"' in content and b'"configuration"' not in content:
                yield STDIN if path == piped else str(path), FILTERED
