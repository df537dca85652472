"""What the commands print: lists, changes and outcomes, as text for people and JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a copy prints without loading the model of specs, which takes longer than a small image
    from eksclave.images.copy import Outcome
    from eksclave.images.inventory import Listed
    from eksclave.images.update import Changed


def listed_text(listed: Sequence[Listed]) -> str:
    """Return the list, one class after the other, each image with who needs it."""
    lines: list[str] = []
    for kind in sorted({one.kind for one in listed}):
        some = [one for one in listed if one.kind is kind]
        lines += ["", f"{kind} ({len(some)})"]
        for one in some:
            lines.append(f"  {one.image}")
            lines += [f"      {who}" for who in one.needed_by]
            if one.advice:
                lines.append(f"      note: {one.advice}")
    return "\n".join(lines[1:]) + "\n" if lines else "no image\n"


def listed_json(listed: Sequence[Listed]) -> str:
    """Return the list as JSON."""
    rows = [
        {"image": str(one.image), "kind": one.kind.name.lower(), "needed_by": one.needed_by, "advice": one.advice}
        for one in listed
    ]
    return json.dumps({"images": rows}, indent=2) + "\n"


def changes_text(changes: Sequence[Changed]) -> str:
    """Return what differs between two locks, and what has to be copied for it."""
    words = {"added": "+", "removed": "-", "moved": "~", "retagged": "~", "signed": "s"}
    lines = [f"{words[change.change]} {change.name}: {_told(change)}" for change in changes]
    wanted = [change for change in changes if change.must_copy]
    if wanted:
        size = megabytes(sum(change.size for change in wanted))
        lines.append(f"{len(wanted)} to copy before it is deployed, {size}: `eksclave images copy`")
    return "\n".join(lines) + "\n" if lines else "nothing would change\n"


def outcome_text(outcome: Outcome, is_mirrored: bool = True) -> str:
    """Return one image's line; in an archive it has no repository yet."""
    text = f"{outcome.state:7} {outcome.image.source}"
    if outcome.state == "copied":
        text += f"  {megabytes(outcome.image.size)} in {outcome.seconds:.1f} s"
        text += f" → {outcome.image.repository}" if is_mirrored else ""
        text += f"; note: {outcome.said}" if outcome.said else ""
    if outcome.state == "failed":
        text += f": {outcome.said}" + (f"; {outcome.fix}" if outcome.fix else "")
    return text


def sums_text(outcomes: Iterable[Outcome]) -> str:
    """Return how many were copied, were there already, and failed."""
    counted = Counter(outcome.state for outcome in outcomes)
    return f"{counted['copied']} copied, {counted['present']} already there, {counted['failed']} failed"


def megabytes(size: int) -> str:
    """Spell a size in MB, as registries show it, or in kB."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"


def _told(change: Changed) -> str:
    if change.change == "added":
        return f"new, {change.new}"
    if change.change == "removed":
        return f"no longer needed, {change.old}"
    if change.change == "signed":
        return f"platforms or attachments changed ({change.old} → {change.new} attachments)"
    return f"{change.old} → {change.new}"
