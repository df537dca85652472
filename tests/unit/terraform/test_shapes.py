"""Keys and lengths that root outputs show, and what they rule out."""

from __future__ import annotations

from eksclave.terraform.references import Term
from eksclave.terraform.scope import Instance
from eksclave.terraform.settle import Hit
from eksclave.terraform.shapes import fitting, shapes
from eksclave.terraform.values import AnyOf, Ref
from eksclave.terraform.words import narrowed

SUBNETS = Term("module", "net", ("subnet_ids",))
A, B, C = (Ref(f'aws_subnet.this["{key}"]', ("id",)) for key in "abc")


def plan(references, unknown, after=None):
    return {
        "configuration": {"root_module": {"outputs": {"o": {"expression": {"references": references}}}}},
        "output_changes": {"o": {"actions": ["create"], "after": after, "after_unknown": unknown}},
    }


def test_a_map_of_lists_shows_the_length_under_each_key():
    shown = shapes(plan(["module.net.subnet_ids", "module.net"], {"app": [True, True], "db": [True]}))
    assert shown.length(SUBNETS, ("subnet_ids", "app"), ()) == 2
    assert shown.length(SUBNETS, ("subnet_ids",), (("db",),)) == 1
    assert shown.length(SUBNETS, ("subnet_ids",), ()) is None
    assert shown.length(SUBNETS, ("subnet_ids", "ops"), ()) is None
    assert shown.length(Term("module", "other", ()), ("subnet_ids", "app"), ()) is None


def test_known_members_count_beside_unknown_ones():
    shown = shapes(plan(["local.ids"], {"new": [True]}, {"new": [None], "old": ["subnet-1", "subnet-2"]}))
    assert shown.length(Term("local", "ids", ()), ("old",), ()) == 2
    assert shown.length(Term("local", "ids", ()), ("new",), ()) == 1


def test_an_output_made_of_several_things_shows_none_of_them():
    assert not shapes(plan(["module.net.a", "module.net", "local.b"], [True, True])).shown
    assert not shapes(plan(["module.net.a", "module.net"], True)).shown


def test_only_lists_of_the_shown_length_are_left():
    assert fitting([Hit((A, B), True), Hit((C,), True)], 3) == [Hit((A, B, C), True)]
    assert fitting([Hit((AnyOf(([A], [A, B]), "a filter"),), True)], 2) == [Hit((A, B), True)]


def test_a_length_that_nothing_gives_refutes_nothing():
    """The output may hand out a part of what it refers to."""
    assert fitting([Hit((A, B), True)], 3) == [Hit((A, B), True)]


def test_a_list_by_itself_may_be_a_part_and_outputs_that_contradict_tell_nothing():
    assert not shapes(plan(["module.net.subnet_ids", "module.net"], [True, True])).shown
    two = plan(["module.net.subnet_ids", "module.net"], {"app": [True, True]})
    other = plan(["module.net.subnet_ids", "module.net"], {"app": [True]})
    two["configuration"]["root_module"]["outputs"]["p"] = two["configuration"]["root_module"]["outputs"]["o"]
    two["output_changes"]["p"] = other["output_changes"]["o"]
    assert shapes(two).length(SUBNETS, ("subnet_ids", "app"), ()) is None


def test_a_number_tells_a_beginning_from_a_word():
    every = [
        Instance(key, "", "managed", "aws_subnet", "this", key, "", "create", {}, {}, {})
        for key in ("app/a", "app/b", "appdb/a", "ctrl/a")
    ]
    assert [one.key for one in narrowed(("app",), every, 3)] == ["app/a", "app/b", "appdb/a"]
    assert [one.key for one in narrowed(("app",), every, 2)] == ["app/a", "app/b"]
