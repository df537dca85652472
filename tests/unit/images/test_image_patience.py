"""Patience: pauses grow, a told pause is kept, all workers slow down together, and it ends."""

from __future__ import annotations

import pytest
from eksclave.images.copier import CopyError, _failure
from eksclave.images.copy import may_pass
from eksclave.images.patience import Patience, transient


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def patient(clock: Clock, attempts: int = 5) -> Patience:
    return Patience(attempts, 1.0, 8.0, clock.sleep, lambda: clock.now)


def test_pauses_double_up_to_the_most():
    clock = Clock()
    asked: list[int] = []

    def ask() -> None:
        asked.append(1)
        raise ValueError

    with pytest.raises(ValueError):
        patient(clock, 7).call(ask, "h", lambda _: 0.0)
    assert len(asked) == 7
    for pause, most in zip(clock.slept, [1, 2, 4, 8, 8, 8], strict=True):
        assert most / 2 <= pause <= most


def test_a_pause_that_the_registry_asks_for_is_kept():
    clock = Clock()
    answers = iter([ValueError(), None])

    def ask() -> str:
        error = next(answers)
        if error:
            raise error
        return "given"

    assert patient(clock).call(ask, "h", lambda _: 30.0) == "given"
    assert clock.slept == [30.0]


def test_what_cannot_pass_is_not_asked_again():
    clock = Clock()
    with pytest.raises(KeyError):
        patient(clock).call(lambda: {}["x"], "h", lambda _: None)
    assert clock.slept == []


def test_when_one_is_told_to_wait_all_who_ask_that_host_wait():
    clock = Clock()
    patience = patient(clock)
    patience.slow_down("busy", 7.0)
    assert patience.call(lambda: 1, "idle", lambda _: None) == 1
    assert clock.slept == []
    assert patience.call(lambda: 1, "busy", lambda _: None) == 1
    assert clock.slept == [7.0]


@pytest.mark.parametrize(
    ("status", "passes"), [(0, True), (404, False), (403, False), (429, True), (500, True), (503, True)]
)
def test_which_statuses_may_pass(status: int, passes: bool):
    assert transient(status) is passes


@pytest.mark.parametrize(
    ("said", "later", "login"),
    [
        ("received unexpected HTTP status: 500 Internal Server Error", True, False),
        ("initializing source: toomanyrequests: Rate exceeded", True, False),
        ("received unexpected HTTP status: 429 Too Many Requests", True, False),
        ("pinging container registry x: Get https://x/v2/: dial tcp: connect: connection refused", True, False),
        ("Get https://x/v2/: unexpected EOF", True, False),
        ("manifest unknown", False, False),
        ("writing blob: no space left on device", False, False),
        (
            "reading manifest in quay.io/a: unauthorized: access to the requested resource is not authorized",
            False,
            True,
        ),
        ("denied: Your authorization token has expired. Reauthenticate and try again.", False, True),
        (f"digest did not match, expected sha256:{'429' * 21}a", False, False),
        ("copying 500 of 502 blobs failed", False, False),
    ],
)
def test_what_a_copier_says_is_understood(said: str, later: bool, login: bool):
    error = CopyError(said, "", "x")
    assert (error.later, error.login) == (later, login)
    assert (may_pass(error) is not None) is later


def test_of_what_crane_says_only_the_failure_is_told():
    told = (
        "2026/11/26 15:31:55 Copying from quay.io/a@sha256:1 to h/a@sha256:1\n"
        "2026/11/26 15:31:55 existing blob: sha256:2\n"
        'Error: failed to copy image: error verifying sha256 checksum after reading 5000 bytes; got "1", want "2"\n'
    )
    error = _failure(told, "docker://quay.io/a@sha256:1")
    assert error.said.startswith("Error: failed to copy image: error verifying sha256 checksum")
    assert (error.fix, error.later) == ("the upstream content is corrupt", False)
    assert _failure("\n", "docker://x").said == "the copier failed without a word"


def test_a_mirror_that_somebody_else_is_writing_to_is_told_from_one_that_is_broken():
    race = "uploading manifest sha256:12 to x/y: manifest invalid manifest blob unknown: blob unknown to registry"
    assert CopyError(race, "", "x").unsettled
    assert not CopyError("received unexpected HTTP status: 500 Internal Server Error", "", "x").unsettled


def test_a_long_message_keeps_its_beginning_and_its_end():
    error = CopyError("where it was " + "x" * 2000 + " what it was", "", "x")
    assert error.said.startswith("where it was")
    assert error.said.endswith("what it was")
    assert len(error.said) < 700
