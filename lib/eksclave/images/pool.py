"""Several at once, with an end: Ctrl-C stops what has not begun, and waits only for what is running."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each(
    things: Iterable[T],
    work: Callable[[T], R],
    jobs: int,
    done: Callable[[R], None] = lambda _: None,
    interrupted: Callable[[], None] = lambda: None,
) -> list[R]:
    """Return `work` of every thing, in their order, `jobs` at a time; `done` hears of each as it ends, and
    `interrupted` is called before the running ones are waited for."""
    pool = ThreadPoolExecutor(max(1, jobs))
    try:
        futures = [pool.submit(work, thing) for thing in things]
        for future in as_completed(futures):
            done(future.result())
        return [future.result() for future in futures]
    except BaseException:
        interrupted()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
