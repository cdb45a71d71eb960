"""How the gateway is, what it did not understand, its open screens, its metrics."""

from datetime import datetime
from typing import Any

import msgspec

from api.client.caller import Caller, Done


class Health(msgspec.Struct, frozen=True):
    """How the gateway is. ``faults`` in the caller's language."""

    ok: bool
    version: str
    started: datetime
    now: datetime
    newest_reading: datetime | None
    devices: int
    devices_lost: int
    open_alerts: int
    unacknowledged: int
    ledger_entries: int
    tasks: dict[str, str]
    lines: dict[str, str]
    faults: tuple[str, ...]
    set_aside: dict[str, int]
    not_understood: int
    batteries_low: int
    devices_due: int
    unrecorded: tuple[str, ...]
    callers: dict[str, tuple[int, int]]


class Sample(msgspec.Struct, frozen=True):
    """A message that could not be understood; ``payload_hex`` is its beginning."""

    at: datetime
    source: str
    address: str
    reason: str
    payload_hex: str
    times: int


class Screen(msgspec.Struct, frozen=True):
    """An open page of the console; ``sound`` is running, silenced or blocked."""

    account: str
    path: str
    sounds: bool
    sound: str
    told: datetime


class HealthCalls:
    """``client.health``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def is_well(self) -> bool:
        """Whether all is well; needs no right to more."""
        return self.show().ok

    def show(self) -> Health:
        return self._caller.get("/api/health", Health)

    def malformed(self) -> list[Sample]:
        """The newest messages that made no sense, and why."""
        return self._caller.get("/api/malformed", list[Sample])

    def screens(self) -> list[Screen]:
        return self._caller.get("/api/screens", list[Screen])

    def alarm_path(self) -> dict[str, Any]:
        """The links from a device to people's eyes and ears, as the checks found them."""
        return self._caller.get("/api/alarm-path", dict[str, Any])

    def check_alarm_path(self) -> None:
        """At once; what it finds stands in ``alarm_path`` a few seconds later."""
        self._caller.post("/api/alarm-path/check", Done, {})

    def metrics(self) -> str:
        """Prometheus' text format."""
        return self._caller.send("GET", "/metrics", None, "").content.decode()

    def rules(self) -> list[dict[str, Any]]:
        """Every rule in force with its parameters and version."""
        return self._caller.get("/api/rules", list[dict[str, Any]])

    def exported_rules(self) -> str:
        """The rules of the site that are at work, as a site file writes them."""
        return self._caller.send("GET", "/api/rules/export", None, "").content.decode()

    def suggested_rules(self) -> list[dict[str, Any]]:
        """What devices ask for and no rule watches: each with its clause and a ready rule (TOML)."""
        return self._caller.get("/api/rules/suggestions", list[dict[str, Any]])
