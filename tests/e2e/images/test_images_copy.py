"""Copies between two real registries: whole, with signatures, by digest, tag last."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from eksclave.cli.progress import Progress
from eksclave.errors import InputError

pytestmark = pytest.mark.slow


def test_a_copy_has_the_digest_all_platforms_signature_and_sbom_of_the_original(upstream, mirror, work):
    digest = upstream.push_image("team/app", "1.0")
    signature, sbom = upstream.push_signature("team/app", digest), upstream.push_referrer("team/app", digest)
    locked = work.lock(f"{upstream.host}/team/app:1.0")
    (image,) = locked.images
    assert image.digest == digest
    assert [platform.name for platform in image.platforms] == ["linux/amd64", "linux/arm64"]
    assert {a.digest for a in image.attached} == {signature, sbom}

    (outcome,) = work.copy(locked, mirror.host)
    assert (outcome.state, outcome.said) == ("copied", "")
    there = image.repository
    assert mirror.lacks(there, digest) == mirror.lacks(there, signature) == mirror.lacks(there, sbom) == []
    assert mirror.ask("GET", f"{there}/manifests/{image.tag}")[1]["Docker-Content-Digest"] == digest
    stem = digest.replace(":", "-")
    assert mirror.tags(there) == sorted([image.tag, f"{stem}.sig", stem, f"attached-{sbom[7:19]}"])
    listed = json.loads(mirror.ask("GET", f"{there}/manifests/{stem}")[2])["manifests"]
    assert [(one["digest"], one["artifactType"]) for one in listed] == [(sbom, "application/spdx+json")]

    (again,) = work.copy(locked, mirror.host)
    assert again.state == "present"


def test_dockers_own_manifest_types_keep_their_digest(upstream, mirror, work):
    digest = upstream.push_image("team/old", "1", docker=True)
    locked = work.lock(f"{upstream.host}/team/old:1")
    (outcome,) = work.copy(locked, mirror.host)
    assert outcome.state == "copied"
    assert mirror.lacks(locked.images[0].repository, digest) == []


def test_a_single_manifest_is_locked_with_the_platform_that_its_config_tells(upstream, mirror, work):
    upstream.push_single("team/one", "1", "arm64", b"layer")
    locked = work.lock(f"{upstream.host}/team/one:1")
    assert [platform.name for platform in locked.images[0].platforms] == ["linux/arm64"]
    assert work.copy(locked, mirror.host)[0].state == "copied"


def test_only_the_platforms_that_were_asked_for_are_copied(upstream, mirror, work):
    upstream.push_image("team/app", "1", ("amd64", "arm64", "s390x"))
    reference = f"{upstream.host}/team/app:1"
    two = work.lock(reference, platforms=("linux/amd64", "linux/arm64"))
    assert work.lock(reference, platforms=("linux/arm64", "linux/amd64")).images == two.images
    assert work.copy(two, mirror.host)[0].state == "copied"
    (image,) = two.images
    held = json.loads(mirror.ask("GET", f"{image.repository}/manifests/{image.digest}")[2])["manifests"]
    assert sorted(child["platform"]["architecture"] for child in held) == ["amd64", "arm64"]
    assert mirror.incomplete_tags() == []

    one = work.lock(reference, platforms=("linux/amd64",)).images[0]
    assert one.digest == one.platforms[0].digest, "one platform needs no index of its own"


def test_a_platform_that_upstream_lacks_is_told(upstream, work):
    upstream.push_image("team/app", "1", ("amd64",))
    with pytest.raises(InputError, match=r"has no platform linux/arm64; it has linux/amd64"):
        work.lock(f"{upstream.host}/team/app:1", platforms=("linux/arm64",))


def test_every_image_that_cannot_be_locked_is_told_at_once(upstream, work):
    upstream.push_image("team/app", "1")
    with pytest.raises(InputError) as told:
        work.lock(f"{upstream.host}/team/app:2", f"{upstream.host}/team/gone:1", f"{upstream.host}/team/app:1")
    assert len(told.value.mistakes) == 2
    assert all("answered 404" in mistake.said for mistake in told.value.mistakes)


def test_a_tag_that_names_another_digest_is_never_overwritten(upstream, mirror, work):
    upstream.push_image("team/app", "1")
    locked = work.lock(f"{upstream.host}/team/app:1")
    (image,) = locked.images
    other = mirror.push_single(image.repository, image.tag, "amd64", b"other")["digest"]
    (outcome,) = work.copy(locked, mirror.host)
    assert outcome.state == "failed"
    assert "a tag is never overwritten" in outcome.said
    assert mirror.ask("GET", f"{image.repository}/manifests/{image.tag}")[1]["Docker-Content-Digest"] == other


def test_an_upstream_tag_that_moves_is_another_tag_in_the_mirror(upstream, mirror, work):
    upstream.push_image("team/app", "latest", ("amd64",))
    old = work.lock(f"{upstream.host}/team/app")
    work.copy(old, mirror.host)
    upstream.push_image("team/app", "latest", ("amd64", "arm64"))
    new = work.lock(f"{upstream.host}/team/app")
    assert work.copy(new, mirror.host)[0].state == "copied"
    assert mirror.tags(new.images[0].repository) == sorted([old.images[0].tag, new.images[0].tag])
    assert mirror.incomplete_tags() == []


def test_a_blob_that_was_lost_in_the_mirror_is_copied_again(upstream, mirror, work):
    upstream.push_image("team/app", "1", ("amd64",))
    locked = work.lock(f"{upstream.host}/team/app:1")
    work.copy(locked, mirror.host)
    (image,) = locked.images
    content = json.loads(mirror.ask("GET", f"{image.repository}/manifests/{image.platforms[0].digest}")[2])
    mirror.ask("DELETE", f"{image.repository}/blobs/{content['layers'][0]['digest']}")
    assert mirror.incomplete_tags() != []
    assert work.copy(locked, mirror.host)[0].state == "copied"
    assert mirror.incomplete_tags() == []


@pytest.mark.parametrize("copier", ["crane", "regctl"])
def test_other_copiers_do_the_same(copier, upstream, mirror, work):
    if not shutil.which(copier):
        pytest.skip(f"{copier} not on PATH")
    digest = upstream.push_image("team/app", "1")
    upstream.push_signature("team/app", digest)
    upstream.push_referrer("team/app", digest)
    locked = work.lock(f"{upstream.host}/team/app:1")
    assert [(o.state, o.said) for o in work.copy(locked, mirror.host, copier=copier)] == [("copied", "")]
    assert mirror.incomplete_tags() == []


def test_two_hundred_images_are_copied_and_then_found_in_place(upstream, mirror, work):
    for number in range(200):
        upstream.push_image(f"team/app{number % 50}", f"{number}", ("amd64",))
    locked = work.lock(*[f"{upstream.host}/team/app{n % 50}:{n}" for n in range(200)])
    path = work.write(locked)
    code, out, err = work.run("copy", "--lock", str(path), "--registry", mirror.host, "--jobs", "6")
    assert (code, err.splitlines()[-1]) == (0, f"{mirror.host}: 200 copied, 0 already there, 0 failed")
    assert "[200/200] copied" in out
    assert mirror.incomplete_tags() == []
    assert sum(len(mirror.tags(repository)) for repository in mirror.repositories()) == 200
    code, out, err = work.run("copy", "--lock", str(path), "--registry", mirror.host)
    assert (code, err.splitlines()[-1]) == (0, f"{mirror.host}: 0 copied, 200 already there, 0 failed")


def test_only_what_was_named_is_copied_and_a_name_that_nothing_has_is_told(upstream, mirror, work):
    for name in ("team/app", "team/web", "other/app"):
        upstream.push_image(name, "1", ("amd64",))
    path = work.write(work.lock(*[f"{upstream.host}/{name}:1" for name in ("team/app", "team/web", "other/app")]))
    words = ("copy", "--lock", str(path), "--registry", mirror.host)
    code, out, _ = work.run(*words, "--only", "team/app", "--only", "other/")
    assert (code, out.count("copied "), "team/web" in out) == (0, 2, False)
    code, out, err = work.run(*words, "--only", "team/app", "--only", "tema/web")
    assert (code, out) == (2, "")
    assert "no image that is copied has 'tema/web' in its name" in err
    code, _, err = work.run(*words, "--plan", "-", "--archive", "x")
    assert (code, "name one" in err) == (2, True)


def test_while_nothing_ends_there_is_a_sign_of_life(capsys):
    with Progress(2, quiet_seconds=0.05) as progress:
        progress.asked("quay.io/a:1")
        time.sleep(0.3)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "[1/2] asked for quay.io/a:1"
    assert lines[1] == "[1/2] 1 to go after 0 s"


def test_the_plan_is_a_script_that_does_the_same(upstream, mirror, work, tmp_path: Path):
    digest = upstream.push_image("team/app", "1", ("amd64", "arm64", "s390x"))
    upstream.push_signature("team/app", digest)
    upstream.push_image("team/b", "1", docker=True)
    whole = work.lock(f"{upstream.host}/team/app:1", f"{upstream.host}/team/b:1")
    some = work.lock(f"{upstream.host}/team/app:1", platforms=("linux/amd64", "linux/s390x"))
    for locked in (whole, some):
        path = work.write(locked)
        plan = tmp_path / "copy.sh"
        assert work.run("copy", "--lock", str(path), "--registry", mirror.host, "--plan", str(plan))[0] == 0
        for _ in range(2):
            subprocess.run(["sh", str(plan)], check=True, capture_output=True)
        assert mirror.incomplete_tags() == []
        assert {outcome.state for outcome in work.copy(locked, mirror.host)} == {"present"}
