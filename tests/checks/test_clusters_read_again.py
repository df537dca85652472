"""A cluster that the input makes and a data source reads at apply is one cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eksclave.reach.build import snapshot
from eksclave.reach.facts.groups import cluster_group_key
from eksclave.reach.facts.values import Unknown as NotKnown
from eksclave.terraform.read import read_documents
from eksclave.terraform.values import Ref, Unknown

from tests.checks.conftest import plan_of

READER = "module.nodes.data.aws_eks_cluster.this[0]"


def read(name, second=False):
    """Return facts where the node group of `flat` has an unknown cluster, and the group of a cluster read again."""
    world = read_documents([("flat", plan_of("flat"))])
    found = dict(world.resources)
    cluster, group = world.of("aws_eks_cluster")[0], world.of("aws_eks_node_group")[0]
    own = Ref(READER, ("vpc_config", 0, "cluster_security_group_id"))
    values = {"name": name, "vpc_config": Ref(READER, ("vpc_config",))}
    found[READER] = replace(cluster, address=READER, mode="data", values=values, action="read")
    for one in world.of("aws_launch_template"):
        found[one.address] = replace(one, values={**one.values, "vpc_security_group_ids": [own]})
    found[group.address] = replace(group, values={**group.values, "cluster_name": Unknown("not kept")})
    if second:
        found["aws_eks_cluster.second"] = replace(cluster, address="aws_eks_cluster.second")
    return snapshot(replace(world, resources=found)), cluster.address


@pytest.mark.parametrize("name", [Unknown("known after apply"), Ref("terraform_data.name", ("output",))])
def test_an_unknown_name_means_the_only_cluster_there_is(name):
    found, cluster = read(name)
    assert [one.key for one in found.clusters] == [cluster]
    assert found.node_groups[0].cluster == cluster
    assert found.node_groups[0].groups == (cluster_group_key(cluster),)
    assert [text for _, attribute, text in found.assumed if attribute == "cluster_name" and cluster in text]


def test_between_two_clusters_it_stays_open():
    found, cluster = read(Unknown("known after apply"), second=True)
    assert {one.key for one in found.clusters} == {cluster, "aws_eks_cluster.second", READER}
    assert isinstance(found.node_groups[0].cluster, NotKnown)
