"""Where the providers come from: a directory on this machine that mirrors a registry, or the registry itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from eksclave.errors import ToolError

REGISTRY = "registry.terraform.io"
_OPENTOFU = "registry.opentofu.org"
# where the Filesystem Hierarchy Standard lets a package put such a directory
_SYSTEM = ("usr/local/share/terraform", "usr/share/terraform", "usr/local/lib/terraform", "usr/lib/terraform", "opt")
_DEPTH = 3  # directories below a system root that are looked into
_LOOKED_AT = 2000  # directories in all, so that a huge one cannot stall a command
_MIRROR_PATH = re.compile(r'filesystem_mirror\s*\{[^}]*?path\s*=\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)


def mirror_or_none(environment: Mapping[str, str]) -> Path | None:
    """Return the directory that holds `registry.terraform.io/…`, or None where providers must be downloaded.

    Looked for in this order: EKSCLAVE_PROVIDER_MIRROR, the user's own CLI configuration, Terraform's implied mirror
    directories, common system directories.
    """
    asked = environment.get("EKSCLAVE_PROVIDER_MIRROR")
    if asked:
        return _asked(Path(asked).expanduser())
    for configuration in user_configurations(environment):
        for path in _MIRROR_PATH.findall(configuration.read_text(encoding="utf-8", errors="replace")):
            if _holds_providers(Path(path)):
                return Path(path)
    home = Path(environment["HOME"]) if environment.get("HOME") else None
    implied = [home / ".terraform.d" / "plugins", home / ".local/share/terraform/plugins"] if home else []
    shares = environment.get("XDG_DATA_DIRS", "").split(os.pathsep)
    implied += [Path(share) / "terraform" / "plugins" for share in shares if share]
    for folder in implied:
        if _holds_providers(folder):
            return folder
    return next((folder for root in _SYSTEM for folder in _below(Path(os.sep, root)) if _holds_providers(folder)), None)


def user_configurations(environment: Mapping[str, str]) -> list[Path]:
    """Return the CLI configuration files that exist and that Terraform would read, the named one first."""
    named = environment.get("TF_CLI_CONFIG_FILE")
    home = environment.get("HOME")
    files = [Path(named)] if named else []
    files += [Path(home) / ".terraformrc", Path(home) / ".tofurc"] if home else []
    return [file for file in files if file.is_file()]


def cli_configuration(mirror: Path | None) -> str:
    """Return a CLI configuration that takes from the mirror what the mirror holds, and all else from the registry."""
    lines = ["disable_checkpoint = true", ""]
    if mirror is not None:
        held = ", ".join(f'"{name}"' for name in _held(mirror))
        quoted = str(mirror).replace("\\", "\\\\").replace('"', '\\"')
        lines += [
            "provider_installation {",
            "  filesystem_mirror {",
            f'    path    = "{quoted}"',
            f"    include = [{held}]",
            "  }",
            "  direct {",
            f"    exclude = [{held}]",
            "  }",
            "}",
            "",
        ]
    return "\n".join(lines)


def _asked(path: Path) -> Path:
    candidate = path.parent if path.name in (REGISTRY, _OPENTOFU) else path
    if not _holds_providers(candidate):
        raise ToolError(
            f"EKSCLAVE_PROVIDER_MIRROR names '{path}', which holds no {REGISTRY}/NAMESPACE/TYPE",
            "make one with `terraform providers mirror DIRECTORY`, or unset the variable",
        )
    return candidate


def _holds_providers(folder: Path) -> bool:
    return bool(_held(folder))


def _held(folder: Path) -> list[str]:
    """Return `HOST/NAMESPACE/TYPE` of every provider in the mirror, sorted."""
    found: list[str] = []
    for host in (REGISTRY, _OPENTOFU):
        root = folder / host
        for namespace in _folders(root):
            found += [f"{host}/{namespace.name}/{kind.name}" for kind in _folders(namespace)]
    return sorted(found)


def _below(root: Path) -> Iterator[Path]:
    """Yield the directories at and below root, nearest first, bounded in depth and number."""
    level = [root]
    looked = 0
    for _ in range(_DEPTH + 1):
        deeper: list[Path] = []
        for folder in level:
            looked += 1
            if looked > _LOOKED_AT:
                return
            yield folder
            deeper += _folders(folder)
        level = deeper


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=True))
    except OSError:
        return []
