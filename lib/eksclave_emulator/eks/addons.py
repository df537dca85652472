"""EKS add-ons: their versions, their configuration schema, and their life on a cluster."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from ..states import GONE
from .clusters import DEFAULT_VERSION, VERSIONS, Clusters
from .exceptions import InUse, InvalidParameter, NotFound
from .store import Json, now, uuid

_MISSING = "No addon: {} found in cluster: {}"
_VERSION = re.compile(r"(v\d+\.\d+)\.\d+-eksbuild\.\d+")


@cache
def known() -> dict[str, Json]:
    """The add-ons by name: release lines, newest build, configuration keys (`addons.json`)."""
    text = (resources.files(__package__) / "addons.json").read_text(encoding="utf-8")
    return {name: about for name, about in json.loads(text).items() if name}


def versions(name: str, kubernetes: str) -> list[str]:
    """Return the builds of an add-on for one Kubernetes version, newest first."""
    about = known()[name]
    if about.get("follows"):
        return [f"v{kubernetes}.1-eksbuild.{build}" for build in (2, 1)]
    newest = str(about["newest"])
    return [newest] + [f"{line}.0-eksbuild.1" for line in reversed(about["lines"]) if not newest.startswith(line + ".")]


class Addons(Clusters):
    """Create, describe, list, update and delete add-ons; describe versions and schemas."""

    def describe_addon_versions(self, ask: Json) -> list[Json]:
        """DescribeAddonVersions."""
        asked, kubernetes = ask.get("addonName"), ask.get("kubernetesVersion")
        if asked and asked not in known():
            return []
        chosen = [kubernetes] if kubernetes else list(VERSIONS)
        return [_about(name, chosen) for name in sorted(known()) if asked in (None, name)]

    def describe_addon_configuration(self, ask: Json) -> Json:
        """DescribeAddonConfiguration. The schema names the top-level keys; what is below them is free here."""
        name, version = ask["addonName"], ask["addonVersion"]
        self._check(name, version, None)
        schema = {
            "$schema": "http://json-schema.org/draft-06/schema#", "type": "object", "additionalProperties": False,
            "properties": {key: {} for key in known()[name]["keys"]},
        }  # fmt: skip
        identity = known()[name].get("identity")
        return {
            "addonName": name,
            "addonVersion": version,
            "configurationSchema": json.dumps(schema),
            "podIdentityConfiguration": [{"serviceAccount": identity[0], "recommendedManagedPolicies": []}]
            if identity
            else [],
        }

    def create_addon(self, ask: Json) -> Json:
        """CreateAddon."""
        cluster, name = self.active_cluster(ask["clusterName"]), ask["addonName"]
        version = ask.get("addonVersion") or _default(name, cluster["version"])
        self._check(name, version, cluster["version"])
        self._check_values(name, ask.get("configurationValues"))
        self._check_service_account_role(ask.get("serviceAccountRoleArn"))
        body = {
            "addonName": name,
            "clusterName": ask["clusterName"],
            "addonVersion": version,
            "health": {"issues": []},
            "addonArn": self.arn("addon", ask["clusterName"], name, uuid()),
            "createdAt": now(),
            "modifiedAt": now(),
            "tags": dict(ask.get("tags") or {}),
            "serviceAccountRoleArn": ask.get("serviceAccountRoleArn"),
            "configurationValues": ask.get("configurationValues"),
            "podIdentityAssociations": [],
        }
        item = self.put("addon", (ask["clusterName"], name), body, f"Addon already exists: {name}")
        self._associate(body, ask.get("podIdentityAssociations") or [])
        return item.answer()

    def describe_addon(self, ask: Json) -> Json:
        """DescribeAddon."""
        self.cluster(ask["clusterName"])
        key = (ask["clusterName"], ask["addonName"])
        return self.look("addon", key, _MISSING.format(ask["addonName"], ask["clusterName"]))

    def list_addons(self, ask: Json) -> list[str]:
        """ListAddons."""
        self.cluster(ask["clusterName"])
        return self.names("addon", ask["clusterName"])

    def update_addon(self, ask: Json) -> Json:
        """UpdateAddon."""
        cluster, name = self.active_cluster(ask["clusterName"]), ask["addonName"]
        item = self.get("addon", (ask["clusterName"], name), _MISSING.format(name, ask["clusterName"]))
        if item.status != "ACTIVE":
            raise InUse(f"Addon {name} is in {item._status} status")
        if ask.get("addonVersion"):
            self._check(name, ask["addonVersion"], cluster["version"])
        self._check_values(name, ask.get("configurationValues"))
        self._check_service_account_role(ask.get("serviceAccountRoleArn"))
        for word in ("addonVersion", "configurationValues", "serviceAccountRoleArn"):
            if ask.get(word) is not None:
                item.body[word] = ask[word]
        if ask.get("podIdentityAssociations") is not None:
            self._associate(item.body, ask["podIdentityAssociations"])
        item.body["modifiedAt"] = now()
        return self.begin(ask["clusterName"], "AddonUpdate")

    def delete_addon(self, ask: Json) -> Json:
        """DeleteAddon."""
        self.cluster(ask["clusterName"])
        key = (ask["clusterName"], ask["addonName"])
        item = self.get("addon", key, _MISSING.format(ask["addonName"], ask["clusterName"]))
        if item.status == GONE:
            self.look("addon", key, _MISSING.format(ask["addonName"], ask["clusterName"]))
        self._associate(item.body, [])
        item.go("DELETING")
        return item.answer()

    def _associate(self, addon: Json, wanted: list[Json]) -> None:
        """An add-on owns its pod identity associations: they come with it, change with it and go with it."""
        cluster = addon["clusterName"]
        for arn in addon["podIdentityAssociations"]:
            self.items["association"].pop((cluster, arn.rpartition("/")[2]), None)
        made = [
            self.create_pod_identity_association(
                {"clusterName": cluster, "namespace": self._namespace(addon["addonName"]), **one}
            )
            for one in wanted
        ]
        for body in made:
            body["ownerArn"] = addon["addonArn"]
        addon["podIdentityAssociations"] = [body["associationArn"] for body in made]

    @staticmethod
    def _namespace(name: str) -> str:
        return str((known()[name].get("identity") or ["", "kube-system"])[1])

    @staticmethod
    def _check(name: str, version: str, kubernetes: str | None) -> None:
        if name not in known():
            raise InvalidParameter(f"Addon {name} specified is not supported")
        about, written = known()[name], _VERSION.fullmatch(version)
        lines = about.get("lines") or [
            f"v{minor}" for minor in VERSIONS if kubernetes in (None, minor) or minor < str(kubernetes)
        ]
        if not written or written.group(1) not in lines:
            raise InvalidParameter(f"Addon version specified is not supported: {name} {version}")

    @staticmethod
    def _check_values(name: str, values: str | None) -> None:
        if not values:
            return
        said = "ConfigurationValue provided in request is not supported: "
        try:
            parsed = json.loads(values) if values.lstrip().startswith("{") else _yaml(values)
        except ValueError as wrong:
            raise InvalidParameter(said + f"not JSON or YAML: {wrong}") from wrong
        unknown = sorted(set(parsed) - set(known()[name]["keys"]))
        if unknown:
            raise InvalidParameter(
                said
                + f"Json schema validation failed with error: [$: property '{unknown[0]}' is not defined in the schema]"
            )

    def _check_service_account_role(self, arn: str | None) -> None:
        if arn and self.role_or_none(arn) is None:
            raise InvalidParameter(f"Role provided in the request does not exist: {arn}")

    def begin(self, cluster: str, kind: str) -> Json:
        """Record an update; `updates` says how."""
        raise NotImplementedError

    def create_pod_identity_association(self, ask: Json) -> Json:
        """Make an association; `podidentity` says how."""
        raise NotFound("pod identity is not part of this backend")


def _yaml(values: str) -> Json:
    import yaml

    try:
        return dict(yaml.safe_load(values) or {})
    except yaml.YAMLError as wrong:
        raise ValueError(str(wrong)) from wrong


def _default(name: str, kubernetes: str) -> str:
    return versions(name, kubernetes)[0] if name in known() else ""


def _about(name: str, kubernetes: list[str]) -> Json:
    about = known()[name]
    builds = {build: [minor for minor in kubernetes if build in versions(name, minor)]
              for minor in (kubernetes or [DEFAULT_VERSION]) for build in versions(name, minor)}  # fmt: skip
    return {
        "addonName": name,
        "type": about["type"],
        "publisher": "eks",
        "owner": about["owner"],
        "addonVersions": [
            {
                "addonVersion": build,
                "architecture": ["amd64", "arm64"],
                "compatibilities": [
                    {
                        "clusterVersion": minor,
                        "platformVersions": ["*"],
                        "defaultVersion": versions(name, minor)[0] == build,
                    }
                    for minor in minors
                ],
                "requiresConfiguration": False,
                "requiresIamPermissions": bool(about.get("identity")),
            }
            for build, minors in builds.items()
        ],
    }
