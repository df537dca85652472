"""The lock against ECR, through boto3: what is missing or different, asked before a deploy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from eksclave.errors import EksclaveError, ToolError
from eksclave.images.lockfile import LockedImage
from eksclave.images.pool import each
from eksclave.images.session import Session
from eksclave.images.verify import missing_of

BATCH = 100
"""ECR API reference, BatchGetImage: at most 100 image ids in one call."""


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that ECR does not hold as the lock says."""

    repository: str
    source: str
    said: str
    fix: str


def client(region: str) -> Any:
    """Return a boto3 client for ECR; AWS_ENDPOINT_URL_ECR leads it elsewhere, as always with boto3."""
    try:
        import boto3
    except ImportError as error:
        raise ToolError("boto3 is not installed", "pip install 'eksclave[images]'") from error
    return boto3.client("ecr", region_name=region)  # pyright: ignore[reportUnknownMemberType]


def differences(images: Iterable[LockedImage], ecr: Any, account: str) -> tuple[Difference, ...]:
    """Return, sorted, what ECR lacks or holds otherwise than the lock says."""
    by_repository: dict[str, list[LockedImage]] = {}
    for locked in images:
        by_repository.setdefault(locked.repository, []).append(locked)
    found: list[Difference] = []
    for repository, wanted in sorted(by_repository.items()):
        found += _ask(repository, wanted, ecr, account)
    return tuple(sorted(found))


def lacking(images: Iterable[LockedImage], host: str, session: Session, jobs: int = 8) -> tuple[Difference, ...]:
    """Return, sorted, what the registry `host` lacks or holds otherwise, asked over HTTP as the kubelet asks."""
    registry = session.open(host)

    def one(locked: LockedImage) -> list[Difference]:
        tagged = None if locked.cached else registry.digest_or_none(locked.repository, locked.tag)
        words = [(f"{what} is missing", _copy(locked)) for what in missing_of(registry, locked)]
        if tagged not in (None, locked.digest):
            words.append(_moved(locked, {locked.tag: str(tagged)}))
        elif tagged is None and not locked.cached and not words:
            words.append((f"tag {locked.tag} is missing", _copy(locked)))
        return [Difference(locked.repository, str(locked.source), *told) for told in words]

    found = each(images, one, jobs, interrupted=session.patience.end)
    return tuple(sorted(difference for some in found for difference in some))


def _ask(repository: str, wanted: list[LockedImage], ecr: Any, account: str) -> list[Difference]:
    tags = _digests(ecr, account, repository, "imageTag", [one.tag for one in wanted if one.tag])
    if tags is None:
        said = "the repository is not there"
        fixes = [_copy(one) if one.cached else f"deploy the registry stack, then {_copy(one)}" for one in wanted]
        return [Difference(repository, str(one.source), said, fix) for one, fix in zip(wanted, fixes, strict=True)]
    below = sorted({d for one in wanted for d in (one.digest, *(p.digest for p in one.platforms))})
    below += sorted({attached.digest for one in wanted for attached in one.attached})
    held = _digests(ecr, account, repository, "imageDigest", below) or {}
    found: list[Difference] = []
    for one in wanted:
        found += [Difference(repository, str(one.source), *words) for words in _compare(one, tags, held)]
    return found


def _compare(one: LockedImage, tags: dict[str, str], held: dict[str, str]) -> list[tuple[str, str]]:
    copy = _copy(one)
    if one.digest not in held:
        gone = [(f"image {one.digest} is missing", copy)]
        return gone if one.cached or tags.get(one.tag) in (None, one.digest) else [_moved(one, tags), *gone]
    found: list[tuple[str, str]] = []
    if one.cached:
        return []  # pods name the digest; the tag of a cached image follows its upstream
    if one.tag not in tags:
        found.append((f"tag {one.tag} is missing", copy))
    elif tags[one.tag] != one.digest:
        found.append(_moved(one, tags))
    found += [(f"platform {p.name} {p.digest} is missing", copy) for p in one.platforms if p.digest not in held]
    found += [(f"{a.type} {a.digest} is missing", copy) for a in one.attached if a.digest not in held]
    return found


def _copy(one: LockedImage) -> str:
    return "run `eksclave images warm` from outside" if one.cached else "run `eksclave images copy`"


def _moved(one: LockedImage, tags: dict[str, str]) -> tuple[str, str]:
    return f"tag {one.tag} names {tags[one.tag]}, not {one.digest}", "find out who pushed it"


def _digests(ecr: Any, account: str, repository: str, key: str, values: list[str]) -> dict[str, str] | None:
    """Return what of `values` ECR holds, each with its digest; None where there is no such repository."""
    from botocore.exceptions import BotoCoreError, ClientError

    held: dict[str, str] = {}
    values = values or ["-"] * (key == "imageTag")  # ask anyway, to learn whether the repository is there
    for first in range(0, len(values), BATCH):
        ids = [{key: value} for value in values[first : first + BATCH]]
        try:
            told = ecr.batch_get_image(registryId=account, repositoryName=repository, imageIds=ids)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "RepositoryNotFoundException":
                return None
            raise EksclaveError(f"ECR said: {error}", "check the AWS credentials and ecr:BatchGetImage") from error
        except BotoCoreError as error:
            raise EksclaveError(f"ECR was not asked: {error}", "check the AWS credentials and the network") from error
        for image in told["images"]:
            held[image["imageId"].get(key) or image["imageId"]["imageDigest"]] = image["imageId"]["imageDigest"]
    return held
