"""`eksclave new`: write a commented spec."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="the cluster's name; the file's name when left out")
@click.option("--region", default="eu-central-1", show_default=True)
@click.option("--account", default="000000000000", help="AWS account id")
def command(file: Path, name: str | None, region: str, account: str) -> None:
    """Write a commented spec to FILE, which must not be there yet."""
    from eksclave.spec.load import parse
    from eksclave.spec.write import first_spec, write_new

    text = first_spec(name or file.stem, region, account)
    parse(text, str(file))
    write_new(file, text)
    click.echo(f"wrote {file}")
    if account == "000000000000":
        click.echo(f"next: write your account id into it, then 'eksclave try {file}'")
    else:
        click.echo(f"next: eksclave try {file}")
