"""The emulator as a proxy: whoever asks it for another machine is refused, and it is written down."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("method", "target", "host"),
    [
        ("CONNECT", "sts.eu-central-1.amazonaws.com:443", "sts.eu-central-1.amazonaws.com:443"),
        ("GET", "http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
    ],
)
def test_a_call_for_another_machine_is_refused_and_recorded(cloud: Any, method: str, target: str, host: str) -> None:
    before = len(cloud.control("calls"))
    connection = http.client.HTTPConnection(str(urlsplit(cloud.url).netloc), timeout=10)
    connection.putrequest(method, target, skip_host=True)
    connection.endheaders()
    assert connection.getresponse().status == 403
    (call,) = cloud.control("calls")[before:]
    assert (call["service"], call["action"], call["asked"]) == ("outside", method, {"host": host})
    assert cloud.client("sts").get_caller_identity()["Account"], "and its own services still answer"
