"""The base of our constructs, and how their resources get addresses.

CDKTF derives a resource's address from its construct path and adds a hash: `aws_subnet.network_nodes-a_1F2E3D4C`. Ours
are readable and stay the same when code is moved about: `aws_subnet.nodes-eu-central-1a`. The rule: the name that the
construct gives (made of domain keys: zone, service, node group), below the id of the construct, unless that is the id
which the construct has in eksclave's own stacks (`usual_id`). So `EndpointSet(stack, "endpoints", …)` makes
`aws_vpc_endpoint.ecr-api`, and a second set `EndpointSet(stack, "shared", …)` makes `aws_vpc_endpoint.shared-ecr-api`.
Two resources with one address are refused: CDKTF would merge them without a word.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar
from weakref import WeakKeyDictionary

from eksclave.errors import EksclaveError
from eksclave.toolkit import Construct, cdktf

Element = TypeVar("Element", bound="cdktf.TerraformElement")

_taken: WeakKeyDictionary[object, set[tuple[str, str]]] = WeakKeyDictionary()


class Part(Construct):
    """A construct that names its resources by domain keys."""

    usual_id: ClassVar[str] = "Default"

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._stack = scope if isinstance(scope, cdktf.TerraformStack) else cdktf.TerraformStack.of(scope)
        outer = getattr(scope, "_prefix", "")
        self._prefix = outer if id == self.usual_id else f"{outer}{slug(id)}-"

    def named(self, element: Element, name: str) -> Element:
        """Give an element of this construct its address, `TYPE.NAME`, and return it."""
        address = f"{self._prefix}{slug(name)}"
        kind = type(element).__qualname__
        taken = _taken.setdefault(self._stack, set())
        if (kind, address) in taken:
            raise EksclaveError(
                f"two elements {kind} would both be called '{address}'", "give one of the constructs another id"
            )
        taken.add((kind, address))
        element.override_logical_id(address)
        return element


def slug(name: str) -> str:
    """Return a name that Terraform takes as an identifier: dots and slashes become dashes, a leading digit gets `n`."""
    told = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in name)
    return f"n{told}" if told[:1].isdigit() or told.startswith("-") else told
