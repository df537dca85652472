"""One emulator for all tests of this folder: a process of its own, asked through boto3 as any client would."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from .model import watch


@dataclass(frozen=True)
class Cloud:
    """The emulator and what is needed to ask it."""

    url: str
    region: str = "eu-central-1"

    def client(self, service: str, region: str = "") -> Any:
        made = boto3.client(
            service, endpoint_url=self.url, region_name=region or self.region,
            aws_access_key_id="REHEARSALREHEARSAL00", aws_secret_access_key="none", config=Config(retries={"max_attempts": 1}),
        )  # fmt: skip
        watch(made)
        return made

    def control(self, what: str, body: object = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(f"{self.url}/_emulator/{what}", data=data, timeout=30) as answer:
            return json.load(answer)

    def role(self, name: str) -> str:
        iam = self.client("iam")
        try:
            return iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            return iam.get_role(RoleName=name)["Role"]["Arn"]

    def network(self, zones: str = "ab", region: str = "") -> tuple[str, list[str]]:
        ec2 = self.client("ec2", region)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        place = region or self.region
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=place + zone)["Subnet"][
                "SubnetId"
            ]
            for i, zone in enumerate(zones)
        ]
        return vpc, subnets

    def cluster(self, name: str, mode: str = "API", **more: Any) -> tuple[str, list[str]]:
        """Make a private cluster and look at it until it is ACTIVE."""
        vpc, subnets = self.network()
        eks = self.client("eks")
        eks.create_cluster(
            name=name, roleArn=self.role("cluster"), accessConfig={"authenticationMode": mode},
            resourcesVpcConfig={"subnetIds": subnets, "endpointPublicAccess": False, "endpointPrivateAccess": True}, **more,
        )  # fmt: skip
        while eks.describe_cluster(name=name)["cluster"]["status"] != "ACTIVE":
            pass
        return vpc, subnets


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    process = subprocess.Popen([sys.executable, "-m", "eksclave_emulator"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Cloud(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def refused() -> Any:
    """Call an operation that must be refused; the error must be one that the service model documents for it."""

    def call(client: Any, operation: str, **asked: Any) -> str:
        method = getattr(client, operation)
        name = client.meta.method_to_api_mapping[operation]
        with pytest.raises(client.exceptions.ClientError) as raised:
            method(**asked)
        code = raised.value.response["Error"]["Code"]
        documented = {shape.name for shape in client.meta.service_model.operation_model(name).error_shapes}
        assert not documented or code in documented, f"{name} does not document {code}"
        return f"{code}: {raised.value.response['Error']['Message']}"

    return call
