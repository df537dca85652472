"""What is left of an index that the plan lost: words of keys, places in keys, tiers, zones."""

from __future__ import annotations

from eksclave.terraform.kinds import SUBNET, attribute_kind
from eksclave.terraform.place import Want
from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance
from eksclave.terraform.tiers import tier_hits, tiers
from eksclave.terraform.values import AnyOf, Ref
from eksclave.terraform.words import alike, in_same_place, narrowed, within, words


def one(key, **after):
    address = f'aws_subnet.this["{key}"]'
    return Instance(address, "", "managed", "aws_subnet", "this", key, "", "create", after, {}, {})


def subnets(*keys):
    return [one(key, availability_zone=f"eu-west-1{key[-1]}") for key in keys]


def test_words_are_compared_whole():
    assert words("app/eu-west-1a") == ("app", "eu", "west", "1a")
    assert within("app", "app/a") and within("nodes", "node-a")
    assert not within("app", "appdb/a")


def test_a_lost_index_means_the_keys_that_bear_its_word():
    every = subnets("app/a", "app/b", "appdb/a", "ctrl/a")
    assert [found.key for found in narrowed(("app",), every)] == ["app/a", "app/b"]
    assert [found.key for found in narrowed(("app", "ctrl"), every)] == ["app/a", "app/b", "ctrl/a"]
    assert narrowed(("nothing",), every) == []


def test_a_word_that_all_bear_tells_nothing():
    assert narrowed(("app",), subnets("app/a", "app/b")) == []


def test_a_tag_tells_where_keys_do_not():
    every = [one("x1", tags={"Tier": "doors"}), one("x2", tags={"Tier": "rooms"})]
    assert [found.key for found in narrowed(("doors",), every)] == ["x1"]


def test_a_key_holds_the_key_that_it_points_to():
    every = subnets("app/a", "ctrl/a")
    assert [found.key for found in alike("ctrl/a/in/100", every)] == ["ctrl/a"]


def test_siblings_tell_which_of_two_words_is_meant():
    every = [one("endpoints"), one("bastion"), one("nodes")]
    keys = ["endpoints/app0", "endpoints/app1", "endpoints/bastion"]
    assert [found.key for found in in_same_place("endpoints/bastion", keys, every)] == ["endpoints"]
    assert in_same_place("endpoints/bastion", ["endpoints/bastion"], every) == []


def test_tiers_are_what_keys_differ_in_beside_the_zone():
    every = subnets("app/a", "app/b", "ctrl/a", "ctrl/b")
    assert [[found.key for found in tier] for tier in tiers(every)] == [["app/a", "app/b"], ["ctrl/a", "ctrl/b"]]


def test_a_filter_that_was_lost_leaves_each_tier_possible():
    every = subnets("app/a", "app/b", "ctrl/a", "ctrl/b")
    listed = [Term("resource", "aws_subnet.this", ()), Term("local", "zones", ())]
    hits = tier_hits(listed[0], every, listed, Want(SUBNET, True), [])
    assert hits is not None
    (choice,) = hits[0].members
    assert isinstance(choice, AnyOf)
    assert [len(candidate) for candidate in choice.candidates] == [2, 2, 4]


def test_what_a_resource_is_for_tells_its_tier():
    every, notes = subnets("nodes/a", "ctrl/a"), list[str]()
    listed = [Term("resource", "aws_subnet.this", ()), Term("local", "zones", ())]
    hits = tier_hits(listed[0], every, listed, Want(SUBNET, True, said=frozenset({"node"})), notes)
    assert hits is not None and hits[0].members == (Ref('aws_subnet.this["nodes/a"]', ("id",)),)
    assert notes


def test_an_endpoint_never_takes_two_subnets_of_one_zone():
    every = subnets("app/a", "ctrl/a")
    listed = [Term("resource", "aws_subnet.this", ())]
    hits = tier_hits(listed[0], every, listed, Want(SUBNET, True, apart=True), [])
    assert hits is not None
    assert [len(candidate) for candidate in hits[0].members[0].candidates] == [1, 1]


def test_short_names_tell_their_kind():
    told = {
        name: kind.name
        for name in ("node_sg_id", "private_rtbs", "nacl", "subnets_by_tier")
        if (kind := attribute_kind(name))
    }
    assert told == {
        "node_sg_id": "security_group",
        "private_rtbs": "route_table",
        "nacl": "network_acl",
        "subnets_by_tier": "subnet",
    }
    assert attribute_kind("private_subnet_cidrs") is None
