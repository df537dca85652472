"""`endpoints`, `registry`, `addons`, `workloads`: what the cluster needs around it and runs inside."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from eksclave.spec.base import Arn, EndpointId, EndpointService, Part, PartName


class EndpointChoice(Part):
    """How one endpoint comes to be: `create` it, `reuse` one by id, or `external`: somebody else answers for it."""

    mode: Literal["create", "reuse", "external"] = "create"
    id: EndpointId | None = Field(None, description="with reuse: the endpoint that is there")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"mode": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _id_with_reuse(self) -> EndpointChoice:
        if (self.mode == "reuse") != (self.id is not None):
            raise ValueError("reuse needs the endpoint's id" if self.mode == "reuse" else "id goes with mode: reuse")
        return self


class Endpoints(Part):
    """VPC endpoints. The set is derived from the features; here it is added to or taken over."""

    policies: Literal["least-privilege", "full-access"] = "least-privilege"
    extra: tuple[EndpointService, ...] = Field(
        (), description="endpoint services beyond what the features need, such as xray"
    )
    services: dict[EndpointService, EndpointChoice] = Field(
        default_factory=dict, description="per endpoint service: create, reuse, external"
    )


class CacheRule(Part):
    """A pull-through cache rule: the first pull of an image may need a path out; see `eksclave images warm`."""

    upstream: Literal["public.ecr.aws", "registry.k8s.io", "quay.io", "docker.io", "ghcr.io"]
    prefix: Annotated[PartName, Field(min_length=2, max_length=30)]
    credential_arn: Arn | None = Field(
        None, description="Secrets Manager secret named ecr-pullthroughcache/…; docker.io and ghcr.io need one"
    )

    @model_validator(mode="after")
    def _upstream_wants_credentials(self) -> CacheRule:
        # ECR user guide, "Creating a pull through cache rule": these two ask for credentials
        if self.upstream in ("docker.io", "ghcr.io") and self.credential_arn is None:
            raise ValueError(f"{self.upstream} needs credential_arn, a secret named ecr-pullthroughcache/…")
        return self


class Registry(Part):
    """The ECR repositories that every image is mirrored into."""

    prefix: PartName = Field("mirror", description="first path segment of every mirrored repository")
    kms_key_arn: str | None = None
    scan_on_push: bool = True
    keep_untagged_days: int = Field(14, ge=1)
    pull_through_cache: tuple[CacheRule, ...] = ()


class Addon(Part):
    """One EKS add-on."""

    version: str | None = Field(None, description="such as v1.20.4-eksbuild.1; EKS picks its default when left out")
    configuration: dict[str, Any] = Field(default_factory=dict)


class Controller(Part):
    """A controller that runs inside the cluster from a mirrored image."""

    enabled: bool = True
    image: str | None = Field(None, description="canonical image, instead of the catalogue's")
    replicas: int = Field(2, ge=1)


class Ingress(Part):
    """An internal ingress on the one shared load balancer."""

    name: PartName
    namespace: str = Field("default", description="one that is there already, or comes with `manifests`")
    service: str
    port: int = Field(80, ge=1, le=65535)
    host: str | None = None
    path: str = "/"


ImagePath = Annotated[
    str, Field(pattern=r"^[\w.-]+:(?:[\w-]+|\*)(?:\[\*\])?(?:\.(?:[\w-]+|\*)(?:\[\*\])?)*$", max_length=300)
]


class Workloads(Part):
    """What runs inside the cluster."""

    cluster_autoscaler: Controller | None = Field(
        None, description="on wherever there are managed node groups when left out"
    )
    load_balancer_controller: Controller | None = Field(
        None, description="on unless auto_mode, which brings its own, when left out"
    )
    ingresses: tuple[Ingress, ...] = ()
    manifests: tuple[str, ...] = Field(
        (), description="Kubernetes YAML files, beside the spec, whose images are rewritten"
    )
    image_paths: tuple[ImagePath, ...] = Field(
        (), description="fields of custom resources that hold an image, such as Shop.example.com:spec.parts[*].image"
    )
