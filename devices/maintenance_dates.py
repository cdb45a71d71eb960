"""What a device is due for, and when: its test, its calibration, its battery."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from devices.device import Device

What = Literal["test", "calibration", "battery"]
WHATS: tuple[What, ...] = ("test", "calibration", "battery")

Done = Mapping[tuple[str, What], date]
"""When each (device, what) was last done, by the records."""


def due_dates(device: Device, done: Done, battery_empty: date | None = None) -> dict[What, date]:
    """The day at which each thing is due: so many days after it was done last, or after the device was installed."""
    every: tuple[tuple[What, int | None], ...] = (
        ("test", device.test_every_days),
        ("calibration", device.calibrate_every_days),
    )
    found: dict[What, date] = {}
    for what, days in every:
        since = max(filter(None, (done.get((device.id, what)), device.installed)), default=None)
        if days is not None and since is not None:
            found[what] = since + timedelta(days=days)
    if battery_empty is not None:
        found["battery"] = battery_empty
    return found
