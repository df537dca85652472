"""`eksclave convert`: an eksctl ClusterConfig becomes a spec."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--account", help="AWS account id, which eksctl files do not name")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="write the spec here instead of printing it")
def command(file: Path, account: str | None, output: Path | None) -> None:
    """Turn the eksctl ClusterConfig in FILE into a spec; say what could not be carried over."""
    from eksclave.spec.eksctl import convert
    from eksclave.spec.load import read_text
    from eksclave.spec.write import to_yaml, write_new
    from eksclave.spec.yaml_nodes import read_document

    converted = convert(read_document(read_text(file), str(file)), account)
    text = to_yaml(converted.values)
    if output:
        write_new(output, text)
        click.echo(f"wrote {output}", err=True)
    else:
        click.echo(text, nl=False)
    for note in converted.notes:
        click.echo(f"note: {note}", err=True)
