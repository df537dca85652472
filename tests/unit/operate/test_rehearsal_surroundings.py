"""No way out: the surroundings of a run lead to loopback alone, and anything else keeps it from starting."""

from __future__ import annotations

from pathlib import Path

import pytest
from eksclave.errors import EksclaveError
from eksclave.operate.rehearse.plugins import unlock
from eksclave.operate.rehearse.surroundings import check, closed, private

URL = "http://127.0.0.1:4711"
HERE = Path("/nowhere")


def test_every_service_and_every_proxy_is_the_emulator() -> None:
    made = closed({"HTTPS_PROXY": "http://proxy.example.com:3128", **private(HERE, HERE / "tmp")}, URL)
    assert {made[name] for name in ("AWS_ENDPOINT_URL", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy")} == {URL}
    assert made["NO_PROXY"] == "127.0.0.1,localhost,::1"
    assert made["AWS_CONFIG_FILE"] == made["AWS_SHARED_CREDENTIALS_FILE"] == "/nowhere/empty"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_ENDPOINT_URL", "https://sts.amazonaws.com", "not the emulator's address"),
        ("HTTPS_PROXY", "http://proxy.example.com:3128", "HTTPS_PROXY is 'http://proxy.example.com:3128'"),
        ("AWS_ENDPOINT_URL_S3", "https://s3.example.com", "AWS_ENDPOINT_URL_S3 could lead past"),
        ("AWS_PROFILE", "production", "AWS_PROFILE could lead past"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", "credentials other than the rehearsal's own"),
        ("AWS_EC2_METADATA_DISABLED", "false", "credentials other than the rehearsal's own"),
    ],
)
def test_surroundings_with_another_way_are_refused(name: str, value: str, said: str) -> None:
    made = closed(private(HERE, HERE / "tmp"), URL)
    check(made, URL)
    with pytest.raises(EksclaveError, match=said):
        check({**made, name: value}, URL)


def test_an_emulator_that_is_not_on_this_machine_is_refused() -> None:
    with pytest.raises(EksclaveError, match="is not loopback"):
        closed(private(HERE, HERE / "tmp"), "http://10.0.0.1:80")


def test_a_lock_file_keeps_its_versions_and_loses_its_checksums(tmp_path: Path) -> None:
    lock = tmp_path / ".terraform.lock.hcl"
    entry = 'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n  constraints = ">= 5.0.0"\n'
    lock.write_text(f'# made by init\n\n{entry}  hashes = [\n    "h1:abc=",\n    "zh:def",\n  ]\n}}\n')
    unlock(tmp_path)
    assert lock.read_text() == f"# made by init\n\n{entry}}}\n"
