"""The command line: parses, calls, prints. Each command is a module of its own, loaded only when it is asked for."""

from __future__ import annotations

import importlib
import sys

import click

from eksclave.errors import EksclaveError

COMMANDS = {
    "convert": "turn an eksctl ClusterConfig into a spec",
    "design": "print what was decided for a spec, and why",
    "endpoints": "print the VPC endpoints that features need, and their price",
    "explain": "print one trace, source to destination, in a plan or synthesized app",
    "images": "list, lock, copy and check every image that will run",
    "new": "write a commented spec",
    "prove": "prove from Terraform alone that a private cluster will boot",
    "rehearse": "apply and destroy every stack against an emulated AWS",
    "schema": "print the JSON Schema of the spec, or of the proof's answer",
    "try": "synth a spec, say what was decided, and rehearse it",
}


class LazyGroup(click.Group):
    """A click group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"eksclave.cli.{cmd_name.replace('-', '_').replace('try', 'try_')}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in sorted(COMMANDS)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from eksclave.errors import did_you_mean

            hint = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"no command is called '{args[0]}'" + (f"; {hint}" if hint else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eksclave")
def app() -> None:
    """Fully private Amazon EKS clusters from one spec, and the proof that they boot.

    Exit codes: 0 clean, 1 findings, 2 the input is wrong.
    """


def main() -> None:
    """Run the command line; an error that the user can mend is printed without a traceback."""
    try:
        app(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except click.Abort:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except EksclaveError as error:
        print(f"error: {error}" if "\n" not in str(error) else str(error), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
