"""What the reader says about lost indexes: nothing to doubt, a place too many, or an assumption."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from eksclave.terraform.kinds import SUBNET
from eksclave.terraform.notes import Plain, Whole, kind_of
from eksclave.terraform.pick import pick
from eksclave.terraform.place import Place, Want
from eksclave.terraform.read import read_documents
from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance

CORPUS = Path(__file__).parents[2] / "corpus"
BLOCK = Term("resource", "aws_subnet.this", ())
KEY, COUNT, LOCAL = Term("each", "key", ()), Term("count", "index", ()), Term("local", "zones", ())


def instances(*keys):
    return {
        key: Instance(f"aws_subnet.this[{key!r}]", "", "managed", "aws_subnet", "this", key, "", "create", {}, {}, {})
        for key in keys
    }


def said(keys, own, *beside, siblings=None, plural=False):
    """Return the instances that an expression of the block and these terms means, and the kinds of its notes."""
    notes: list[str] = []
    place = Place(None, own, None, tuple(keys if siblings is None else siblings))
    want = Want(SUBNET, plural)
    found = pick(BLOCK, instances(*keys), [BLOCK, *beside], place, [], want, notes)
    return [one.key for one in found], [kind_of(one, "aws_route_table_association", "subnet_id") for one in notes]


@pytest.mark.parametrize(
    ("keys", "own", "beside", "found", "kinds"),
    [
        (("a", "b"), "a", [KEY], ["a"], ["plain"]),
        (("a", "b"), "a", [KEY, LOCAL], ["a"], ["assumption"]),
        (("app-a", "db-a"), "app", [KEY], ["app-a"], ["assumption"]),
        ((0, 1), 1, [COUNT], [1], ["plain"]),
        ((0, 1), 1, [COUNT, LOCAL], [1], ["assumption"]),
        ((0, 1), 3, [COUNT], [1], ["assumption"]),
        (("a",), "a", [KEY], ["a"], []),
    ],
)
def test_the_instances_own_key_beside_nothing_else_assumes_nothing(keys, own, beside, found, kinds):
    assert said(keys, own, *beside) == (found, kinds)


def test_more_instances_than_there_are_to_choose_from_may_be_chosen_by_arithmetic():
    assert said((0, 1), 1, COUNT, siblings=(0, 1, 2, 3)) == ([1], ["assumption"])


def test_a_list_of_places_taken_whole_is_no_assumption_where_fewer_places_would_do():
    text = Whole("uses all")
    assert kind_of(text, "aws_eks_node_group", "subnet_ids") == "whole"
    assert kind_of(text, "aws_network_acl", "subnet_ids") == "assumption"
    assert kind_of(text, "aws_vpc_endpoint", "route_table_ids") == "assumption"
    assert kind_of("local.x is taken to be", "aws_eks_node_group", "subnet_ids") == "assumption"
    assert kind_of(Plain("uses"), "aws_network_acl", "subnet_ids") == "plain"


def test_a_local_that_only_one_thing_can_be_assumes_nothing():
    world = read_documents([("plan", orjson.loads((CORPUS / "modules" / "plan.json").read_bytes()))])
    kinds = {}
    for note in world.notes:
        kinds.setdefault(note.text.partition(" is taken")[0], set()).add(note.kind)
    assert kinds["local.vpc_id"] == {"plain"}
    assert kinds["local.node_security_group_id"] == {"assumption"}
