"""Copying many small and some large images: `eksclave images copy` beside `skopeo sync`, in one run.

Two docker-registry processes on this machine, each behind a forwarder that holds every byte back for some milliseconds,
as a registry on the internet does; 0 is no forwarder. Every round begins with an empty mirror.
`python bench/images.py [SMALL [LARGE [MEGABYTES [ROUNDS [MILLISECONDS]]]]]`
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eksclave.catalog.images import CanonicalImage
from eksclave.images.kinds import Home
from eksclave.images.locktext import write
from eksclave.images.resolve import lock
from eksclave.images.session import Session
from measure import seconds

HERE = Path(__file__).resolve().parent
HOME = Home("111122223333", "eu-central-1", "mirror")


def registries() -> Any:
    """Return the module of the tests that starts registries and makes images."""
    place = HERE.parent / "tests" / "e2e" / "images" / "conftest.py"
    found = importlib.util.spec_from_file_location("bench_registries", place)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class Distant:
    """A registry some milliseconds away: forwards connections, each piece of data later, in both directions."""

    def __init__(self, host: str, seconds_one_way: float) -> None:
        self._target, self._late = host.rsplit(":", 1), seconds_one_way
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(self._target[0], int(self._target[1]))
        await asyncio.gather(self._pump(reader, inner_writer), self._pump(inner_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                piece = await reader.read(1 << 20)
            except OSError:
                piece = b""
            self._loop.call_later(self._late, self._pass_on, writer, piece)
            if not piece:
                return
            with contextlib.suppress(OSError):
                await writer.drain()

    @staticmethod
    def _pass_on(writer: asyncio.StreamWriter, piece: bytes) -> None:
        if piece:
            writer.write(piece)
        elif writer.can_write_eof():
            with contextlib.suppress(OSError):
                writer.write_eof()


def away(host: str, milliseconds: int) -> str:
    """Return the host to speak to so that `host` is this far away, one way."""
    return Distant(host, milliseconds / 1000).host if milliseconds else host


def main(small: int = 100, large: int = 4, megabytes: int = 100, rounds: int = 3, milliseconds: int = 10) -> None:
    """Make the images, measure both, print a table in seconds."""
    if gone := [tool for tool in ("skopeo", "docker-registry") if not shutil.which(tool)]:
        print(f"images: not measured, {' and '.join(gone)} not on PATH (make system-tools)")
        return
    make = registries()
    with tempfile.TemporaryDirectory(prefix="bench-images-") as name:
        folder = Path(name)
        upstream = make.Server(folder / "upstream")
        try:
            for number in range(small):
                upstream.push_image(f"team/small{number}", "1", size=20_000)
            for number in range(large):
                upstream.push_image(f"team/large{number}", "1", size=megabytes * 1_000_000 // 2)
            names = [f"team/small{n}" for n in range(small)] + [f"team/large{n}" for n in range(large)]
            host = away(upstream.host, milliseconds)
            locked = lock([CanonicalImage.parse(f"{host}/{n}:1") for n in names], HOME, (), Session().open)
            (folder / "bench.images.lock").write_text(write(locked))
            listed = {host: {"tls-verify": False, "images": {n: ["1"] for n in names}}}
            (folder / "sync.yaml").write_text(json.dumps(listed))
            sizes = f"{small} images of 2 x 20 kB and {large} of 2 x {megabytes // 2} MB"
            print(f"{sizes}, {milliseconds} ms away; median of {rounds} rounds")
            times = measured(make, folder, rounds, len(names), milliseconds)
        finally:
            upstream.stop()
    for what, told in times.items():
        sync = times["skopeo sync, again" if what.endswith("again") else "skopeo sync"]
        ratio = statistics.median(ours / theirs for ours, theirs in zip(told, sync, strict=True))
        rounds_told = ", ".join(f"{t:.1f}" for t in told)
        print(f"{what:32} {statistics.median(told):7.1f} s  {ratio:5.2f} of skopeo sync   ({rounds_told})")


def measured(make: Any, folder: Path, rounds: int, count: int, milliseconds: int) -> dict[str, list[float]]:
    """Return the seconds of every round: the tools take turns, each with an empty mirror and then with a full one."""
    runs: dict[str, Callable[[str], list[str]]] = {
        "skopeo sync": lambda host: [
            *[
                "skopeo",
                "--insecure-policy",
                "sync",
                "--all",
                "--preserve-digests",
                "--src",
                "yaml",
                "--dest",
                "docker",
            ],
            *["--dest-tls-verify=false", str(folder / "sync.yaml"), f"{host}/mirror"],
        ],
    }
    for jobs in (1, 4, 8):
        words = ["images", "copy", "--lock", str(folder / "bench.images.lock"), "--jobs", str(jobs), "--registry"]
        runs[f"eksclave images copy --jobs {jobs}"] = lambda host, words=words: [
            *[sys.executable, "-c", "from eksclave.cli import main; main()", *words, host]
        ]
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for what, command in runs.items():
            mirror = make.Server(folder / "mirror")
            host = away(mirror.host, milliseconds)
            try:
                times.setdefault(what, []).append(seconds(command(host), os.environ, folder))
                assert len(mirror.repositories()) == count
                times.setdefault(f"{what}, again", []).append(seconds(command(host), os.environ, folder))
            finally:
                mirror.stop()
                shutil.rmtree(folder / "mirror")
    return times


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
