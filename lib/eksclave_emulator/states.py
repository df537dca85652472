"""Resources that take time: `CREATING` until they were looked at a few times, as a waiter does, then `ACTIVE`."""

from __future__ import annotations

from typing import Any

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

GONE = "GONE"
"""The state after `DELETING`: the next look answers that there is no such resource."""

LOOKS = 1
"""How many looks a state lasts. moto's own dial: `POST /moto-api/state-manager/set-transition` changes it per model."""

_STEPS = [("CREATING", "ACTIVE"), ("UPDATING", "ACTIVE"), ("DELETING", GONE)]


class Item(ManagedState):
    """One resource in the words of its API (`body`), and its state."""

    def __init__(self, model: str, body: dict[str, Any]) -> None:
        if model not in state_manager.get_registered_models():
            state_manager.register_default_transition(model, {"progression": "manual", "times": LOOKS})
        super().__init__(model, list(_STEPS))
        self.body = body

    def look(self) -> str:
        """Return the state that this look sees; every look brings the next state nearer."""
        seen = self.status or ""
        self.advance()
        return seen

    def go(self, state: str) -> None:
        """Enter a state; the looks are counted anew."""
        self._tick = 0
        self.status = state

    def answer(self, **over: Any) -> dict[str, Any]:
        """Return the body as the API answers it, with the state it is in now."""
        return {**self.body, "status": self._status, **over}
