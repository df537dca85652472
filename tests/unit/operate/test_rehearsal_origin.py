"""From a construct path to the line of the spec."""

from __future__ import annotations

from pathlib import Path

import pytest
from eksclave.operate.rehearse.origin import Origin

SPEC = """name: prod
region: eu-central-1
network:
  cidr: 10.0.0.0/16
  flow_logs:
    traffic: ALL
node_groups:
  - name: general
  - name: batch
endpoints:
  services:
    ecr.api: external
addons:
  metrics-server: {}
access:
  peered_vpcs:
    - name: office
registry:
  pull_through_cache:
    - upstream: quay.io
      prefix: quay
"""


@pytest.mark.parametrize(
    ("construct", "place"),
    [
        ("prod-network/network/Default", "3 network"),
        ("prod-network/network/flow-log-group", "5 network.flow_logs"),
        ("prod-network/network/nacl-nodes/ingress-1004", "3 network"),
        ("prod-cluster/nodes-batch/template", "9 node_groups[1]"),
        ("prod-cluster/nodes-gone/Default", "7 node_groups"),
        ("prod-cluster/role-addon-metrics-server/Default", "14 addons.metrics-server"),
        ("prod-endpoints/endpoints/ecr.api", "12 endpoints.services.ecr.api"),
        ("prod-endpoints/endpoints/rules/ingress-https", "10 endpoints"),
        ("prod-registry/registry/cache-quay-template", "20 registry.pull_through_cache[0]"),
        ("prod-access/peering-office/options", "17 access.peered_vpcs[0]"),
        ("prod-cluster/cluster/key", ""),
        ("prod-cluster/fargate-jobs/Default", ""),
        ("somebody-else/thing", ""),
    ],
)
def test_a_construct_leads_to_the_nearest_field_that_the_spec_writes(
    tmp_path: Path, construct: str, place: str
) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(SPEC)
    assert Origin(file).place(construct) == (f"{file}:{place}" if place else "")
