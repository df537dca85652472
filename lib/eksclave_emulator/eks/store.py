"""What the parts of the EKS backend share: the items by kind, names, tags, and the way to the other services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.base_backend import BaseBackend
from moto.moto_api._internal import mock_random

from ..states import GONE, Item
from .exceptions import InUse, NotFound

Json = dict[str, Any]
Key = tuple[str, ...]


class Store(BaseBackend):
    """Items by kind (`cluster`, `nodegroup`, ...) and key (the cluster's name, then the item's own)."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.items: dict[str, dict[Key, Item]] = {}

    def put(self, kind: str, key: Key, body: Json, taken: str) -> Item:
        """Keep a new item; refuse where the key is taken."""
        of_kind = self.items.setdefault(kind, {})
        if key in of_kind and of_kind[key].status != GONE:
            raise InUse(taken)
        of_kind[key] = Item(f"eks::{kind}", body)
        return of_kind[key]

    def get(self, kind: str, key: Key, missing: str) -> Item:
        """Return the item without counting as a look, or raise."""
        item = self.items.get(kind, {}).get(key)
        if item is None:
            raise NotFound(missing)
        return item

    def look(self, kind: str, key: Key, missing: str) -> Json:
        """Describe the item: its state may move on; one that has gone is forgotten and not found."""
        item = self.get(kind, key, missing)
        if item.look() == GONE:
            self.forget(kind, key)
            raise NotFound(missing)
        return item.answer()

    def forget(self, kind: str, key: Key) -> None:
        """Drop an item whose deletion is over. Parts that hold resources of other services let them go here."""
        self.items[kind].pop(key, None)

    def of_cluster(self, kind: str, cluster: str) -> dict[Key, Item]:
        """Return the items of one cluster, sorted by key."""
        return {k: v for k, v in sorted(self.items.get(kind, {}).items()) if k[0] == cluster}

    def names(self, kind: str, cluster: str) -> list[str]:
        """Return the names of one cluster's items."""
        return [key[1] for key in self.of_cluster(kind, cluster)]

    def arn(self, *parts: str) -> str:
        """Return an EKS ARN of this account and region."""
        return f"arn:{self.partition}:eks:{self.region_name}:{self.account_id}:{'/'.join(parts)}"

    @property
    def ec2(self) -> Any:
        """EC2 of the same account and region."""
        from moto.ec2.models import ec2_backends

        return ec2_backends[self.account_id][self.region_name]

    @property
    def iam(self) -> Any:
        """IAM of the same account."""
        from moto.iam.models import iam_backends

        return iam_backends[self.account_id][self.partition]

    def role_or_none(self, arn: str) -> Any:
        """Return the IAM role of that ARN."""
        return next((role for role in self.iam.roles.values() if role.arn == arn), None)

    def tag_resource(self, ask: Json) -> None:
        """TagResource."""
        self._by_arn(ask["resourceArn"]).setdefault("tags", {}).update(ask["tags"])

    def untag_resource(self, ask: Json) -> None:
        """UntagResource."""
        for key in ask["tagKeys"]:
            self._by_arn(ask["resourceArn"]).setdefault("tags", {}).pop(key, None)

    def list_tags_for_resource(self, ask: Json) -> Json:
        """ListTagsForResource."""
        return self._by_arn(ask["resourceArn"]).get("tags", {})

    def _by_arn(self, arn: str) -> Json:
        for items in self.items.values():
            for item in items.values():
                if arn in (item.body.get(word) for word in ARN_WORDS):
                    return item.body
        raise NotFound(f"No resource found for ARN: {arn}")


ARN_WORDS = ("arn", "nodegroupArn", "fargateProfileArn", "addonArn", "accessEntryArn", "associationArn")


def now() -> datetime:
    """The time that goes into answers."""
    return datetime.now(UTC)


def uuid() -> str:
    """A new id; moto's random, so that a seed set through moto's API makes it repeatable."""
    return str(mock_random.uuid4())
