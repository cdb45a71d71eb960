"""What goes over HTTP of installed devices, and of how they are kept up."""

from datetime import date

from api.catalogue import in_words
from api.ports import UpkeepView
from api.reading_schemas import ReadingOut
from api.schemas import Out, Time
from devices.language import Language


class DueOut(Out):
    """Something that a device is due for: a test, a calibration, a battery; ``on`` is a day, overdue if below 0."""

    what: str
    on: str
    left_days: int


class UpkeepOut(Out):
    """How a device is kept up; null or empty: not known (yet). ``interval_from``: set, learnt or rule.

    ``via``: the id of the device through which it speaks. ``remarks``: what is not well with it as it is installed.
    """

    is_lost: bool
    interval_s: float | None
    interval_from: str
    battery: float | None
    battery_days_left: int | None
    battery_note: str
    battery_changed: Time | None
    link_signal: str
    link_min: float | None
    link_mean: float | None
    is_link_weak: bool
    firmware: str
    via: str
    due: list[DueOut]
    remarks: list[str]

    @classmethod
    def of(cls, kept: UpkeepView, language: Language) -> "UpkeepOut":
        told = in_words(kept, language)
        return cls.model_validate({**told, "battery_note": told["battery_note"] or ""})


class DeviceOut(Out):
    """An installed device."""

    id: str
    name: str
    family: str
    address: str
    area: str
    name_zh: str
    kind: str
    model: str
    line: str
    signals: list[str]
    interval_s: float | None
    position: tuple[float, float] | None
    rename: dict[str, str]
    tags: list[str]
    installed: date | None
    test_every_days: int | None
    calibrate_every_days: int | None
    restores: bool
    last_heard: Time | None
    upkeep: UpkeepOut


class DeviceDetail(DeviceOut):
    """A device with the newest reading of each signal."""

    latest: list[ReadingOut]
