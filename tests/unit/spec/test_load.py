"""Specs are read whole: good ones typed, bad ones with every mistake at its line."""

from pathlib import Path

import pytest
from eksclave.errors import InputError
from eksclave.spec.base import Facts
from eksclave.spec.load import load, parse

FACTS = Facts(
    regions=frozenset({"eu-central-1", "us-gov-west-1"}),
    kubernetes_versions=("1.33", "1.34"),
    addons=frozenset({"vpc-cni", "coredns"}),
    endpoint_services=frozenset({"ecr.api", "s3", "sts"}),
)
GOOD = 'name: prod\nregion: eu-central-1\naccount: "111122223333"\n'


def mistakes(text: str, facts: Facts | None = FACTS) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(text, "c.yaml", facts)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_three_lines_are_a_whole_spec_with_one_default_node_group():
    spec = parse(GOOD, "c.yaml", FACTS).spec
    assert [group.name for group in spec.groups] == ["default"]
    assert spec.network.zones == 3


def test_all_mistakes_of_a_file_come_at_once_in_file_order():
    text = GOOD.replace("eu-central-1", "eu-central1") + "network:\n  cidr: 10.0.0.5/16\nnode_grups: []\n"
    assert mistakes(text) == [
        "c.yaml:2 region: no Region is called 'eu-central1'; did you mean 'eu-central-1'?",
        "c.yaml:5 network.cidr: 10.0.0.5/16 has host bits set; write 10.0.0.0/16",
        "c.yaml:6 node_grups: no field is called 'node_grups'; did you mean 'node_groups'?",
    ]


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("public_endpoint: true\n", "c.yaml:4 public_endpoint: 'True': the API of an eksclave cluster is never public"),
        ("kubernetes_version: 1.30\n", 'c.yaml:4 kubernetes_version: 1.30 is read as a number; write the version in quotes: "1.30"'),
        ('kubernetes_version: "1.19"\n', "c.yaml:4 kubernetes_version: no Kubernetes version that EKS supports is called '1.19'"),
        ("endpoints:\n  extra: [ecr-api]\n", "c.yaml:5 endpoints.extra[0]: no endpoint service is called 'ecr-api'; did you mean 'ecr.api'?"),
        ("addons: {vpc-cn: {}}\n", "c.yaml:4 addons.vpc-cn: no add-on is called 'vpc-cn'; did you mean 'vpc-cni'?"),
        ("network: {zones: [eu-central-1a]}\n", "c.yaml:4 network.zones: has 1 of the 2 that it needs at least"),
        ("network: {zones: [eu-central-1a, moon]}\n", "c.yaml:4 network.zones[1]: 'moon' is not an availability zone"),
        ("network: {existing: {vpc_id: vpc-12345678}}\n", "c.yaml:4 network.existing: subnets.nodes is empty"),
        ("network: {cidr: 10.0.0.0/16, existing: {vpc_id: vpc-12345678, subnets: {nodes: {eu-central-1a: subnet-12345678}}}}\n",
         "c.yaml:4 network: cidr cannot stand beside existing"),
        ("node_groups: [{name: a, scaling: {min: 5, max: 2}}]\n", "c.yaml:4 node_groups[0].scaling: min 5, desired 5, max 2"),
        ("auto_mode: {}\nnode_groups: [{}]\n", "c.yaml:1: auto_mode and node_groups exclude each other"),
        ("node_groups: []\n", "c.yaml:1: nothing runs pods"),
        ("state: {backend: s3}\n", "c.yaml:4 state: backend s3 needs s3.bucket"),
        ("workloads: []\n", "c.yaml:4 workloads: a list is not a mapping of fields"),
        ("logging: {retention_days: 100}\n", "c.yaml:4 logging.retention_days: CloudWatch Logs keeps nothing for 100 days; the next that it takes is 120"),
        ("network: {flow_logs: {retention_days: 0}}\n", "c.yaml:4 network.flow_logs.retention_days: CloudWatch Logs keeps nothing for 0 days"),
        ("tags: {'aws:x': y}\n", "c.yaml:4 tags: 'aws:x' begins with aws:, which AWS keeps for itself"),
        ("node_groups: [{disk: {type: io1}}]\n", "c.yaml:4 node_groups[0].disk.type"),
        ("registry: {pull_through_cache: [{upstream: docker.io, prefix: hub}]}\n", "c.yaml:4 registry.pull_through_cache[0]: docker.io needs credential_arn"),
        ("registry: {pull_through_cache: [{upstream: quay.io, prefix: q}]}\n", "c.yaml:4 registry.pull_through_cache[0].prefix"),
        ("access_entries: [{principal_arn: 'arn:aws:sts::111122223333:assumed-role/x/y'}]\n", "c.yaml:4 access_entries[0].principal_arn: 'arn:aws:sts::111122223333:assumed-role/x/y' is not the ARN of an IAM role or user"),
        ("access: {bastion: {session_policy_principals: ['arn:aws:iam::111122223333:group/x']}}\n", "c.yaml:4 access.bastion.session_policy_principals[0]: 'arn:aws:iam::111122223333:group/x' is not the ARN"),
        ("access: {bastion: maybe}\n", "c.yaml:4 access.bastion: 'maybe' is not a mapping of fields"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_its_place_and_the_fix(added: str, said: str):
    found = mistakes(GOOD + added)
    assert len(found) == 1, found
    assert found[0].startswith(said), found


def test_an_account_without_quotes_is_refused_with_the_number_as_written():
    assert mistakes(GOOD.replace('"111122223333"', "011122223333")) == [
        'c.yaml:3 account: 011122223333 is read as a number; write the account id in quotes: "011122223333"'
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c.yaml:1: the file is empty"),
        ("# only a comment\n", "c.yaml:1: the file is empty"),
        ("- a\n", "c.yaml:1: a spec is a mapping of fields"),
        ("name: [\n", "c.yaml:2: this is not YAML"),
        ("a: 1\n---\nb: 2\n", "c.yaml:3: the file holds more than one document"),
        ("name: a\nname: b\n", "c.yaml:2: 'name' stands twice here"),
        ("name: &a [*a]\n", "c.yaml:1: an alias contains itself"),
        ("<<: {name: a}\n", "c.yaml:1: merge keys"),
        ("{[1, 2]: 3}\n", "c.yaml:1: a field's name must be text"),
        ("name: !!python/object:os.system x\n", "c.yaml:1: 'x' cannot be read"),
        ("a: " * 60, "c.yaml:1: this is not YAML"),
        ("[" * 60 + "]" * 60, "c.yaml:1: values are nested deeper"),
    ],
)
def test_what_is_not_one_safe_document_is_refused(text: str, said: str):
    assert mistakes(text)[0].startswith(said), mistakes(text)


def test_a_bomb_of_aliases_is_refused_quickly():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "unfolds to more than" in mistakes(bomb)[0]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    for path, said in ((tmp_path / "none.yaml", "there is no such file"), (tmp_path, "this is a folder")):
        with pytest.raises(InputError, match=said):
            load(path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"name: \xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        load(latin)


@pytest.mark.parametrize("name", ["aws-prod", "amazonas", "sg-1"])
def test_a_name_that_aws_would_refuse_for_documents_or_groups_is_refused(name: str):
    said = mistakes(GOOD.replace("name: prod", f"name: {name}"))
    assert said == [f"c.yaml:1 name: '{name}' begins with a word that AWS keeps for itself (aws, amazon, amzn, sg-)"]
