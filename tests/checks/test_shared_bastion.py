"""Two clusters and one bastion: a cluster that lets nobody in is asked, and one that lets others in is not."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.facts.groups import GroupRef
from eksclave.reach.facts.values import Origin

GREEN = "aws_eks_cluster.green"


def _with_green(found, *rules):
    """Add a second cluster whose own group has the first one's rules, without the bastion's."""
    (main,) = found.clusters
    group = found.group_by_key[main.cluster_group]
    kept = [rule for rule in group.rules if rule.peer != GroupRef("aws_security_group.bastion")]
    assert len(kept) == len(group.rules) - 1
    own = replace(group, key="sg-green", origin=Origin(GREEN), rules=(*kept, *rules))
    green = replace(main, key=GREEN, origin=Origin(GREEN), name="green", cluster_group="sg-green")
    return replace(found, clusters=(green, main), groups=(*found.groups, own))


def _asked(found) -> dict[str, set[Outcome]]:
    asked: dict[str, set[Outcome]] = {}
    for one in prove(found).results:
        if one.requirement == "B1":
            asked.setdefault(one.cluster, set()).add(one.outcome)
    return asked


def test_a_cluster_that_lets_nobody_in_is_asked_with_the_bastion_of_its_vpc(facts):
    assert _asked(_with_green(facts("flat"))) == {
        "aws_eks_cluster.main": {Outcome.PASS},
        GREEN: {Outcome.FAIL},
    }


def test_a_cluster_that_lets_operators_in_leaves_the_bastion_to_the_other(facts):
    found = facts("flat")
    group = found.group_by_key[found.clusters[0].cluster_group]
    rule = next(rule for rule in group.rules if rule.peer == GroupRef("aws_security_group.bastion"))
    office = replace(rule, peer=ip_network("192.168.0.0/16"))
    assert _asked(_with_green(found, office)) == {"aws_eks_cluster.main": {Outcome.PASS}}
