"""What the engine cannot judge is said, not passed."""

from __future__ import annotations

import pytest
from eksclave.checks.ipv6 import OF_PODS
from eksclave.reach.answer import Outcome


@pytest.mark.parametrize(("family", "verdict"), [("ipv4", Outcome.PASS), ("ipv6", Outcome.UNKNOWN)])
def test_pods_with_ipv6_addresses_are_never_called_proven(case, family: str, verdict: Outcome):
    network = [{"ip_family": family}]
    answer = case("flat", [{"set": "aws_eks_cluster.main", "values": {"kubernetes_network_config": network}}])
    assert answer.verdict is verdict
    doubted = {result.requirement for result in answer.results if result.outcome is Outcome.UNKNOWN}
    assert doubted <= OF_PODS
    assert ("C2" in doubted) is (family == "ipv6")
