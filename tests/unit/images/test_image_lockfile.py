"""The lock file: what is written is read back, the same images give the same bytes, and damage is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from eksclave.catalog.images import CanonicalImage, cached, mirrored
from eksclave.errors import EksclaveError, InputError
from eksclave.images.lockfile import Attached, Lock, LockedImage, LockedPlatform, lock_path
from eksclave.images.locktext import parse, read, save, write
from eksclave.images.update import compare
from hypothesis import given
from hypothesis import strategies as st

DIGESTS = st.binary(min_size=32, max_size=32).map(lambda b: "sha256:" + b.hex())
WORDS = st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}", fullmatch=True)
SOURCES = st.builds(
    lambda name, tag, digest: CanonicalImage("quay.io", name, tag or ("" if digest else "1"), digest),
    WORDS,
    st.sampled_from(["", "1", "v1.2.3-x_y"]),
    st.just("") | DIGESTS,
)
PLATFORMS = st.lists(st.builds(LockedPlatform, WORDS, DIGESTS, st.integers(0, 2**40)), max_size=3)
ATTACHED = st.lists(
    st.builds(
        Attached,
        st.text(min_size=1, max_size=20),
        DIGESTS,
        st.just("") | DIGESTS.map(lambda d: d.replace(":", "-") + ".sig"),
    ),
    max_size=3,
)


@st.composite
def locked_images(draw: st.DrawFn) -> LockedImage:
    source, digest, is_cached = draw(SOURCES), draw(DIGESTS), draw(st.booleans())
    there = cached(source, "h", "quay") if is_cached else mirrored(source, "h", "mirror", digest)
    return LockedImage(
        source,
        digest,
        there.repository,
        there.tag,
        tuple(sorted(draw(PLATFORMS))),
        tuple(sorted(draw(ATTACHED))),
        draw(st.just("") | DIGESTS),
        is_cached,
    )


LOCKED = locked_images()
LOCKS = st.builds(
    lambda images, wanted: Lock("mirror", tuple(sorted({i.source: i for i in images}.values())), wanted),
    st.lists(LOCKED, max_size=5),
    st.sampled_from([(), ("linux/amd64",), ("linux/amd64", "linux/arm64")]),
)
D1, D2 = "sha256:" + "1" * 64, "sha256:" + "2" * 64
GOOD = "m/docker.io/library/n:latest-111111111111"
ENTRY = f"version = 1\nprefix = 'm'\n[[image]]\nsource = 'n'\ndigest = '{D1}'\n"


def locked(source: str, digest: str = D1, size: int = 10) -> LockedImage:
    image = CanonicalImage.parse(source)
    platforms = (LockedPlatform("linux/amd64", digest, size),)
    return LockedImage(image, digest, f"mirror/{image.name}", f"{image.tag}-{digest[7:19]}", platforms)


ODD = 'a"b\\c\td\ne\x7ff\u2028g\U0001f512'
EVERYTHING = f"""\
# Written by `eksclave images lock`. Review its diff; do not edit it.

version = 1
prefix = "mirror"
platforms = ["linux/amd64", "linux/arm64"]

