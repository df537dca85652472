"""`eksclave rehearse`: every stack applied and destroyed by the real Terraform, without an account."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click


@click.command(name="rehearse")
@click.argument("target", metavar="SPEC|FOLDER", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--keep", is_flag=True, help="Do not destroy; keep the folders and the emulator, and print how to look.")
@click.option("--stack", "stacks", multiple=True, metavar="NAME", help="Only this stack and what it needs; repeat.")
@click.option("--jobs", type=click.IntRange(0), default=0, metavar="N", help="Stacks at once; 0: one a processor.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The emulator's port; 0: a free one.")
@click.option(
    "--seed", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON: what is there already."
)
def command(
    target: Path, format: str, keep: bool, stacks: tuple[str, ...], jobs: int, port: int, seed: Path | None
) -> None:
    """Apply and destroy every stack against an emulated AWS, with the real Terraform and the real AWS provider.

    SPEC is a spec of this app; FOLDER is the cdktf.out of any CDKTF app. For each stack, in the order of what they read
    from each other: init, plan, apply, a second plan that must be empty; then destroy in reverse. No account can be
    touched: every service of the provider points at this machine, and no credentials are read.

    Exit codes: 0 all well, 1 a stage failed, 2 it could not start.
    """
    from eksclave.cli.rehearse_view import Progress, summary
    from eksclave.operate.rehearse import Options, rehearse
    from eksclave.operate.rehearse.synth import synthesize

    known = json.loads(seed.read_text(encoding="utf-8")) if seed else {}
    options = Options(stacks, jobs, keep, port, known)
    with tempfile.TemporaryDirectory(prefix="eksclave-synth-") as private:
        folder = target if target.is_dir() else synthesize(target, Path(private) / "cdktf.out")
        with Progress(quiet=format == "json") as progress:
            answer = rehearse(folder, options, progress.tell)
    if format == "json":
        click.echo(json.dumps(answer.as_json(), indent=2))
    else:
        click.echo(summary(answer), nl=False)
    sys.exit(0 if answer.succeeded else 1)
