"""Key areas and their armed mode; sirens and other outputs that alerts switch."""

import msgspec

from api.client.caller import Caller, Done
from api.client.workflows import Answered


class Area(msgspec.Struct, frozen=True):
    """A key area as it stands."""

    id: str
    name: str
    name_zh: str
    risk: int
    responsible: str
    mode: str
    modes: tuple[str, ...]
    devices: int
    worst: str
    open_alerts: int
    set_aside: int


class Output(msgspec.Struct, frozen=True):
    """``state``: idle, or of the last order waiting, acted or failed; ``why`` it can't.

    ``inputs_left``: of fire equipment, which takes two, how many can be counted on; None: it is none.
    """

    device: str
    what: str
    channel: str
    starts: str
    state: str
    value: bool | str | None
    is_on: bool
    is_silenced: bool
    silenced_by: str
    stopped_by: str
    held_by: tuple[str, ...]
    attempts: int
    reason: str
    by: str
    why: str
    inputs_left: int | None


class AreaCalls:
    """``client.areas``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Area]:
        return self._caller.get("/api/areas", list[Area])

    def set_mode(self, area: str, mode: str, *, force: bool = False) -> None:
        """Arm or disarm: one of the area's ``modes``; ``force``: though sensors are open."""
        self._caller.post("/api/workflows/arming/set_mode", Answered, {"area": area, "mode": mode, "force": force})


class OutputCalls:
    """``client.outputs``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Output]:
        return self._caller.get("/api/outputs", list[Output])

    def silence(self, area: str = "", note: str = "") -> None:
        """Sirens and buzzers, of an area or everywhere, until the next alarm."""
        self._caller.post("/api/outputs/silence", Done, {"area": area, "note": note})
