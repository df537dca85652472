"""Warming: docker-registry in its pull-through mode stands for ECR's cache."""

from __future__ import annotations

import pytest
from eksclave.catalog.images import CanonicalImage
from eksclave.images.kinds import Home
from eksclave.images.lockfile import Lock
from eksclave.images.resolve import lock

pytestmark = pytest.mark.slow


@pytest.fixture
def cache(upstream, serve):
    """Return a registry that is a pull-through cache of `upstream`."""
    return serve("cache", extra=f"proxy: {{remoteurl: 'http://{upstream.host}'}}\n")


def lock_cached(upstream, work, *names: str) -> Lock:
    home = Home("111122223333", "eu-central-1", "mirror", {upstream.host: "team"})
    images = [CanonicalImage.parse(f"{upstream.host}/{name}:1") for name in names]
    return lock(images, home, (), work.session().open)


def test_after_warming_every_image_is_there_without_its_upstream(upstream, cache, work):
    # The rule's prefix is the first part of the name; docker-registry keeps the upstream's own paths.
    for name in ("one", "two"):
        upstream.push_image(name, "1")
        upstream.push_image(f"team/{name}", "1")
    locked = lock_cached(upstream, work, "one", "two")
    assert [(image.repository, image.tag, image.cached) for image in locked.images] == [
        ("team/one", "1", True),
        ("team/two", "1", True),
    ]
    same = Lock(locked.prefix, lock_cached(upstream, work, "team/one", "team/two").images)
    lock_of_cache = [
        type(a)(a.source, b.digest, a.repository, a.tag, b.platforms, (), "", True)
        for a, b in zip(locked.images, same.images, strict=True)
    ]
    path = work.write(Lock("mirror", tuple(lock_of_cache)))
    code, _, err = work.run("warm", "--lock", str(path), "--registry", cache.host)
    assert (code, err.splitlines()[-1]) == (0, f"{cache.host}: 2 copied, 0 already there, 0 failed")
    upstream.stop()
    for image in lock_of_cache:
        assert cache.lacks(image.repository, image.digest) == []


def test_where_no_image_is_cached_it_is_said(upstream, work):
    upstream.push_image("team/one", "1", ("amd64",))
    path = work.write(work.lock(f"{upstream.host}/team/one:1"))
    code, out, err = work.run("warm", "--lock", str(path), "--registry", "127.0.0.1:1")
    assert (code, out, err) == (0, "", "no image comes through a cache rule: there is nothing to warm\n")


def test_a_tag_that_moved_upstream_since_the_lock_is_told(upstream, cache, work):
    upstream.push_image("team/one", "1", ("amd64",))
    (image,) = lock_cached(upstream, work, "team/one").images
    moved = type(image)(image.source, image.digest, "team/one", "1", image.platforms, (), "", True)
    upstream.push_image("team/one", "1", ("amd64", "arm64"))
    path = work.write(Lock("mirror", (moved,)))
    code, out, err = work.run("warm", "--lock", str(path), "--registry", cache.host)
    assert code == 1, out + err
    assert "not the locked" in out + err
