"""Put the extended backends where moto looks for its own. Call it before anything else of moto is imported."""

from __future__ import annotations

import importlib

from moto.core.base_backend import BackendDict

EXTENDED = {"ec2": "EC2Backend", "ecr": "ECRBackend", "eks": "EKSBackend"}
"""moto's service → the backend's class, in `eksclave_emulator.<service>.models`."""


def install() -> None:
    """Swap moto's EC2, ECR and EKS for ours: its backends by account and region, and every module that names them."""
    for service, name in EXTENDED.items():
        ours = getattr(importlib.import_module(f"{__package__}.{service}.models"), name)
        backends = BackendDict(ours, service)
        for module in (f"moto.{service}", f"moto.{service}.models", f"moto.{service}.responses"):
            loaded = importlib.import_module(module)
            if hasattr(loaded, f"{service}_backends"):
                setattr(loaded, f"{service}_backends", backends)
        for loaded in _late(service):
            setattr(loaded, f"{service}_backends", backends)


def _late(service: str) -> list[object]:
    """Modules of moto that were imported already and hold the old backends under the usual name."""
    import sys

    return [module for name, module in list(sys.modules.items())
            if name.startswith("moto.") and hasattr(module, f"{service}_backends")]  # fmt: skip