[[image]]
source = "quay.io/a/b:1"
digest = "{D1}"
upstream-digest = "{D2}"
mirror = "mirror/quay.io/a/b:1-111111111111"
platforms = [
  {{ name = "linux/amd64", digest = "{D1}", size = 2 }},
  {{ name = "linux/arm64", digest = "{D2}", size = 1 }},
]
attached = [
  {{ type = "a\\"b\\\\c\\td\\ne\\u007ff\u2028g\U0001f512", digest = "{D1}" }},
  {{ type = "cosign-signature", digest = "{D2}", tag = "sha256-{"1" * 64}.sig" }},
]

[[image]]
source = "quay.io/c/d:2"
digest = "{D2}"
mirror = "quay/c/d:2"
cached = true
"""


def test_a_lock_of_everything_is_written_to_the_letter_sorted_and_read_back():
    signature = Attached("cosign-signature", D2, f"sha256-{'1' * 64}.sig")
    platforms = (LockedPlatform("linux/arm64", D2, 1), LockedPlatform("linux/amd64", D1, 2))
    attached = (signature, Attached(ODD, D1))
    copied = CanonicalImage.parse("quay.io/a/b:1")
    images = (
        LockedImage(CanonicalImage.parse("quay.io/c/d:2"), D2, "quay/c/d", "2", (), cached=True),
        LockedImage(copied, D1, "mirror/quay.io/a/b", "1-111111111111", platforms, attached, D2),
    )
    assert write(Lock("mirror", images, ("linux/arm64", "linux/amd64"))) == EVERYTHING
    again = parse(EVERYTHING, "x.images.lock")
    assert [image.source.name for image in again.images] == ["quay.io/a/b", "quay.io/c/d"]
    assert set(again.images[0].platforms) == set(platforms)
    assert set(again.images[0].attached) == set(attached)
    assert (again.images[0].upstream_digest, again.images[1].cached) == (D2, True)
    assert again.pinned == (f"mirror/quay.io/a/b@{D1}", f"quay/c/d@{D2}")
    assert write(again) == EVERYTHING


@given(LOCKS)
def test_what_is_written_is_read_back(lock: Lock):
    assert parse(write(lock), "x.images.lock") == lock


@given(LOCKS, st.randoms())
def test_the_order_of_the_images_does_not_change_the_bytes(lock: Lock, shuffle: random.Random):
    images = list(lock.images)
    shuffle.shuffle(images)
    assert write(Lock(lock.prefix, tuple(images), lock.wanted)) == write(lock)


def test_a_moved_image_changes_only_its_own_lines():
    before = Lock("mirror", tuple(locked(f"quay.io/a/i{n}:1") for n in range(9)))
    after = Lock("mirror", tuple(locked(f"quay.io/a/i{n}:1", D2 if n == 4 else D1) for n in range(9)))
    old, new = write(before).splitlines(), write(after).splitlines()
    changed = [line for line in new if line not in old]
    assert len(old) == len(new)
    assert [line.partition(" ")[0] for line in changed if not line.startswith(" ")] == ["digest", "mirror"]


def test_the_lock_of_a_spec_lies_beside_it():
    assert lock_path("clusters/prod.yaml") == Path("clusters/prod.images.lock")


def test_a_missing_lock_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(EksclaveError, match="run `eksclave images lock`"):
        read(tmp_path / "prod.images.lock")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("= 1", "not a lock file"),
        ("version = 9", "lock version 9 is not known"),
        ("", "lock version None is not known"),
        ("version = 1\n[[image]]\nsource = 'nginx'\n", r"image\[0\]: not a locked image"),
        (f"version = 1\n[[image]]\nsource = 'nginx'\nmirror = 'm/n:1'\ndigest = '{D1[:-1]}'\n", "is not a digest"),
        (f"version = 1\n[[image]]\nsource = 'nginx'\nmirror = 'm//n:1'\ndigest = '{D1}'\n", "is not an ECR repository"),
        (f"version = 1\n[[image]]\nsource = 'nginx'\nmirror = 'm/n'\ndigest = '{D1}'\n", "is not an ECR repository"),
        (f"version = 1\n[[image]]\nsource = 'n:a:b'\nmirror = 'm/n:1'\ndigest = '{D1}'\n", "is not an image reference"),
        ("version = 1\nimage = 3\n", "image is not a list"),
        ("version = 1\nprefix = 3\n", "prefix is not a text"),
        ("version = 1\nplatforms = 'linux'\n", "platforms not a list"),
        ("version = 1\nimage = [3]\n", r"image\[0\]: not a locked image"),
        (ENTRY + "mirror = 'm/docker.io/library/other:latest-111111111111'\n", "is not where 'docker.io/library/n"),
        (ENTRY + "mirror = 'm/docker.io/library/n:latest-222222222222'\n", "is not where 'docker.io/library/n"),
        (ENTRY + "cached = true\nmirror = 'hub/library/other:latest'\n", "is not what a cache rule calls"),
        (
            ENTRY + f"mirror = '{GOOD}'\nattached = [{{type = 'x', digest = '{D2}', tag = 'latest'}}]\n",
            "is not a tag of",
        ),
        (ENTRY + f"mirror = '{GOOD}'\nattached = [{{type = 3, digest = '{D2}'}}]\n", "is not a text"),
        (ENTRY + f"mirror = '{GOOD}'\nplatforms = [{{name = 'x', digest = '../..', size = 1}}]\n", "is not a digest"),
    ],
)
def test_damage_is_told(text: str, said: str):
    with pytest.raises(EksclaveError, match=said):
        parse(text, "x.images.lock")


def test_what_cannot_be_read_is_told_without_a_traceback(tmp_path: Path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "binary"):
        with pytest.raises(EksclaveError, match="cannot be read"):
            read(path)


def test_a_lock_that_cannot_be_written_leaves_the_old_one(tmp_path: Path):
    path = tmp_path / "prod.images.lock"
    save(Lock("mirror", (locked("quay.io/a/b:1"),)), path)
    before = path.read_text()
    with pytest.raises(EksclaveError, match="cannot be written"):
        save(Lock("mirror", ()), tmp_path / "gone" / "prod.images.lock")
    with pytest.raises(UnicodeEncodeError):
        save(Lock("\ud800", ()), path)
    assert path.read_text() == before
    assert [one.name for one in tmp_path.iterdir()] == ["prod.images.lock"]


def test_an_image_that_is_locked_twice_is_told():
    block = f"[[image]]\nsource = 'n'\nmirror = '{GOOD}'\ndigest = '{D1}'\n"
    with pytest.raises(InputError, match=r"'docker\.io/library/n:latest' is locked twice"):
        parse("version = 1\nprefix = 'm'\n" + block * 2, "x.images.lock")


def test_an_update_tells_new_gone_moved_and_retagged_images():
    old = Lock(
        "mirror",
        tuple(locked(s) for s in ("quay.io/a/gone:1", "quay.io/a/moved:1", "quay.io/a/up:1", "quay.io/a/same:1")),
    )
    new = Lock(
        "mirror",
        (
            locked("quay.io/a/moved:1", D2, 20),
            locked("quay.io/a/new:1", D1, 30),
            locked("quay.io/a/same:1"),
            locked("quay.io/a/up:2", D2, 40),
        ),
    )
    told = {
        change.name.rpartition("/")[2]: (change.change, change.must_copy, change.size) for change in compare(old, new)
    }
    assert told == {
        "gone": ("removed", False, 0),
        "moved": ("moved", True, 20),
        "new": ("added", True, 30),
        "up": ("retagged", True, 40),
    }
    assert compare(new, new) == ()
    assert {change.change for change in compare(None, new)} == {"added"}
