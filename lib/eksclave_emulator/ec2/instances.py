"""Instances: what a launch template leaves to the image (the volume's size), and images named by a parameter."""

from __future__ import annotations

import hashlib
from typing import Any

_RESOLVE = "resolve:ssm:"
_ROOT_GIB = 8
"""The size of Amazon Linux's root volume, which an image without a snapshot here stands for."""


class Instances:
    """RunInstances beyond moto's."""

    def run_instances(self: Any, image_id: str, count: int, user_data: Any, names: list[str], **kwargs: Any) -> Any:
        """RunInstances: a template's volumes without a size take the image's, `resolve:ssm:` images are looked up."""
        template = self._get_template_from_args(kwargs["launch_template"]).data if kwargs.get("launch_template") else {}
        image = self.image_of(image_id or template.get("ImageId") or "")
        if "block_device_mappings" not in kwargs and template.get("BlockDeviceMappings"):
            kwargs["block_device_mappings"] = [_sized(one) for one in template["BlockDeviceMappings"]]
        made = super().run_instances(image, count, user_data, names, **kwargs)  # type: ignore[misc]
        asked = {int(nic.get("DeviceIndex", 0)): nic for nic in kwargs.get("nics") or []}
        for instance in made.instances:
            if not instance.security_groups and 0 in instance.nics:
                instance.security_groups = list(instance.nics[0].group_set)  # an instance shows those of its first
            for index, nic in instance.nics.items():
                given = asked.get(int(index), {})
                nic.delete_on_termination = bool(given.get("DeleteOnTermination", "NetworkInterfaceId" not in given))
        return made

    def image_of(self: Any, image: str) -> str:
        """Return the image id behind `resolve:ssm:NAME`; parameters that moto does not ship get an id of their own."""
        if not image.startswith(_RESOLVE):
            return image
        name = image.removeprefix(_RESOLVE)
        from moto.ssm.models import ssm_backends

        found = ssm_backends[self.account_id][self.region_name].get_parameters([name])
        value = getattr(found.get(name), "value", None)
        return str(value or f"ami-{hashlib.sha256(name.encode()).hexdigest()[:17]}")


def _sized(mapping: dict[str, Any]) -> dict[str, Any]:
    ebs = dict(mapping.get("Ebs") or {})
    if not ebs.get("VolumeSize") and not ebs.get("SnapshotId"):
        ebs["VolumeSize"] = _ROOT_GIB
    return {**mapping, "Ebs": ebs}
