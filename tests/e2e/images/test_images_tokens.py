"""Registries that hand out bearer tokens, as Docker Hub, Quay, GHCR and ECR Public do."""

from __future__ import annotations

import json
import urllib.parse

import pytest
from eksclave.errors import InputError

pytestmark = pytest.mark.slow


class TokenDesk:
    """Makes a proxy ask for tokens: each is good for one scope and for `uses` requests."""

    def __init__(self, proxy, basic: str = "", uses: int = 1000) -> None:
        self.proxy, self.basic, self.uses = proxy, basic, uses
        self.left: dict[str, int] = {}
        self.given: list[str] = []
        proxy.trouble = self

    def __call__(self, verb, path, headers):
        if path.startswith("/token"):
            return self._desk(path, headers.get("Authorization", ""))
        repository = (
            path.removeprefix("/v2/").rpartition("/manifests/")[0] or path.removeprefix("/v2/").rpartition("/blobs/")[0]
        )
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if self.left.get(token, 0) > 0 and (not repository or f"repository:{repository}:" in token):
            self.left[token] -= 1
            return None
        scope = f',scope="repository:{repository}:pull,push"' if repository else ""
        realm = f'Bearer realm="http://{self.proxy.host}/token",service="test"{scope}'
        return 401, {"WWW-Authenticate": realm}

    def _desk(self, path, authorization):
        if self.basic and authorization != f"Basic {self.basic}":
            return 401
        asked = urllib.parse.parse_qs(urllib.parse.urlparse(path).query)
        scope = (asked.get("scope") or ["none"])[0]
        self.given.append(scope)
        token = f"{scope}#{len(self.given)}"
        self.left[token] = self.uses
        return 200, {"Content-Type": "application/json"}, json.dumps({"token": token, "expires_in": 300}).encode()


def test_an_anonymous_token_is_fetched_for_each_repository_and_used_again(upstream, mirror, work, proxy_of):
    digest = upstream.push_image("team/app", "1")
    upstream.push_signature("team/app", digest)
    upstream.push_image("team/other", "1")
    proxy = proxy_of(upstream)
    desk = TokenDesk(proxy)
    locked = work.lock(f"{proxy.host}/team/app:1", f"{proxy.host}/team/other:1")
    assert sorted(desk.given) == ["repository:team/app:pull,push", "repository:team/other:pull,push"]
    assert {outcome.state for outcome in work.copy(locked, mirror.host)} == {"copied"}
    assert mirror.incomplete_tags() == []


def test_a_token_that_runs_out_is_fetched_anew(upstream, work, proxy_of):
    upstream.push_image("team/app", "1")
    proxy = proxy_of(upstream)
    desk = TokenDesk(proxy, uses=2)
    assert work.lock(f"{proxy.host}/team/app:1").images[0].platforms
    assert len(desk.given) >= 2


def test_the_token_desk_gets_the_login_of_the_docker_config(upstream, work, proxy_of, tmp_path):
    upstream.push_image("team/app", "1")
    proxy = proxy_of(upstream)
    TokenDesk(proxy, basic=work.basic("me", "hush"))
    with pytest.raises(InputError, match="401"):
        work.lock(f"{proxy.host}/team/app:1")
    (tmp_path / "config.json").write_text(json.dumps({"auths": {proxy.host: {"auth": work.basic("me", "hush")}}}))
    assert work.lock(f"{proxy.host}/team/app:1", session=work.session({"DOCKER_CONFIG": str(tmp_path)})).images
