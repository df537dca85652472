"""`eksclave schema`: JSON Schemas for editors and for readers of the proof's answer."""

from __future__ import annotations

import click


@click.command(name="schema")
@click.argument("what", type=click.Choice(["spec", "prove"]), default="spec")
def command(what: str) -> None:
    """Print the JSON Schema of the spec (default), or of the answer of `eksclave prove --format json`."""
    import json

    if what == "spec":
        from eksclave.spec.schema import spec_schema

        schema = spec_schema()
    else:
        from eksclave.report.schema import answer_schema

        schema = answer_schema()
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
