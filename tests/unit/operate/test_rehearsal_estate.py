"""Reading a cdktf.out: order, reasons not to rehearse, overrides that leave nothing on a public address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eksclave.errors import EksclaveError
from eksclave.operate.rehearse.choice import reason_against
from eksclave.operate.rehearse.estate import Stack, producer, read
from eksclave.operate.rehearse.existing import existing
from eksclave.operate.rehearse.overrides import Overrides, state_buckets

URL = "http://127.0.0.1:4711"


def _write(folder: Path, stacks: dict[str, dict[str, Any]]) -> Path:
    listed = {}
    for name, body in stacks.items():
        place = folder / "stacks" / name
        place.mkdir(parents=True)
        dependencies = body.pop(":dependencies", [])
        (place / "cdk.tf.json").write_text(json.dumps(body))
        listed[name] = {
            "dependencies": dependencies,
            "workingDirectory": f"stacks/{name}",
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json",
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": listed}))
    return folder


def _body(backend: dict[str, Any], reads: dict[str, dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "terraform": {"backend": backend},
        "provider": {"aws": [{"region": "eu-central-1"}]},
        **more,
    }
    if reads:
        body["data"] = {"terraform_remote_state": reads}
    return body


def test_the_order_follows_remote_state_whatever_the_backend(tmp_path: Path) -> None:
    s3 = {"bucket": "b", "key": "a.tfstate", "region": "eu-central-1", "use_lockfile": True}
    reads = {"up": {"backend": "s3", "config": {"bucket": "b", "key": "a.tfstate", "region": "eu-west-1"}}}
    local = {"low": {"backend": "local", "config": {"path": "../../state/b.tfstate"}}}
    _write(tmp_path, {
        "c": _body({"local": {"path": "c.tfstate"}}, local),
        "b": _body({"local": {"path": "../../state/b.tfstate"}}, reads),
        "a": _body({"s3": s3}),
    })  # fmt: skip
    assert [stack.name for stack in read(tmp_path)] == ["a", "b", "c"]


def test_the_order_follows_cdktfs_own_dependencies(tmp_path: Path) -> None:
    _write(tmp_path, {"a": {**_body({"local": {}}), ":dependencies": ["b"]}, "b": _body({"local": {}})})
    assert [stack.name for stack in read(tmp_path)] == ["b", "a"]


def test_stacks_that_read_each_other_are_told(tmp_path: Path) -> None:
    reads = {name: {"x": {"backend": "local", "config": {"path": f"../{name}/{name}.tfstate"}}} for name in "ab"}
    _write(
        tmp_path,
        {
            "a": _body({"local": {"path": "a.tfstate"}}, reads["b"]),
            "b": _body({"local": {"path": "b.tfstate"}}, reads["a"]),
        },
    )
    with pytest.raises(EksclaveError, match="read each other in a circle"):
        read(tmp_path)


def test_a_folder_without_a_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(EksclaveError, match=r"manifest\.json"):
        read(tmp_path)


def _stack(name: str, body: dict[str, Any], needs: tuple[str, ...] = (), unknown: tuple[str, ...] = ()) -> Stack:
    return Stack(name, Path("/nowhere") / name, body, needs, unknown)


def test_reasons_not_to_rehearse_are_said_in_words() -> None:
    kube = _stack(
        "workloads",
        {
            "terraform": {"required_providers": {"kubernetes": {"source": "hashicorp/kubernetes"}}},
            "provider": {"aws": [{}]},
        },
    )
    github = _stack("hub", {"resource": {"github_repository": {"x": {}}, "aws_vpc": {"v": {}}}})
    runs = _stack("runs", {"resource": {"aws_vpc": {"v": {"provisioner": [{"local-exec": {"command": "rm"}}]}}}})
    reads = _stack("reads", {"resource": {"aws_vpc": {"v": {}}}}, unknown=("elsewhere",))
    follows = _stack("follows", {"resource": {"aws_vpc": {"v": {}}}}, needs=("hub",))
    plain = _stack("plain", {"resource": {"aws_vpc": {"v": {}}, "random_id": {"r": {}}}})
    stacks = [kube, github, runs, reads, follows, plain]
    said = [reason_against(stack, stacks) for stack in stacks]
    assert "--kubeconfig names one" in said[0]
    assert reason_against(kube, stacks, has_api=True) == ""
    assert "github" in said[1]
    assert "provisioner in v" in said[2]
    assert "'elsewhere'" in said[3]
    assert "hub" in said[4]
    assert said[5] == ""


def test_an_override_leaves_no_credentials_profile_or_address_of_the_stacks_own(tmp_path: Path) -> None:
    away = {"endpoints": [{"sts": "https://sts.example.com", "s3": "https://s3.example.com"}]}
    providers = [{"region": "eu-central-1", "profile": "prod", **away}, {"alias": "other", "region": "us-east-1"}]
    stack = _stack("a", {"provider": {"aws": providers}, "resource": {"aws_vpc": {"v": {}}}})
    blocks = Overrides(tmp_path, URL, [stack]).override(stack)["provider"]["aws"]
    assert [block.get("alias") for block in blocks] == [None, "other"]
    assert blocks[0]["endpoints"] == [{"s3": URL, "sts": URL}]
    for block in blocks:
        assert [block[word] for word in ("profile", "token", "http_proxy", "https_proxy")] == [None] * 4
        assert block["shared_config_files"] == [str(tmp_path / "empty")]


def test_a_provider_with_dynamic_blocks_is_refused(tmp_path: Path) -> None:
    dynamic = {"endpoints": {"for_each": [1], "content": {"sts": "https://sts.example.com"}}}
    stack = _stack("a", {"provider": {"aws": [{"dynamic": dynamic}]}})
    with pytest.raises(EksclaveError, match="may lead past the emulator"):
        Overrides(tmp_path, URL, [stack]).override(stack)


def test_s3_state_stays_in_s3_without_profile_and_roles(tmp_path: Path) -> None:
    backend = {
        "s3": {
            "bucket": "b",
            "key": "k",
            "region": "eu-central-1",
            "use_lockfile": True,
            "profile": "p",
            "assume_role": {"role_arn": "r"},
        }
    }
    one = _stack("one", {"terraform": {"backend": backend}, "provider": {"aws": [{}]}})
    reads = {"one": {"backend": "s3", "config": {"bucket": "b", "key": "k", "region": "eu-central-1", "profile": "p"}}}
    two = _stack("two", {"data": {"terraform_remote_state": reads}, "provider": {"aws": [{}]}})
    overrides = Overrides(tmp_path, URL, [one, two])
    said = overrides.override(one)["terraform"]["backend"]["s3"]
    assert said["use_lockfile"] is True
    assert said["endpoints"]["s3"] == URL
    assert not {"profile", "assume_role"} & set(said)
    read_back = overrides.override(two)["data"]["terraform_remote_state"]["one"]
    assert read_back["config"]["key"] == "k"
    assert "use_lockfile" not in read_back["config"]
    assert state_buckets([one, two]) == [{"name": "b", "region": "eu-central-1", "table": None}]
    assert producer(two, "one", [one, two]) is one


def test_ids_that_no_stack_makes_are_taken_to_be_there() -> None:
    data = {
        "aws_vpc": {
            "main": {"id": "vpc-0a1b2c3d4e5f60718", "lifecycle": {"postcondition": [{"condition": "10.20.0.0/16"}]}}
        },
        "aws_subnet": {
            "a": {
                "id": "subnet-0a1b2c3d4e5f60701",
                "lifecycle": {"postcondition": [{"condition": 'zone == "eu-central-1b"'}]},
            }
        },
    }
    entry = {"aws_eks_access_entry": {"e": {"principal_arn": "arn:aws:iam::111122223333:role/Admin"}}}
    stack = _stack("a", {"provider": {"aws": [{"region": "eu-central-1"}]}, "data": data, "resource": entry})
    seed = existing([stack], "111122223333")
    assert seed["principals"] == ["arn:aws:iam::111122223333:role/Admin"]
    assert seed["vpcs"] == [
        {"id": "vpc-0a1b2c3d4e5f60718", "region": "eu-central-1", "cidr": "10.20.0.0/16", "tables": [], "groups": [], "endpoints": [],
         "subnets": [{"id": "subnet-0a1b2c3d4e5f60701", "zone": "eu-central-1b"}]}
    ]  # fmt: skip


def test_a_peers_tables_and_range_are_read_off_the_routes() -> None:
    peering = "${aws_vpc_peering_connection.office.id}"
    routes = {
        "back": {"route_table_id": "rtb-0b1b2c3d4e5f60718", "destination_cidr_block": "10.0.0.0/16"},
        "there": {"route_table_id": "${each.value}", "destination_cidr_block": "172.16.0.0/20"},
    }
    body = {
        "provider": {"aws": [{"region": "eu-central-1"}]},
        "resource": {
            "aws_vpc_peering_connection": {"office": {"peer_vpc_id": "vpc-0b1b2c3d4e5f60718", "vpc_id": "${x}"}},
            "aws_route": {name: {**route, "vpc_peering_connection_id": peering} for name, route in routes.items()},
        },
    }
    (peer,) = existing([_stack("a", body)], "111122223333")["vpcs"]
    assert (peer["id"], peer["cidr"], peer["tables"]) == (
        "vpc-0b1b2c3d4e5f60718",
        "172.16.0.0/20",
        ["rtb-0b1b2c3d4e5f60718"],
    )
