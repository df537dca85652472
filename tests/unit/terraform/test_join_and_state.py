"""Several inputs become one world: synthesized stacks over remote states, plans and states by id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from eksclave.errors import InputError
from eksclave.terraform.read import read_documents, read_world
from eksclave.terraform.values import Ref


def stack(name: str, body: dict[str, Any]) -> dict[str, Any]:
    backend = {"s3": {"bucket": "states", "key": f"{name}.tfstate", "region": "eu-central-1"}}
    return {"terraform": {"backend": backend}, "provider": {"aws": [{"region": "eu-central-1"}]}, **body}


def app(folder: Path, stacks: dict[str, dict[str, Any]]) -> Path:
    listed = {}
    for name, body in stacks.items():
        file = folder / "stacks" / name / "cdk.tf.json"
        file.parent.mkdir(parents=True)
        file.write_bytes(orjson.dumps(stack(name, body)))
        listed[name] = {"name": name, "synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
    (folder / "manifest.json").write_bytes(orjson.dumps({"stacks": listed}))
    return folder


NETWORK = {
    "resource": {
        "aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16", "//": {"metadata": {"path": "net/vpc", "uniqueId": "vpc"}}}},
        "aws_subnet": {"a": {"vpc_id": "${aws_vpc.vpc.id}", "cidr_block": "10.0.0.0/24"}},
    },
    "output": {"vpc": {"value": "${aws_vpc.vpc.id}"}, "subnets": {"value": ["${aws_subnet.a.id}"]}},
}
CLUSTER = {
    "data": {
        "terraform_remote_state": {
            "net": {"backend": "s3", "config": {"bucket": "states", "key": "net.tfstate", "region": "x"}}
        }
    },
    "resource": {
        "aws_eks_cluster": {
            "eks": {"vpc_config": {"subnet_ids": "${data.terraform_remote_state.net.outputs.subnets}"}},
        },
        "aws_security_group": {"sg": {"vpc_id": "${data.terraform_remote_state.net.outputs.vpc}"}},
        "aws_route53_zone": {"z": {"name": "${element(data.terraform_remote_state.net.outputs.subnets, 0)}"}},
    },
}


def test_stacks_are_joined_over_their_remote_states(tmp_path: Path) -> None:
    world = read_world([app(tmp_path, {"net": NETWORK, "cluster": CLUSTER})])
    assert world.resolve(world.resources["aws_security_group.sg"].get("vpc_id")) == Ref("aws_vpc.vpc", ("id",))
    subnets = world.resources["aws_eks_cluster.eks"].get("vpc_config", "subnet_ids")
    assert world.identities(subnets, "aws_subnet") == ["aws_subnet.a"]
    assert world.resources["aws_vpc.vpc"].construct == "net/vpc"


def test_the_same_address_in_two_stacks_gets_the_stacks_name(tmp_path: Path) -> None:
    world = read_world([app(tmp_path, {"net": NETWORK, "other": NETWORK})])
    assert sorted(world.resources) == ["net:aws_subnet.a", "net:aws_vpc.vpc", "other:aws_subnet.a", "other:aws_vpc.vpc"]
    assert world.resources["other:aws_subnet.a"].get("vpc_id") == Ref("other:aws_vpc.vpc", ("id",))
    assert world.resources["other:aws_subnet.a"].at == "aws_subnet.a"


def state(resources: list[dict[str, Any]], **extra: Any) -> dict[str, Any]:
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources}, **extra}}


def subnet(identifier: str, cidr: str, address: str = "aws_subnet.a") -> dict[str, Any]:
    return {
        "address": address,
        "mode": "managed",
        "type": "aws_subnet",
        "name": "a",
        "values": {"id": identifier, "cidr_block": cidr},
    }


def test_a_literal_id_finds_the_resource_of_another_state() -> None:
    user = {
        "address": "aws_eks_cluster.c",
        "mode": "managed",
        "type": "aws_eks_cluster",
        "name": "c",
        "values": {"vpc_config": [{"subnet_ids": ["subnet-0a1b"]}]},
    }
    world = read_documents([("net", state([subnet("subnet-0a1b", "10.0.0.0/24")])), ("c", state([user]))])
    asked = world.resources["aws_eks_cluster.c"].get("vpc_config", 0, "subnet_ids")
    assert world.identities(asked, "aws_subnet") == ["aws_subnet.a"]


def test_two_states_that_contradict_each_other_are_refused() -> None:
    old = state([subnet("subnet-0a1b", "10.0.0.0/24")])
    new = state([subnet("subnet-0a1b", "10.9.0.0/24", "aws_subnet.renamed")])
    with pytest.raises(InputError, match=r"cidr_block of subnet-0a1b is '10\.9\.0\.0/24' here"):
        read_documents([("old", old), ("new", new)])


def test_a_raw_state_reads_like_the_shown_one() -> None:
    raw = {
        "version": 4,
        "serial": 3,
        "outputs": {"secret": {"value": "x", "sensitive": True}},
        "resources": [
            {
                "module": 'module.net["a"]',
                "mode": "managed",
                "type": "aws_subnet",
                "name": "s",
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [{"index_key": 0, "attributes": {"id": "subnet-1", "cidr_block": "10.0.0.0/24"}}],
            }
        ],
    }
    world = read_documents([("raw", raw)])
    found = world.resources['module.net["a"].aws_subnet.s[0]']
    assert found.get("cidr_block") == "10.0.0.0/24"
    assert "x" not in str(world.outputs["raw"]["secret"])
