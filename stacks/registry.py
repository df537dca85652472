"""`registry`: where every image is mirrored."""

from __future__ import annotations

from eksclave.constructs import MirrorRegistry

from stacks.base import Stack


class RegistryStack(Stack):
    """ECR repositories and pull-through cache rules."""

    stack = "registry"

    def render(self) -> None:
        """Make one repository for each image that is copied."""
        self.publish(MirrorRegistry(self, "registry", plan=self.design.registry).outputs)
