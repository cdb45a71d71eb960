"""A device: one installed thing with an address, in one key area."""

from datetime import date

import msgspec

OWN_FAMILY = "gateway"
"""The family of the gateway's own parts and lines, which it watches like devices."""


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One installed device, as the site file or a technician describes it.

    ``id`` is ours and unique in the site; ``address`` is what the family calls it (an MQTT name, a serial
    line's unit). ``interval_s`` is the longest silence, in seconds, before it is reported lost (supervision).
    ``kind`` says what hangs on the wall (``smoke_detector``, ``call_point``, ``door_contact`` ...).
    ``position`` is its place on the area's floor plan, fractions 0..1 from the top left.
    ``rename`` maps a family's signal name to ours where an installer wired it otherwise (``{"switch": "door"}``).
    ``line`` binds the device to one serial or socket line; empty means MQTT.
    ``restores``: it says itself when what it told is over. One that does not (an event without an end) is over when
    somebody has acknowledged it, and told again it alarms again.
    ``installed`` is the day on which it was put up; from then on, or from when it was done last, it is due for a test
    and a calibration every ``test_every_days`` and ``calibrate_every_days``.
    """

    id: str
    family: str
    address: str
    area: str
    name: str = ""
    name_zh: str = ""
    kind: str = ""
    model: str = ""
    signals: tuple[str, ...] = ()
    interval_s: float | None = None
    position: tuple[float, float] | None = None
    rename: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    line: str = ""
    restores: bool = True
    installed: date | None = None
    test_every_days: int | None = None
    calibrate_every_days: int | None = None


class SenderKey(msgspec.Struct, frozen=True, order=True):
    """Who speaks: the line that it speaks on ("" is MQTT), its family, and what the family calls it."""

    line: str
    family: str
    address: str

    def __str__(self) -> str:
        return f"{self.family} {self.address}" + (f" on {self.line}" if self.line else "")
