"""Canonical and mirrored names: Docker's grammar in, ECR's rules out, and never two images in one repository."""

from __future__ import annotations

import re

import pytest
from eksclave.catalog.images import (
    CanonicalImage,
    cached,
    is_ecr_repository,
    mirror_repository,
    mirror_tag,
    mirrored,
)
from eksclave.errors import EksclaveError
from hypothesis import given
from hypothesis import strategies as st

DIGEST = "sha256:" + "ab" * 32
HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
HOSTS = st.one_of(
    st.builds("{}.{}".format, LABELS, LABELS),
    st.builds("{}:{}".format, LABELS, st.integers(1, 65535)),
    st.builds("{}.{}:{}".format, LABELS, LABELS, st.integers(1, 65535)),
    st.sampled_from(["docker.io", "quay.io", "localhost", "[::1]:5000", "registry.k8s.io"]),
)
COMPONENTS = st.from_regex(r"[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,3}", fullmatch=True)
REPOSITORIES = st.lists(COMPONENTS, min_size=1, max_size=5).map("/".join)
LONG = st.lists(st.from_regex(r"[a-z0-9]{30,60}", fullmatch=True), min_size=1, max_size=4).map(
    lambda parts: "/".join(parts)[:255].rstrip("/")
)
TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda b: "sha256:" + b.hex())
PREFIXES = st.from_regex(r"([a-z0-9]{1,9}[._/-]){0,4}[a-z0-9]{1,9}", fullmatch=True) | st.just("")
SEPARATORS = st.sampled_from([".", "_", "__", "-", "--", "---", "/"])
SEPARATED = st.lists(st.tuples(SEPARATORS, st.sampled_from("ab")), max_size=4).map(
    lambda parts: "a" + "".join(a + b for a, b in parts)
)
IMAGES = st.builds(
    lambda host, repository, tag, digest: CanonicalImage.parse(
        f"{host}/{repository}" + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    ),
    HOSTS,
    REPOSITORIES | LONG,
    TAGS | st.just(""),
    DIGESTS | st.just(""),
)


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("grafana/grafana", "docker.io/grafana/grafana:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
        ("docker.io/nginx:1", "docker.io/library/nginx:1"),
        ("localhost/x", "localhost/x:latest"),
        ("registry:5000/x", "registry:5000/x:latest"),
        ("registry:5000/x:2", "registry:5000/x:2"),
        ("[::1]:5000/x", "[::1]:5000/x:latest"),
        ("Quay.io/a/b:V1", "quay.io/a/b:V1"),
        ("a/b/c", "docker.io/a/b/c:latest"),
        (f"quay.io/a/b@{DIGEST}", f"quay.io/a/b@{DIGEST}"),
        (f"quay.io/a/b:1@{DIGEST}", f"quay.io/a/b:1@{DIGEST}"),
    ],
)
def test_a_reference_means_what_docker_pulls(written: str, full: str):
    assert str(CanonicalImage.parse(written)) == full


@pytest.mark.parametrize(
    "written",
    [
        *["", ":1", "a//b", "quay.io/", "quay.io/A/b", "quay.io/a:b:c", "a@sha256:12", "a:-1", "quay.io/a___b", "-a/b"],
        *[" a", "a b", "x" * 256, "ab" * 32, "${IMAGE}", "{{ .Values.image }}", f"a@{DIGEST}@{DIGEST}"],
    ],
)
def test_what_docker_refuses_is_refused_with_the_bad_words(written: str):
    with pytest.raises(EksclaveError, match="is not an image reference"):
        CanonicalImage.parse(written)


@given(IMAGES)
def test_spelling_and_reading_an_image_gives_it_back(image: CanonicalImage):
    assert CanonicalImage.parse(str(image)) == image


