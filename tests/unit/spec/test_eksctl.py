"""An eksctl ClusterConfig becomes a spec that loads, and what is lost is named."""

import pytest
from eksclave.errors import InputError
from eksclave.spec.eksctl import convert
from eksclave.spec.load import parse
from eksclave.spec.write import to_yaml
from eksclave.spec.yaml_nodes import read_document
from hypothesis import given
from hypothesis import strategies as st

GUIDE = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: private-eks
  region: us-west-2
  version: "1.33"
vpc:
  id: vpc-0dd338ecf29863c55
  subnets:
    private:
      us-west-2a: {id: subnet-06b2b9c81a9a7c9c4}
      second: {id: subnet-06b2b9c81a9a7c9c5, az: us-west-2b}
    public:
      us-west-2a: {id: subnet-06b2b9c81a9a7c9c6}
  clusterEndpoints: {publicAccess: true, privateAccess: true}
managedNodeGroups:
  - name: ng-1
    instanceType: t3a.medium
    desiredCapacity: 2
    privateNetworking: true
    ssh: {allow: true}
"""


def converted(text: str, account: str | None = "111122223333"):
    return convert(read_document(text, "e.yaml"), account)


def test_the_guides_file_becomes_a_spec_for_the_existing_vpc():
    spec = parse(to_yaml(converted(GUIDE).values), "c.yaml").spec
    assert spec.network.existing and spec.network.existing.vpc_id == "vpc-0dd338ecf29863c55"
    assert sorted(spec.network.existing.subnets.nodes) == ["us-west-2a", "us-west-2b"]
    assert [(group.name, group.instance_types, group.scaling.desired) for group in spec.groups] == [
        ("ng-1", ("t3a.medium",), 2)
    ]


def test_what_is_not_carried_over_is_named_with_its_line():
    notes = [str(note) for note in converted(GUIDE).notes]
    assert notes == [
        "e.yaml:13 vpc.subnets.public: not carried over; public subnets have no part in a private cluster",
        "e.yaml:15 vpc.clusterEndpoints.publicAccess: left out: the API is never public",
        "e.yaml:21 managedNodeGroups[0].ssh: not carried over; nodes take no SSH; reach them with SSM through the bastion",
    ]


def test_a_missing_account_is_said_and_left_to_fill_in():
    done = converted(GUIDE, None)
    assert done.values["account"] == "000000000000"
    assert "write your account id" in str(done.notes[0])


@pytest.mark.parametrize("text", ["a: 1", "kind: Pod", "[]", "kind: ClusterConfig\nmanagedNodeGroups: true"])
def test_another_kind_of_file_is_refused(text: str):
    with pytest.raises(InputError):
        converted(text)


FIELDS = st.sampled_from(
    [
        "metadata",
        "vpc",
        "id",
        "subnets",
        "private",
        "managedNodeGroups",
        "nodeGroups",
        "labels",
        "taints",
        "addons",
        "iam",
        "name",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(FIELDS, VALUES, max_size=5))
def test_any_shape_is_converted_or_refused_but_never_crashes(values: dict):
    try:
        done = converted(to_yaml({"kind": "ClusterConfig", **values}))
    except InputError:
        return
    assert done.values["account"] == "111122223333"
