"""Transit gateways: an attachment that was deleted is still shown, as deleted, and holds interfaces while it lives."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError


class TransitGateways:
    """VPC attachments."""

    def create_transit_gateway_vpc_attachment(
        self: Any, transit_gateway_id: str, vpc_id: str, subnet_ids: list[str], *args: Any, **kwargs: Any
    ) -> Any:
        """CreateTransitGatewayVpcAttachment: one interface in each subnet, one subnet in each zone."""
        zones = [self.get_subnet(subnet).availability_zone for subnet in subnet_ids]
        if len(zones) != len(set(zones)):
            raise EC2ClientError(
                "DuplicateSubnetsInSameZone", f"Duplicate Subnets for same AZ: {', '.join(subnet_ids)}"
            )
        gone = {key: one for key, one in self.transit_gateway_attachments.items() if one.state == "deleted"}
        for key in gone:
            del self.transit_gateway_attachments[key]
        try:
            made = super().create_transit_gateway_vpc_attachment(  # type: ignore[misc]
                transit_gateway_id, vpc_id, subnet_ids, *args, **kwargs
            )
        finally:
            self.transit_gateway_attachments.update(gone)
        said = f"Network Interface for Transit Gateway Attachment {made.id}"
        made.interfaces = [self.create_network_interface(subnet, [], description=said) for subnet in subnet_ids]
        for eni in made.interfaces:
            eni.requester_managed, eni.status, eni.interface_type = True, "in-use", "transit_gateway"
        return made

    def delete_transit_gateway_vpc_attachment(self: Any, transit_gateway_attachment_id: str) -> Any:
        """DeleteTransitGatewayVpcAttachment: its interfaces go; it stays to be seen for a while."""
        if transit_gateway_attachment_id not in self.transit_gateway_attachments:
            raise EC2ClientError(
                "InvalidTransitGatewayAttachmentID.NotFound",
                f"Transit Gateway Attachment {transit_gateway_attachment_id} was deleted or does not exist.",
            )
        gone = super().delete_transit_gateway_vpc_attachment(transit_gateway_attachment_id)  # type: ignore[misc]
        for eni in getattr(gone, "interfaces", []):
            self.enis.pop(eni.id, None)
        gone.interfaces = []
        self.transit_gateway_attachments[transit_gateway_attachment_id] = gone
        return gone
