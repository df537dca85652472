"""What a registry wants to see after a 401: a Basic login, or a Bearer token from where its challenge leads."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any

from eksclave.errors import EksclaveError
from eksclave.images.credentials import Login, ecr_place


class Refused(EksclaveError):
    """No authorization came of a challenge; `status` as HTTP has it, 0 where nobody answered."""

    def __init__(self, said: str, status: int, fix: str = "", answer: Any = None) -> None:
        super().__init__(said, fix)
        self.status, self.answer = status, answer


def authorize(pool: Any, host: str, challenge: str, scope: str, login: Login | None, plain: bool) -> str:
    """Return the Authorization header that a 401's challenge asks for (RFC 7235; Docker's token specification).

    `plain` says that this registry is spoken to without TLS; only then may a password go without.
    """
    import urllib3

    kind, _, rest = challenge.partition(" ")
    if kind.lower() == "basic":
        if login is None:
            way = "give AWS credentials to boto3 (eksclave[images]), or " if ecr_place(host) else ""
            raise Refused("needs a login", 401, f"{way}run `docker login {host}`")
        return f"Basic {login.basic}"
    asked = {k: v.strip('"') for k, _, v in (part.strip().partition("=") for part in commas(rest))}
    if kind.lower() != "bearer" or "realm" not in asked:
        raise Refused(f"asks for a login in a way that is not known: '{kind}'", 401)
    if not asked["realm"].startswith("https://") and not plain:
        raise Refused("wants its password sent over plain HTTP", 401)
    query = {"service": asked.get("service", ""), "scope": asked.get("scope", scope)}
    try:
        if login and login.username == "<token>":
            form = {**query, "grant_type": "refresh_token", "refresh_token": login.secret, "client_id": "eksclave"}
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = pool.request("POST", asked["realm"], body=urllib.parse.urlencode(form), headers=headers)
        else:
            headers = {"Authorization": f"Basic {login.basic}"} if login else {}
            answer = pool.request("GET", f"{asked['realm']}?{urllib.parse.urlencode(query)}", headers=headers)
    except urllib3.exceptions.HTTPError as error:
        raise Refused(f"its token server was not reached: {type(error).__name__}", 0, "check the network") from error
    if answer.status != 200:
        raise Refused(f"its token server answered {answer.status}", answer.status, answer=answer)
    try:
        given = json.loads(answer.data)
        return f"Bearer {given.get('token') or given['access_token']}"
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Refused("its token server answered something that is not a token", 401) from None


def commas(text: str) -> list[str]:
    """Split at commas outside quotes."""
    parts, quoted = [""], False
    for letter in text:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
