"""`eksclave new` writes a spec that loads; the schema for editors accepts what the loader accepts."""

import json
from pathlib import Path

import jsonschema
import pytest
from eksclave.errors import EksclaveError
from eksclave.spec.load import parse
from eksclave.spec.reference import reference
from eksclave.spec.schema import spec_schema
from eksclave.spec.write import first_spec, write_new


def test_the_first_spec_loads_and_means_what_the_defaults_mean():
    written = parse(first_spec("prod", "eu-central-1", "111122223333"), "c.yaml").spec
    least = parse('name: prod\nregion: eu-central-1\naccount: "111122223333"\n', "c.yaml").spec
    assert written.model_dump(exclude={"node_groups"}) == least.model_dump(exclude={"node_groups"})
    assert written.groups == least.groups


def test_every_commented_line_of_the_first_spec_is_a_field_that_loads():
    text = first_spec("prod", "eu-central-1", "111122223333")
    tail = text[text.index("# identity:") :]
    shown = "\n".join(line.removeprefix("# ") if line.startswith("# ") else line for line in tail.splitlines())
    head = 'name: prod\nregion: eu-central-1\naccount: "111122223333"\n'
    spec = parse(head + shown, "c.yaml").spec
    assert spec.state.backend == "s3" and spec.addons and spec.access_entries and spec.workloads.ingresses


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "deep" / "c.yaml"
    write_new(path, "first")
    with pytest.raises(EksclaveError, match="there already"):
        write_new(path, "second")
    assert path.read_text() == "first"


def test_the_schema_accepts_the_first_spec_and_refuses_a_public_endpoint():
    validator = jsonschema.Draft202012Validator(spec_schema())
    good = {
        "name": "prod",
        "region": "eu-central-1",
        "account": "111122223333",
        "network": {"zones": ["eu-central-1a", "eu-central-1b"]},
    }
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "public_endpoint": True})
    assert not validator.is_valid({**good, "nodegroups": []})


def test_the_published_schema_is_the_models():
    published = Path(__file__).parents[3] / "clusters" / "spec.schema.json"
    assert json.loads(published.read_text()) == spec_schema(), "run 'make docs'"


def test_the_reference_page_is_the_models():
    assert (Path(__file__).parents[3] / "docs" / "spec.md").read_text() == reference(), "run 'make docs'"
