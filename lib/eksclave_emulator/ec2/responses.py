"""The EC2 API: moto's, with what the Terraform provider asks for and moto leaves out."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response as MotoEC2Response


class EC2Response(MotoEC2Response):
    """moto's EC2."""

    def create_dhcp_options(self) -> ActionResult:
        """CreateDhcpOptions, with the tags that the request gives."""
        answer = super().create_dhcp_options()
        made = answer.result["DhcpOptions"]  # type: ignore[index]
        made.add_tags(self._parse_tag_specification().get("dhcp-options", {}))
        return answer
