"""Registries that lie, break the rules or answer nonsense: told in one line, believed in nothing, and no traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest
from eksclave.errors import EksclaveError
from eksclave.images.hosts import is_loopback
from eksclave.images.packer import writing
from eksclave.images.registry import Registry

OCI = "application/vnd.oci.image."
DIGEST = "sha256:" + "1" * 64
GOOD = {"mediaType": OCI + "config.v1+json", "digest": DIGEST, "size": 2}


def manifest(**parts: object) -> bytes:
    return json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": GOOD, **parts}).encode()


def index(*children: object, **parts: object) -> bytes:
    return json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": children, **parts}).encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "is not JSON|that is not JSON"),
        (b"[]", "not a JSON object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"mediaType": 3}', "manifest type '3' is not supported"),
        (b'{"mediaType": "application/vnd.docker.distribution.manifest.v1+prettyjws"}', "Docker's schema 1"),
        (manifest(config=None), "without type, digest and size"),
        (manifest(layers={}, config={**GOOD, "size": "2"}), "without type, digest and size"),
        (manifest(layers="abc"), "'layers' of the manifest is not a list"),
        (manifest(layers=[{**GOOD, "digest": "sha256:../../../etc/passwd"}]), "without type, digest and size"),
        (manifest(manifests=[GOOD]), "an image and an index at once"),
        (index(GOOD, layers=[GOOD]), "an image and an index at once"),
        (index({"digest": DIGEST}), "without type, digest and size"),
        (index({**GOOD, "platform": "linux"}), "without type, digest and size"),
        (b" " * (4 * 1024 * 1024) + manifest(), "more than 4 MiB"),
    ],
)
def test_a_manifest_that_breaks_the_rules_is_refused_in_one_line(upstream, work, proxy_of, body, said):
    upstream.push_image("team/app", "1")
    proxy = proxy_of(upstream)
    proxy.trouble = lambda verb, path, headers: (200, {"Content-Type": "x"}, body) if "/manifests/1" in path else None
    with pytest.raises(EksclaveError, match=said) as told:
        work.lock(f"{proxy.host}/team/app:1")
    assert "\n" not in str(told.value)


def test_a_mirror_that_shows_another_image_under_the_tag_is_told(upstream, mirror, work, proxy_of):
    upstream.push_image("team/app", "1")
    upstream.push_image("team/other", "1")
    locked = work.lock(f"{upstream.host}/team/app:1")
    other = upstream.ask("GET", "team/other/manifests/1")[2]
    lying = proxy_of(mirror)
    tag = f"/manifests/{locked.images[0].tag}"

    def trouble(verb, path, headers):
        return (200, {"Content-Type": OCI + "index.v1+json"}, other) if verb == "GET" and path.endswith(tag) else None

    lying.trouble = trouble
    (outcome,) = work.copy(locked, lying.host)
    assert outcome.state == "failed"
    assert "after the copy" in outcome.said


def test_a_digest_that_is_only_claimed_is_not_locked(upstream, work, proxy_of):
    real = upstream.push_image("team/app", "1")
    signature = upstream.push_signature("team/app", real)
    proxy = proxy_of(upstream)
    proxy.trouble = lambda verb, path, headers: (
        (200, {"Docker-Content-Digest": DIGEST}, b"") if verb == "HEAD" and path.endswith(f"{real[7:]}.sig") else None
    )
    (image,) = work.lock(f"{proxy.host}/team/app:1").images
    assert [attached.digest for attached in image.attached] == [signature]


@pytest.mark.parametrize("answer", [(200, {}, b"<html>"), (200, {}, b"[]"), (200, {}, b"{}"), (500, {}, b"no"), None])
def test_a_token_server_that_answers_nonsense_or_nothing_is_told(upstream, work, proxy_of, answer):
    proxy, tokens = proxy_of(upstream), proxy_of(upstream)
    realm = f'Bearer realm="http://{tokens.host}/token",service="x"'
    proxy.trouble = lambda verb, path, headers: (401, {"WWW-Authenticate": realm}, b"{}")
    if answer is None:
        tokens.stop()
    else:
        tokens.trouble = lambda verb, path, headers: answer
    with pytest.raises(EksclaveError, match="token server"):
        work.lock(f"{proxy.host}/team/app:1", session=work.session(attempts=2))


def test_what_a_registry_says_is_printed_without_secrets_and_without_orders_to_the_terminal(upstream, work, proxy_of):
    (work.folder / "config.json").write_text(json.dumps({"auths": {}}))
    proxy = proxy_of(upstream)
    login = work.basic("me", "hunter22")
    (work.folder / "config.json").write_text(json.dumps({"auths": {proxy.host: {"auth": login}}}))
    said = json.dumps({"errors": [{"code": "DENIED", "message": f"\x1b[2Jhunter22 and {login}\nno"}]}).encode()

    def trouble(verb, path, headers):
        if "Authorization" not in headers:
            return 401, {"WWW-Authenticate": "Basic"}, b"{}"
        return 403, {}, said

    proxy.trouble = trouble
    with pytest.raises(EksclaveError) as told:
        work.lock(f"{proxy.host}/team/app:1", session=work.session({"DOCKER_CONFIG": str(work.folder)}))
    assert "DENIED  [2J*** and *** no" in str(told.value)


def test_an_index_of_indexes_is_copied_whole_directly_by_a_plan_and_through_an_archive(upstream, mirror, serve, work):
    inner = upstream.push_image("team/app", "inner")
    size = len(upstream.ask("GET", "team/app/manifests/inner")[2])
    child = {"mediaType": OCI + "index.v1+json", "digest": inner, "size": size}
    content = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": [child]}
    top = upstream.push("team/app", "1", content)["digest"]
    locked = work.lock(f"{upstream.host}/team/app:1")
    (image,) = locked.images
    assert image.digest == top
    assert sorted(platform.name for platform in image.platforms) == ["index", "linux/amd64", "linux/arm64"]
    assert [outcome.state for outcome in work.copy(locked, mirror.host)] == ["copied"]
    assert mirror.lacks(image.repository, image.tag) == []
    lock, far = str(work.write(locked)), serve("far")
    planned, plan = serve("planned"), work.folder / "copy.sh"
    assert work.run("copy", "--lock", lock, "--registry", planned.host, "--plan", str(plan))[0] == 0
    for _ in range(2):
        subprocess.run(["sh", str(plan)], check=True, capture_output=True)
    assert planned.tags(image.repository) == [image.tag]
    assert planned.lacks(image.repository, image.tag) == []
    assert work.run("copy", "--lock", lock, "--archive", str(work.folder / "archive"))[0] == 0
    upstream.stop()
    assert (
        work.run("copy", "--lock", lock, "--registry", far.host, "--from-archive", str(work.folder / "archive"))[0] == 0
    )
    assert far.lacks(image.repository, image.tag) == []
    with pytest.raises(EksclaveError, match="lock it without platforms"):
        work.lock(f"{mirror.host}/{image.repository}:{image.tag}", platforms=("linux/amd64",))


def test_a_signature_that_is_added_upstream_is_kept_beside_the_older_one(upstream, mirror, work):
    digest = upstream.push_image("team/app", "1")
    first = upstream.push_signature("team/app", digest)
    work.copy(work.lock(f"{upstream.host}/team/app:1"), mirror.host)
    blob = upstream.push_blob("team/app", b"second signature")
    content = json.loads(upstream.ask("GET", f"team/app/manifests/{first}")[2])
    content["layers"].append({**content["layers"][0], **blob})
    second = upstream.push("team/app", digest.replace(":", "-") + ".sig", content)["digest"]
    locked = work.lock(f"{upstream.host}/team/app:1")
    (outcome,) = work.copy(locked, mirror.host)
    (image,) = locked.images
    assert (outcome.state, "is an older cosign-signature and stays" in outcome.said) == ("copied", True)
    assert mirror.lacks(image.repository, f"attached-{second[7:19]}") == []
    assert (
        json.loads(mirror.ask("GET", f"{image.repository}/manifests/{image.attached[0].tag}")[2])["layers"]
        != content["layers"]
    )
    assert [outcome.state for outcome in work.copy(locked, mirror.host)] == ["present"]


def test_what_speaks_of_an_attachment_is_copied_too(upstream, mirror, work):
    digest = upstream.push_image("team/app", "1")
    sbom = upstream.push_referrer("team/app", digest)
    signature = upstream.push_referrer("team/app", sbom, "application/vnd.example.signature")
    locked = work.lock(f"{upstream.host}/team/app:1")
    (image,) = locked.images
    assert {attached.digest for attached in image.attached} == {sbom, signature}
    assert [outcome.state for outcome in work.copy(locked, mirror.host)] == ["copied"]
    listed = json.loads(mirror.ask("GET", f"{image.repository}/manifests/{sbom.replace(':', '-')}")[2])
    assert [row["digest"] for row in listed["manifests"]] == [signature]


def test_a_list_of_referrers_is_read_to_its_last_page(upstream, work, proxy_of):
    digest = upstream.push_image("team/app", "1")
    proxy = proxy_of(upstream)
    rows = [{"mediaType": OCI + "manifest.v1+json", "digest": f"sha256:{n:064d}", "size": 1} for n in range(4)]
    asked = f"/v2/team/app/referrers/{digest}"

    def trouble(verb, path, headers):
        if not path.startswith("/v2/team/app/referrers/"):
            return None
        if not path.startswith(asked):
            return 200, {}, index()
        first = int(path.partition("last=")[2] or 0)
        link = {"Link": f'<{asked}?n=2&last={first + 2}>; rel="next"'} if first < 2 else {}
        return 200, link, index(*rows[first : first + 2])

    proxy.trouble = trouble
    (image,) = work.lock(f"{proxy.host}/team/app:1").images
    assert {attached.digest for attached in image.attached} == {row["digest"] for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("words", [("--archive", "archive"), ("--registry", "mirror")])
def test_ctrl_c_ends_what_runs_and_begins_nothing_more(upstream, mirror, work, proxy_of, words):
    for number in range(30):
        upstream.push_image(f"team/app{number}", "1")
    slow = proxy_of(upstream)
    path = work.write(work.lock(*[f"{slow.host}/team/app{number}:1" for number in range(30)]))
    slow.trouble = lambda verb, path, headers: 0.2
    place = str(work.folder / "archive") if words[1] == "archive" else mirror.host
    process = work.start("copy", "--lock", str(path), words[0], place, "--jobs", "1")
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert time.monotonic() - start < 15
    assert out.count("copied") < 30
    assert mirror.incomplete_tags() == []


def test_only_this_machine_is_spoken_to_without_tls():
    assert [is_loopback(host) for host in ("localhost:5000", "127.0.0.1:5000", "127.1.2.3", "[::1]:5000")] == [True] * 4
    assert [is_loopback(h) for h in ("127.evil.example", "127.0.0.1.evil.example:80", "localhost.evil")] == [False] * 3


def test_a_host_that_never_answers_is_given_up_soon_and_named(work):
    session = work.session(attempts=12)
    registry = Registry("127.0.0.1:9", session.logins, session.patience)
    with pytest.raises(EksclaveError, match=r"127\.0\.0\.1:9 was not reached: nobody listens there"):
        registry.manifest("team/app", "1")


def test_two_runs_never_write_one_archive_at_once(upstream, work):
    upstream.push_image("team/app", "1")
    lock, folder = work.write(work.lock(f"{upstream.host}/team/app:1")), work.folder / "archive"
    with writing(folder):
        code, _, err = work.run("copy", "--lock", str(lock), "--archive", str(folder))
    assert (code, "another run is writing this archive" in err) == (2, True)
    assert work.run("copy", "--lock", str(lock), "--archive", str(folder))[0] == 0
    (work.folder / "file").touch()
    code, _, err = work.run("copy", "--lock", str(lock), "--archive", str(work.folder / "file"))
    assert (code, "cannot be written" in err) == (2, True)


@pytest.mark.parametrize("entry", ["../../../etc/passwd", "/etc/passwd"])
def test_an_archive_that_leads_elsewhere_gives_nothing_away(upstream, mirror, work, entry):
    upstream.push_image("team/app", "1", ("amd64",))
    locked = work.lock(f"{upstream.host}/team/app:1")
    path, folder = work.write(locked), work.folder / "archive"
    assert work.run("copy", "--lock", str(path), "--archive", str(folder))[0] == 0
    layer = max((folder / "blobs" / "sha256").iterdir(), key=lambda one: one.stat().st_mtime_ns)
    layer.unlink()
    layer.symlink_to(entry)
    code, out, err = work.run("copy", "--lock", str(path), "--registry", mirror.host, "--from-archive", str(folder))
    assert (code, "Traceback" in err) == (1, False), out + err
    assert mirror.repositories() == [] or mirror.incomplete_tags() == []
