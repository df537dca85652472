"""ECR through boto3 against moto's server: the token, and the lock compared with what the registry holds."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eksclave.catalog.images import CanonicalImage, mirror_tag
from eksclave.images.credentials import Logins
from eksclave.images.lockfile import Attached, Lock, LockedImage, LockedPlatform
from eksclave.images.locktext import write

pytestmark = pytest.mark.slow
REGION, ACCOUNT = "eu-central-1", "123456789012"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Run moto's server; return the environment that leads boto3 to it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    environ = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
    }
    urllib.request.urlopen(
        urllib.request.Request(f"{environ['AWS_ENDPOINT_URL']}/moto-api/reset", method="POST")
    ).close()
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    yield environ
    server.stop()


def ecr() -> Any:
    import boto3

    return boto3.client("ecr", region_name=REGION)


def put(repository: str, tag: str, words: str) -> str:
    """Put an image whose config is `words`; return its digest."""
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + "0" * 64, "size": 1}
    content = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {**layer, "mediaType": "application/vnd.oci.image.config.v1+json"},
        "layers": [layer],
        "annotations": {"words": words},
    }
    told = ecr().put_image(
        repositoryName=repository, imageManifest=json.dumps(content), **({"imageTag": tag} if tag else {})
    )
    return told["image"]["imageId"]["imageDigest"]


def locked(name: str, digest: str, attached: tuple[Attached, ...] = ()) -> LockedImage:
    source = CanonicalImage.parse(f"quay.io/team/{name}:1")
    return LockedImage(
        source,
        digest,
        f"mirror/quay.io/team/{name}",
        mirror_tag("1", digest),
        (LockedPlatform("linux/amd64", digest, 1),),
        attached,
    )


def check(work, lock: Lock, environ: dict[str, str]) -> tuple[int, str, str]:
    path: Path = work.write(lock)
    return work.run("check", "--lock", str(path), "--region", REGION, "--account", ACCOUNT, env=environ)


def test_a_registry_that_holds_what_the_lock_says_is_clean(aws, work):
    ecr().create_repository(repositoryName="mirror/quay.io/team/app")
    digest = put("mirror/quay.io/team/app", "", "app")
    put("mirror/quay.io/team/app", mirror_tag("1", digest), "app")
    code, out, err = check(work, Lock("mirror", (locked("app", digest),)), aws)
    assert (code, out, err.strip()) == (0, "", "1 images locked, 0 differences")


def test_what_is_missing_or_different_is_told_with_its_fix(aws, work):
    for name in ("moved", "empty", "unsigned"):
        ecr().create_repository(repositoryName=f"mirror/quay.io/team/{name}")
    unknown = "sha256:" + "9" * 64
    moved = put("mirror/quay.io/team/moved", mirror_tag("1", unknown), "other")
    unsigned = put("mirror/quay.io/team/unsigned", "", "unsigned")
    put("mirror/quay.io/team/unsigned", mirror_tag("1", unsigned), "unsigned")
    signature = Attached("cosign-signature", unknown, unsigned.replace(":", "-") + ".sig")
    lock = Lock(
        "mirror",
        (
            locked("empty", unknown),
            locked("moved", unknown),
            locked("nowhere", unknown),
            locked("unsigned", unsigned, (signature,)),
        ),
    )
    code, out, err = check(work, lock, aws)
    assert code == 1
    assert out.splitlines()[::2] == [
        f"mirror/quay.io/team/empty: image {unknown} is missing; run `eksclave images copy`",
        f"mirror/quay.io/team/moved: image {unknown} is missing; run `eksclave images copy`",
        f"mirror/quay.io/team/moved: tag 1-999999999999 names {moved}, not {unknown}; find out who pushed it",
        "mirror/quay.io/team/nowhere: the repository is not there; "
        "deploy the registry stack, then run `eksclave images copy`",
        f"mirror/quay.io/team/unsigned: cosign-signature {unknown} is missing; run `eksclave images copy`",
    ]
    assert err.strip() == "4 images locked, 5 differences"


def test_more_images_than_one_call_takes_are_asked_in_batches(aws, work):
    ecr().create_repository(repositoryName="mirror/quay.io/team/app")
    images: list[LockedImage] = []
    for n in range(130):
        digest = put("mirror/quay.io/team/app", "", str(n))
        put("mirror/quay.io/team/app", mirror_tag(str(n), digest), str(n))
        source = CanonicalImage("quay.io", "team/app", str(n))
        images.append(LockedImage(source, digest, "mirror/quay.io/team/app", mirror_tag(str(n), digest), ()))
    assert check(work, Lock("mirror", tuple(images)), aws)[0] == 0


def test_a_damaged_lock_is_wrong_input(aws, work, tmp_path):
    path = tmp_path / "bad.images.lock"
    path.write_text(write(Lock("mirror", ())).replace("version = 1", "version = 2"))
    code, _, err = work.run("check", "--lock", str(path), "--region", REGION, "--account", ACCOUNT, env=aws)
    assert (code, "lock version 2 is not known" in err) == (2, True)


def test_ecr_gives_its_token_through_boto3_and_nobody_else_gets_one(aws):
    logins = Logins({})
    login = logins.find(f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com")
    assert login is not None
    assert login.username == "AWS"
    assert login.secret
    assert login.secret not in repr(login)
    assert logins.find(f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com.example.org") is None
    assert logins.find("quay.io") is None
