"""The EC2 backend: moto's, with endpoints' interfaces and the dependencies that keep things from deletion."""

from __future__ import annotations

from moto.ec2.models import EC2Backend as MotoEC2Backend

from .dependencies import Dependencies
from .endpoints import Endpoints


class EC2Backend(Endpoints, Dependencies, MotoEC2Backend):
    """Amazon EC2 of one account and region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        MotoEC2Backend.__init__(self, region_name, account_id)
