"""Errors that say where, what, the bad value and the fix; one `Mistake` per line, all of a file's mistakes at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing that is wrong in the input.

    `where` is a place the user can open (`clusters/prod.yaml:12`), `path` the dotted field (`network.cidr`) or empty,
    `said` what is wrong with the bad value quoted, `fix` what to do, or empty. Lower case, no full stop.
    """

    where: str
    path: str
    said: str
    fix: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (self.where, self.path) if part)
        told = f"{self.said}; {self.fix}" if self.fix else self.said
        return f"{place}: {told}" if place else told


class EksclaveError(Exception):
    """Something that the user can mend. The command line prints it without a traceback and exits with `exit_code`."""

    exit_code = 2

    def __init__(self, said: str, fix: str = "", where: str = "") -> None:
        self.said, self.fix, self.where = said, fix, where
        super().__init__(str(Mistake(where, "", said, fix)))


class InputError(EksclaveError):
    """The input is wrong: carries every mistake that was found, in file order."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        if not self.mistakes:
            raise ValueError("an input error needs at least one mistake")
        Exception.__init__(self, "\n".join(map(str, self.mistakes)))
        self.said, self.fix, self.where = self.mistakes[0].said, self.mistakes[0].fix, self.mistakes[0].where


class ToolError(EksclaveError):
    """A program that we need (terraform, node, skopeo) is missing, too old, or failed in a way the user can mend."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?`, or an empty string where nothing is near."""
    import difflib

    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
