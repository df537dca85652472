"""`eksclave explain`: one trace, whether it passes or not."""

from __future__ import annotations

import sys

import click


@click.command(name="explain")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT... SOURCE DESTINATION")
@click.option("--cluster", default="", metavar="ADDRESS", help="The cluster, where there are several.")
@click.option("--port", default=443, show_default=True, type=click.IntRange(0, 65535))
@click.option("--protocol", default="tcp", show_default=True, type=click.Choice(["tcp", "udp"]))
def command(inputs: tuple[str, ...], cluster: str, port: int, protocol: str) -> None:
    """Print how a packet goes from SOURCE to DESTINATION, hop by hop, and why it arrives or not.

    SOURCE: nodes, pods, control-plane, bastion, runner, a Terraform address of a node group or instance, or a network
    such as 10.1.0.0/16. DESTINATION: the same, or api, an endpoint service (ecr.api), or a DNS name.

    Exit codes: 0 it arrives, 1 it does not or that is not known, 2 the input is wrong.
    """
    from eksclave.checks.explain import explain
    from eksclave.cli.reading import read_input
    from eksclave.cli.writing import tell
    from eksclave.errors import EksclaveError

    if len(inputs) < 3:
        raise EksclaveError(
            "explain takes an input, a source and a destination", "eksclave explain plan.json nodes api"
        )
    *paths, source, destination = inputs
    text, arrives = explain(read_input(paths).snapshot, source, destination, cluster, port, protocol)
    tell(f"{text}\n")
    sys.exit(0 if arrives else 1)
