"""`workloads`: what runs inside, through the private API."""

from __future__ import annotations

from eksclave.constructs import Controller, ManifestBundle, SharedIngress
from eksclave.contracts import ClusterOutputs, NetworkOutputs, WorkloadsOutputs
from eksclave.toolkit import cdktf, kubernetes

from stacks.base import Stack


class WorkloadsStack(Stack):
    """Controllers, ingresses and bundles of manifests."""

    stack = "workloads"
    uses_aws = False

    def render(self) -> None:
        """Run the controllers, then what needs them."""
        network = self.upstream(NetworkOutputs)
        cluster = self.upstream(ClusterOutputs)
        self._kubernetes(cluster)
        plan, irsa = self.design.workloads, self.design.cluster.identity == "irsa"
        controllers = [
            Controller(
                self,
                f"controller-{controller.key}",
                vpc_id=network.vpc_id,
                plan=controller,
                irsa_role_arn=cluster.role_arns[controller.service_account.role] if irsa else None,
            )
            for controller in plan.controllers
        ]
        # the load balancer controller's webhook refuses every Ingress until its pods answer
        running = [controller.resource for controller in controllers]
        objects = ManifestBundle(self, "manifests", key="cluster", manifests=plan.objects, after=running)
        SharedIngress(self, "ingress", plans=plan.ingresses, after=[*objects.resources, *running])
        self.publish(
            WorkloadsOutputs(
                controllers=tuple(controller.name for controller in plan.controllers),
                ingresses=tuple(f"{ingress.namespace}/{ingress.name}" for ingress in plan.ingresses),
            )
        )

    def _kubernetes(self, cluster: ClusterOutputs) -> None:
        """Talk to the private API, directly or through a forwarded port, and check its certificate either way."""
        address = cdktf.TerraformVariable(
            self,
            "api_address",
            type="string",
            default="",
            description="where the API answers, such as https://localhost:8443 through the bastion; empty is direct",
        )
        address.override_logical_id("api_address")
        kubernetes.provider.KubernetesProvider(
            self,
            "kubernetes",
            host=f'${{var.api_address == "" ? {_operand(cluster.api_endpoint)} : var.api_address}}',
            tls_server_name=cluster.api_host,
            cluster_ca_certificate=f"${{base64decode({_operand(cluster.certificate_authority)})}}",
            exec=[
                kubernetes.provider.KubernetesProviderExec(
                    api_version="client.authentication.k8s.io/v1",
                    command="aws",
                    args=["eks", "get-token", "--region", self.design.region, "--cluster-name", cluster.name],
                )
            ],
        )
        self.constrain("kubernetes", self.design.providers.kubernetes)


def _operand(value: str) -> str:
    """Return a reference or a literal as it stands inside a Terraform expression."""
    return value[2:-1] if value.startswith("${") else f'"{value}"'
