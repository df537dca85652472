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
@click.option(
    "--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Kubernetes API on this machine (kind, k3s) for the stacks that need one.",
)  # fmt: skip
def command(
    target: Path,
    format: str,
    keep: bool,
    stacks: tuple[str, ...],
    jobs: int,
    port: int,
    seed: Path | None,
    kubeconfig: Path | None,
) -> None:
    """Apply and destroy every stack against an emulated AWS, with the real Terraform and the real AWS provider.

    SPEC is a spec of this app; FOLDER is the cdktf.out of any CDKTF app. For each stack, in the order of what they read
    from each other: init, plan, apply. Once all stand, a second plan of each that must be empty; then destroy in
    reverse. No account can be touched: every AWS service is on this machine, all other calls are turned away, and no
    credentials are read.

    Exit codes: 0 all well, 1 a stage failed, 2 it could not start.
    """
    from eksclave.cli.rehearse_view import Progress, summary
    from eksclave.operate.rehearse import Options, rehearse
    from eksclave.operate.rehearse.existing import read_seed
    from eksclave.operate.rehearse.kubernetes import read_api
    from eksclave.operate.rehearse.origin import Origin
    from eksclave.operate.rehearse.synth import synthesize

    with tempfile.TemporaryDirectory(prefix="eksclave-synth-") as private:
        folder = target if target.is_dir() else synthesize(target, Path(private) / "cdktf.out")
        options = Options(
            stacks, jobs, keep, port,
            seed=read_seed(seed) if seed else {},
            origin=(lambda _: "") if target.is_dir() else Origin(target).place,
            api=read_api(kubeconfig) if kubeconfig else None,
        )  # fmt: skip
        with Progress(quiet=format == "json") as progress:
            answer = rehearse(folder, options, progress.tell)
    if format == "json":
        click.echo(json.dumps(answer.as_json(), indent=2))
    else:
        click.echo(summary(answer), nl=False)
    sys.exit(0 if answer.succeeded else 1)
