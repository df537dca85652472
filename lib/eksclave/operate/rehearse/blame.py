"""Known faults of a run, recognised by Terraform's own words, and what to do about each."""

from __future__ import annotations

import re

KNOWN: tuple[tuple[str, str], ...] = (
    (r"Error acquiring the state lock", "another run holds the lock; wait for it, or remove the lock it left behind"),
    (
        r"[Pp]lugin did not respond|plugin crashed|Plugin process exited|Unrecognized remote plugin message"
        r"|Failed to (load|instantiate) plugin|connection is shut down",
        "the provider's process crashed; run again with --keep and look at its log",
    ),
    (r"no space left on device", "the disk is full; free some space, or set TMPDIR to a folder with room"),
    (
        r"[Nn]o available releases match|Failed to query available provider packages|could not find a version",
        "put the provider into the mirror: terraform providers mirror DIRECTORY, EKSCLAVE_PROVIDER_MIRROR=DIRECTORY",
    ),
    (r'named \\?"use_lockfile', "install Terraform 1.10 or newer: older ones cannot lock a state in S3 by a file"),
    (
        r'": Forbidden',
        "the call was for another machine and was turned away; the provider does not take AWS_ENDPOINT_URL there",
    ),
    (r"Unsupported Terraform Core version", "install the Terraform version that the stack asks for"),
    (
        r"EmulatorNotImplemented|has not been implemented",
        "the emulator lacks this operation: the stack is not at fault",
    ),
    (r"EmulatorFault", "a fault in the emulator: the stack is not at fault"),
    (r"connection refused|EOF$|connection reset", "the emulator is not there any more"),
)
"""Pattern in Terraform's words → the fix."""


def fix_of(said: str) -> str:
    """Return what to do about a known fault, or an empty string."""
    return next((fix for pattern, fix in KNOWN if re.search(pattern, said)), "")


def plain(text: str) -> str:
    """Return Terraform's words without their frame."""
    lines = [line.strip("│╷╵ ").rstrip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line).removeprefix("Error: ") or "terraform ended without a word"
