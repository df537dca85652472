"""Where EC2 answers: moto's own addresses, this package's response class."""

from __future__ import annotations

from moto.ec2.urls import url_bases as url_bases

from .responses import EC2Response

url_paths = {"{0}/": EC2Response.dispatch}
