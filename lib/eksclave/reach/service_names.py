"""DNS names of AWS services: which an endpoint with private DNS answers, and which service a public name belongs to.

Sources: PrivateLink user guide (integrated services), ECR, S3, EKS and IAM endpoint pages, aws-cdk `vpc-endpoint.ts`.
"""

from __future__ import annotations

import re

from eksclave.catalog.endpoints import ENDPOINTS
from eksclave.catalog.partitions import PARTITIONS, partition_of

LABELS = {
    "ecr.api": ("api.ecr.{r}.{d}",),
    "ecr.dkr": ("*.dkr.ecr.{r}.{d}",),
    "s3": tuple(f"{star}{name}.{{r}}.{{d}}" for name in ("s3", "s3-accesspoint", "s3-control") for star in ("", "*.")),
    "eks": ("eks.{r}.{d}", "eks.{r}.{a}"),
    "eks-auth": ("eks-auth.{r}.{a}",),
    "oidc-eks": ("oidc.eks.{r}.{d}", "oidc-eks.{r}.{a}"),
    "pricing.api": ("api.pricing.{r}.{d}",),
    "ecr-public.api": ("api.ecr-public.{r}.{d}",),
    "sagemaker.api": ("api.sagemaker.{r}.{d}",),
    "sagemaker.runtime": ("runtime.sagemaker.{r}.{d}",),
    "execute-api": ("*.execute-api.{r}.{d}",),
    "elasticfilesystem-fips": ("elasticfilesystem-fips.{r}.{d}",),
}
GLOBAL = {
    "com.amazonaws.iam": ("iam.amazonaws.com",),
    "com.amazonaws.route53": ("route53.amazonaws.com",),
    "com.amazonaws.s3-global.accesspoint": ("*.accesspoint.s3-global.amazonaws.com",),
}
DUAL_STACK = {
    "ecr.api": ("ecr.{r}.{a}",),
    "ecr.dkr": ("*.dkr-ecr.{r}.on.aws",),
}
"""Dual-stack names that an endpoint may answer, depending on its age and address type: neither proved nor refuted."""

_PREFIXES = r"cn\.com\.amazonaws|eu\.amazonaws|com\.amazonaws|gov\.ic\.c2s|gov\.sgov\.sc2s|aws\.api"
_SERVICE = re.compile(rf"^(?:{_PREFIXES})\.(?P<rest>.+)$")
_REGION = re.compile(r"^[a-z]{2,4}(?:-[a-z]+)+-\d$")


def split_service(service: str) -> tuple[str, str]:
    """Return (Region, suffix) of a service name: `com.amazonaws.eu-central-1.ecr.api` → `eu-central-1`, `ecr.api`.

    The Region is empty for global services, the suffix empty for names that are not AWS's own.
    """
    found = _SERVICE.match(service)
    if not found:
        return "", ""
    first, _, rest = found["rest"].partition(".")
    return (first, rest) if _REGION.match(first) and rest else ("", found["rest"])


def exists(service: str) -> bool:
    """Tell whether AWS has a service of this name: in China many have a prefix of their own, and not the common one."""
    region, suffix = split_service(service)
    if not region or partition_of(region).id != "aws-cn":
        return True
    known = next((one for one in ENDPOINTS if one.suffix == suffix), None)
    return known is None or known.service_name(region) == service


def covered_names(service: str) -> tuple[str, ...] | None:
    """Return the names that the service's endpoint answers with private DNS, or None where that is not known."""
    if service in GLOBAL:
        return GLOBAL[service]
    region, suffix = split_service(service)
    if not region:
        return None
    if not exists(service):
        return ()
    shapes = LABELS.get(suffix) or (("{s}.{r}.{d}",) if "." not in suffix else None)
    return None if shapes is None else _fill(shapes, region, suffix)


def doubtful_names(service: str) -> tuple[str, ...]:
    """Return names that the service's endpoint may answer as well, depending on what AWS has rolled out."""
    region, suffix = split_service(service)
    if not region or not exists(service):
        return ()
    shapes = DUAL_STACK.get(suffix, () if suffix in LABELS or "." in suffix else ("{s}.{r}.{a}",))
    return _fill(shapes, region, suffix)


def _fill(shapes: tuple[str, ...], region: str, suffix: str) -> tuple[str, ...]:
    partition = partition_of(region)
    words = {"r": region, "d": partition.dns_suffix, "a": partition.dual_stack_suffix, "s": suffix}
    return tuple(shape.format(**words) for shape in shapes)


_SUFFIXES = "|".join(sorted({re.escape(one.dns_suffix) for one in PARTITIONS}))
_DUAL = "|".join(sorted({re.escape(one.dual_stack_suffix) for one in PARTITIONS}))
_S3 = re.compile(rf"^(?:.+\.)?s3(?:-fips)?[.-](?:dualstack\.)?(?P<region>[a-z0-9-]+)\.(?:{_SUFFIXES})$")
_DYNAMODB = re.compile(rf"^(?:.+\.)?dynamodb(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:{_SUFFIXES}|{_DUAL})$")


def gateway_service(name: str) -> tuple[str, str] | None:
    """Return (service, Region) if the public addresses of this name are in a gateway endpoint's prefix list."""
    for service, shape in (("s3", _S3), ("dynamodb", _DYNAMODB)):
        found = shape.match(name)
        if found and _REGION.match(found["region"]):
            return service, found["region"]
    return None
