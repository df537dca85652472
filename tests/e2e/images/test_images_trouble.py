"""What goes wrong on the way: kills, rate limits, broken servers, corrupt bytes, full disks, expired logins, two at once."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest
from eksclave.errors import EksclaveError
from eksclave.images.registry import RegistryError

pytestmark = pytest.mark.slow


def is_write(verb: str) -> bool:
    return verb in ("PUT", "POST", "PATCH")


def test_a_copy_that_is_killed_at_any_moment_leaves_no_incomplete_tag_and_goes_on(upstream, mirror, work, proxy_of):
    for number in range(12):
        digest = upstream.push_image(f"team/app{number}", "1", size=200_000)
        if number % 3 == 0:
            upstream.push_signature(f"team/app{number}", digest)
            upstream.push_referrer(f"team/app{number}", digest)
    locked = work.lock(*[f"{upstream.host}/team/app{number}:1" for number in range(12)])
    slow = proxy_of(mirror)
    slow.trouble = lambda verb, path, headers: 0.01 if is_write(verb) else None
    words = ("copy", "--lock", str(work.write(locked)), "--registry", slow.host, "--jobs", "3")
    dice, kills = random.Random(7), 0
    while kills < 8:
        process = work.start(*words)
        try:
            process.communicate(timeout=dice.uniform(0.4, 2.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
        assert mirror.incomplete_tags() == []
        if process.returncode == 0:
            break
    assert kills >= 2, "the test must have killed something"
    assert work.run(*words)[0] == 0
    code, _, err = work.run(*words)
    assert (code, err.splitlines()[-1]) == (0, f"{slow.host}: 0 copied, 12 already there, 0 failed")


def test_no_tag_is_put_before_everything_below_it_is_there(upstream, mirror, work, proxy_of):
    digest = upstream.push_image("team/app", "1")
    upstream.push_signature("team/app", digest)
    locked = work.lock(f"{upstream.host}/team/app:1")
    proxy = proxy_of(mirror)
    assert work.copy(locked, proxy.host)[0].state == "copied"
    puts = [path for _, verb, path in proxy.seen if is_write(verb)]
    assert puts[-1].endswith(f"/manifests/{locked.images[0].tag}")
    assert all("/manifests/sha256:" in p or "/blobs/" in p or p.endswith(".sig") for p in puts[:-1])


def test_rate_limits_and_server_errors_are_waited_out(upstream, mirror, work, proxy_of):
    for number in range(8):
        upstream.push_image(f"team/app{number}", "1")
    bad_source, bad_mirror, dice = proxy_of(upstream), proxy_of(mirror), random.Random(3)
    lucky = threading.Lock()

    def trouble(verb, path, headers):
        with lucky:
            chance = dice.random()
        if path == "/v2/":
            return None
        return 500 if chance < 0.02 else 503 if chance < 0.04 else 429 if chance < 0.06 else None

    bad_source.trouble = bad_mirror.trouble = trouble
    session = work.session(attempts=25)
    locked = work.lock(*[f"{bad_source.host}/team/app{number}:1" for number in range(8)], session=session)
    outcomes = work.copy(locked, bad_mirror.host, session)
    assert [outcome.said for outcome in outcomes if outcome.state == "failed"] == []
    assert {429, 500, 503} <= set(bad_source.refused + bad_mirror.refused)
    assert mirror.incomplete_tags() == []
    assert len(mirror.repositories()) == 8


def test_the_pause_that_a_registry_asks_for_is_kept(upstream, work, proxy_of):
    upstream.push_image("team/app", "1", ("amd64",))
    proxy = proxy_of(upstream)
    refusals = iter([(429, {"Retry-After": "2"})])
    proxy.trouble = lambda verb, path, headers: next(refusals, None)
    start = time.monotonic()
    work.lock(f"{proxy.host}/team/app:1")
    assert time.monotonic() - start >= 2


def test_a_registry_that_stays_broken_is_a_failure_without_a_tag(upstream, mirror, work, proxy_of):
    upstream.push_image("team/app", "1")
    upstream.push_image("team/good", "1")
    locked = work.lock(f"{upstream.host}/team/app:1", f"{upstream.host}/team/good:1")
    bad = next(image for image in locked.images if image.source.repository == "team/app")
    proxy = proxy_of(mirror)
    proxy.trouble = lambda verb, path, headers: 500 if is_write(verb) and bad.repository in path else None
    told = {o.image.source.repository: o for o in work.copy(locked, proxy.host, work.session(attempts=3))}
    assert told["team/good"].state == "copied"
    assert told["team/app"].state == "failed"
    assert "500" in told["team/app"].said
    assert mirror.tags(bad.repository) == []


def test_a_registry_that_is_not_there_is_told(work):
    with pytest.raises(EksclaveError, match="not reached"):
        work.lock("127.0.0.1:1/team/app:1", session=work.session(attempts=2))


def test_a_corrupt_blob_upstream_is_never_tagged(upstream, mirror, work):
    upstream.push_image("team/app", "1", ("amd64",), size=5000)
    locked = work.lock(f"{upstream.host}/team/app:1")
    (image,) = locked.images
    layer = upstream.ask("GET", f"team/app/manifests/{image.platforms[0].digest}")[2]
    digest = re.findall(rb"sha256:[0-9a-f]{64}", layer)[-1].decode()
    path = upstream.blob_path(digest)
    path.write_bytes(b"X" * path.stat().st_size)
    (outcome,) = work.copy(locked, mirror.host, work.session(attempts=3))
    assert outcome.state == "failed"
    assert "digest" in outcome.said.lower()
    assert mirror.tags(image.repository) == []


def test_a_manifest_with_other_bytes_than_its_digest_is_refused(upstream, work):
    upstream.push_image("team/app", "1")
    (image,) = work.lock(f"{upstream.host}/team/app:1").images
    path = upstream.blob_path(image.platforms[0].digest)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RegistryError, match=r"corrupt|answered"):
        work.session(attempts=2).open(upstream.host).manifest("team/app", image.platforms[0].digest)


@pytest.fixture
def small_disk(tmp_path: Path):
    """Give a function that makes a folder with little room: a tmpfs where we may mount, else None."""
    mounted: list[Path] = []

    def make(name: str, megabytes: int) -> Path | None:
        folder = tmp_path / name
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        if os.geteuid() or subprocess.run(words, capture_output=True).returncode:
            return None
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def grow(folder: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(folder)], check=True)


def test_a_mirror_whose_disk_is_full_gets_no_tag_and_takes_the_rest_later(upstream, serve, work, small_disk, tmp_path):
    for number in range(4):
        upstream.push_image(f"team/app{number}", "1", ("amd64",), size=1_000_000)
    locked = work.lock(*[f"{upstream.host}/team/app{number}:1" for number in range(4)])
    folder = small_disk("disk", 2)
    # Without the right to mount, a limit on the size of a file stands in: every layer is then too big.
    full = serve("full", folder=folder) if folder else serve("full", limit_file_bytes=512_000)
    outcomes = work.copy(locked, full.host, work.session(attempts=2), jobs=1)
    assert any(outcome.state == "failed" for outcome in outcomes)
    assert full.incomplete_tags() == []
    assert sum(map(len, map(full.tags, full.repositories()))) == sum(o.state == "copied" for o in outcomes)
    if folder:
        grow(folder, 50)
    else:
        full.stop()
        full = serve("roomy", folder=tmp_path / "full")
    assert {outcome.state for outcome in work.copy(locked, full.host)} <= {"copied", "present"}
    assert full.incomplete_tags() == []


HELPER = """#!/bin/sh
# The Docker credential-helper protocol: the host comes on standard input.
read host
count=$(($(cat "{folder}/count" 2>/dev/null || echo 0) + 1))
echo "$count" > "{folder}/count"
echo '{{"Username": "AWS", "Secret": "token-number-'"$count"'"}}'
"""


def login_helper(folder: Path, hosts: list[str]) -> dict[str, str]:
    """Lay out a Docker config whose helper gives another token each time; return the environment that finds it."""
    tools, config = folder / "tools", folder / "docker"
    tools.mkdir()
    config.mkdir()
    helper = tools / "docker-credential-tokens"
    helper.write_text(HELPER.format(folder=folder))
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    listed = ", ".join(f'"{host}": "tokens"' for host in hosts)
    (config / "config.json").write_text(f'{{"credHelpers": {{{listed}}}}}')
    return {"PATH": f"{tools}:{os.environ['PATH']}", "DOCKER_CONFIG": str(config)}


def guard(work, valid: list[str]):
    """Return the trouble of a registry that asks for a login and takes only the tokens that are valid now."""

    def trouble(verb, path, headers):
        given = headers.get("Authorization", "")
        if given in {f"Basic {work.basic('AWS', token)}" for token in valid}:
            return None
        return 401, {"WWW-Authenticate": 'Basic realm="test"'}

    return trouble


def test_a_login_that_expires_on_the_way_is_renewed(upstream, mirror, work, proxy_of, tmp_path):
    for number in range(6):
        upstream.push_image(f"team/app{number}", "1")
    locked = work.lock(*[f"{upstream.host}/team/app{number}:1" for number in range(6)])
    proxy = proxy_of(mirror)
    environ = login_helper(tmp_path, [proxy.host])
    valid = ["token-number-1"]
    takes = guard(work, valid)
    accepted = 0

    def trouble(verb, path, headers):
        nonlocal accepted
        told = takes(verb, path, headers)
        accepted += told is None
        if accepted in (40, 90):
            accepted += 1
            valid[:] = [f"token-number-{int(valid[0].rpartition('-')[2]) + 1}"]
        return told

    proxy.trouble = trouble
    outcomes = work.copy(locked, proxy.host, work.session(environ), jobs=2)
    assert [outcome.said for outcome in outcomes if outcome.state == "failed"] == []
    assert int((tmp_path / "count").read_text()) == 3
    assert mirror.incomplete_tags() == []


def test_a_login_that_is_refused_for_good_is_told_without_the_secret(upstream, mirror, work, proxy_of, tmp_path):
    upstream.push_image("team/app", "1")
    locked = work.lock(f"{upstream.host}/team/app:1")
    proxy = proxy_of(mirror)
    proxy.trouble = guard(work, [])
    environ = login_helper(tmp_path, [proxy.host])
    words = ("copy", "--lock", str(work.write(locked)), "--registry", proxy.host)
    code, out, err = work.run(*words, env=environ)
    assert code == 1
    assert "401" in err
    assert "token-number" not in out + err


def test_no_secret_is_on_a_command_line_or_in_a_file_of_the_copier(upstream, mirror, work, proxy_of, tmp_path):
    upstream.push_image("team/app", "1")
    locked = work.lock(f"{upstream.host}/team/app:1")
    proxy = proxy_of(mirror)
    proxy.trouble = guard(work, [f"token-number-{n}" for n in range(1, 9)])
    environ = login_helper(tmp_path, [proxy.host])
    spy, log = tmp_path / "tools" / "skopeo", tmp_path / "log"
    spy.write_text(
        f'#!/bin/sh\n{{ echo "argv: $*"; env; }} >> {log}\nexec {shutil.which("skopeo")} "$@"\n',
    )
    spy.chmod(0o755)
    words = ("copy", "--lock", str(work.write(locked)), "--registry", proxy.host)
    code, out, err = work.run(*words, env={**environ, "TMPDIR": str(tmp_path / "docker")})
    assert (code, err.splitlines()[-1]) == (0, f"{proxy.host}: 1 copied, 0 already there, 0 failed")
    logged = log.read_text()
    assert "--authfile" in logged
    for secret in ("token-number", work.basic("AWS", "token-number-1")):
        assert secret not in logged + out + err
    if Path("/proc/self/fd").exists():
        assert [path.name for path in (tmp_path / "docker").iterdir()] == ["config.json"]


def test_two_copies_at_once_do_no_harm(upstream, mirror, work):
    for number in range(10):
        digest = upstream.push_image(f"team/app{number}", "1", size=100_000)
        upstream.push_signature(f"team/app{number}", digest)
        upstream.push_referrer(f"team/app{number}", digest)
    locked = work.lock(*[f"{upstream.host}/team/app{number}:1" for number in range(10)])
    words = ("copy", "--lock", str(work.write(locked)), "--registry", mirror.host)
    both = [work.start(*words) for _ in range(2)]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert mirror.incomplete_tags() == []
    assert {outcome.state for outcome in work.copy(locked, mirror.host)} == {"present"}


def test_without_a_copier_the_message_says_what_to_install(upstream, mirror, work, tmp_path):
    upstream.push_image("team/app", "1")
    path = work.write(work.lock(f"{upstream.host}/team/app:1"))
    code, _, err = work.run("copy", "--lock", str(path), "--registry", mirror.host, env={"PATH": str(tmp_path)})
    assert code == 2
    assert "skopeo or crane or regctl is not on PATH; install skopeo" in err
