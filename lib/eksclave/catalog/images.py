"""Image names: what an author wrote (canonical) and where the closed network pulls it (mirrored), two types.

The mirror name keeps the upstream name readable: `prefix/quay.io/argoproj/argocd`. Two upstream names never share a
repository: a name that ECR would accept as it is stays as it is, and every other name moves below a registry folder
that ends in `_x` (no host name holds an underscore) and carries a digest of the whole upstream name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from eksclave.errors import EksclaveError

DOCKER_HUB = "docker.io"
DOCKER_HUB_ALIASES = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})

# github.com/distribution/reference, regexp.go: the grammar of a Docker image reference.
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
MAX_DOCKER_NAME = 255

# ECR API reference, CreateRepository: repositoryName pattern and length 2 to 256.
_ECR_REPOSITORY = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")
MAX_ECR_REPOSITORY = 256
MAX_PREFIX = 100
MAX_TAG = 128


@dataclass(frozen=True, order=True)
class CanonicalImage:
    """An image by its full upstream name: registry host, repository, and a tag, a digest, or both."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> CanonicalImage:
        """Return the image that Docker and the kubelet pull for `text`: `nginx` is docker.io/library/nginx:latest."""
        rest, _, digest = text.partition("@")
        if "@" in text and not _DIGEST.fullmatch(digest):
            raise _bad(text, f"its digest '{digest}' is not sha256:<64 hex digits>")
        name, colon, tag = rest.rpartition(":")
        if not colon or "/" in tag or tag.endswith("]"):
            name, tag = rest, ""
        elif not _TAG.fullmatch(tag):
            raise _bad(text, f"its tag '{tag}' is not a tag")
        registry, repository = _split(name)
        if not _HOST.fullmatch(registry):
            raise _bad(text, f"'{registry}' is not a registry host")
        if not _REPOSITORY.fullmatch(repository) or re.fullmatch(r"[0-9a-f]{64}", name):
            raise _bad(text, f"'{repository}' is not a repository (lower case letters, digits, single separators)")
        if len(repository) > MAX_DOCKER_NAME:
            raise _bad(text[:60] + "…", f"its repository is longer than {MAX_DOCKER_NAME} characters")
        return cls(registry, repository, tag or ("" if digest else "latest"), digest)

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.registry}/{self.repository}"

    def at(self, digest: str) -> CanonicalImage:
        """Return the same image pinned to this digest."""
        return replace(self, digest=digest)

    def __str__(self) -> str:
        return _spell(self.name, self.tag, self.digest)


@dataclass(frozen=True, order=True)
class MirroredImage:
    """The same image in the account's own ECR, as the closed network pulls it."""

    host: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Host and repository, without tag and digest."""
        return f"{self.host}/{self.repository}"

    @property
    def pinned(self) -> str:
        """The reference for a pod spec: by digest alone where it is known, so that no tag can move it."""
        return f"{self.name}@{self.digest}" if self.digest else str(self)

    def __str__(self) -> str:
        return _spell(self.name, self.tag, self.digest)


def mirrored(image: CanonicalImage, host: str, prefix: str, digest: str = "") -> MirroredImage:
    """Return where the mirror `host` keeps `image` below `prefix`; `digest` is the locked one, if any."""
    digest = digest or image.digest
    tag = mirror_tag(image.tag, digest) if digest else image.tag
    return MirroredImage(host, mirror_repository(image, prefix), tag, digest)


def cached(image: CanonicalImage, host: str, rule_prefix: str) -> MirroredImage:
    """Return the name of `image` behind the pull-through cache rule `rule_prefix` (ECR guide, "Pulling an image")."""
    return MirroredImage(host, f"{rule_prefix}/{image.repository}", image.tag, image.digest)


def mirror_repository(image: CanonicalImage, prefix: str) -> str:
    """Return the ECR repository of `image` below `prefix`: one repository per upstream name, never shared by two."""
    if prefix and (not _ECR_REPOSITORY.fullmatch(prefix) or len(prefix) > MAX_PREFIX):
        raise EksclaveError(
            f"'{prefix}' cannot start an ECR repository name",
            f"use up to {MAX_PREFIX} lower case letters, digits and single '.', '_', '-', '/' between them",
        )
    folder = f"{prefix}/" if prefix else ""
    plain = f"{folder}{image.name}"
    if is_ecr_repository(plain):
        return plain
    mark = hashlib.sha256(image.name.encode()).hexdigest()[:32]
    registry = _slug(image.registry)[:60].rstrip("._-")
    room = MAX_ECR_REPOSITORY - len(folder) - len(registry) - len("_x/-") - len(mark)
    repository = "/".join(map(_slug, image.repository.split("/")))[:room].rstrip("/._-")
    return f"{folder}{registry}_x/{repository}-{mark}"


def mirror_tag(tag: str, digest: str) -> str:
    """Return the tag of this content in the mirror. It ends in the digest: an upstream tag that moves is a new tag.

    ECR repositories are immutable: without the digest, a moved upstream tag could never be copied again.
    """
    mark = digest.partition(":")[2][:12]
    stem = tag[: MAX_TAG - 1 - len(mark)] if tag else "pinned"
    return f"{stem}-{mark}"


def is_ecr_repository(name: str) -> bool:
    """Whether ECR accepts `name` as a repository name."""
    return 2 <= len(name) <= MAX_ECR_REPOSITORY and _ECR_REPOSITORY.fullmatch(name) is not None


def is_digest(text: str) -> bool:
    """Whether `text` is a whole digest, `sha256:…` or `sha512:…`."""
    return _DIGEST.fullmatch(text) is not None


def _split(name: str) -> tuple[str, str]:
    """Split a name as Docker does: the first part is a host if it has a dot, a colon or capitals, or is localhost."""
    first, slash, rest = name.partition("/")
    if slash and (first == "localhost" or any(c in ".:[" for c in first) or first != first.lower()):
        registry, repository = first.lower(), rest
    else:
        registry, repository = DOCKER_HUB, name
    if registry in DOCKER_HUB_ALIASES:
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return registry, repository


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def _spell(name: str, tag: str, digest: str) -> str:
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _bad(text: str, why: str) -> EksclaveError:
    return EksclaveError(f"'{text}' is not an image reference: {why}", "write it like registry.k8s.io/pause:3.10")
