"""Proven clusters: real plans of the corpus and one of our own examples, each with what it needs, written by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import orjson
from eksclave.checks.prove import prove
from eksclave.checks.result import Answer
from eksclave.reach.build import snapshot
from eksclave.reach.facts.values import Unknown
from eksclave.reach.snapshot import Snapshot
from eksclave.terraform.model import World
from eksclave.terraform.read import read_documents

from tests.oracles.cluster import Needs
from tests.oracles.worlds import S3

TESTS = Path(__file__).parent.parent


@dataclass(frozen=True)
class Base:
    """One cluster that is proven, and its hand-written needs."""

    name: str
    folder: str
    needs: tuple[Needs, ...]
    stands: bool = False
    """Several stacks, applied one after the other: nothing is asked about their order."""


USUAL = ("ec2", "ecr.api", "ecr.dkr", "s3")
CELLS = ('module.cell["{}"].aws_eks_cluster.cell', ("blue", "green"))
BASES = (
    Base("flat", "corpus", (Needs("aws_eks_cluster.main", (*USUAL, "eks-auth"), bastion="aws_instance.bastion"),)),
    Base("inline", "corpus", (Needs("aws_eks_cluster.this"),)),
    Base("hub", "corpus", (Needs("aws_eks_cluster.spoke", operators="aws_vpc.operators"),)),
    Base(
        "karpenter",
        "corpus",
        (
            Needs(
                "aws_eks_cluster.main",
                (*USUAL, "eks", "eks-auth", "sts", "elasticloadbalancing", "sqs"),
                (443, 9443),
                balancer_controller=True,
            ),
        ),
    ),
    Base("fargate", "corpus", (Needs("aws_eks_cluster.fargate", USUAL[1:]),)),
    Base("modules", "corpus", (Needs("module.eks.aws_eks_cluster.this", (*USUAL, "eks-auth")),)),
    Base("twins", "corpus", tuple(Needs(CELLS[0].format(one)) for one in CELLS[1])),
    Base("automode", "checks/worlds", (Needs("aws_eks_cluster.c", balancer_controller=True),)),
    Base("selfmanaged", "checks/worlds", (Needs("aws_eks_cluster.c"),)),
    Base(
        "03-strict-network",
        "golden",
        (
            Needs(
                "aws_eks_cluster.main",
                (*USUAL, "eks-auth", "sts", "elasticloadbalancing", "autoscaling"),
                (443, 9443, 10250, 10251),
                "aws_instance.bastion",
                balancer_controller=True,
            ),
        ),
        stands=True,
    ),
)


@lru_cache(maxsize=1)
def world_of(base: Base) -> World:
    """Read the base: a plan, or the synthesized stacks of an example."""
    folder = TESTS / base.folder / base.name
    if (folder / "plan.json").exists():
        return read_documents([(base.name, orjson.loads((folder / "plan.json").read_bytes()))])
    stacks = sorted((folder / "stacks").glob("*.json"))
    return read_documents([(one.stem, orjson.loads(one.read_bytes())) for one in stacks])


def answered(base: Base, found: Snapshot) -> Answer:
    """Return what the engine says."""
    return prove(found, existing=world_of(base).resources if base.stands else ())


def with_known_ranges(found: Snapshot) -> Snapshot:
    """Return the snapshot with S3's ranges written down, as `ip-ranges.json` would say them.

    An endpoint that is turned into a gateway names no route tables.
    """
    lists = tuple(
        replace(one, entries=S3 if one.service == "s3" else ()) if isinstance(one.entries, Unknown) else one
        for one in found.prefix_lists
    )
    endpoints = tuple(
        replace(one, route_tables=()) if isinstance(one.route_tables, Unknown) else one for one in found.endpoints
    )
    return replace(found, prefix_lists=lists, endpoints=endpoints)


def made(world: World) -> Snapshot:
    """Return the facts of a world."""
    return snapshot(world)
