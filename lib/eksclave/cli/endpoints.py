"""`eksclave endpoints`: the VPC endpoints that features need, and what they cost."""

from __future__ import annotations

import click


@click.command("endpoints", help="Print the VPC endpoints that features need, and their price.")
@click.option("--region", default="us-east-1", show_default=True)
@click.option("--features", default="", help="Feature and add-on names, divided by commas; none prints the usual set.")
@click.option("--zones", default=3, show_default=True, type=click.IntRange(1, 6), help="Zones that each is in.")
@click.option("--all", "everything", is_flag=True, help="Print every endpoint service of the catalogue.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(region: str, features: str, zones: int, everything: bool, form: str) -> None:
    from eksclave.design.endpoint_list import all_rows, rows_for, total

    words = tuple(word.strip() for word in features.split(",") if word.strip())
    rows = all_rows(region, zones) if everything else rows_for(words, region, zones)
    if form == "json":
        import json
        from dataclasses import asdict

        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        price = f"${row.monthly_usd:.2f} a month" if row.monthly_usd else "free"
        click.echo(f"{row.service:<24} {row.kind:<9} {price if row.offered else 'not offered here'}")
        click.echo(f"  {row.service_name}")
        for reason in row.reasons:
            click.echo(f"  {reason}")
    if not everything:
        money, note = total(rows, region)
        click.echo(f"\n{len(rows)} endpoints in {zones} zones: ${money:.2f} a month; {note}")
