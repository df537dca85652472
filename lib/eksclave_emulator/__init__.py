"""An AWS on loopback for private EKS: moto's server, and beside it the services' parts that moto lacks.

Stands alone: knows moto and botocore, never `eksclave`. `python -m eksclave_emulator` starts it; `install()` puts the
extended backends into moto, in this process.
"""

from __future__ import annotations

from .install import install

__all__ = ["install"]
