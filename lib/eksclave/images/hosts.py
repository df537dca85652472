"""Registry hosts: which of them are this machine, and why one did not answer."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a registry host is this machine: then, as with Docker, plain HTTP is spoken to it."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def reason(error: Exception) -> str:
    """Return in plain words why nobody answered."""
    told = str(getattr(error, "reason", None) or error)
    known = (
        ("Connection refused", "nobody listens there"),
        ("resolve", "no such host"),
        ("timed out", "no answer in time"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted here (SSL_CERT_FILE names others)"),
        ("WRONG_VERSION_NUMBER", "it does not speak TLS"),
    )
    return next((words for part, words in known if part in told), type(error).__name__)
