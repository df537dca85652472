"""Classes of images, and the gate that no unreachable reference passes."""

from __future__ import annotations

import pytest
from eksclave.catalog.images import CanonicalImage
from eksclave.errors import InputError
from eksclave.images.credentials import ecr_place
from eksclave.images.gate import hold, ungated
from eksclave.images.inventory import advice, merge, replacer
from eksclave.images.kinds import Home, Kind
from eksclave.images.lockfile import Lock, LockedImage

HOME = Home("111122223333", "eu-central-1", "mirror", {"quay.io": "quay"})
OWN = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
AWS = "602401143452.dkr.ecr.eu-central-1.amazonaws.com"
D1, D2 = "sha256:" + "1" * 64, "sha256:" + "2" * 64
NGINX = CanonicalImage.parse("nginx:1.27")
CACHED = LockedImage(CanonicalImage.parse("quay.io/a/b:1"), D2, "quay/a/b", "1", (), cached=True)
LOCK = Lock("mirror", (LockedImage(NGINX, D1, "mirror/docker.io/library/nginx", "1.27-111111111111", ()), CACHED))
DUAL = "111122223333.dkr-ecr.eu-central-1.on.aws"


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        (f"{AWS}/eks/coredns:v1", Kind.AWS),
        ("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1", Kind.COPY),
        (f"{OWN}/team/app:1", Kind.OWN),
        ("444455556666.dkr.ecr.eu-central-1.amazonaws.com/team/app:1", Kind.OWN),
        ("quay.io/a/b:1", Kind.CACHE),
        ("nginx", Kind.COPY),
        ("public.ecr.aws/eks/aws-load-balancer-controller:v3", Kind.COPY),
        ("602401143452.dkr.ecr.eu-central-1.example.com/eks/coredns:v1", Kind.COPY),
    ],
)
def test_the_class_follows_from_the_registry_host(reference: str, kind: Kind):
    assert HOME.kind(CanonicalImage.parse(reference)) is kind


def test_china_and_govcloud_have_their_own_registries():
    china = Home("111122223333", "cn-north-1")
    assert china.host == "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"
    assert (
        china.kind(CanonicalImage.parse("918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/eks/coredns:v1")) is Kind.AWS
    )
    gov = Home("111122223333", "us-gov-west-1")
    assert gov.kind(CanonicalImage.parse("013241004608.dkr.ecr.us-gov-west-1.amazonaws.com/eks/coredns:v1")) is Kind.AWS


@pytest.mark.parametrize(
    ("host", "place"),
    [
        (OWN, ("111122223333", "eu-central-1")),
        ("111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com", ("111122223333", "us-gov-west-1")),
        ("111122223333.dkr-ecr.eu-central-1.on.aws", ("111122223333", "eu-central-1")),
        ("111122223333.dkr.ecr.eu-central-1.amazonaws.com.evil.example", None),
        ("111122223333.dkr.ecr.eu-central-1.evil.example", None),
        ("public.ecr.aws", None),
        ("11112222333.dkr.ecr.eu-central-1.amazonaws.com", None),
    ],
)
def test_only_real_ecr_hosts_are_taken_for_ecr(host: str, place: tuple[str, str] | None):
    assert ecr_place(host) == place


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("nginx:1.27", "is pulled from docker.io"),
        ("quay.io/a/b:1", "is pulled from quay.io"),
        ("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/coredns:v1", "lies in the AWS registry of us-east-1"),
        (f"{OWN}/mirror/docker.io/library/redis@{D1}", "is not locked"),
        (f"{OWN}/mirror/docker.io/library/nginx:1.27-111111111111", "is not pinned by digest"),
        (f"{OWN}/mirror/docker.io/library/nginx@{D2}", "has a digest that the lock file does not know"),
        (f"{OWN}/quay/a/c:1", "is not locked"),
        (f"{OWN}/mirror/docker.io/library/nginx:1.28", "is not locked; the lock file has docker.io/library/nginx:1.27"),
        (f"{OWN}/quay/a/b:1", "is not pinned by digest"),
        (f"{DUAL}/mirror/docker.io/library/redis@{D1}", "is not locked"),
        ("918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/eks/coredns:v1", "lies in the AWS registry of cn-north-1"),
        ("558608220178.dkr.ecr.eu-central-1.amazonaws.com/eks/coredns:v1", "AWS's add-ons lie in 602401143452"),
        ("${IMAGE}", "is not an image reference"),
    ],
)
def test_the_gate_holds_back_what_the_closed_network_cannot_pull(reference: str, said: str):
    (finding,) = ungated([(reference, "Deployment web")], HOME, LOCK)
    assert said in finding.said
    assert finding.fix
    with pytest.raises(InputError, match="Deployment web"):
        hold([(reference, "Deployment web")], HOME, LOCK)


@pytest.mark.parametrize(
    "reference",
    [
        f"{AWS}/eks/coredns:v1",
        f"{OWN}/team/app:1",
        f"{OWN}/quay/a/b@{D2}",
        f"{OWN}/mirror/docker.io/library/nginx@{D1}",
        "444455556666.dkr.ecr.eu-central-1.amazonaws.com/team/app:1",
    ],
)
def test_the_gate_lets_through_what_it_can_pull(reference: str):
    assert ungated([(reference, "Deployment web")], HOME, LOCK) == ()
    hold([(reference, "Deployment web")], HOME, LOCK)


def test_without_a_lock_every_mirrored_reference_is_held():
    (finding,) = ungated([(f"{OWN}/mirror/docker.io/library/nginx@{D1}", "x")], HOME, None)
    assert finding.fix == "run `eksclave images lock`, then `eksclave images copy`"


def test_what_the_replacer_writes_passes_the_gate():
    replace = replacer(HOME, LOCK)
    for reference in ("nginx:1.27", f"{AWS}/eks/coredns:v1", "quay.io/a/b:1", f"{OWN}/team/app:1"):
        assert ungated([(replace(reference), "x")], HOME, LOCK) == ()
    assert replace("docker.io/library/nginx:1.27") == f"{OWN}/mirror/docker.io/library/nginx@{D1}"
    assert replace(f"{AWS}/eks/coredns:v1") == f"{AWS}/eks/coredns:v1"


def test_an_image_is_listed_once_with_all_who_need_it():
    (one,) = merge([(NGINX, ("b",)), (NGINX, ("a",)), (NGINX, ("b",))], HOME)
    assert one.needed_by == ("a", "b")


def test_a_managed_addon_is_preferred_to_a_copy():
    image = CanonicalImage.parse("registry.k8s.io/metrics-server/metrics-server:v0.8.0")
    assert advice(image, HOME) == "EKS add-on 'metrics-server' needs no copy"
    assert advice(NGINX, HOME) == ""
