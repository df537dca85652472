"""What all network commands share: one set of logins, one patience, one connection pool per registry."""

from __future__ import annotations

import threading

from eksclave.images.credentials import Logins
from eksclave.images.patience import Patience
from eksclave.images.registry import Registry


class Session:
    """Opens each registry once."""

    def __init__(self, logins: Logins | None = None, patience: Patience | None = None) -> None:
        self.logins, self.patience = logins or Logins(), patience or Patience()
        self._open: dict[str, Registry] = {}
        self._lock = threading.Lock()

    def open(self, host: str) -> Registry:
        """Return the registry at `host`."""
        with self._lock:
            if host not in self._open:
                self._open[host] = Registry(host, self.logins, self.patience)
            return self._open[host]
