"""Every add-on keeps the contract that the design rests on."""

import pytest
from eksclave.catalog.addons import ADDONS, addon_names, controller_names, find_addon
from eksclave.catalog.endpoints import find_service
from eksclave.catalog.flows import find_flow, services_needed
from eksclave.catalog.images import CanonicalImage
from eksclave.catalog.managed_policies import MANAGED_POLICY_ACTIONS
from eksclave.catalog.registries import addon_registry
from eksclave.errors import EksclaveError

ROWS = list(ADDONS.values())
IDS = list(ADDONS)
NAMES = {"partition": "aws", "region": "eu-central-1", "account": "111122223333", "cluster": "prod"}


@pytest.mark.parametrize("addon", ROWS, ids=IDS)
def test_an_addon_names_its_source_and_known_services_flows_and_addons(addon):
    assert addon.source and addon.summary
    for need in addon.endpoints:
        assert need.reason
        assert find_service(need.service)
        assert all(find_flow(flow) for flow in need.flows)
    assert all(find_flow(port.flow) for port in addon.ports if port.flow)
    assert all(find_addon(name) for name in addon.needs_addons)


@pytest.mark.parametrize("addon", ROWS, ids=IDS)
def test_an_image_is_a_reference_once_its_registry_is_filled_in(addon):
    for image in addon.images:
        filled = image.format(addons=addon_registry("eu-central-1"), minor="1.34")
        assert str(CanonicalImage.parse(filled)).startswith(filled)


@pytest.mark.parametrize("addon", ROWS, ids=IDS)
def test_a_role_has_a_service_account_and_actions_that_endpoint_policies_know(addon):
    assert bool(addon.service_account) >= addon.needs_role
    assert all(policy in MANAGED_POLICY_ACTIONS for policy in addon.managed_policies)
    for permission in addon.permissions:
        assert permission.actions and all(":" in action and "*" not in action for action in permission.actions)
        assert all("{" not in resource.format(**NAMES) for resource in permission.resources)


@pytest.mark.parametrize("addon", [row for row in ROWS if row.needs_role], ids=lambda row: row.name)
def test_what_a_role_may_ask_for_has_an_endpoint_to_ask_at(addon):
    reached = {find_service(need.service).action_prefix for need in addon.endpoints}
    asked = {action.split(":")[0] for permission in addon.permissions for action in permission.actions}
    # CreateServiceLinkedRole is checked when ELB makes a load balancer; the pod itself never calls IAM.
    assert asked - {"iam"} <= reached


@pytest.mark.parametrize("addon", ROWS, ids=IDS)
def test_the_flows_of_an_addons_features_are_among_its_own_needs(addon):
    asked = {need.service for need in addon.endpoints}
    by_flows = set(services_needed(frozenset(addon.features)))
    with_irsa_alone = {"sts"}
    assert by_flows - with_irsa_alone <= asked


def test_controllers_are_not_installable_as_addons():
    assert not set(addon_names()) & set(controller_names())
    assert {"cluster-autoscaler", "aws-load-balancer-controller", "karpenter"} == set(controller_names())


def test_a_misspelt_addon_is_answered_with_the_near_one():
    with pytest.raises(EksclaveError, match="did you mean 'coredns'"):
        find_addon("core-dns")
