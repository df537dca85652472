"""The SSM bastion: a way to the private API that listens on nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from eksclave.constructs.documents import document, policy
from eksclave.constructs.part import Part
from eksclave.constructs.role import ServiceRole
from eksclave.constructs.rules import RuleSet
from eksclave.design.model import BastionPlan
from eksclave.errors import EksclaveError
from eksclave.toolkit import Construct, aws, cdktf


class Bastion(Part):
    """One instance without inbound rules, key pair or public address, and the SSM document that forwards to the API.

    `peers` gives the ids that the plan's rules name: `cluster`, `endpoints`, `s3`.
    """

    usual_id: ClassVar[str] = "bastion"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        vpc_id: str,
        subnet_ids: Mapping[str, str],
        peers: Mapping[str, str],
        plan: BastionPlan,
        vpc_cidrs: Sequence[str] | str = (),
    ) -> None:
        super().__init__(scope, id)
        self._label = f"{name}-bastion"
        group = aws.security_group.SecurityGroup(
            self,
            "group",
            name=self._label,
            description="SSM bastion: nothing comes in",
            vpc_id=vpc_id,
            tags={"Name": self._label},
        )
        self.security_group_id = self.named(group, "bastion").id
        RuleSet(
            self,
            "rules",
            security_group_id=self.security_group_id,
            rules=plan.rules,
            peers=peers,
            vpc_cidrs=vpc_cidrs,
        )
        template = self._template(plan)
        instance = aws.instance.Instance(
            self,
            "Default",
            subnet_id=subnet_ids[plan.subnet],
            launch_template=aws.instance.InstanceLaunchTemplate(
                id=template.id, version=cdktf.Token.as_string(template.latest_version)
            ),
            tags={"Name": self._label},
        )
        self.instance_id = self.named(instance, "bastion").id
        session = aws.ssm_document.SsmDocument(
            self,
            "session",
            name=f"{name}-api",
            document_type="Session",
            document_format="JSON",
            content=document(plan.session_document),
        )
        self.session_document = self.named(session, "api").name
        if plan.session_principals:
            self._let_in(plan, [instance.arn, session.arn])

    def _template(self, plan: BastionPlan) -> aws.launch_template.LaunchTemplate:
        role = ServiceRole(self, f"role-{plan.role.key}", plan=plan.role)
        profile = aws.iam_instance_profile.IamInstanceProfile(self, "profile", name=plan.role.name, role=role.name)
        self.named(profile, "bastion")
        template = aws.launch_template.LaunchTemplate(
            self,
            "template",
            name=self._label,
            update_default_version=True,
            image_id=f"resolve:ssm:{plan.ami_parameter}",
            instance_type=plan.instance_type,
            vpc_security_group_ids=[self.security_group_id],
            iam_instance_profile=aws.launch_template.LaunchTemplateIamInstanceProfile(arn=profile.arn),
            metadata_options=aws.launch_template.LaunchTemplateMetadataOptions(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                aws.launch_template.LaunchTemplateBlockDeviceMappings(
                    device_name="/dev/xvda",
                    ebs=aws.launch_template.LaunchTemplateBlockDeviceMappingsEbs(
                        encrypted="true", volume_type="gp3", delete_on_termination="true"
                    ),
                )
            ],
            tag_specifications=[
                aws.launch_template.LaunchTemplateTagSpecifications(resource_type=kind, tags={"Name": self._label})
                for kind in ("instance", "volume")
            ],
            depends_on=role.attached,
        )
        return self.named(template, "bastion")

    def _let_in(self, plan: BastionPlan, resources: Sequence[str]) -> None:
        """Allow these roles and users to start sessions on this instance with this document, and to end their own."""
        own = {"StringLike": {"ssm:resourceTag/aws:ssmmessages:session-id": ["${aws:userid}"]}}
        start = {"Sid": "Start", "Effect": "Allow", "Action": "ssm:StartSession", "Resource": list(resources)}
        end = {"Sid": "EndOwn", "Effect": "Allow", "Action": ["ssm:ResumeSession", "ssm:TerminateSession"]}
        allowed = aws.iam_policy.IamPolicy(
            self,
            "sessions",
            name=f"{plan.role.name}-sessions",
            policy=policy([start, {**end, "Resource": "*", "Condition": own}]),
        )
        arn = self.named(allowed, "sessions").arn
        for principal in plan.session_principals:
            kind, _, path = principal.rpartition(":")[2].partition("/")
            name = path.rpartition("/")[2]
            if kind == "role":
                attached = aws.iam_role_policy_attachment.IamRolePolicyAttachment(
                    self, f"sessions-role-{name}", role=name, policy_arn=arn
                )
            elif kind == "user":
                attached = aws.iam_user_policy_attachment.IamUserPolicyAttachment(
                    self, f"sessions-user-{name}", user=name, policy_arn=arn
                )
            else:
                raise EksclaveError(f"'{principal}' is neither a role nor a user", "name roles or users by their ARNs")
            self.named(attached, f"sessions-{name}")
