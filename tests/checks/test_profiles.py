"""Names that a Route 53 Profile brings into a VPC."""

from __future__ import annotations

from eksclave.reach.answer import Outcome

PROFILE = {"add": "aws_route53profiles_profile.p", "values": {"name": "p"}}
ZONE = {
    "add": "aws_route53_zone.z",
    "values": {"name": "corp.example"},
    "references": {"vpc": ["aws_vpc.elsewhere.id", "aws_vpc.elsewhere"]},
}
SHARED = {
    "add": "aws_route53profiles_resource_association.z",
    "values": {"name": "z"},
    "references": {
        "profile_id": ["aws_route53profiles_profile.p.id", "aws_route53profiles_profile.p"],
        "resource_arn": ["aws_route53_zone.z.arn", "aws_route53_zone.z"],
    },
}
OF_VPC = {"resource_id": ["aws_vpc.main.id", "aws_vpc.main"]}
OWN = {"profile_id": ["aws_route53profiles_profile.p.id", "aws_route53profiles_profile.p"]}
ASSOCIATED = {"add": "aws_route53profiles_association.p", "values": {"name": "p"}, "references": OF_VPC | OWN}
FOREIGN = {
    "add": "aws_route53profiles_association.p",
    "values": {"name": "p", "profile_id": "rp-0123456789abcdef"},
    "references": OF_VPC,
}
NO_EC2 = {"drop": 'aws_vpc_endpoint.interface["ec2"]'}


def test_a_zone_in_a_profile_answers_in_every_vpc_of_the_profile(facts):
    zones = facts("flat", [PROFILE, ZONE, SHARED, ASSOCIATED]).private_zones
    (zone,) = [one for one in zones if one.key == "aws_route53_zone.z"]
    assert "aws_vpc.main" in zone.vpcs
    assert not [one for one in zones if one.incomplete]


def _ec2(answer):
    return {one.outcome for one in answer.results if one.requirement == "N1"}


def test_a_profile_from_elsewhere_may_answer_what_nothing_here_does(case):
    assert _ec2(case("flat", [NO_EC2])) == {Outcome.FAIL}
    assert _ec2(case("flat", [NO_EC2, FOREIGN])) == {Outcome.UNKNOWN}
    assert _ec2(case("flat", [NO_EC2, PROFILE, ASSOCIATED])) == {Outcome.FAIL}


def test_what_the_vpc_answers_itself_wins_over_a_profile(case):
    assert case("flat", [FOREIGN]).verdict is Outcome.PASS
