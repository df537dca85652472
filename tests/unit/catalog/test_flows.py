"""The catalogue of required flows keeps its promises."""

from __future__ import annotations

import pytest
from eksclave.catalog.features import Feature, find_feature, with_implied
from eksclave.catalog.flows import FLOWS, find_flow, required_flows, services_needed
from eksclave.errors import EksclaveError

FAMILIES = {"D": 9, "L": 5, "N": 29, "C": 15, "B": 5, "E": 6, "R": 20}


def test_every_published_id_is_there_once():
    assert [flow.id for flow in FLOWS] == [
        f"{letter}{n}" for letter, last in FAMILIES.items() for n in range(1, last + 1)
    ]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.id)
def test_every_row_says_what_is_seen_what_to_do_and_where_the_fact_comes_from(flow):
    assert flow.title and flow.symptom and flow.fix and flow.source and flow.confidence
    assert flow.impact in ("boot", "degraded", "access", "apply")
    assert (flow.kind == "service") == bool(flow.services)


@pytest.mark.parametrize("flow", [flow for flow in FLOWS if flow.kind == "service"], ids=lambda flow: flow.id)
def test_every_called_service_is_one_that_the_catalogue_of_endpoints_knows(flow):
    from eksclave.catalog.endpoints import find_service

    assert all(find_service(service) for service in flow.services)


def test_a_plain_node_group_needs_the_four_boot_endpoints():
    features = with_implied({Feature.MANAGED_NODES})
    assert set(services_needed(features)) == {"ec2", "ecr.api", "ecr.dkr", "s3"}


def test_the_ebs_direct_apis_are_never_needed():
    assert not find_flow("N19").when(frozenset(Feature))


def test_pod_identity_alone_does_not_need_sts():
    features = with_implied({Feature.MANAGED_NODES, Feature.POD_IDENTITY, Feature.CLUSTER_AUTOSCALER})
    assert "N5" not in {flow.id for flow in required_flows(features)}
    assert "N7" in {flow.id for flow in required_flows(features)}


def test_only_the_endpoints_that_the_controller_leaves_on_are_needed():
    features = with_implied({Feature.LBC_WAFV2})
    assert find_flow("N23").services_for(features) == ("wafv2",)


def test_an_unknown_feature_is_answered_with_the_nearest_word():
    with pytest.raises(EksclaveError, match="did you mean 'karpenter'"):
        find_feature("karpentr")
