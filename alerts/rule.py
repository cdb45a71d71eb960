"""The one interface of a prevention rule: frozen parameters, frozen memory, a pure step between them."""

from typing import ClassVar, Generic, Literal, TypeVar

import msgspec

from alerts.alert import AlertClass
from alerts.event import Event
from devices.device import OWN_FAMILY, Device
from devices.reading import Instant, Reading


class Breach(msgspec.Struct, frozen=True):
    """The rule does not hold. ``causes`` are the readings that show it, first-out first."""

    since: Instant
    text: str
    causes: tuple[Reading, ...] = ()


class Memory(msgspec.Struct, frozen=True):
    """What a rule remembers for one device or area; stored in the transaction that changed it.

    ``breach`` stands as long as the rule is breached; ``wake_at`` asks for a Tick at that time.
    """

    breach: Breach | None = None
    wake_at: Instant | None = None


M = TypeVar("M", bound=Memory)


class Rule(msgspec.Struct, Generic[M], frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What must hold. A kind subclasses this with ``tag="..."``, its parameters, ``start`` and ``step``.

    ``areas``, ``devices``, ``device_kinds``, ``tags`` select devices (empty selects all; all given must match).
    ``modes`` are the armed modes in which a breach counts (empty: always); ``schedule`` names one of the site's.
    """

    eager: ClassVar[bool] = False
    """Runs on the clock before anything was heard: its memories exist from the start."""
    supervises: ClassVar[bool] = False
    """Is given LastHeard at its deadlines instead of Tick."""
    reprimed: ClassVar[bool] = False
    """Its memory follows from stored readings, so only a changed breach is stored."""

    name: str
    alert_class: AlertClass
    priority: Literal[1, 2, 3, 4]
    procedure: str
    title: str = ""
    areas: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    device_kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    schedule: str = ""
    per: Literal["device", "area"] = "device"

    def selects(self, device: Device) -> bool:
        """Whether the device is one that this rule is about; the gateway's own only if their kind is named."""
        return (
            (device.family != OWN_FAMILY or bool(self.device_kinds))
            and (not self.areas or device.area in self.areas)
            and (not self.devices or device.id in self.devices)
            and (not self.device_kinds or device.kind in self.device_kinds)
            and (not self.tags or bool(set(self.tags) & set(device.tags)))
        )

    def watches(self, device: Device, signal: str) -> bool:
        """Whether a reading of that signal of a selected device concerns this rule."""
        raise NotImplementedError

    def start(self) -> M:
        """The memory before anything was heard."""
        raise NotImplementedError

    def start_for(self, device: Device) -> M:
        """The memory for that device; kinds that take something of the device override it."""
        return self.start()

    def step(self, memory: M, event: Event, now: Instant) -> M:
        """The memory after ``event``; the very same object if nothing changed."""
        raise NotImplementedError
