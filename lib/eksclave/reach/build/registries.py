"""ECR: repositories with their policies, and pull-through cache rules."""

from __future__ import annotations

from eksclave.reach.build.base import Build, once
from eksclave.reach.build.policies import policy
from eksclave.reach.facts import clusters
from eksclave.reach.facts.values import AFTER_APPLY, Origin
from eksclave.terraform.values import plain


def repositories(build: Build) -> tuple[clusters.Repository, ...]:
    """Return the private repositories."""
    policies = {
        build.key(one.get("repository"), "aws_ecr_repository"): one for one in build.of("aws_ecr_repository_policy")
    }
    found: list[clusters.Repository] = []
    for one in build.of("aws_ecr_repository", data=True):
        stated = policies.get(one.address) or policies.get(str(one.get("name")))
        rights = policy(build, stated.get("policy"), build.origin(stated, "policy")) if stated is not None else None
        found.append(
            clusters.Repository(one.address, build.origin(one), build.text(one.get("name"), AFTER_APPLY), rights)
        )
    return once(found)


def pull_through_rules(build: Build) -> tuple[clusters.PullThroughRule, ...]:
    """Return the pull-through cache rules."""
    return once(
        clusters.PullThroughRule(
            one.address,
            build.origin(one),
            build.text(one.get("ecr_repository_prefix"), AFTER_APPLY),
            build.text(one.get("upstream_registry_url"), AFTER_APPLY),
        )
        for one in build.of("aws_ecr_pull_through_cache_rule", data=True)
    )


def image_locks(build: Build) -> tuple[clusters.ImageLock, ...]:
    """Return what registry stacks say that their lock files hold: the outputs `host`, `prefix` and `locked_images`."""
    found: list[clusters.ImageLock] = []
    for label, outputs in build.world.outputs.items():
        host, prefix = plain(outputs.get("host")), plain(outputs.get("prefix"))
        pinned = plain(outputs.get("locked_images"))
        if isinstance(host, str) and isinstance(prefix, str) and isinstance(pinned, list):
            named = tuple(sorted(one for given in pinned if isinstance(one := plain(given), str)))
            origin = Origin(f"{label}:output.locked_images" if len(build.world.sources) > 1 else "output.locked_images")
            found.append(clusters.ImageLock(label, origin, host, (prefix,), named))
    return once(found)
