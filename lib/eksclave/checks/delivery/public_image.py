"""Every image comes from a private ECR of this Region.

Why
    No VPC endpoint leads to public registries, nor to ECR of another Region.

Fix
    Mirror the image into ECR of this Region and name it there.

Source
    pulumi-eks issue 1078; eks-distro issue 2019; containers-roadmap issue 1160.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eksclave.checks.asking import fails, passes, unsure
from eksclave.checks.pulling import hidden_images, images_of, not_known, registry_of, why_not
from eksclave.checks.result import Result
from eksclave.checks.view import View

ASKS = ("R8",)


def ask(view: View, so_far: Sequence[Result]) -> Iterator[Result]:
    """Ask each image reference of the input."""
    wrong = 0
    for reference, origin in images_of(view, near=False):
        reason = why_not(view, reference)
        if reason:
            wrong += 1
            host = registry_of(reference)
            name = reference.removeprefix(f"{host}/")
            fix = f"mirror it: ACCOUNT.dkr.ecr.{view.region}.amazonaws.com/{name}, and name that in {origin.address}"
            yield fails(view, "R8", f"{reference}: {reason}", origin, fix=fix)
        elif unclear := not_known(reference):
            wrong += 1
            yield unsure(view, "R8", f"{reference}: {unclear}", origin)
    if not wrong:
        assumed = ("EKS add-ons pull from AWS's own registry of this Region (EKS user guide, add-ons-images)",)
        if hidden := hidden_images(view):
            assumed += (f"what {', '.join(hidden)} will name after apply is a private ECR of this Region",)
        yield passes(view, "R8", "every image that the input names comes from a private ECR of this Region", assumed)
