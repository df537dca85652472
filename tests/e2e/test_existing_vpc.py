"""A cluster's network and endpoints in a VPC that is there already, planned and applied by the real terraform (moto)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eksclave.errors import ToolError
from eksclave.terraform.binary import Terraform, terraform

pytestmark = pytest.mark.slow

REGION, ACCOUNT = "eu-central-1", "123456789012"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@dataclass(frozen=True)
class Existing:
    """A VPC with two ranges, two subnets, and a table for the first subnet alone."""

    vpc: str
    subnets: tuple[str, str]
    table: str
    main_table: str

    @property
    def spec(self) -> str:
        one, two = self.subnets
        return (
            f'name: there\nregion: {REGION}\naccount: "{ACCOUNT}"\nnetwork:\n  existing:\n    vpc_id: {self.vpc}\n'
            f"    subnets:\n      nodes: {{{REGION}a: {one}, {REGION}b: {two}}}\n"
        )


@pytest.fixture
def make(aws: str) -> Callable[..., Existing]:
    import boto3

    ec2: Any = boto3.client("ec2", REGION, endpoint_url=aws, aws_access_key_id="test", aws_secret_access_key="test")

    def made(*, public: bool = False, names: bool = True) -> Existing:
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.21.0.0/16")
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": names})
        subnets = []
        for number, zone in enumerate(("a", "b")):
            cidr = f"10.20.{number}.0/24"
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")["Subnet"]
            ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": public})
            subnets.append(subnet["SubnetId"])
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        main = next(t["RouteTableId"] for t in tables if any(a.get("Main") for a in t["Associations"]))
        return Existing(vpc, (subnets[0], subnets[1]), table, main)

    return made


@pytest.fixture
def binary(aws: str, tmp_path: Path) -> Terraform:
    try:
        return terraform(tmp_path / "terraform", extra={**KEYS, "AWS_ENDPOINT_URL": aws})
    except ToolError as missing:
        pytest.skip(str(missing))


def synthesized(spec: str, tmp_path: Path) -> Path:
    from eksclave.images.opened import open_designs

    from main import build

    (tmp_path / "there.yaml").write_text(spec, encoding="utf-8")
    build(open_designs([tmp_path / "there.yaml"]), outdir=str(tmp_path / "cdktf.out"), home=tmp_path).synth()
    return tmp_path / "cdktf.out" / "stacks"


def test_it_is_read_and_the_endpoints_follow_from_what_was_read(
    make: Callable[..., Existing], binary: Terraform, tmp_path: Path
) -> None:
    existing = make()
    stacks = synthesized(existing.spec, tmp_path)
    for stack in ("network", "endpoints"):
        binary.init(stacks / f"there-{stack}")
        binary.apply(stacks / f"there-{stack}")
    network = binary.outputs(stacks / "there-network")
    assert network["vpc_id"] == existing.vpc
    assert network["vpc_cidrs"] == ["10.20.0.0/16", "10.21.0.0/16"]
    assert network["subnet_ids"][f"nodes-{REGION}b"] == existing.subnets[1]
    assert network["route_table_ids"] == {
        f"nodes-{REGION}a": existing.table,
        f"nodes-{REGION}b": existing.main_table,
    }
    resources = binary.show(stacks / "there-endpoints")["values"]["root_module"]["resources"]
    rules = [one for one in resources if one["type"] == "aws_vpc_security_group_ingress_rule"]
    assert {rule["values"]["cidr_ipv4"] for rule in rules} == {"10.20.0.0/16", "10.21.0.0/16"}
    gateway = next(one["values"] for one in resources if one["address"] == "aws_vpc_endpoint.s3")
    assert set(gateway["route_table_ids"]) == {existing.table, existing.main_table}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"public": True}, "gives public addresses: nodes must not have any"),
        ({"names": False}, "enableDnsHostnames is off: private DNS of endpoints needs it"),
    ],
)
def test_a_vpc_that_a_private_cluster_cannot_live_in_is_refused_when_planned(
    make: Callable[..., Existing], binary: Terraform, tmp_path: Path, how: dict[str, bool], said: str
) -> None:
    folder = synthesized(make(**how).spec, tmp_path) / "there-network"
    binary.init(folder)
    refused = binary.run(folder, "plan", "-input=false", "-no-color")
    assert refused.code == 1
    assert said in " ".join(refused.complaint.split())


def test_endpoints_before_their_network_say_which_stack_is_missing(
    make: Callable[..., Existing], binary: Terraform, tmp_path: Path
) -> None:
    stacks = synthesized(make().spec, tmp_path)
    binary.init(stacks / "there-endpoints")
    refused = binary.run(stacks / "there-endpoints", "plan", "-input=false", "-no-color")
    assert refused.code == 1
    assert "terraform_remote_state.network" in refused.complaint


def test_state_with_another_contract_stops_the_reader(
    make: Callable[..., Existing], binary: Terraform, tmp_path: Path
) -> None:
    stacks = synthesized(make().spec, tmp_path)
    network = stacks / "there-network"
    written = (network / "cdk.tf.json").read_text(encoding="utf-8")
    (network / "cdk.tf.json").write_text(
        written.replace('"contract_version": {\n      "value": "1"', '"contract_version": {\n      "value": "0"'),
        encoding="utf-8",
    )
    for stack in ("network", "endpoints"):
        binary.init(stacks / f"there-{stack}")
    binary.apply(network)
    assert binary.outputs(network)["contract_version"] == "0"
    refused = binary.run(stacks / "there-endpoints", "plan", "-input=false", "-no-color")
    assert refused.code == 1
    assert "does not publish contract version 1" in " ".join(refused.complaint.split())
