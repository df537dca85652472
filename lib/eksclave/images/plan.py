"""The copy as a shell script, for people who must run it elsewhere: skopeo's commands, one image after the other."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from eksclave.images.copier import Copier
from eksclave.images.lockfile import NESTED, LockedImage
from eksclave.images.manifest import Manifest

HEAD = """#!/bin/sh
# Written by `eksclave images copy --plan`. It needs skopeo 1.6 or newer, logged in to the registries it names
# (`skopeo login`, or `aws ecr get-login-password | skopeo login --username AWS --password-stdin HOST`).
# Every command may be repeated. Tags come last, and a tag that is there is not touched.
set -eu
"""


def script(images: Iterable[LockedImage], host: str, indexes: Callable[[LockedImage], Sequence[Manifest]]) -> str:
    """Return the script; `indexes` gives those of an image that no copier puts, the outermost last."""
    skopeo = Copier("skopeo", "skopeo")
    lines = [HEAD]
    for locked in images:
        upstream, mirror = f"docker://{locked.source.name}", f"docker://{host}/{locked.repository}"
        lines.append(f"# {locked.source}")
        ours = indexes(locked)
        leaves = [platform.digest for platform in locked.platforms if platform.name != NESTED]
        digests = leaves if ours else [locked.digest]
        for digest in [*digests, *(attached.digest for attached in locked.attached)]:
            lines.append(shlex.join(skopeo.command(f"{upstream}@{digest}", f"{mirror}@{digest}", "")))
        tagged = [(a.digest, a.mirror_tag) for a in locked.attached]
        tagged += [] if ours else [(locked.digest, locked.tag)]
        for digest, tag in tagged:
            command = shlex.join(skopeo.command(f"{mirror}@{digest}", f"{mirror}:{tag}", ""))
            lines.append(_unless_there(f"{mirror}:{tag}", command))
        for index in ours[:-1]:
            lines += _own_index(index, f"{mirror}@{index.digest}")
        for index in ours[-1:]:
            lines += _own_index(index, f"{mirror}:{locked.tag}")
        lines.append("")
    return "\n".join(lines)


def _unless_there(destination: str, command: str) -> str:
    plain = ["--tls-verify=false"] if "--dest-tls-verify=false" in command else []
    ask = shlex.join(["skopeo", "inspect", "--raw", *plain, destination])
    return f"{ask} >/dev/null 2>&1 || {command}"


def _own_index(index: Manifest, destination: str) -> list[str]:
    """Return the commands that put an index alone: a `dir:` that holds it, copied without what it lists."""
    command = Copier("skopeo", "skopeo").command('dir:"$index"', destination, "")
    words = ["--multi-arch=index-only" if word == "--all" else word for word in command]
    spelled = " ".join(word if word.startswith("dir:") else shlex.quote(word) for word in words)
    return [
        "index=$(mktemp -d)",
        'printf "Directory Transport Version: 1.1\\n" > "$index/version"',
        f'printf %s {shlex.quote(index.body.decode())} > "$index/manifest.json"',
        _unless_there(destination, spelled),
        'rm -r "$index"',
    ]
