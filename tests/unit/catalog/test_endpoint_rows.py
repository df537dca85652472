"""Every row of the endpoint catalogue keeps the contract that the design and the verifier rest on."""

import re

import pytest
from eksclave.catalog.endpoints import ENDPOINTS, find_service, service_or_none
from eksclave.catalog.flows import FLOWS
from eksclave.catalog.regions import region_names
from eksclave.errors import EksclaveError

IDS = [service.suffix for service in ENDPOINTS]


@pytest.mark.parametrize("service", ENDPOINTS, ids=IDS)
def test_a_row_names_its_source_and_is_offered_somewhere(service):
    assert service.source
    assert any(service.offered_in(region) for region in region_names())


@pytest.mark.parametrize("service", ENDPOINTS, ids=IDS)
def test_a_service_name_is_read_back_to_its_row(service):
    for region in region_names():
        name = service.service_name(region)
        assert service_or_none(name) is service
        assert (region in name) != service.global_name


@pytest.mark.parametrize("service", ENDPOINTS, ids=IDS)
def test_a_gateway_has_no_names_and_an_interface_has_some(service):
    names = service.dns_names_in("eu-central-1")
    assert bool(names) == (service.kind == "Interface")
    assert all(re.fullmatch(r"(\*\.)?[a-z0-9.-]+", name) for name in names)


def test_rows_are_sorted_and_unique():
    assert sorted(set(IDS)) == IDS


def test_every_service_that_a_required_flow_names_has_a_row():
    named = {suffix for flow in FLOWS for suffix in flow.services}
    assert named <= set(IDS)


def test_ecr_in_beijing_carries_chinas_prefix_and_suffix():
    ecr = find_service("ecr.api")
    assert ecr.service_name("cn-north-1") == "cn.com.amazonaws.cn-north-1.ecr.api"
    assert ecr.dns_names_in("cn-north-1")[0] == "api.ecr.cn-north-1.amazonaws.com.cn"
    assert find_service("s3").service_name("cn-north-1") == "com.amazonaws.cn-north-1.s3"


def test_the_pod_identity_agent_calls_a_name_that_eks_auth_answers():
    assert find_service("eks-auth").dns_names_in("eu-central-1") == ("eks-auth.eu-central-1.api.aws",)


def test_the_eks_api_has_no_endpoint_in_malaysia():
    assert not find_service("eks").offered_in("ap-southeast-5")
    assert find_service("eks-auth").offered_in("ap-southeast-5")


def test_a_misspelt_service_is_answered_with_the_near_one():
    with pytest.raises(EksclaveError, match=r"did you mean 'ecr\.api'"):
        find_service("ecr-api")
