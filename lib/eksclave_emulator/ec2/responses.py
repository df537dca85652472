"""The EC2 API: moto's, with the few operations that the Terraform provider calls and moto lacks."""

from __future__ import annotations

from moto.ec2.responses import EC2Response as MotoEC2Response


class EC2Response(MotoEC2Response):
    """moto's EC2."""
