"""Internal ingresses on one shared load balancer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from eksclave.constructs.part import Part
from eksclave.design.model import IngressPlan
from eksclave.toolkit import Construct, cdktf, kubernetes


class SharedIngress(Part):
    """Ingresses of one group: the AWS Load Balancer Controller makes a single internal ALB for all of them."""

    usual_id: ClassVar[str] = "ingress"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plans: Sequence[IngressPlan],
        ingress_class: str = "alb",
        after: Sequence[cdktf.ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        for plan in plans:
            backend = {"service": {"name": plan.service, "port": {"number": plan.port}}}
            path = kubernetes.ingress_v1.IngressV1SpecRuleHttpPath(path=plan.path, path_type="Prefix", backend=backend)
            rule = kubernetes.ingress_v1.IngressV1SpecRule(host=plan.host, http={"path": [path]})
            ingress = kubernetes.ingress_v1.IngressV1(
                self,
                f"{plan.namespace}-{plan.name}",
                metadata={
                    "name": plan.name,
                    "namespace": plan.namespace,
                    "annotations": dict(sorted(plan.annotations.items())),
                },
                spec={
                    "ingress_class_name": ingress_class,
                    "rule": [rule],
                },
                depends_on=list(after) or None,
            )
            self.named(ingress, f"{plan.namespace}-{plan.name}")