@given(IMAGES, PREFIXES)
def test_a_mirror_repository_always_obeys_the_rules_of_ecr(image: CanonicalImage, prefix: str):
    repository = mirror_repository(image, prefix)
    assert len(repository) <= 256
    assert all(re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", part) for part in repository.split("/"))
    assert repository.startswith(f"{prefix}/" if prefix else "")
    assert mirrored(image, HOST, prefix).repository == repository


@pytest.mark.parametrize("prefix", ["", "m", "x" * 100])
def test_every_length_up_to_dockers_limit_fits_into_ecrs(prefix: str):
    names = [
        f"{host}/{'a/' * n}{'b' * (255 - 2 * n)}"
        for host in ("quay.io", "h" * 60 + ".example:5000")
        for n in range(128)
    ]
    names += [f"quay.io/{'b' * n}" for n in range(1, 256)]
    made = [mirror_repository(CanonicalImage.parse(name), prefix) for name in names if not name.endswith("/")]
    assert max(map(len, made)) <= 256
    assert {len(name) for name in made} >= {255, 256} or prefix == "x" * 100
    assert len(set(made)) == len({name for name in names if not name.endswith("/")})


@given(st.lists(IMAGES, min_size=2, max_size=4), PREFIXES)
def test_two_upstream_names_never_share_a_repository(images: list[CanonicalImage], prefix: str):
    assert len({mirror_repository(i, prefix) for i in images}) == len({i.name for i in images})


@given(
    st.sampled_from(["docker.io", "quay.io", "a.b", "a.b:5000", "a:5000", "xn--a.b"]),
    SEPARATED,
    SEPARATED,
)
def test_names_that_differ_only_in_separators_stay_apart(host: str, one: str, two: str):
    a, b = CanonicalImage.parse(f"{host}/{one}"), CanonicalImage.parse(f"{host}/{two}")
    assert (mirror_repository(a, "p") == mirror_repository(b, "p")) == (a.name == b.name)


def test_the_famous_pairs_do_not_collide():
    names = ["quay.io/a/b-c", "quay.io/a-b/c", "quay.io/a/b_c", "quay.io/a/b.c", "quay.io/a/b__c", "quay.io/a/b--c"]
    names += ["quay.io:443/a/b-c", "q.uay.io/a/b-c", "docker.io/quay.io/a/b-c", "quay-io/a/b-c"]
    assert len({mirror_repository(CanonicalImage.parse(n), "m") for n in names}) == len(names)


def test_a_usual_name_stays_readable():
    image = CanonicalImage.parse("registry.k8s.io/autoscaling/cluster-autoscaler:v1.33.0")
    there = mirrored(image, HOST, "prod", DIGEST)
    assert str(there) == f"{HOST}/prod/registry.k8s.io/autoscaling/cluster-autoscaler:v1.33.0-abababababab@{DIGEST}"
    assert there.pinned == f"{HOST}/prod/registry.k8s.io/autoscaling/cluster-autoscaler@{DIGEST}"


def test_without_a_lock_the_mirror_name_keeps_the_tag():
    assert str(mirrored(CanonicalImage.parse("nginx:1.27"), HOST, "m")) == f"{HOST}/m/docker.io/library/nginx:1.27"


@given(TAGS | st.just(""), DIGESTS, DIGESTS)
def test_a_mirror_tag_is_a_tag_and_moves_with_the_digest(tag: str, one: str, two: str):
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", mirror_tag(tag, one))
    assert (mirror_tag(tag, one) == mirror_tag(tag, two)) == (one[:19] == two[:19])


@pytest.mark.parametrize("length", [1, 114, 115, 116, 127, 128])
def test_a_long_tag_is_cut_so_that_its_mark_fits(length: int):
    tag = mirror_tag("t" * length, DIGEST)
    assert len(tag) == min(length, 115) + 13
    assert tag == "t" * min(length, 115) + "-abababababab"


def test_a_tag_may_have_128_characters_and_no_more():
    assert CanonicalImage.parse(f"quay.io/a/b:{'t' * 128}").tag == "t" * 128
    with pytest.raises(EksclaveError, match="is not a tag"):
        CanonicalImage.parse(f"quay.io/a/b:{'t' * 129}")


def test_a_prefix_that_ecr_refuses_is_refused_before_any_name_is_made():
    for prefix in ("Prod", "a//b", "-a", "a/", "x" * 101):
        with pytest.raises(EksclaveError, match="cannot start an ECR repository name"):
            mirror_repository(CanonicalImage.parse("nginx"), prefix)


def test_a_cached_name_is_the_upstream_path_below_the_rule():
    assert str(cached(CanonicalImage.parse("quay.io/a/b:1"), HOST, "quay")) == f"{HOST}/quay/a/b:1"
    assert not is_ecr_repository("a__b")
