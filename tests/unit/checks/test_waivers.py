"""Waivers accept exactly what they name, until their day."""

from __future__ import annotations

from datetime import date

import pytest
from eksclave.checks.ids import known_ids
from eksclave.checks.result import Result, StoppedAt, answer
from eksclave.checks.waiver_file import read_waivers
from eksclave.checks.waivers import Waiver, matches, waive
from eksclave.errors import InputError
from eksclave.reach.answer import Outcome

TODAY = date(2026, 11, 23)
FOUND = answer(
    [
        Result("P2", Outcome.FAIL, "aws_eks_cluster.a", stopped_at=(StoppedAt("aws_route.nat[0]"),)),
        Result("R4", Outcome.FAIL, "aws_eks_cluster.a", stopped_at=(StoppedAt("aws_network_acl.a"),)),
    ]
)


def written(tmp_path, text):
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    return read_waivers(file, known_ids())


def test_what_is_waived_does_not_count_for_the_verdict(tmp_path):
    waivers = written(
        tmp_path, "- {waive: P2, address: 'aws_route.nat[*', reason: until endpoints, until: 2026-12-31}\n"
    )
    left = waive(FOUND, waivers, TODAY)
    assert [one.requirement for one in left.results] == ["R4"]
    assert [one.result.requirement for one in left.waived] == ["P2"]


def test_the_last_day_still_counts(tmp_path):
    waivers = written(tmp_path, "- {waive: P2, address: 'aws_route.*', reason: x, until: 2026-11-23}\n")
    assert waive(FOUND, waivers, TODAY).waived


def test_an_ended_waiver_is_a_mistake(tmp_path):
    waivers = written(tmp_path, "- {waive: P2, address: 'aws_route.*', reason: x, until: 2026-11-22}\n")
    with pytest.raises(InputError, match="ended on 2026-11-22"):
        waive(FOUND, waivers, TODAY)


def test_a_waiver_that_matches_nothing_is_a_mistake(tmp_path):
    waivers = written(tmp_path, "- {waive: P2, address: 'aws_route.other', reason: x, until: 2026-12-31}\n")
    with pytest.raises(InputError, match="matches no finding"):
        waive(FOUND, waivers, TODAY)


def test_every_mistake_of_a_file_is_said_at_once(tmp_path):
    with pytest.raises(InputError) as wrong:
        written(tmp_path, "- {waive: X9, address: a, until: soon}\n- nonsense\n- {waive: P1, adress: b}\n")
    text = str(wrong.value)
    for said in ("'X9'", "[0].reason", "'soon' is no date", "'nonsense' is no waiver", "[2].adress", "[2].until"):
        assert said in text


@pytest.mark.parametrize("text", ["{", "just words", "\x00", "- [" * 5000, ""])
def test_a_file_that_is_no_list_of_waivers_is_a_mistake(tmp_path, text):
    with pytest.raises(InputError):
        written(tmp_path, text)


def test_brackets_of_an_address_stand_for_themselves():
    assert matches("aws_subnet.a[0]", "aws_subnet.a[0]")
    assert matches('aws_subnet.a["x"]', "aws_subnet.*")
    assert not matches("aws_subnet.a0", "aws_subnet.a[0]")


def test_a_time_of_day_is_read_as_its_day(tmp_path):
    waivers = written(tmp_path, "- {waive: P2, address: 'aws_route.*', reason: x, until: 2026-12-31 10:00:00}\n")
    assert waivers[0].until == date(2026, 12, 31)
    assert waive(FOUND, waivers, TODAY).waived


OPEN = Result("R6", Outcome.UNKNOWN, "aws_eks_cluster.a", stopped_at=(StoppedAt("aws_iam_role.node"),))
KEPT = Result("R4", Outcome.PASS, "aws_eks_cluster.a")


@pytest.mark.parametrize(
    ("id", "address", "covered"),
    [
        ("R6", "aws_iam_role.*", True),
        ("R6", "aws_eks_cluster.a", True),
        ("R6", "aws_eks_cluster.b", False),
        ("R4", "aws_eks_cluster.a", False),
        ("R5", "aws_iam_role.node", False),
    ],
)
def test_a_waiver_covers_fails_and_unknowns_of_its_id_at_the_place_or_the_cluster(id, address, covered):
    waiver = Waiver(id, address, "x", date(2026, 12, 31), "waivers.yaml [0]")
    if covered:
        assert waive(answer([OPEN, KEPT]), [waiver], TODAY).verdict is Outcome.PASS
    else:
        with pytest.raises(InputError, match="matches no finding"):
            waive(answer([OPEN, KEPT]), [waiver], TODAY)


def of(word):
    """One waiver of this word, as a line of YAML."""
    return f"- {{waive: {word}, address: '*', reason: x, until: 2026-12-31}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "# why\n" + of("n5"),
            "waivers.yaml:2 [0].waive: no requirement has the id 'n5'; did you mean 'N5'?",
        ),
        (of("sts-unreachabel"), "did you mean 'sts-unreachable'?"),
        (of("s3-unreachable"), "write one of these ids"),
        (of("'N5 imds-off'"), "no requirement has the id 'N5 imds-off'"),
        (
            "- waive: N5\n  address: '*'\n  reason: x\n  until: 2027-31-01\n",
            "waivers.yaml:4 [0].until: '2027-31-01' is no date; write it as 2027-01-31",
        ),
        (
            "- waive: N5\n  address: '*'\n  reason: x\n  until: 31.1.2027\n",
            "waivers.yaml:4 [0].until: '31.1.2027' is no date",
        ),
        ("- waive: N5\n  adress: '*'\n", "waivers.yaml:2 [0].adress: is no field of a waiver; did you mean 'address'?"),
        (
            of("N5") * 2,
            "waivers.yaml:2 [1]: waives N5 at '*' again; remove it, or the one at ",
        ),
        ("- waive: N5\n  {\n", "waivers.yaml:3"),
    ],
)
def test_a_mistake_says_its_line_and_what_was_meant(tmp_path, text, said):
    with pytest.raises(InputError) as wrong:
        written(tmp_path, text)
    assert said in str(wrong.value)


@pytest.mark.parametrize("word", ["N5", "sts-unreachable", "N5 sts-unreachable"])
def test_a_requirement_is_waived_by_what_is_printed_of_it(tmp_path, word):
    assert written(tmp_path, of(word))[0].waive == "N5"


def test_waivers_may_share_what_they_have_in_common(tmp_path):
    text = "- &a {waive: P2, address: a, reason: x, until: 2026-12-31}\n- {<<: *a, address: b}\n"
    assert [one.address for one in written(tmp_path, text)] == ["a", "b"]
