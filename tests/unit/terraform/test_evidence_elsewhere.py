"""What other parts of a plan tell of an expression: numbers, keys, flags, circles, ranges, zones."""

from __future__ import annotations

import pytest
from eksclave.terraform.values import AnyOf, Ref, Unknown

from tests.unit.terraform.small import block, made, values


def ids(*addresses, attribute="id"):
    return [Ref(address, (attribute,)) for address in addresses]


SUBNETS = [block("aws_subnet.a"), block("aws_subnet.b")]
BOTH = [made("aws_subnet.a[0]"), made("aws_subnet.a[1]"), made("aws_subnet.b[0]")]
ASSOCIATION = "aws_route_table_association.x"


def test_a_number_counts_through_joined_lists():
    uses = block(ASSOCIATION, subnet_id=["aws_subnet.a", "aws_subnet.b", "count.index"])
    rows = [made(f"{ASSOCIATION}[{at}]", "subnet_id") for at in range(3)]
    read = [values(f"{ASSOCIATION}[{at}]", [*SUBNETS, uses], [*BOTH, *rows])["subnet_id"] for at in range(3)]
    assert read == ids("aws_subnet.a[0]", "aws_subnet.a[1]", "aws_subnet.b[0]")


def test_numbers_as_keys_are_places_in_the_list():
    uses = block(ASSOCIATION, for_each=["aws_subnet.a", "aws_subnet.b"], subnet_id=["each.value"])
    rows = [made(f'{ASSOCIATION}["{at}"]', "subnet_id") for at in range(3)]
    for row, at in zip(rows, range(3), strict=True):
        row["index"] = str(at)
    assert values(f'{ASSOCIATION}["2"]', [*SUBNETS, uses], [*BOTH, *rows])["subnet_id"] == Ref(
        "aws_subnet.b[0]", ("id",)
    )


RULE = "aws_vpc_security_group_ingress_rule.r"
GROUPS = [block("aws_security_group.doors"), block("aws_security_group.ops")]
TWO = [made("aws_security_group.doors"), made("aws_security_group.ops")]


def rule(key, blocks, referenced, **more):
    name = f'{RULE}["{key}"]'
    changes = [
        *TWO,
        *(made(f'{RULE}["{one}"]', "referenced_security_group_id", **more.get(one, {})) for one in more["keys"]),
    ]
    return values(name, [*GROUPS, *blocks], changes)["referenced_security_group_id"]


def over(*references):
    return block(RULE, for_each=references, referenced_security_group_id=["each.value"])


def test_a_key_takes_the_thing_that_bears_its_word_and_the_last_key_the_last_thing():
    uses = over("aws_security_group.doors.id", "aws_security_group.ops.id")
    assert rule("doors", [uses], "", keys=("doors", "other")) == Ref("aws_security_group.doors", ("id",))
    assert rule("other", [uses], "", keys=("doors", "other")) == Ref("aws_security_group.ops", ("id",))


def test_which_key_has_which_matters_not_where_all_else_is_equal():
    uses = over("aws_security_group.doors.id", "aws_security_group.ops.id")
    read = {str(rule(key, [uses], "", keys=("p", "q"))) for key in ("p", "q")}
    assert read == {"aws_security_group.doors.id", "aws_security_group.ops.id"}
    open_one = rule("p", [uses], "", keys=("p", "q"), p={"from_port": 443}, q={"from_port": 53})
    assert isinstance(open_one, AnyOf)


GROUP_OF_NODES = "aws_launch_template.t"


def worn(flag, constant, declared=None):
    """What a template wears whose group stands behind a flag of a module call."""
    inside = {
        "resources": [block(GROUP_OF_NODES, vpc_security_group_ids=["var.attach_doors", "var.doors"])],
        "variables": {"doors": {}, "attach_doors": declared or {}},
    }
    call = {"module": inside, "expressions": {"doors": {"references": ["aws_security_group.doors.id"]}}}
    if flag:
        call["expressions"]["attach_doors"] = constant
    changes = [*TWO, made(f"module.m.{GROUP_OF_NODES}", "vpc_security_group_ids")]
    read = values(f"module.m.{GROUP_OF_NODES}", GROUPS, changes, module_calls={"m": call})
    return read["vpc_security_group_ids"]


def test_a_flag_in_a_constant_tells_the_branch():
    assert worn(True, {"constant_value": True}) == ids("aws_security_group.doors")
    assert isinstance(worn(True, {"constant_value": False}), Unknown)
    assert isinstance(worn(False, None, {"default": False}), Unknown)


def test_a_flag_that_is_not_known_leaves_what_stands_behind_it():
    assert worn(True, {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]}) == ids("aws_security_group.doors")


CLUSTER = "aws_eks_cluster.c"


def test_what_waits_for_a_rule_is_not_its_peer():
    """`local.group` may be the cluster's own or the module's; the cluster waits for the rule."""
    uses = block(RULE, referenced_security_group_id=["local.group_sg_id"])
    cluster = block(CLUSTER, depends_on=(RULE,))
    changes = [*TWO[:1], made(CLUSTER, "vpc_config"), made(RULE, "referenced_security_group_id")]
    read = values(RULE, [GROUPS[0], cluster, uses], changes)["referenced_security_group_id"]
    assert read == Ref("aws_security_group.doors", ("id",))


