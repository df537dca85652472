"""VPC endpoints: their interfaces in each subnet, with their security groups, and what EC2 refuses."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError


class Endpoints:
    """Interface and gateway endpoints."""

    def create_vpc_endpoint(
        self: Any,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None,
        policy_document: str | None,
        route_table_ids: list[str],
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """CreateVpcEndpoint."""
        interface = (endpoint_type or "Gateway").lower() == "interface"
        subnets = [self.get_subnet(one) for one in kwargs.get("subnet_ids") or []]
        groups = kwargs.get("security_group_ids") or []
        if interface:
            _one_subnet_per_zone(subnets)
            self._check_private_dns(vpc_id, service_name, kwargs.get("private_dns_enabled"))
            for group in groups:
                if self.get_security_group_from_id(group) is None:
                    raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
            if not groups:
                kwargs["security_group_ids"] = [self.get_security_group_from_name("default", vpc_id).id]
        elif any(
            point.vpc_id == vpc_id
            and point.service_name == service_name
            and point.vpc_endpoint_type == endpoint_type
            and set(point.route_table_ids or []) & set(route_table_ids or [])
            for point in self.vpc_end_points.values()
        ):
            raise EC2ClientError("RouteAlreadyExists", f"a route table already has a route to {service_name}")
        made = super().create_vpc_endpoint(
            vpc_id, service_name, endpoint_type, policy_document, route_table_ids, *args, **kwargs
        )  # type: ignore[misc]
        if interface:
            for eni in made.network_interface_ids:
                self._dress(eni, made)
        return made

    def modify_vpc_endpoint(self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> None:
        """ModifyVpcEndpoint: interfaces follow the subnets and security groups."""
        point = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        before = set(point.route_table_ids or [])
        super().modify_vpc_endpoint(vpc_id, *args, **kwargs)  # type: ignore[misc]
        if str(point.vpc_endpoint_type).lower() == "interface":
            _one_subnet_per_zone([self.get_subnet(one) for one in point.subnet_ids])
            held = {self.enis[eni].subnet.id: eni for eni in point.network_interface_ids}
            for subnet in set(held) - set(point.subnet_ids):
                self.enis.pop(held[subnet])
                point.network_interface_ids.remove(held[subnet])
            for subnet in sorted(set(point.subnet_ids) - set(held)):
                point.network_interface_ids.append(self.create_network_interface(subnet, []).id)
            for eni in point.network_interface_ids:
                self._dress(eni, point)
            return
        after = set(point.route_table_ids or [])
        if point.destination_prefix_list_id:
            for table in after - before:
                self.create_route(
                    table, None, gateway_id=point.id, destination_prefix_list_id=point.destination_prefix_list_id
                )
            for table in before - after:
                self._unroute(table, point.id)

    def delete_vpc_endpoints(self: Any, vpce_ids: list[str] | None = None) -> None:
        """DeleteVpcEndpoints: interfaces and routes go at once."""
        for ident in vpce_ids or []:
            point = self.vpc_end_points.get(ident)
            for eni in getattr(point, "network_interface_ids", None) or []:
                self.enis.pop(eni, None)
            for table in getattr(point, "route_table_ids", None) or []:
                self._unroute(table, ident)
            self.vpc_end_points.pop(ident, None)

    def _unroute(self: Any, table: str, endpoint: str) -> None:
        if table in self.route_tables:
            routes = self.route_tables[table]._routes
            for key in [key for key, route in routes.items() if getattr(route.gateway, "id", None) == endpoint]:
                del routes[key]

    def _dress(self: Any, eni_id: str, point: Any) -> None:
        eni = self.enis[eni_id]
        eni._group_set = [self.get_security_group_from_id(group) for group in point.security_group_ids]
        eni.description, eni.interface_type = f"VPC Endpoint Interface {point.id}", "vpc_endpoint"
        eni.requester_managed, eni.status = True, "in-use"

    def _check_private_dns(self: Any, vpc_id: str, service: str, private_dns: bool | None) -> None:
        if not private_dns:
            return
        vpc = self.get_vpc(vpc_id)
        if not (_on(vpc.enable_dns_support) and _on(vpc.enable_dns_hostnames)):
            raise EC2ClientError(
                "InvalidParameter",
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
                f"for {vpc_id}",
            )
        if any(
            p.vpc_id == vpc_id and p.service_name == service and p.private_dns_enabled
            for p in self.vpc_end_points.values()
        ):
            raise EC2ClientError(
                "InvalidParameter",
                f"private-dns-enabled cannot be set because there is already a conflicting "
                f"DNS domain for {service} in the VPC {vpc_id}",
            )


def _on(value: Any) -> bool:
    return str(value).lower() == "true"


def _one_subnet_per_zone(subnets: list[Any]) -> None:
    zones: dict[str, str] = {}
    for subnet in subnets:
        if subnet.availability_zone in zones:
            raise EC2ClientError(
                "DuplicateSubnetsInSameZone",
                "Found another VPC endpoint subnet in the availability zone of "
                f"{subnet.id}: {zones[subnet.availability_zone]}",
            )
        zones[subnet.availability_zone] = subnet.id
