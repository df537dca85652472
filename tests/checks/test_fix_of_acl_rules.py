"""The fix of an ACL whose deny is a resource of its own names the ACL, and the ports that were asked."""

from __future__ import annotations

from pathlib import Path

import orjson
from eksclave.checks.prove import prove
from eksclave.reach.answer import Outcome
from eksclave.reach.build import snapshot
from eksclave.terraform.read import read_documents

from tests.wirings.changes import applied

WIRINGS = Path(__file__).parents[1] / "wirings"


def test_the_fix_adds_an_entry_to_the_acl_and_no_more_than_was_asked():
    told = orjson.loads((WIRINGS / "classic/acl-deny-kubelet.json").read_bytes())
    plan = applied(orjson.loads((WIRINGS / "classic/plan.json").read_bytes()), told["changes"])
    results = prove(snapshot(read_documents([("plan", plan)]))).results
    fixes = {one.fix for one in results if one.outcome is Outcome.FAIL and one.fix}
    assert fixes and all("to module.vpc.aws_network_acl.private[0]," in fix for fix in fixes)
    assert any("allow tcp 10250 from" in fix for fix in fixes)
    assert not any("every port" in fix for fix in fixes)
