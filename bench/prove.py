"""Measure `eksclave prove`: one cluster with start-up, 10 and 100 clusters, a big VPC, the engine beside the solver.

Writes bench/prove.md. Every figure is the best of some runs. The plans come from `python main.py` over copies of the
first example; the big VPC is built in memory, each of its subnets with an ACL of its own; the solver (the SMT encoding
that the tests judge the engine with) answers the same question in the same run.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE))

from eksclave.net import PortRange, Protocol  # noqa: E402
from eksclave.reach.facts.groups import GroupRule, Placement, SecurityGroup  # noqa: E402
from eksclave.reach.facts.network import Nacl, NaclEntry, RouteTable, Subnet, Vpc  # noqa: E402
from eksclave.reach.facts.values import Origin  # noqa: E402
from eksclave.reach.question import LINUX_PORTS, Client, Party, Question  # noqa: E402
from eksclave.reach.snapshot import Snapshot  # noqa: E402
from eksclave.reach.trace import trace  # noqa: E402

from bench.measure import peak, seconds  # noqa: E402
from bench.synth import APP as SYNTH  # noqa: E402
from bench.synth import MEGABYTE, copies, environment  # noqa: E402
from tests.oracles.encoding import lost_packet, spots  # noqa: E402

PROVE = [str(Path(sys.executable).with_name("eksclave")), "prove"]
API = PortRange.of(443)
ANYWHERE = IPv4Network("0.0.0.0/0")


def synthesized(count: int, work: Path) -> Path:
    """Return the folder of stacks of this many clusters."""
    out = work / f"out{count}"
    seconds(SYNTH, environment(copies(count, work / str(count)), out, lazy=True), TREE)
    return out


def big_vpc(subnets: int, entries: int) -> tuple[Snapshot, Question]:
    """Return a VPC whose subnets each have an ACL with this many entries, and the question whether all reach all."""
    pieces = list(IPv4Network("10.0.0.0/16").subnets(new_prefix=24))[:subnets]
    made, acls = list[Subnet](), list[Nacl]()
    for number, cidr in enumerate(pieces):
        at, acl = Origin(f"aws_subnet.s{number:03}"), f"acl{number:03}"
        made.append(Subnet(f"s{number:03}", at, "vpc", cidr, acl))
        rows = list[NaclEntry]()
        for row in range(entries // 2):
            part = next(IPv4Network(f"10.{1 + row}.0.0/16").subnets(new_prefix=20))
            rows += [NaclEntry(10 + row, way, False, "tcp", part, at, PortRange.of(22)) for way in (False, True)]
        rows[-2:] = [NaclEntry(32000, way, True, "all", ANYWHERE, at) for way in (False, True)]
        acls.append(Nacl(acl, at, "vpc", tuple(rows)))
    at = Origin("aws_vpc.big")
    world = Snapshot(
        vpcs=(Vpc("vpc", at, (IPv4Network("10.0.0.0/16"),), "eu-central-1", "table", "acl000", "group"),),
        subnets=tuple(made),
        route_tables=(RouteTable("table", at, "vpc"),),
        nacls=tuple(acls),
        groups=(
            SecurityGroup("group", at, "vpc", tuple(GroupRule(way, "all", ANYWHERE, at) for way in (False, True))),
        ),
    )
    place = (Placement(tuple(one.key for one in made), ("group",), at),)
    return world, Question(Party("nodes", place, client=Client.LINUX), Party("pods", place), (API,))


def asked(question: Question, world: Snapshot) -> None:
    """Ask the engine, which has to find the answer: every packet gets there."""
    if (
        trace(Snapshot(**{name: getattr(world, name) for name in world.__dataclass_fields__}), question).outcome
        != "pass"
    ):
        raise RuntimeError("the big VPC should pass")


def solved(question: Question, world: Snapshot) -> None:
    """Ask the solver the same."""
    everywhere = spots(question.source.placements)
    if lost_packet(world, everywhere, everywhere, (API,), lambda _: LINUX_PORTS, Protocol.TCP) is not None:
        raise RuntimeError("the solver should find no lost packet")


def best(runs: int, run: Callable[[], object]) -> float:
    """Return the shortest time of some runs."""
    spent = list[float]()
    for _ in range(runs):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def clusters(work: Path) -> list[str]:
    """Return the rows on whole commands."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spent = dict[int, float]()
    rows = list[str]()
    for count, runs in ((1, 5), (10, 3), (100, 2)):
        print(f"{count} clusters ...", flush=True)
        command = [*PROVE, str(synthesized(count, work))]
        spent[count] = min(seconds(command, given, TREE) for _ in range(runs))
        held = peak(command, given, TREE).resident / MEGABYTE
        more = (spent[count] - spent[1]) / (count - 1) * 1000 if count > 1 else 0
        each = f"{more:.0f} ms" if count > 1 else ""
        rows.append(f"| {count} | {count * 6} | {spent[count]:.2f} s | {each} | {held:.0f} MB |")
    return rows


def table(work: Path) -> str:
    """Measure and return the tables."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    lines = [
        f"<!-- written by `make bench`: {machine} -->",
        "",
        "| clusters | stacks | `eksclave prove` with start-up | each further cluster | memory |",
        "|---|---|---|---|---|",
        *clusters(work),
        "",
        "| one VPC, every subnet to every subnet | engine | SMT solver | ratio |",
        "|---|---|---|---|",
    ]
    for subnets, entries, judged in ((5, 10, True), (20, 10, True), (200, 10, False)):
        print(f"{subnets} subnets ...", flush=True)
        world, question = big_vpc(subnets, entries)
        ours = best(5, lambda question=question, world=world: asked(question, world))
        name = f"{subnets} subnets, {subnets * entries} ACL entries"
        if judged:
            theirs = best(1, lambda question=question, world=world: solved(question, world))
            lines.append(f"| {name} | {ours * 1000:.1f} ms | {theirs:.2f} s | {theirs / ours:.0f} |")
        else:
            lines.append(f"| {name} | {ours * 1000:.1f} ms | not asked | |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the tables and write them to bench/prove.md."""
    with tempfile.TemporaryDirectory() as work:
        measured = table(Path(work))
    (TREE / "bench" / "prove.md").write_text(measured)
    print(measured)


if __name__ == "__main__":
    main()
