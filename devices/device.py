"""A device: one installed thing with an address, in one key area."""

from datetime import date

import msgspec

OWN_FAMILY = "gateway"
"""The family of the gateway's own parts and lines, which it watches like devices."""


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One installed device, as the site file or a technician describes it.

    ``id``: our name of the device, unique in the site
    ``family``: how it speaks; ``keyarea check`` lists the families it knows
    ``address``: what the family calls it (an MQTT name, a unit on a line); unique for family and line
    ``area``: the key area it hangs in
    ``name``: for people
    ``name_zh``: for people, in Chinese
    ``kind``: what hangs on the wall: ``smoke_detector``, ``heat_detector``, ``flame_detector``, ``multi_detector``,
    ``call_point``, ``door_contact`` ...; rules select by it
    ``model``: maker's model
    ``signals``: what it reports; empty means whatever comes. A second channel is ``temperature.2``
    ``interval_s``: the longest silence before it is reported lost; not given: learnt from its own rhythm, until then
    the supervision rule's
    ``position``: its place on the area's floor plan: fractions from the top left, ``[0.25, 0.5]``
    ``rename``: how it is wired: the family's signal name = ours; ``{ switch = "door" }`` makes its switch a door
    ``tags``: free words that rules may select by; ``radio`` is explained below
    ``line``: the serial line, door or bus it is on; empty means MQTT
    ``restores``: ``false``: it sends no restore (a panel's zone, a button). An alarm of it is over when somebody has
    acknowledged it (a fire stays latched), and told again it alarms again
    ``installed``: the day on which it was put up: ``2026-05-01``
    ``test_every_days``: it is due for a test so often; needs ``installed``, to count from, or from when it was done
    ``calibrate_every_days``: it is due for a calibration so often; needs ``installed``
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
