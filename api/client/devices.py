"""Installed devices: which there are, how each is, what was done to it, its label and its login at the broker."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from api.client.caller import Caller
from api.client.readings import Reading


class Described(msgspec.Struct, frozen=True):
    """All that is said of a device."""

    id: str
    family: str
    address: str
    area: str
    name: str
    name_zh: str
    kind: str
    model: str
    signals: tuple[str, ...]
    interval_s: float | None
    position: tuple[float, float] | None
    rename: dict[str, str]
    tags: tuple[str, ...]
    line: str
    installed: date | None
    test_every_days: int | None
    calibrate_every_days: int | None
    restores: bool


class Due(msgspec.Struct, frozen=True):
    """Something that a device is due for; ``on`` is a day, overdue if ``left_days`` is below 0."""

    what: str
    on: str
    left_days: int


class Upkeep(msgspec.Struct, frozen=True):
    """How a device is kept up; null or empty: not known (yet)."""

    is_lost: bool
    interval_s: float | None
    interval_from: str
    battery: float | None
    battery_days_left: int | None
    battery_note: str
    battery_changed: datetime | None
    link_signal: str
    link_min: float | None
    link_mean: float | None
    is_link_weak: bool
    firmware: str
    via: str
    due: tuple[Due, ...]
    remarks: tuple[str, ...]


class Device(Described, frozen=True):
    """An installed device."""

    last_heard: datetime | None
    upkeep: Upkeep


class DeviceDetail(Device, frozen=True):
    """... with the newest reading of each signal."""

    latest: tuple[Reading, ...]


class Change(msgspec.Struct, frozen=True):
    """One thing that was done to a device; ``measured`` are the figures of a commissioning."""

    action: str
    device: str
    area: str
    by: str
    at: datetime
    note: str
    old: Described | None
    new: Described | None
    measured: dict[str, str | float | int]


class Login(msgspec.Struct, frozen=True):
    """One user of the broker and the devices that speak through it; ``note`` says why it gets no access, if so."""

    user: str
    write: tuple[str, ...]
    read: tuple[str, ...]
    devices: tuple[str, ...]
    note: str


class Labels(msgspec.Struct, frozen=True):
    """A PDF of label sheets, what there is to say about it, how many labels, and where they lead."""

    pdf: bytes
    note: str
    labels: int
    url: str


class DeviceCalls:
    """``client.devices``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Device]:
        return self._caller.get("/api/devices", list[Device])

    def show(self, device: str) -> DeviceDetail:
        return self._caller.get("/api/devices/{device_id}", DeviceDetail, device_id=device)

    def history(self, device: str) -> list[Change]:
        return self._caller.get("/api/devices/{device_id}/history", list[Change], device_id=device)

    def labels(self, *, area: str = "", ids: Sequence[str] = (), sheet: str = "3x8", skip: int = 0) -> Labels:
        given = {"area": area, "id": tuple(ids), "sheet": sheet, "skip": skip}
        answer = self._caller.send("GET", "/api/device-labels", None, "", **given)
        told = answer.headers
        count = int(told.get("keyarea-labels", "0"))
        return Labels(answer.content, told.get("keyarea-note", ""), count, told.get("keyarea-url", ""))

    def logins(self) -> list[Login]:
        """Who signs in at the broker."""
        return self._caller.get("/api/broker-logins", list[Login])
