"""No address of a range that the input marks as sensitive is printed, in any format and wherever it would stand."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from eksclave.checks.explain import explain
from eksclave.checks.prove import prove
from eksclave.checks.secrets import SECRET, without_secrets
from eksclave.net import PortRange
from eksclave.report import FORMATS, render

OWN = IPv4Network("10.20.0.0/16")
CLOSED = [
    {"set": "aws_vpc_security_group_ingress_rule.endpoints_https", "values": {"from_port": 80, "to_port": 80}},
    {"set": "aws_vpc_endpoint.s3", "values": {"policy": '{"Statement": []}'}},
]


def _ranges(found):
    return tuple(cidr for vpc in found.vpcs for cidr in vpc.cidrs)


def _with_a_narrow_acl(found):
    """Answers to ports below 50000 are lost at the borders of subnets, so that packets and entries are printed."""
    acls = tuple(
        replace(acl, entries=tuple(replace(e, protocol="tcp", ports=PortRange(443, 50000)) for e in acl.entries))
        for acl in found.nacls
    )
    return replace(found, nacls=acls)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_a_sensitive_range_is_printed(facts, format, narrow):
    found = facts("flat", CLOSED)
    found = _with_a_narrow_acl(found) if narrow else found
    first = str(_ranges(found)[0].network_address).rpartition(".")[0].rpartition(".")[0]
    notes = [("aws_vpc.main", f"taken to be in {first}.0.0/16")]
    assert f"{first}." in render(prove(found, notes=notes), format)
    told = render(prove(replace(found, secret=_ranges(found)), notes=notes), format)
    assert SECRET in told and f"{first}." not in told


@pytest.mark.parametrize(("source", "destination"), [("nodes", "ecr.api"), ("control-plane", "nodes"), ("nodes", "s3")])
def test_explain_prints_nothing_of_it_either(facts, source, destination):
    found = _with_a_narrow_acl(facts("flat", CLOSED))
    plain, _ = explain(found, source, destination)
    hidden, _ = explain(replace(found, secret=_ranges(found)), source, destination)
    first = str(_ranges(found)[0].network_address).rpartition(".")[0].rpartition(".")[0]
    assert f"{first}." in plain
    assert f"{first}." not in hidden and hidden.count("-->") == plain.count("-->")


def test_what_overlaps_is_hidden_and_other_numbers_stay():
    text = "10.20.1.9:443 to 10.0.0.0/8, not 10.21.0.1 nor 999.1.1.1 in version 1.2.3.4"
    told = without_secrets([OWN], text)
    assert told == f"{SECRET}:443 to {SECRET}, not 10.21.0.1 nor 999.1.1.1 in version 1.2.3.4"
    assert without_secrets([], text) == text
