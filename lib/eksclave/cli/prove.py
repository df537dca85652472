"""`eksclave prove`: will this private cluster boot?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eksclave.checks.result import Answer

STRICT = (
    "What asked nothing is unknown, and so is a pass that rests on how the plan was read where it does not keep "
    "everything (assumptions in the JSON answer)."
)


@click.command(name="prove")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json", "markdown", "sarif", "junit"]),
    default="text",
    show_default=True,
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this file.")
@click.option("--feature", "features", multiple=True, metavar="WORD", help="Something the input does not show; repeat.")
@click.option("--waivers", type=click.Path(dir_okay=False, path_type=Path), help="YAML: accepted findings.")
@click.option(
    "--lock",
    "locks",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="An images.lock: what the mirror holds, where the input has no registry stack that says so; repeat.",
)
@click.option(
    "--image-path", "image_paths", multiple=True, metavar="KIND.GROUP:PATH", help="A field that holds an image; repeat."
)
@click.option("--strict", is_flag=True, help=STRICT)
@click.option("--cluster", default="", metavar="ADDRESS", help="Only this cluster.")
def command(
    inputs: tuple[str, ...],
    format: str,
    output: Path | None,
    features: tuple[str, ...],
    waivers: Path | None,
    locks: tuple[Path, ...],
    image_paths: tuple[str, ...],
    strict: bool,
    cluster: str,
) -> None:
    """Prove from Terraform alone that a private EKS cluster will boot.

    INPUT is a cdktf.out folder, or the JSON of `terraform show -json` of a plan or a state (`-` reads it from standard
    input); several are read as one world.

    Exit codes: 0 all pass, 1 something fails or is unknown, 2 the input is wrong.
    """
    from eksclave.catalog.features import find_feature
    from eksclave.checks.prove import prove
    from eksclave.cli.reading import read_input
    from eksclave.cli.writing import refuse_to_overwrite, tell, write
    from eksclave.reach.answer import Outcome
    from eksclave.report import render

    given = [find_feature(word) for word in features]
    if output is not None:
        refuse_to_overwrite(output, (*inputs, *locks, *([waivers] if waivers else [])))
    accept = _accepting(waivers) if waivers else None
    read = read_input(inputs, locks, image_paths, placing=format == "sarif")
    answer = prove(read.snapshot, given, cluster, read.existing, read.notes)
    if strict:
        from eksclave.checks.strict import strictly

        answer = strictly(answer)
    if accept:
        answer = accept(answer)
    text = render(answer, format, inputs[0], read.files)
    if output is None:
        tell(text)
    else:
        write(text, output)
    sys.exit(0 if answer.verdict is Outcome.PASS else 1)


def _accepting(waivers: Path) -> Callable[[Answer], Answer]:
    """Read waivers, and return what moves aside the findings that they accept today."""
    from datetime import date

    from eksclave.checks.ids import known_ids
    from eksclave.checks.waiver_file import read_waivers
    from eksclave.checks.waivers import waive

    accepted = read_waivers(waivers, known_ids())
    return lambda answer: waive(answer, accepted, date.today())
