"""What technicians send and get over HTTP: devices as described, unknown senders, what was done to a device."""

from datetime import date
from typing import Annotated

import msgspec
from pydantic import StringConstraints

from api.catalogue import in_words
from api.ports import CommissioningView, QuarantinedSender, RejectedSender
from api.schemas import Out, Time
from devices.device import Device
from devices.language import Language
from devices.orders import Change
from devices.reading import SECOND, Instant

Words = Annotated[str, StringConstraints(max_length=200)]


class DescribedDevice(Out):
    """All that is said of a device."""

    id: str
    family: str
    address: str
    area: str
    name: str
    name_zh: str
    kind: str
    model: str
    signals: list[str]
    interval_s: float | None
    position: tuple[float, float] | None
    rename: dict[str, str]
    tags: list[str]
    line: str
    installed: date | None
    test_every_days: int | None
    calibrate_every_days: int | None
    restores: bool

    @classmethod
    def of(cls, device: Device) -> "DescribedDevice":
        return cls.model_validate(device, from_attributes=True)


class WaitingSender(Out):
    """An unknown device that spoke, and the device that we propose; the area is the technician's to say."""

    line: str
    family: str
    address: str
    first_heard: Time
    last_heard: Time
    last_heard_age_s: float
    messages: int
    live: int
    heartbeat_s: float | None
    guess_model: str
    guess_kind: str
    signals: dict[str, bool | float | str]
    proposed: DescribedDevice
    dangers: tuple[str, ...]

    @classmethod
    def of(cls, sender: QuarantinedSender, now: Instant) -> "WaitingSender":
        told = msgspec.structs.asdict(sender)
        return cls(
            **{**told, "proposed": DescribedDevice.of(sender.proposed)},
            last_heard_age_s=round(max(0, now - sender.last_heard) / SECOND, 1),
        )


class RejectedOut(Out):
    """A sender that was turned away, and how often it has spoken since the gateway started."""

    line: str
    family: str
    address: str
    messages: int

    @classmethod
    def of(cls, sender: RejectedSender) -> "RejectedOut":
        return cls.model_validate(sender, from_attributes=True)


class CommissioningOut(Out):
    """A device being commissioned: what is measured so far, what is wanting, for how long it is listened to yet."""

    device: str
    by: str
    started: Time
    left_s: float
    wanting: list[str]
    measured: dict[str, str | float | int]
    last_heard: Time | None
    last_heard_age_s: float | None
    triggered: Time | None

    @classmethod
    def of(cls, walk: CommissioningView, now: Instant, language: Language) -> "CommissioningOut":
        age_s = round(max(0, now - walk.last_heard) / SECOND, 1) if walk.last_heard is not None else None
        told = {"wanting": in_words(walk.wanting, language), "measured": in_words(walk.measured, language)}
        return cls(**{**msgspec.structs.asdict(walk), **told}, last_heard_age_s=age_s)


class ChangeOut(Out):
    """One thing that was done to a device; ``measured`` are the figures of a commissioning."""

    action: str
    device: str
    area: str
    by: str
    at: Time
    note: str
    old: DescribedDevice | None
    new: DescribedDevice | None
    measured: dict[str, str | float | int]

    @classmethod
    def of(cls, change: Change, language: Language) -> "ChangeOut":
        return cls(
            action=change.action,
            device=change.device,
            area=change.area,
            by=change.by,
            at=change.at,
            note=change.note,
            old=DescribedDevice.of(change.old) if change.old is not None else None,
            new=DescribedDevice.of(change.new) if change.new is not None else None,
            measured=in_words(change.measured, language),
        )


class ChangedOut(Out):
    """That something was done, to a device or to an unknown sender."""

    action: str
    device: str
    area: str
    sender: str
    by: str

    @classmethod
    def of(cls, change: Change) -> "ChangedOut":
        sender = str(change.sender) if change.sender is not None else ""
        return cls(action=change.action, device=change.device, area=change.area, sender=sender, by=change.by)


class Imported(Out):
    """What a device list changes, or would change if it was only checked."""

    checked_only: bool
    adopted: int
    reinstated: int
    amended: int
    replaced: int
    changes: list[ChangedOut]


class LoginOut(Out):
    """One user of the broker and the devices that speak through it; ``note`` says why it gets no access, if so."""

    user: str
    write: list[str]
    read: list[str]
    devices: list[str]
    note: str
