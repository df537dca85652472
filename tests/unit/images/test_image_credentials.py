"""Logins come from the usual files, and are never spelled."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pytest
from eksclave.errors import EksclaveError, ToolError
from eksclave.images.copier import blot
from eksclave.images.credentials import RENEW_BEFORE_SECONDS, Login, Logins, authfile, docker_login


def config(folder: Path, content: object) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(content))
    return {"DOCKER_CONFIG": str(folder), "HOME": str(folder)}


def auth(username: str, secret: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{secret}".encode()).decode()}


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("quay.io", "quay.io"),
        ("https://quay.io", "quay.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("docker.io", "docker.io"),
        ("localhost:5000", "localhost:5000"),
    ],
)
def test_a_login_is_found_by_host_however_docker_spelled_it(tmp_path: Path, key: str, host: str):
    environ = config(tmp_path, {"auths": {key: auth("me", "s:e:cret")}})
    login = docker_login(host, environ)
    assert login is not None
    assert (login.username, login.secret) == ("me", "s:e:cret")
    assert docker_login("ghcr.io", environ) is None


def test_podmans_file_comes_before_dockers(tmp_path: Path):
    environ = config(tmp_path / "docker", {"auths": {"quay.io": auth("docker", "d")}})
    (tmp_path / "containers").mkdir()
    (tmp_path / "containers" / "auth.json").write_text(json.dumps({"auths": {"quay.io": auth("podman", "p")}}))
    login = docker_login("quay.io", {**environ, "XDG_RUNTIME_DIR": str(tmp_path)})
    assert login is not None
    assert login.username == "podman"


def test_an_identity_token_is_a_login(tmp_path: Path):
    login = docker_login("quay.io", config(tmp_path, {"auths": {"quay.io": {"identitytoken": "refresh"}}}))
    assert login == Login("<token>", "refresh")


def test_without_a_config_there_is_no_login(tmp_path: Path):
    assert docker_login("quay.io", {"HOME": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON: line 1"),
        ("[]", "not a JSON object"),
        ('{"auths": []}', "auths is not an object"),
        ('{"auths": {"quay.io": "secret"}}', "quay.io is not an object"),
        ('{"auths": {"quay.io": {"auth": "secret!"}}}', "auth of 'quay.io' is not the Base64 of NAME:SECRET"),
        ('{"auths": {"quay.io": {"auth": "c2VjcmV0"}}}', "auth of 'quay.io' is not the Base64 of NAME:SECRET"),
        ('{"auths": {"quay.io": {"auth": 3}}}', "auth of 'quay.io' is not the Base64 of NAME:SECRET"),
        ('{"credHelpers": 3}', "credHelpers is not an object"),
        ('{"credHelpers": {"quay.io": 3}}', "3 is not the name of a credential helper"),
        ('{"credsStore": "../evil"}', "'../evil' is not the name of a credential helper"),
    ],
)
def test_a_damaged_config_is_told_with_its_place_and_without_its_secrets(tmp_path: Path, text: str, said: str):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(EksclaveError) as told:
        docker_login("quay.io", {"DOCKER_CONFIG": str(tmp_path)})
    assert str(told.value) == f"{tmp_path / 'config.json'}: {said}; repair it, or log in again"
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("text", ["", "{}", '{"auths": {"quay.io": {}}}', '{"auths": {"ghcr.io": {"auth": "???"}}}'])
def test_a_config_without_a_login_is_no_damage(tmp_path: Path, text: str):
    (tmp_path / "config.json").write_text(text)
    assert docker_login("quay.io", {"DOCKER_CONFIG": str(tmp_path)}) is None


def test_a_config_that_is_no_file_is_told(tmp_path: Path):
    (tmp_path / "config.json").mkdir()
    with pytest.raises(EksclaveError, match=r"config\.json: cannot be read"):
        docker_login("quay.io", {"DOCKER_CONFIG": str(tmp_path)})


def test_a_helper_that_is_not_installed_is_told(tmp_path: Path):
    environ = {**config(tmp_path, {"credHelpers": {"quay.io": "nowhere"}}), "PATH": str(tmp_path)}
    with pytest.raises(ToolError, match="docker-credential-nowhere, which is not on PATH"):
        docker_login("quay.io", environ)


def test_no_spelling_of_a_login_shows_its_secret():
    login = Login("me", "hush")
    assert "hush" not in repr(login) + str(login)
    assert blot(f"sent hush as {login.basic}", {login.secret, login.basic}) == "sent *** as ***"


def test_the_file_for_the_copier_holds_only_the_hosts_it_needs(tmp_path: Path):
    environ = config(tmp_path, {"auths": {"quay.io": auth("a", "1"), "ghcr.io": auth("b", "2")}})
    with authfile(Logins(environ), ["quay.io", "registry.k8s.io"]) as (path, _):
        assert json.loads(Path(path).read_text()) == {"auths": {"quay.io": auth("a", "1")}}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.json"]


def test_a_login_that_is_about_to_expire_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """ECR's token lives for twelve hours; a long copy outlives it."""
    logins = Logins(config(tmp_path, {"auths": {"quay.io": auth("a", "1")}}))
    logins._found["quay.io"] = old = Login("AWS", "token", time.time() + 12 * 3600)
    assert logins.find("quay.io") is old
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 - RENEW_BEFORE_SECONDS - 60)
    assert logins.find("quay.io") is old
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 - RENEW_BEFORE_SECONDS + 60)
    assert logins.find("quay.io") == Login("a", "1")


def test_a_login_that_was_refused_is_asked_for_once_by_all(tmp_path: Path):
    environ = config(tmp_path, {"auths": {"quay.io": auth("a", "old")}})
    logins = Logins(environ)
    old = logins.find("quay.io")
    config(tmp_path, {"auths": {"quay.io": auth("a", "new")}})
    assert logins.find("quay.io") == old, "a login is kept until it is refused"
    new = logins.renew("quay.io", old)
    config(tmp_path, {"auths": {"quay.io": auth("a", "newest")}})
    assert logins.renew("quay.io", old) == new == Login("a", "new")
    assert logins.secrets() >= {"new"}
