"""The EKS control plane: private from the first apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from eksclave.constructs.condition import Condition, require
from eksclave.constructs.documents import policy
from eksclave.constructs.part import Part
from eksclave.design.model import AccessEntryPlan, ClusterPlan
from eksclave.toolkit import Construct, aws, cdktf

_USE_KEY = ("Decrypt", "Describe", "Encrypt", "GenerateDataKey", "ReEncrypt")
"""CloudWatch Logs guide, "Encrypt log data in CloudWatch Logs using AWS KMS"."""


class PrivateCluster(Part):
    """EKS with its key, its log group and its access entries. `subnet_ids` are by the keys that the plan names.

    `after` is what must be there first, the attachments of the cluster role: EKS checks them when it makes the cluster.
    `only_if` holds conditions on what other stacks made: with Auto Mode the cluster starts nodes by itself. `admitted`
    is for whatever is to come after the access entries.
    """

    usual_id: ClassVar[str] = "cluster"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan: ClusterPlan,
        partition: str,
        region: str,
        account: str,
        dns_suffix: str,
        subnet_ids: Mapping[str, str],
        role_arn: str,
        node_role_arn: str | None,
        after: Sequence[cdktf.ITerraformDependable] = (),
        only_if: Sequence[Condition] = (),
    ) -> None:
        super().__init__(scope, id)
        self._plan = plan
        self._place = (partition, region, account, dns_suffix)
        logs = self._log_group(own_key := self._key() if plan.kms_key_arn is None else None)
        cluster = aws.eks_cluster.EksCluster(
            self,
            "Default",
            name=plan.name,
            version=plan.version,
            role_arn=role_arn,
            bootstrap_self_managed_addons=False,
            vpc_config=aws.eks_cluster.EksClusterVpcConfig(
                subnet_ids=[subnet_ids[key] for key in plan.subnets],
                endpoint_private_access=True,
                endpoint_public_access=False,
            ),
            # Whoever deploys must use the API to apply the workloads. This may never follow from another field of the
            # spec: AWS takes it at creation only, so that a change would replace the cluster (docs/decisions).
            access_config=aws.eks_cluster.EksClusterAccessConfig(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=True
            ),
            encryption_config=aws.eks_cluster.EksClusterEncryptionConfig(
                resources=["secrets"],
                provider=aws.eks_cluster.EksClusterEncryptionConfigProvider(key_arn=own_key or plan.kms_key_arn or ""),
            ),
            enabled_cluster_log_types=list(plan.logs.types) or None,
            depends_on=[*after, logs],
            **self._network_config(),
            **self._auto_mode(node_role_arn),
        )
        self.resource = self.named(cluster, "main")
        require(cluster, only_if)
        self.name, self.version, self.arn = cluster.name, cluster.version, cluster.arn
        self.endpoint = cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.get(0).data
        self.security_group_id = cluster.vpc_config.cluster_security_group_id
        self.oidc_issuer = cluster.identity.get(0).oidc.get(0).issuer
        self.admitted = [made for entry in plan.access_entries for made in self._access_entry(entry)]

    def _key(self) -> str:
        partition, region, account, suffix = self._place
        key = aws.kms_key.KmsKey(
            self,
            "key",
            description=f"secrets and logs of EKS cluster {self._plan.name}",
            enable_key_rotation=True,
            deletion_window_in_days=self._plan.kms_deletion_window_days,
            policy=policy(
                [
                    {
                        "Sid": "Account",
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                        "Action": "kms:*",
                        "Resource": "*",
                    },
                    {
                        "Sid": "OwnLogs",
                        "Effect": "Allow",
                        "Principal": {"Service": f"logs.{region}.{suffix}"},
                        "Action": [f"kms:{verb}*" for verb in _USE_KEY],
                        "Resource": "*",
                        "Condition": {
                            "ArnEquals": {
                                "kms:EncryptionContext:aws:logs:arn": (
                                    f"arn:{partition}:logs:{region}:{account}:log-group:{self._log_group_name}"
                                )
                            }
                        },
                    },
                ]
            ),
        )
        self.named(key, "cluster")
        alias = aws.kms_alias.KmsAlias(self, "key-alias", name=f"alias/eks/{self._plan.name}", target_key_id=key.key_id)
        self.named(alias, "cluster")
        return key.arn

    @property
    def _log_group_name(self) -> str:
        return f"/aws/eks/{self._plan.name}/cluster"

    def _log_group(self, key_arn: str | None) -> cdktf.ITerraformDependable:
        """Make the log group before EKS does, which would make it without expiry and leave it behind."""
        group = aws.cloudwatch_log_group.CloudwatchLogGroup(
            self,
            "logs",
            name=self._log_group_name,
            retention_in_days=self._plan.logs.retention_days,
            kms_key_id=key_arn,
        )
        return self.named(group, "cluster")

    def _network_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {}
        if self._plan.service_cidr:
            config["service_ipv4_cidr"] = self._plan.service_cidr
        if self._plan.auto_mode_pools:
            balancing = aws.eks_cluster.EksClusterKubernetesNetworkConfigElasticLoadBalancing
            config["elastic_load_balancing"] = balancing(enabled=True)
        network = aws.eks_cluster.EksClusterKubernetesNetworkConfig
        return {"kubernetes_network_config": network(**config)} if config else {}

    def _auto_mode(self, node_role_arn: str | None) -> dict[str, Any]:
        """Return the switches of EKS Auto Mode: compute, storage and load balancing go together, or EKS refuses."""
        if not self._plan.auto_mode_pools:
            return {}
        return {
            "compute_config": aws.eks_cluster.EksClusterComputeConfig(
                enabled=True, node_pools=list(self._plan.auto_mode_pools), node_role_arn=node_role_arn
            ),
            "storage_config": aws.eks_cluster.EksClusterStorageConfig(
                block_storage=aws.eks_cluster.EksClusterStorageConfigBlockStorage(enabled=True)
            ),
        }

    def _access_entry(self, plan: AccessEntryPlan) -> list[cdktf.ITerraformDependable]:
        entry = aws.eks_access_entry.EksAccessEntry(
            self, f"entry-{plan.key}", cluster_name=self.name, principal_arn=plan.principal_arn, type="STANDARD"
        )
        self.named(entry, plan.key)
        scope = aws.eks_access_policy_association.EksAccessPolicyAssociationAccessScope(
            type="namespace" if plan.namespaces else "cluster", namespaces=list(plan.namespaces) or None
        )
        association = aws.eks_access_policy_association.EksAccessPolicyAssociation(
            self,
            f"entry-{plan.key}-policy",
            cluster_name=self.name,
            principal_arn=entry.principal_arn,
            policy_arn=plan.policy_arn,
            access_scope=scope,
        )
        self.named(association, plan.key)
        return [entry, association]
