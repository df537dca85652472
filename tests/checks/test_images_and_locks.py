"""Images from a mirror are asked whether its lock holds them: the registry stack's word, or a lock file's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eksclave.catalog.images import CanonicalImage, mirrored
from eksclave.cli.reading import read_input
from eksclave.images.lockfile import Lock, LockedImage
from eksclave.images.locktext import save
from eksclave.reach.answer import Outcome

from tests.checks.conftest import change, plan_of, prove, proved

HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
NAME = "mirror/quay.io/argoproj/argocd"
PUBLISHED = {"output": {"host": HOST, "prefix": "mirror", "locked_images": [f"{NAME}@{ONE}"]}}


def app(image: str) -> dict[str, Any]:
    spec = [{"template": [{"spec": [{"container": [{"name": "a", "image": image}]}]}]}]
    return {"add": "kubernetes_deployment.app", "values": {"metadata": [{"name": "app"}], "spec": spec}}


def said(answer) -> list[tuple[Outcome, str]]:
    return [(one.outcome, one.reason.rpartition(": ")[2]) for one in answer.results if one.requirement == "R20"]


@pytest.mark.parametrize(
    ("image", "outcome", "words"),
    [
        (f"{HOST}/{NAME}@{ONE}", Outcome.PASS, "is locked by its digest"),
        (f"{HOST}/{NAME}:v2@{ONE}", Outcome.PASS, "is locked by its digest"),
        (f"111122223333.dkr-ecr.eu-central-1.on.aws/{NAME}@{ONE}", Outcome.PASS, "is locked by its digest"),
        (f"{HOST}/{NAME}:v2", Outcome.FAIL, "named by a tag"),
        (f"{HOST}/{NAME}:v2-111111111111", Outcome.FAIL, "named by a tag"),
        (f"{HOST}/{NAME}", Outcome.FAIL, "named by a tag"),
        (f"{HOST}/{NAME}@{TWO}", Outcome.FAIL, "the lock does not hold this digest"),
        (f"111122223333.dkr-ecr.eu-central-1.on.aws/{NAME}@{TWO}", Outcome.FAIL, "the lock does not hold this digest"),
        (f"{HOST}/mirror/quay.io/other@{ONE}", Outcome.FAIL, "no lock holds this image"),
        (f"{HOST}/team/app:1", Outcome.PASS, "is locked by its digest"),
        (f"{HOST}/mirrors/app:1", Outcome.PASS, "is locked by its digest"),
        (f"444455556666.dkr.ecr.eu-central-1.amazonaws.com/{NAME}:v2", Outcome.PASS, "is locked by its digest"),
    ],
)
def test_what_the_registry_stack_publishes_decides(case, image, outcome, words):
    (told,) = said(case("flat", [PUBLISHED, app(image)]))
    assert (told[0], words in told[1]) == (outcome, True), told


def test_the_fix_names_the_digest_that_is_locked(case):
    answer = case("flat", [PUBLISHED, app(f"{HOST}/{NAME}:v2")])
    assert [one.fix for one in answer.results if one.requirement == "R20"] == [f"name {HOST}/{NAME}@{ONE}"]


def test_what_comes_through_a_cache_rule_must_be_locked_too(case):
    rule = {
        "add": "aws_ecr_pull_through_cache_rule.quay",
        "values": {"ecr_repository_prefix": "quay", "upstream_registry_url": "quay.io"},
    }
    (told,) = said(case("flat", [PUBLISHED, rule, app(f"{HOST}/quay/argoproj/argocd:v2")]))
    assert told[0] is Outcome.FAIL


def test_without_a_lock_nothing_is_asked_and_that_is_said(case):
    empty = {"output": {**PUBLISHED["output"], "locked_images": []}}
    answer = case("flat", [empty, app(f"{HOST}/{NAME}:v2")])
    assert said(answer) == []
    assert answer.asked_nothing == ("R20",)
    assert ["no image is locked" in advice.text for advice in answer.advice if advice.requirement == "R20"] == [True]
    assert case("flat", [app(f"{HOST}/{NAME}:v2")]).asked_nothing == ()


def lock_file(folder: Path, *images: tuple[str, str]) -> Path:
    locked = []
    for name, digest in images:
        image = CanonicalImage.parse(name)
        there = mirrored(image, HOST, "mirror", digest)
        locked.append(LockedImage(image, digest, there.repository, there.tag, ()))
    save(Lock("mirror", tuple(locked)), folder / "prod.images.lock")
    return folder / "prod.images.lock"


@pytest.mark.parametrize(
    ("digest", "outcome"),
    [(ONE, Outcome.PASS), (TWO, Outcome.FAIL), ("", Outcome.FAIL)],
    ids=["locked", "other", "tag"],
)
def test_a_lock_file_is_asked_of_anybodys_plan(tmp_path: Path, digest: str, outcome: Outcome):
    lock = lock_file(tmp_path, ("quay.io/argoproj/argocd:v2", ONE))
    plan = change(plan_of("flat"), [app(f"{HOST}/{NAME}" + (f"@{digest}" if digest else ":v2"))])
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    answer = prove(read_input([str(tmp_path / "plan.json")], [lock]).snapshot)
    assert [told for told, _ in said(answer)] == [outcome]


@pytest.mark.parametrize("path", ["Shop.example.com:spec.parts[*].run.image", "Shop:spec.parts[*].*.image"])
def test_a_field_that_was_named_is_asked_too(tmp_path: Path, path: str):
    parts = [{"run": {"image": f"{HOST}/{NAME}@{ONE}"}}, {"run": {}}, {"run": {"image": "quay.io/argoproj/argocd:v2"}}]
    shop = {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "s"}, "spec": {"parts": parts}}
    plan = change(plan_of("flat"), [{"add": "kubernetes_manifest.shop", "values": {"manifest": shop}}])
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    unasked = prove(read_input([str(tmp_path / "plan.json")]).snapshot)
    assert [one.outcome for one in unasked.results if one.requirement == "R8"] == [Outcome.PASS]
    asked = prove(read_input([str(tmp_path / "plan.json")], (), [path]).snapshot)
    (failed,) = [one for one in asked.results if one.requirement == "R8"]
    assert (failed.outcome, failed.where) == (Outcome.FAIL, "kubernetes_manifest.shop")
    assert failed.reason.startswith("quay.io/argoproj/argocd:v2: ")


def test_of_two_plans_each_image_is_asked_for_its_own_cluster():
    plans = {
        "near": change(plan_of("flat"), [app("quay.io/argoproj/argocd:v2")]),
        "far": change(plan_of("flat"), [app(f"{HOST}/team/app:1")]),
    }
    answer = proved(plans)
    told = [(one.cluster.partition(":")[0], one.outcome) for one in answer.results if one.requirement == "R8"]
    assert sorted(told) == [("far", Outcome.PASS), ("near", Outcome.FAIL)]


def test_what_one_cluster_has_locked_is_no_pass_for_another_that_has_not():
    """The second has a mirror of its own, and no lock yet."""
    second = HOST.replace("1111", "9999", 1)
    unlocked = {"output": {"host": second, "prefix": "mirror", "locked_images": []}}
    near = change(plan_of("flat"), [PUBLISHED, app(f"{HOST}/{NAME}@{ONE}")])
    far = change(plan_of("flat"), [unlocked, app(f"{second}/{NAME}:v2")])
    answer = proved({"near": near, "far": far})
    told = [(one.cluster.partition(":")[0], one.outcome) for one in answer.results if one.requirement == "R20"]
    assert told == [("near", Outcome.PASS)]
    assert {one.address for one in answer.advice if one.requirement == "R20"} == {"far:output.locked_images"}


def test_two_clusters_in_one_plan_hide_no_image_from_the_question(case):
    """Nobody can tell for which of them it is: each is asked."""
    second = {
        "add": "aws_eks_cluster.second",
        "values": {
            "name": "second",
            "role_arn": "arn:aws:iam::111122223333:role/c",
            "vpc_config": [
                {
                    "endpoint_private_access": True,
                    "endpoint_public_access": False,
                    "subnet_ids": ["subnet-1", "subnet-2"],
                }
            ],
        },
    }
    for image, requirement in (("quay.io/argoproj/argocd:v2", "R8"), (f"{HOST}/{NAME}:v2", "R20")):
        answer = case("flat", [PUBLISHED, second, app(image)])
        failed = [one for one in answer.results if one.requirement == requirement and one.outcome is Outcome.FAIL]
        assert [one.stopped_at[0].address for one in failed] == ["kubernetes_deployment.app"] * 2
    near = case("flat", [PUBLISHED, second, app(f"{HOST}/{NAME}@{ONE}")])
    assert {one.outcome for one in near.results if one.requirement in ("R8", "R20")} == {Outcome.PASS}
