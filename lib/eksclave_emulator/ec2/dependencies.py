"""What EC2 does not delete because something still uses it: security groups, subnets, VPCs, route tables."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError


class Dependencies:
    """Checks before moto's own deletes."""

    def delete_security_group(self: Any, name: str | None = None, group_id: str | None = None) -> None:
        """DeleteSecurityGroup: not while an interface carries it or another group's rule names it."""
        group = group_id or getattr(self.get_security_group_by_name_or_id(name), "id", None)
        users = [eni.id for eni in self.enis.values() if group in {one.id for one in eni.group_set}]
        rules = [
            other.id
            for groups in self.groups.values()
            for other in groups.values()
            for rule in (*other.ingress_rules, *other.egress_rules)
            if other.id != group and (rule.source_group or {}).get("GroupId") == group
        ]
        if users or rules:
            raise DependencyViolationError(
                f"resource {group} has a dependent object ({', '.join(sorted({*users, *rules}))})"
            )
        super().delete_security_group(name, group_id)  # type: ignore[misc]

    def delete_subnet(self: Any, subnet_id: str) -> Any:
        """DeleteSubnet: not while an interface is in it."""
        users = sorted(eni.id for eni in self.enis.values() if eni.subnet.id == subnet_id)
        if users:
            raise DependencyViolationError(
                f"The subnet '{subnet_id}' has dependencies and cannot be deleted: {', '.join(users)}"
            )
        for acl in self.network_acls.values():
            for key, link in list(acl._associations.items()):
                if link.subnet_id == subnet_id:
                    del acl._associations[key]
        for table in self.route_tables.values():
            for key, linked in list(table._associations.items()):
                if linked == subnet_id:
                    del table._associations[key]
        return super().delete_subnet(subnet_id)  # type: ignore[misc]

    def replace_network_acl_association(self: Any, association_id: str, network_acl_id: str) -> Any:
        """ReplaceNetworkAclAssociation: an association that is not there is an error of EC2's, not a fault."""
        if not any(association_id in acl._associations for acl in self.network_acls.values()):
            said = f"The association ID '{association_id}' does not exist"
            raise EC2ClientError("InvalidAssociationID.NotFound", said)
        return super().replace_network_acl_association(association_id, network_acl_id)  # type: ignore[misc]

    def delete_vpc(self: Any, vpc_id: str) -> Any:
        """DeleteVpc: not while endpoints, security groups or network ACLs of one's own are in it."""
        users = [point.id for point in self.vpc_end_points.values() if point.vpc_id == vpc_id]
        users += [group.id for group in self.groups.get(vpc_id, {}).values() if group.name != "default"]
        users += [
            acl.id for acl in self.network_acls.values() if acl.vpc_id == vpc_id and str(acl.default).lower() != "true"
        ]
        if users:
            raise DependencyViolationError(
                f"The vpc '{vpc_id}' has dependencies and cannot be deleted: {', '.join(sorted(users))}"
            )
        answer = super().delete_vpc(vpc_id)  # type: ignore[misc]
        for key, acl in list(self.network_acls.items()):
            if acl.vpc_id == vpc_id:
                del self.network_acls[key]
        return answer

    def delete_network_interface(self: Any, eni_id: str) -> None:
        """DeleteNetworkInterface: AWS's own interfaces are not the user's to delete."""
        eni = self.enis.get(eni_id)
        if eni is not None and getattr(eni, "requester_managed", False):
            raise EC2ClientError(
                "OperationNotPermitted", f"You are not allowed to manage '{eni_id}' network interfaces."
            )
        super().delete_network_interface(eni_id)  # type: ignore[misc]
