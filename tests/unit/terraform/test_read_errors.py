"""Bad input is told clearly, with what to do; never a traceback."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from eksclave.errors import InputError
from eksclave.terraform.read import read_documents, read_world
from hypothesis import given, settings
from hypothesis import strategies as st

FLAT = Path(__file__).parents[2] / "corpus" / "flat" / "plan.json"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.json", b"", "the file is empty"),
        ("p.json", b'{"format_version": "1.2", "planned_val', "not valid JSON"),
        ("p.json", b"[1, 2]", "not the object that Terraform writes"),
        ("p.json", b'{"format_version": "2.0", "planned_values": {}}', "format_version '2.0' is newer"),
        ("p.json", b'{"hello": 1}', "neither a plan nor a state"),
        ("p.json", b"PK\x03\x04rest", "this is a binary plan; run `terraform show -json p.json"),
        ("main.tf", b'resource "aws_vpc" "x" {}', "this is HCL"),
        ("p.json", b'resource "aws_vpc" "x" {}', "this is HCL"),
        ("p.json", b'{"@level":"info","@message":"x"}\n{"@level":"info"}', "terraform's log"),
        ("p.json", b'{"format_version":"1.2","errored":true,"planned_values":{}}', "a run that failed"),
        ("p.json", b'{"version":3,"serial":1,"modules":[]}', "state version 3 is not read"),
        ("p.json", b"\xff\xfe{\x00", "UTF-16"),
        ("p.json", b"[" * 100_000, "not valid JSON"),
    ],
)
def test_wrong_files_are_named_with_the_mistake(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_world([file])
    assert said in str(caught.value) and name in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_world([tmp_path / "plan.json"])


def test_a_directory_of_hcl_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    with pytest.raises(InputError, match="a directory of HCL; run terraform plan"):
        read_world([tmp_path])


def test_all_wrong_inputs_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_world([tmp_path / "a.json", tmp_path / "b.json"])
    assert len(caught.value.mistakes) == 2


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70000) | st.sampled_from(["", "aws_vpc.main", "10.0.0.0/8", "create"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["address", "values", "id"]), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_plan_with_any_part_replaced_is_read_or_refused_clearly(data: st.DataObject) -> None:
    from eksclave.reach.build import snapshot

    document = orjson.loads(FLAT.read_bytes())
    here = document
    for _ in range(data.draw(st.integers(1, 7))):
        keys = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(here[key], (dict, list)) or data.draw(st.integers(0, 4)) == 0:
            here[key] = data.draw(_JSON)
            break
        here = here[key]
    try:
        snapshot(read_documents([("flat", document)]))
    except InputError as error:
        assert "Traceback" not in str(error)
