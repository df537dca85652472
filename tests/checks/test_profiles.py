"""Route 53 Profiles of others bring names that nobody here sees."""

from __future__ import annotations

from eksclave.reach.answer import Outcome

STEPS = [
    {"drop": "aws_route53_zone_association.spoke*"},
    {
        "add": "aws_route53profiles_association.spoke",
        "values": {"name": "spoke", "profile_id": "rp-4f3c1a2b"},
        "references": {"resource_id": ["aws_vpc.spoke.id", "aws_vpc.spoke"]},
    },
]


def test_what_the_profile_of_another_account_answers_is_not_known(case):
    asked = [one for one in case("hub", STEPS).results if one.requirement == "N2"]
    assert {one.outcome for one in asked} == {Outcome.UNKNOWN}
    assert any("brings names that the input does not show" in one.reason for one in asked)


def test_what_a_vpc_answers_itself_wins_over_its_profile(case):
    profile = {
        "add": "aws_route53profiles_association.main",
        "values": {"name": "main", "profile_id": "rp-4f3c1a2b"},
        "references": {"resource_id": ["aws_vpc.main.id", "aws_vpc.main"]},
    }
    assert case("flat", [profile]).verdict is Outcome.PASS
    without = case("flat", [profile, {"drop": 'aws_vpc_endpoint.interface["ec2"]'}])
    assert {one.outcome for one in without.results if one.requirement == "N1"} == {Outcome.UNKNOWN}
