"""No image is pulled through a cache on a closed network.

Why
    The first pull of an image needs a way out: ECR sends the client to the upstream's content network.

Fix
    Mirror the image into a repository of your own, or warm the cache from outside.

Source
    ECR user guide, pull-through cache; containers-roadmap issues 2304, 939.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.catalog.features import Feature
from eksclave.checks.asking import fails, passes
from eksclave.checks.pulling import images_of, registry_of
from eksclave.checks.result import Result
from eksclave.checks.view import View
from eksclave.reach.facts.values import known_or

ASKS = ("R9",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask each image reference for the prefix of a cache rule."""
    if not view.has(Feature.PULL_THROUGH_CACHE):
        return
    prefixes = [known_or(rule.prefix, "") for rule in view.snapshot.pull_through_rules]
    wrong = 0
    for reference, origin in images_of(view):
        host = registry_of(reference)
        path = reference.removeprefix(f"{host}/")
        for prefix in prefixes:
            if prefix and ".dkr.ecr" in host and path.startswith(f"{prefix}/"):
                wrong += 1
                yield fails(view, "R9", f"{reference} is pulled through the cache '{prefix}'", origin)
    if not wrong:
        yield passes(view, "R9", "no image that the input names is pulled through a cache")
