"""Archives: an OCI layout on disk that crosses an air gap and gives the same digests on the other side."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest
from eksclave.images.packer import REF_NAME

pytestmark = pytest.mark.slow


@pytest.fixture
def locked(upstream, work):
    """Return a lock of an index with signature and SBOM, a Docker list, and a single manifest."""
    digest = upstream.push_image("team/app", "1", size=100_000)
    upstream.push_signature("team/app", digest)
    upstream.push_referrer("team/app", digest)
    upstream.push_image("team/old", "1", docker=True, size=100_000)
    upstream.push_single("team/one", "1", "amd64", b"layer")
    return work.lock(*[f"{upstream.host}/team/{name}:1" for name in ("app", "old", "one")])


def test_what_goes_through_an_archive_arrives_as_it_was(upstream, mirror, work, locked, tmp_path: Path):
    lock, archive = str(work.write(locked)), str(tmp_path / "archive")
    code, out, _ = work.run("copy", "--lock", lock, "--archive", archive)
    assert (code, out.count("copied "), "→" in out) == (0, 3, False)
    upstream.stop()
    code, out, err = work.run("copy", "--lock", lock, "--registry", mirror.host, "--from-archive", archive)
    assert out.count("→ mirror/") == 3
    assert (code, err.splitlines()[-1]) == (0, f"{mirror.host}: 3 copied, 0 already there, 0 failed")
    assert mirror.incomplete_tags() == []
    assert {outcome.state for outcome in work.copy(locked, mirror.host)} == {"present"}


def test_an_archive_is_an_oci_layout(work, locked, tmp_path: Path):
    archive = tmp_path / "archive"
    work.run("copy", "--lock", str(work.write(locked)), "--archive", str(archive))
    assert json.loads((archive / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    index = json.loads((archive / "index.json").read_text())
    names = {
        row["annotations"]["org.opencontainers.image.ref.name"] for row in index["manifests"] if "annotations" in row
    }
    assert {str(image.source) for image in locked.images} <= names
    for row in index["manifests"]:
        body = (archive / "blobs" / row["digest"].replace(":", "/")).read_bytes()
        assert len(body) == row["size"]
    told = subprocess.run(
        ["skopeo", "inspect", "--raw", f"oci:{archive}:{locked.images[0].source}"], capture_output=True, check=True
    )
    assert json.loads(told.stdout)["manifests"]


def test_only_the_platforms_that_were_asked_for_go_through_an_archive(upstream, mirror, work, tmp_path: Path):
    upstream.push_image("team/app", "1", ("amd64", "arm64", "s390x"))
    locked = work.lock(f"{upstream.host}/team/app:1", platforms=("linux/amd64", "linux/s390x"))
    lock, archive = str(work.write(locked)), str(tmp_path / "archive")
    assert work.run("copy", "--lock", lock, "--archive", archive)[0] == 0
    upstream.stop()
    code, out, err = work.run("copy", "--lock", lock, "--registry", mirror.host, "--from-archive", archive)
    assert code == 0, out + err
    assert mirror.tags(locked.images[0].repository) == [locked.images[0].tag]
    assert mirror.incomplete_tags() == []


def test_a_second_run_fetches_nothing(work, locked, tmp_path: Path):
    lock, archive = str(work.write(locked)), str(tmp_path / "archive")
    work.run("copy", "--lock", lock, "--archive", archive)
    _, _, err = work.run("copy", "--lock", lock, "--archive", archive)
    assert err.splitlines()[-1] == f"archive {archive}: 0 copied, 3 already there, 0 failed"


def test_runs_that_bring_a_part_each_leave_one_index_of_all(upstream, mirror, work, locked, tmp_path: Path):
    lock, archive = str(work.write(locked)), tmp_path / "archive"
    for name in ("team/one", "team/app", "team/old", "team/app"):
        assert work.run("copy", "--lock", lock, "--archive", str(archive), "--only", name)[0] == 0
    in_parts = (archive / "index.json").read_bytes()
    assert work.run("copy", "--lock", lock, "--archive", str(archive))[0] == 0
    assert (archive / "index.json").read_bytes() == in_parts
    names = [row.get("annotations", {}).get(REF_NAME) for row in json.loads(in_parts)["manifests"]]
    assert sorted(set(filter(None, names)) & {str(one.source) for one in locked.images}) == sorted(
        str(one.source) for one in locked.images
    )
    moved = upstream.push_image("team/old", "1", ("amd64",))
    again = work.lock(f"{upstream.host}/team/old:1")
    assert work.run("copy", "--lock", str(work.write(again)), "--archive", str(archive))[0] == 0
    rows = json.loads((archive / "index.json").read_text())["manifests"]
    old = [row["digest"] for row in rows if row.get("annotations", {}).get(REF_NAME, "").endswith("team/old:1")]
    assert old == [moved], "a reference that means something else now is named once"
    (archive / "index.json").write_text("{}")
    code, _, err = work.run("copy", "--lock", lock, "--archive", str(archive))
    assert (code, "is not the index of an OCI layout" in err) == (2, True)


def test_an_archive_that_is_killed_while_written_goes_on_and_holds_no_half_blob(
    upstream, mirror, work, proxy_of, tmp_path: Path
):
    slow = proxy_of(upstream)
    slow.trouble = lambda verb, path, headers: 0.2 if "/blobs/" in path else None
    for number in range(16):
        upstream.push_image(f"team/app{number}", "1", size=100_000)
    locked = work.lock(*[f"{slow.host}/team/app{number}:1" for number in range(16)])
    lock, archive = str(work.write(locked)), tmp_path / "archive"
    dice, kills = random.Random(11), 0
    for _ in range(30):
        process = work.start("copy", "--lock", lock, "--archive", str(archive), "--jobs", "2")
        try:
            process.communicate(timeout=dice.uniform(0.4, 1.2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
        for path in archive.glob("blobs/sha256/*"):
            if not path.name.startswith("."):
                sum_line = subprocess.run(["sha256sum", str(path)], capture_output=True, text=True, check=True).stdout
                assert sum_line.startswith(path.name)
        if process.returncode == 0:
            break
    assert kills >= 2
    assert work.run("copy", "--lock", lock, "--archive", str(archive))[0] == 0
    assert list(archive.glob(".partial-*")) == []
    assert work.run("copy", "--lock", lock, "--registry", mirror.host, "--from-archive", str(archive))[0] == 0
    assert mirror.incomplete_tags() == []


def test_damage_in_an_archive_is_told_and_never_tagged(mirror, work, locked, tmp_path: Path):
    lock, archive = str(work.write(locked)), tmp_path / "archive"
    words = ("copy", "--lock", lock, "--registry", mirror.host, "--from-archive", str(archive))
    code, _, err = work.run(*words)
    assert (code, "is not a finished archive" in err) == (2, True)
    work.run("copy", "--lock", lock, "--archive", str(archive))
    app = next(image for image in locked.images if image.source.repository == "team/app")
    manifest = json.loads((archive / "blobs" / app.platforms[0].digest.replace(":", "/")).read_text())
    layer = archive / "blobs" / manifest["layers"][0]["digest"].replace(":", "/")
    body = layer.read_bytes()
    layer.write_bytes(b"X" * len(body))
    code, _, err = work.run(*words)
    assert code == 1
    assert mirror.tags(app.repository) == []
    layer.unlink()
    code, _, err = work.run(*words)
    assert (code, "the archive lacks sha256:" in err) == (1, True)
    assert mirror.incomplete_tags() == []


def test_a_full_disk_under_an_archive_is_told_and_the_archive_goes_on_later(upstream, work, tmp_path: Path):
    for number in range(3):
        upstream.push_image(f"team/app{number}", "1", ("amd64",), size=1_500_000)
    locked = work.lock(*[f"{upstream.host}/team/app{number}:1" for number in range(3)])
    lock, disk = str(work.write(locked)), tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("only root can make a small disk")
    try:
        code, _, err = work.run("copy", "--lock", lock, "--archive", str(disk / "archive"), "--jobs", "1")
        assert code == 1
        assert "no space left" in err.lower()
        assert "free some space" in err
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        code, out, err = work.run("copy", "--lock", lock, "--archive", str(disk / "archive"))
        assert code == 0, out + err
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
