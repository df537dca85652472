"""Images: where they stand in the input, and which registry they are pulled from."""

from __future__ import annotations

import re

from eksclave.catalog.registries import PUBLIC_REGISTRIES, addon_account, addon_accounts
from eksclave.checks.controllers import told
from eksclave.checks.view import View
from eksclave.reach.facts.values import HOLE, Origin, choices, known_or

ECR = re.compile(r"[^/]*\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)")


def images_of(view: View, near: bool = True) -> list[tuple[str, Origin]]:
    """Return every image reference that the input names for this cluster, with its place, each once.

    An image may be for any of several clusters, and nobody can tell for which: then each is asked. Without `near` none
    is asked about one that another of them has in its Region.
    """
    found: dict[tuple[str, str], tuple[str, Origin]] = {}
    for image in view.snapshot.images:
        text = known_or(image.reference, "")
        is_anybodys = choices(image.cluster) is None and (near or _is_near_to_none(view, text))
        if text and (view.belongs(image.cluster) or is_anybodys):
            found.setdefault((text, image.origin.address), (text, image.origin))
    for one in view.workloads:
        references = [text for image in one.images if (text := known_or(image, ""))]
        if (
            not references
            and one.controller
            and told(one)
            and not any("image" in name.lower() for name, _ in one.values)
        ):
            references = _default_images(one.controller)
        for text in references:
            found.setdefault((text, one.origin.address), (text, one.origin))
    return [found[key] for key in sorted(found)]


def _is_near_to_none(view: View, reference: str) -> bool:
    """Whether this comes from no Region of the input's clusters; an unknown Region may be any."""
    place = ecr_of(registry_of(reference))
    regions = {known_or(one.region, "") for one in view.snapshot.clusters}
    return not place or not ({place[1], ""} & regions)


def hidden_images(view: View) -> list[str]:
    """Return where images are named whose registry is known only after apply."""
    named = [(one.reference, one.origin.address) for one in view.snapshot.images if view.belongs(one.cluster)]
    named += [(text, one.origin.address) for one in view.workloads for text in one.images]
    hosts = [(registry_of(known_or(text, HOLE)), where) for text, where in named]
    return sorted({where for host, where in hosts if HOLE in host and not ECR.fullmatch(host)})


def _default_images(controller: str) -> list[str]:
    """What a controller's chart pulls where nothing else is said."""
    from eksclave.catalog.addons import addon_or_none

    facts = addon_or_none(controller)
    return [image for image in facts.images if "{" not in image] if facts and facts.kind == "controller" else []


def registry_of(reference: str) -> str:
    """Return the registry's host: `docker.io` where the reference names none; HOLE where that is not known."""
    first, slash, _ = reference.partition("/")
    if not slash and HOLE in first.partition(":")[0]:  # `${aws_ecr_repository.x.repository_url}:1`
        return HOLE
    return first if slash and ("." in first or ":" in first or first == "localhost" or HOLE in first) else "docker.io"


def ecr_of(host: str) -> tuple[str, str] | None:
    """Return account and Region of a private ECR host, whichever of its names is used; None for any other host."""
    match = ECR.fullmatch(host)
    return (host.partition(".")[0], match[1]) if match else None


def why_not(view: View, reference: str) -> str:
    """Return why a closed network cannot pull this image, empty where it can or where that is not known."""
    host = registry_of(reference)
    match = ECR.fullmatch(host)
    if match:
        if view.region and match[1] != view.region:
            return f"ECR of {match[1]} has no endpoint here"
        account, right = host.partition(".")[0], addon_account(match[1])
        wrong = account in addon_accounts() and account != right
        return f"AWS's add-ons lie in account {right} in {match[1]}, not in {account}" if wrong else ""
    return f"no VPC endpoint leads to {host}" if _is_public(host) else ""


def not_known(reference: str) -> str:
    """Return why nobody can tell whether this image can be pulled, empty where that is told."""
    host = registry_of(reference)
    if HOLE in host or ECR.fullmatch(host) or _is_public(host):
        return ""
    return f"whether {host} answers inside the network does not show in the input"


def _is_public(host: str) -> bool:
    return host in PUBLIC_REGISTRIES or any(host.endswith(f".{one}") for one in PUBLIC_REGISTRIES)
