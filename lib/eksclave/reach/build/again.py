"""Clusters that a data source reads and the same input makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eksclave.terraform.model import Resource, World
from eksclave.terraform.values import Ref

_CLUSTER = "aws_eks_cluster"


def only_cluster(world: World, near: Resource) -> str | None:
    """Return the one cluster that can be meant by a name that only apply will know: the only one of its own input."""
    made = [one.address for one in world.of(_CLUSTER) if one.source == near.source]
    return made[0] if len(made) == 1 else None


def read_again(
    world: World,
    reader: Resource,
    by_name: Mapping[str, list[str]],
    nearest: Callable[[list[str], Resource | None], str],
) -> str:
    """Return the cluster that a data source reads; its own address where that is made elsewhere."""
    name = world.resolve(reader.get("name"))
    if isinstance(name, Ref) and name.address in world.resources and world.resources[name.address].type == _CLUSTER:
        return name.address
    if not isinstance(name, str):
        return only_cluster(world, reader) or reader.address
    managed = [one for one in by_name.get(name, ()) if world.resources[one].mode == "managed"]
    return nearest(managed, reader) if managed else reader.address
