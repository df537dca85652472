"""Where EKS answers: every path of the service model, so that moto's router finds the operation."""

from __future__ import annotations

from moto.eks.urls import url_bases as url_bases

from .responses import EKSResponse

url_paths = {
    "{0}/clusters$": EKSResponse.dispatch,
    "{0}/clusters/(?P<path>.+)$": EKSResponse.dispatch,
    "{0}/addons/(?P<path>.+)$": EKSResponse.dispatch,
    "{0}/access-policies$": EKSResponse.dispatch,
    "{0}/cluster-versions$": EKSResponse.dispatch,
    "{0}/tags/(?P<resourceArn>.+)$": EKSResponse.dispatch,
}
