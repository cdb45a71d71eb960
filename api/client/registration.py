"""What a technician does: unknown senders, devices into and out of service, commissioning, whole lists."""

from datetime import datetime
from typing import Any

import msgspec

from api.client.caller import Caller, Done
from api.client.devices import Described


class WaitingSender(msgspec.Struct, frozen=True):
    """An unknown device that spoke, and the device that the gateway proposes; ``dangers`` are signals that stand."""

    line: str
    family: str
    address: str
    first_heard: datetime
    last_heard: datetime
    messages: int
    live: int
    heartbeat_s: float | None
    guess_model: str
    guess_kind: str
    signals: dict[str, bool | float | str]
    proposed: Described
    dangers: tuple[str, ...]


class RejectedSender(msgspec.Struct, frozen=True):
    """A sender that was turned away, and how often it has spoken since the gateway started."""

    line: str
    family: str
    address: str
    messages: int


class Commissioning(msgspec.Struct, frozen=True):
    """A device being commissioned: for how long it is listened to yet, what is wanting, what was measured so far."""

    device: str
    by: str
    started: datetime
    left_s: float
    wanting: tuple[str, ...]
    measured: dict[str, str | float | int]
    last_heard: datetime | None
    triggered: datetime | None


class Changed(msgspec.Struct, frozen=True):
    """That something was done, to a device or to an unknown sender."""

    action: str
    device: str
    area: str
    sender: str
    by: str


class Ordered(msgspec.Struct, frozen=True):
    """What an order changed, or would change if it was only checked.

    ``waits``: it is only asked for, a second person has to consent to the ``case``.
    """

    changes: tuple[Changed, ...]
    waits: bool = False
    case: str = ""


class RegistrationCalls:
    """``client.registration``. A dict is what the API's document says of the body; what is left out stays."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def waiting(self) -> list[WaitingSender]:
        return self._caller.get("/api/quarantine", list[WaitingSender])

    def rejected(self) -> list[RejectedSender]:
        return self._caller.get("/api/quarantine/rejected", list[RejectedSender])

    def reject(self, family: str, address: str, line: str = "", note: str = "") -> Ordered:
        body = {"family": family, "address": address, "line": line, "note": note}
        return self._caller.post("/api/quarantine/reject", Ordered, body)

    def readmit(self, family: str, address: str, line: str = "", note: str = "") -> Ordered:
        body = {"family": family, "address": address, "line": line, "note": note}
        return self._caller.post("/api/quarantine/readmit", Ordered, body)

    def adopt(self, device: dict[str, Any], note: str = "", *, check: bool = False) -> Ordered:
        """Take it into service: ``id``, ``family``, ``address`` and ``area`` are needed."""
        return self._caller.post("/api/devices", Ordered, {**device, "note": note}, check=check)

    def amend(self, device: str, described: dict[str, Any], note: str = "", *, check: bool = False) -> Ordered:
        path, body = "/api/devices/{device}/amend", {**described, "note": note}
        return self._caller.post(path, Ordered, body, device=device, check=check)

    def replace(self, device: str, hardware: dict[str, str], note: str = "", *, check: bool = False) -> Ordered:
        """``hardware``: ``family`` and ``address``, with ``line`` and ``model`` if need be."""
        path, body = "/api/devices/{device}/replace", {**hardware, "note": note}
        return self._caller.post(path, Ordered, body, device=device, check=check)

    def retire(self, device: str, note: str = "") -> Ordered:
        return self._caller.post("/api/devices/{device}/retire", Ordered, {"note": note}, device=device)

    def commissionings(self) -> list[Commissioning]:
        return self._caller.get("/api/commissionings", list[Commissioning])

    def commission(self, device: str, note: str = "") -> None:
        self._caller.post("/api/devices/{device}/commission", Done, {"note": note}, device=device)

    def finish(self, device: str, note: str = "") -> None:
        self._caller.post("/api/devices/{device}/finish", Done, {"note": note}, device=device)

    def export_list(self, area: str = "") -> bytes:
        """Every device in service as CSV."""
        return self._caller.send("GET", "/api/device-list", None, "", area=area).content

    def import_list(self, content: bytes, note: str = "", *, check: bool = False) -> Ordered:
        """All of it, or every fault by row and column and nothing."""
        answer = self._caller.send("POST", "/api/device-list", content, "text/csv", check=check, note=note)
        return msgspec.json.decode(answer.content, type=Ordered)
