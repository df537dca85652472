"""Interval sets against plain Python sets of small integers."""

from eksclave.reach.sets import Box, Intervals, without
from hypothesis import given
from hypothesis import strategies as st

PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def plain(one: Intervals) -> set[int]:
    return {number for first, last in one for number in range(first, last + 1)}


def numbers(pairs) -> set[int]:
    return {number for first, last in pairs for number in range(first, last + 1)}


@given(PAIRS, PAIRS)
def test_set_algebra_agrees_with_python_sets(left, right):
    one, two = Intervals.of(left), Intervals.of(right)
    assert plain(one) == numbers(left)
    assert plain(one | two) == numbers(left) | numbers(right)
    assert plain(one & two) == numbers(left) & numbers(right)
    assert plain(one - two) == numbers(left) - numbers(right)
    assert {number for number in range(31) if number in one} == numbers(left)


@given(PAIRS, PAIRS)
def test_equal_sets_are_equal_values(left, right):
    one, two = Intervals.of(left), Intervals.of(right)
    assert ((one | two) - two == one - two) and (one & two == two & one)


@given(PAIRS, PAIRS, PAIRS, PAIRS)
def test_cutting_a_box_out_leaves_exactly_the_other_packets_once(a, b, c, d):
    whole, cut = Box(Intervals.of(a), Intervals.of(b)), Box(Intervals.of(c), Intervals.of(d))
    packets = {(x, y) for x in numbers(a) for y in numbers(b)}
    gone = {(x, y) for x in numbers(c) for y in numbers(d)}
    left = [
        (x, y) for box in without([whole] if whole else [], cut) for x in plain(box.addresses) for y in plain(box.ports)
    ]
    assert len(left) == len(set(left)) and set(left) == packets - gone
