"""The errors that Amazon EKS documents, by their names in the service model."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class InvalidParameter(ServiceException):
    """A value that EKS does not take."""

    code = "InvalidParameterException"


class InvalidRequest(ServiceException):
    """A request that does not fit the state of things."""

    code = "InvalidRequestException"


class InUse(ServiceException):
    """There is one already, or something still needs it."""

    code = "ResourceInUseException"


class NotFound(ServiceException):
    """There is none of that name."""

    code = "ResourceNotFoundException"


class UnsupportedZone(ServiceException):
    """EKS puts no control plane into that availability zone."""

    code = "UnsupportedAvailabilityZoneException"
