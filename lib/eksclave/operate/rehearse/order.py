"""Work on stacks in their order, as many at once as may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from .estate import Stack


def in_order(stacks: Sequence[Stack], work: Callable[[Stack], bool], jobs: int, reverse: bool = False) -> bool:
    """Do the work for every stack once those before it are done, and return whether all went well.

    A stack whose work fails holds up those that need it, and no others.
    """
    by_name = {stack.name: stack for stack in stacks}
    needs = {stack.name: set(stack.needs) & set(by_name) for stack in stacks}
    if reverse:
        needs = {name: {other for other, of in needs.items() if name in of} for name in needs}
    done: set[str] = set()
    waiting: dict[Future[bool], str] = {}
    good = True
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        while True:
            started = {*done, *waiting.values()}
            ready = [name for name in by_name if name not in started and needs[name] <= done]
            for name in ready[: max(0, jobs - len(waiting))]:
                waiting[pool.submit(work, by_name[name])] = name
            if not waiting:
                return good
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for one in ended:
                name = waiting.pop(one)
                if one.result():
                    done.add(name)
                else:
                    good = False
                    by_name.pop(name)
