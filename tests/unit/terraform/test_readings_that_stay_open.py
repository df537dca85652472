"""Where two readings are alike in the plan both are kept; where AWS or a key decides, one is."""

from __future__ import annotations

from eksclave.terraform.plan import read
from eksclave.terraform.values import AnyOf, Ref, Unknown

from tests.unit.terraform.small import block, made, values

GROUP, RULE, TEMPLATE = "aws_security_group.g", "aws_vpc_security_group_ingress_rule.r", "aws_launch_template.t"
NAMED = [made(f'{GROUP}["{key}"]') for key in ("desk", "doors", "fleet")]


def groups(*keys):
    return tuple(Ref(f'{GROUP}["{key}"]', ("id",)) for key in keys)


def test_a_condition_with_two_branches_keeps_both_for_it_may_be_negated():
    inside = {
        "resources": [block("aws_instance.i", subnet_id=["var.enable_public", "var.open", "var.inner"])],
        "variables": {"open": {}, "inner": {}, "enable_public": {"default": False}},
    }
    given = {"open": {"references": ["aws_subnet.open.id"]}, "inner": {"references": ["aws_subnet.inner.id"]}}
    blocks = [block("aws_subnet.open"), block("aws_subnet.inner")]
    rows = [made("aws_subnet.open"), made("aws_subnet.inner"), made("module.m.aws_instance.i", "subnet_id")]
    calls = {"m": {"module": inside, "expressions": given}}
    read_as = values("module.m.aws_instance.i", blocks, rows, module_calls=calls)["subnet_id"]
    assert isinstance(read_as, AnyOf) and len(read_as.candidates) == 2


def test_what_names_no_key_is_the_same_for_all_keys():
    """`security_group_id = lookup(aws_security_group.g, "doors").id` is not the group of the rule's own key."""
    uses = block(RULE, for_each=["local.peers"], security_group_id=["aws_security_group.g"])
    rows = [*NAMED, *(made(f'{RULE}["{key}"]', "security_group_id") for key in ("desk", "fleet"))]
    read_as = values(f'{RULE}["desk"]', [block(GROUP), uses], rows)["security_group_id"]
    assert isinstance(read_as, AnyOf) and set(read_as.candidates) == set(groups("desk", "doors", "fleet"))


def test_a_map_of_groups_is_never_worn_whole_without_asking_for_each():
    uses = block(TEMPLATE, vpc_security_group_ids=["aws_security_group.g"])
    rows = [*NAMED, made(TEMPLATE, "vpc_security_group_ids")]
    read_as = values(TEMPLATE, [block(GROUP), uses], rows)["vpc_security_group_ids"]
    assert isinstance(read_as, AnyOf)
    assert [list(groups(key)) in read_as.candidates for key in ("desk", "doors", "fleet")] == [True] * 3


def test_a_step_into_a_map_behind_a_local_finds_its_word_in_tags():
    counted = [made(f"{GROUP}[{at}]", tags={"tier": tier}) for at, tier in enumerate(("workers", "doors"))]
    cluster = block("aws_eks_cluster.c")
    uses = block(TEMPLATE, vpc_security_group_ids=['local.group["workers"]', "local.group"])
    rows = [*counted, made("aws_eks_cluster.c", "vpc_config"), made(TEMPLATE, "vpc_security_group_ids")]
    read_as = values(TEMPLATE, [block(GROUP), cluster, uses], rows)["vpc_security_group_ids"]
    assert read_as == [Ref(f"{GROUP}[0]", ("id",))]


def test_a_cluster_is_not_read_as_having_one_subnet():
    keys = ("app.1", "app.2", "solo.1")
    subnets = [made(f'aws_subnet.s["{key}"]', availability_zone=f"eu-west-1{key[-1]}") for key in keys]
    uses = block("aws_eks_cluster.c", vpc_config=[])
    uses["expressions"]["vpc_config"] = [{"subnet_ids": {"references": ["local.zones", "aws_subnet.s"]}}]
    cluster = made("aws_eks_cluster.c", vpc_config=[{}])
    cluster["change"]["after_unknown"]["vpc_config"] = [{"subnet_ids": True}]
    read_as = values("aws_eks_cluster.c", [block("aws_subnet.s"), uses], [*subnets, cluster])
    found = read_as["vpc_config"][0]["subnet_ids"]
    lists = found.candidates if isinstance(found, AnyOf) else (found,)
    assert lists and all(len(one) > 1 for one in lists)


def test_a_condition_on_the_vpc_is_read_as_the_vpc_that_it_names():
    where = [{"variable": {"constant_value": "aws:SourceVpc"}, "values": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}}]
    document = {
        "address": "data.aws_iam_policy_document.p", "mode": "data", "type": "aws_iam_policy_document", "name": "p",
        "expressions": {"statement": [{"condition": where}]},
    }  # fmt: skip
    said = {"statement": [{"condition": [{"variable": "aws:SourceVpc", "test": "StringEquals", "values": [None]}]}]}
    unknown = {"statement": [{"condition": [{"values": [True]}]}]}
    row = {**document, "change": {"actions": ["read"], "after": said, "after_unknown": unknown}}
    read_as = values(document["address"], [block("aws_vpc.v"), document], [made("aws_vpc.v"), row])
    assert read_as["statement"][0]["condition"][0]["values"] == [Ref("aws_vpc.v", ("id",))]


def test_private_names_that_nothing_can_have_switched_on_were_not_asked_for():
    def asked(*over):
        uses = block("aws_vpc_endpoint.e", for_each=over, private_dns_enabled=["each.value"])
        rows = [made("aws_subnet.s[0]"), made('aws_vpc_endpoint.e["sts"]', "private_dns_enabled")]
        return values('aws_vpc_endpoint.e["sts"]', [block("aws_subnet.s"), uses], rows)["private_dns_enabled"]

    assert asked("aws_subnet.s") == Ref('aws_vpc_endpoint.e["sts"]', ("private_dns_enabled",))
    assert isinstance(asked("aws_subnet.s", "local.private_dns_enabled"), Unknown)


def test_outputs_that_make_no_such_thing_use_up_no_budget():
    outputs = {f"o{at}": {"expression": {"references": ["local.made"]}} for at in range(2000)}
    inside = {"resources": [block("aws_iam_role.r")], "outputs": outputs}
    uses = block(RULE, referenced_security_group_id=["module.m", "aws_security_group.g"])
    rows = [made(GROUP), made("module.m.aws_iam_role.r"), made(RULE, "referenced_security_group_id")]
    read_as = values(RULE, [block(GROUP), uses], rows, module_calls={"m": {"module": inside}})
    assert read_as["referenced_security_group_id"] == Ref(GROUP, ("id",))


def test_what_is_left_of_a_replaced_resource_alone_does_not_exist():
    old = {"address": "aws_vpc_endpoint.e", "mode": "managed", "type": "aws_vpc_endpoint", "name": "e", "values": {}}
    gone = {**old, "deposed": "ab12", "change": {"actions": ["delete"], "before": {}, "after": None}}
    prior = {"values": {"root_module": {"resources": [{**old, "deposed_key": "ab12"}]}}}
    assert read({"resource_changes": [gone], "prior_state": prior}, "plan", str).resources == []