@pytest.mark.parametrize(
    ("argument", "reference"), [("input", "output"), ("triggers_replace", 'triggers_replace["s"]')]
)
def test_what_a_resource_hands_on_is_what_it_was_given(argument, reference):
    passing = block("terraform_data.p", **{argument: ["aws_subnet.a"]})
    uses = block("aws_eks_node_group.n", subnet_ids=[f"terraform_data.p.{reference}", "terraform_data.p"])
    changes = [*BOTH, made("terraform_data.p", "output"), made("aws_eks_node_group.n", "subnet_ids")]
    assert values("aws_eks_node_group.n", [*SUBNETS, passing, uses], changes)["subnet_ids"] == ids(
        "aws_subnet.a[0]", "aws_subnet.a[1]"
    )


def placed(blocks, changes):
    uses = block("aws_vpc_endpoint.e", subnet_ids=["aws_subnet.a"])
    rows = [*changes, made("aws_vpc_endpoint.e", "subnet_ids")]
    return values("aws_vpc_endpoint.e", [*blocks, uses], rows)["subnet_ids"]


def test_an_endpoint_has_one_subnet_of_a_zone_of_a_list_that_may_be_sliced():
    zones = [made(f"aws_subnet.a[{at}]", availability_zone=f"eu-west-1{'ab'[at % 2]}") for at in range(4)]
    read = placed(SUBNETS[:1], zones)
    assert isinstance(read, AnyOf) and [len(one) for one in read.candidates] == [2, 2, 2]


def test_subnets_of_two_vpcs_are_never_meant_together():
    subnet = block("aws_subnet.a", for_each=["local.subnets"], vpc_id=["aws_vpc.v", "each.value"])
    vpcs = [made('aws_vpc.v["east"]'), made('aws_vpc.v["west"]')]
    four = [made(f'aws_subnet.a["{key}"]', "vpc_id") for key in ("east.1", "east.2", "west.1", "west.2")]
    uses = block("aws_eks_node_group.n", subnet_ids=["local.chosen", "aws_subnet.a"])
    rows = [*vpcs, *four, made("aws_eks_node_group.n", "subnet_ids")]
    read = values("aws_eks_node_group.n", [block("aws_vpc.v"), subnet, uses], rows)["subnet_ids"]
    assert isinstance(read, AnyOf)
    sides = [{one.address.split('"')[1].split(".")[0] for one in option} for option in read.candidates]
    assert sides and all(len(side) == 1 for side in sides)


def test_the_default_vpc_is_not_meant_beside_one_that_is_made():
    uses = block("aws_subnet.s", vpc_id=["local.vpc_id"])
    rows = [made("aws_vpc.v"), made("aws_default_vpc.d"), made("aws_subnet.s", "vpc_id")]
    blocks = [block("aws_vpc.v"), block("aws_default_vpc.d"), uses]
    assert values("aws_subnet.s", blocks, rows)["vpc_id"] == Ref("aws_vpc.v", ("id",))


def test_no_module_is_searched_that_makes_no_such_thing():
    """Thousands of outputs that lead to no security group cost nothing, and use up no budget."""
    inside = {
        "resources": [block("aws_iam_role.r")],
        "outputs": {f"o{at}": {"expression": {"references": ["aws_iam_role.r"]}} for at in range(2000)},
    }
    uses = block(RULE, referenced_security_group_id=["local.a", "local.b"])
    rows = [*TWO[:1], made("module.m.aws_iam_role.r"), made(RULE, "referenced_security_group_id")]
    read = values(RULE, [GROUPS[0], uses], rows, module_calls={"m": {"module": inside}})
    assert read["referenced_security_group_id"] == Ref("aws_security_group.doors", ("id",))


def test_a_key_of_two_ends_has_the_other_word_at_the_other_end():
    group = block("aws_security_group.g", for_each=["local.names"])
    uses = block(
        RULE, for_each=["local.links"], security_group_id=["aws_security_group.g", "each.value.to", "each.value"],
        referenced_security_group_id=["aws_security_group.g", "each.value.from", "each.value"],
    )  # fmt: skip
    groups = [made(f'aws_security_group.g["{key}"]') for key in ("doors", "hop", "db")]
    keys = ("eks>doors", "hop>doors", "eks>db")
    rows = [made(f'{RULE}["{key}"]', "security_group_id", "referenced_security_group_id") for key in keys]
    read = {key: values(f'{RULE}["{key}"]', [group, uses], [*groups, *rows]) for key in keys}
    assert read["hop>doors"]["security_group_id"] == Ref('aws_security_group.g["doors"]', ("id",))
    assert read["hop>doors"]["referenced_security_group_id"] == Ref('aws_security_group.g["hop"]', ("id",))
    assert isinstance(read["eks>doors"]["referenced_security_group_id"], Unknown)
