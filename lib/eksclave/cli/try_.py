"""`eksclave try SPEC`: see what a spec becomes, and that Terraform can plan it, without an AWS account."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("try", help="Synth a spec, say what was decided and why, and plan every AWS stack for day 0.")
@click.argument("spec", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to write; cdktf.out of the app.")
@click.option("--no-plan", is_flag=True, help="Leave terraform out.")
def command(spec: Path, out: Path | None, no_plan: bool) -> None:
    from eksclave.design.printed import lines
    from eksclave.images.opened import open_designs
    from eksclave.operate import tryout

    (design,) = open_designs([spec])
    for line in lines(design, rules=False):
        click.echo(line)
    app = tryout.find_app(Path.cwd())
    out = out or app.parent / "cdktf.out"
    tryout.synth(app, spec, out)
    click.echo(f"\nwrote six stacks to {_shown(out)}/stacks: {design.name}-network … {design.name}-workloads")
    if not no_plan:
        _plan(app, spec, design.name)
    click.echo(f"\nnext: cdktf deploy {design.name}-network, then the others in this order; see README")


def _plan(app: Path, spec: Path, cluster: str) -> None:
    import tempfile

    from eksclave.errors import ToolError
    from eksclave.operate import tryout
    from eksclave.terraform.binary import terraform

    with tempfile.TemporaryDirectory(prefix="eksclave-try-") as workplace:
        try:
            binary = terraform(Path(workplace))
        except ToolError as missing:
            click.echo(f"\nnot planned: {missing.said}")
            click.echo(f"  {missing.fix}: https://developer.hashicorp.com/terraform/install")
            return
        version = ".".join(map(str, binary.version))
        click.echo(f"\nvalidate and plan with {binary.name} {version}, as on day 0: no account, no state, no network")
        with tryout.day0(app, spec) as out:
            for stack in tryout.AWS_STACKS:
                click.echo(f"  {stack:<10} ", nl=False)
                done = tryout.plan(binary, out, cluster, stack)
                click.echo(f"valid, {done.resources} resources to make ({done.seconds:.0f} s)")
        click.echo("  workloads  is planned through the cluster's API, once there is one")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
