"""Where ECR answers: moto's own addresses, this package's response class."""

from __future__ import annotations

from moto.ecr.urls import url_bases as url_bases

from .responses import ECRResponse

url_paths = {"{0}/$": ECRResponse.dispatch}
