"""`eksclave try SPEC`: see what a spec becomes, and live through it without an AWS account."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("try")
@click.argument("spec", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to write; cdktf.out of the app.")
@click.option("--no-rehearsal", is_flag=True, help="Leave Terraform out.")
def command(spec: Path, out: Path | None, no_rehearsal: bool) -> None:
    """Synth a spec, say what was decided and why, and rehearse it: apply and destroy it against an emulated AWS.

    Exit codes: 0 all well, 1 a stage of the rehearsal failed, 2 the input is wrong.
    """
    from eksclave.design.printed import lines
    from eksclave.images.opened import open_designs
    from eksclave.operate.rehearse.synth import app_of, synthesize

    (design,) = open_designs([spec])
    for line in lines(design, rules=False):
        click.echo(line)
    folder = synthesize(spec, out or app_of(spec).parent / "cdktf.out")
    click.echo(f"\nwrote six stacks to {_shown(folder)}/stacks: {design.name}-network … {design.name}-workloads")
    went_well = no_rehearsal or _rehearse(spec, folder)
    if not went_well:
        sys.exit(1)
    click.echo(f"\nnext: cdktf deploy {design.name}-network, then the others in this order; see README")


def _rehearse(spec: Path, folder: Path) -> bool:
    """Rehearse what was written; without a usable terraform, say how to get one."""
    import tempfile

    from eksclave.cli.rehearse_view import Progress, summary
    from eksclave.errors import ToolError
    from eksclave.operate.rehearse import Options, rehearse
    from eksclave.operate.rehearse.origin import Origin
    from eksclave.terraform.binary import terraform

    with tempfile.TemporaryDirectory(prefix="eksclave-try-") as workplace:
        try:
            binary = terraform(Path(workplace))
        except ToolError as missing:
            click.echo(f"\nnot rehearsed: {missing.said}")
            click.echo(f"  {missing.fix}: https://developer.hashicorp.com/terraform/install")
            return True
    version = ".".join(map(str, binary.version))
    click.echo(f"\nrehearsal: {binary.name} {version} applies and destroys every AWS stack against an emulated AWS;")
    click.echo("no account is touched, and nothing but the provider's download leaves this machine\n")
    with Progress() as progress:
        answer = rehearse(folder, Options(origin=Origin(spec).place), progress.tell)
    click.echo(f"\n{summary(answer)}", nl=False)
    return answer.succeeded


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
