"""`eksclave design SPEC`: what was decided for a spec, and why."""

from __future__ import annotations

import click


@click.command("design", help="Print what was decided for a spec, and why.")
@click.argument("spec", type=click.Path(dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--brief", is_flag=True, help="Without the rules of network ACLs.")
def command(spec: str, form: str, brief: bool) -> None:
    from eksclave.design.printed import as_values, lines
    from eksclave.images.opened import open_designs

    (design,) = open_designs([spec])
    if form == "json":
        import json

        click.echo(json.dumps(as_values(design), indent=2))
        return
    for line in lines(design, rules=not brief):
        click.echo(line)
