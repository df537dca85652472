"""Two zones, as far as the plan keeps which subnets the cluster has."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("base", "said"), [("inline", True), ("flat", False), ("existing", False)])
def test_a_whole_block_of_subnets_is_said(case, base, said):
    (asked,) = [one for one in case(base).results if one.requirement == "R1"]
    assert any("keeps no filter" in text for text in asked.assumptions) is said
