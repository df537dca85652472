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

    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        """CreateTransitGatewayVpcAttachment, with the tags that the request gives."""
        answer = super().create_transit_gateway_vpc_attachment()
        made = answer.result["TransitGatewayVpcAttachment"]  # type: ignore[index]
        made.add_tags(self._parse_tag_specification().get("transit-gateway-attachment", {}))
        return answer

    def create_launch_template(self) -> ActionResult:
        """CreateLaunchTemplate: the template's own tags are not part of what it launches."""
        answer = super().create_launch_template()
        template = self.ec2_backend.get_launch_template(answer.result["LaunchTemplate"]["LaunchTemplateId"])  # type: ignore[index]
        data = template.versions[0].data
        specs = [one for one in data.get("TagSpecifications", []) if one.get("ResourceType") != "launch-template"]
        data.pop("TagSpecifications", None)
        if specs:
            data["TagSpecifications"] = specs
        return answer

    def describe_instance_attribute(self) -> ActionResult:
        """DescribeInstanceAttribute: without user data there is no value, not an empty one."""
        answer = super().describe_instance_attribute()
        told: dict[str, object] = answer.result  # type: ignore[assignment]
        given = told.get("UserData") or {}
        if self._get_param("Attribute") == "userData" and not str(given.get("Value") or ""):  # type: ignore[attr-defined]
            told["UserData"] = {}
        return answer
