"""Registration 设备登记: a technician takes devices into service, describes, moves, exchanges and retires them.

Each ask is one order on what is installed (devices/device_orders.py), carried out at once, so there are no cases. What
takes a point of fire, gas or hold-up out of service waits for a second person, whichever road it goes: it is moved,
described so that it is watched less, exchanged, retired; a sender that has told a danger is turned away. What takes
nothing of that away takes one person. docs/adr/0159 says why.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import Fact
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices import orders
from devices.danger_points import taken
from devices.device import Device, SenderKey
from devices.installed import Hardware
from devices.message import Text
from devices.orders import Change, Order
from devices.reading import Instant

Word: TypeAlias = Annotated[str, Meta(max_length=200)]
Known: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Words: TypeAlias = Annotated[tuple[Word, ...], Meta(max_length=100)]
Renamed: TypeAlias = Annotated[dict[Word, Word], Meta(max_length=100)]
Point: TypeAlias = tuple[float, float]
TECHNICIANS = frozenset({"technician", "admin"})


class Adopt(Ask, tag="adopt", frozen=True, kw_only=True):
    """Take a device into service.

    ``device``: our name of the place, for ever; ``family`` and ``address``: how it speaks, and as whom; ``line`` "" is
    MQTT. ``interval_s``: its longest silence. ``position`` on the plan, 0 to 1 from the top left.
    """

    ROLES = TECHNICIANS
    ADDRESS, CALLED = "devices", {"id": "device"}

    device: Known
    family: Known
    address: Known
    area: Known
    line: Word = ""
    model: Word = ""
    name: Word = ""
    name_zh: Word = ""
    kind: Word = ""
    signals: Words = ()
    interval_s: float | None = None
    position: Point | None = None
    rename: Renamed = {}
    tags: Words = ()
    installed: date | None = None
    test_every_days: int | None = None
    calibrate_every_days: int | None = None
    restores: bool = True


class Amend(Ask, tag="amend", frozen=True, kw_only=True):
    """Describe a device anew; what is left out stays."""

    ROLES = TECHNICIANS
    ADDRESS = "devices/{device}/amend"

    device: Known
    area: Word | UnsetType = UNSET
    name: Word | UnsetType = UNSET
    name_zh: Word | UnsetType = UNSET
    kind: Word | UnsetType = UNSET
    signals: Words | UnsetType = UNSET
    interval_s: float | UnsetType | None = UNSET
    position: Point | UnsetType | None = UNSET
    rename: Renamed | UnsetType = UNSET
    tags: Words | UnsetType = UNSET
    installed: date | UnsetType | None = UNSET
    test_every_days: int | UnsetType | None = UNSET
    calibrate_every_days: int | UnsetType | None = UNSET
    restores: bool | UnsetType = UNSET


class Replace(Ask, tag="replace", frozen=True, kw_only=True):
    """Other hardware in the same place; its history stays. Without a model, the former's stays."""

    ROLES = TECHNICIANS
    ADDRESS = "devices/{device}/replace"

    device: Known
    family: Known
    address: Known
    line: Word = ""
    model: Word = ""


class Retire(Ask, tag="retire", frozen=True, kw_only=True):
    """Out of service for good; its history stays."""

    ROLES = TECHNICIANS
    ADDRESS = "devices/{device}/retire"

    device: Known


class Reject(Ask, tag="reject", frozen=True, kw_only=True):
    """Turn an unknown sender away: counted, not shown."""

    ROLES = TECHNICIANS
    ADDRESS = "quarantine/reject"

    family: Known
    address: Known
    line: Word = ""


class Readmit(Ask, tag="readmit", frozen=True, kw_only=True):
    """Show a rejected sender again."""

    ROLES = TECHNICIANS
    ADDRESS = "quarantine/readmit"

    family: Known
    address: Known
    line: Word = ""


class Registration(Workflow[Case]):
    """It has no cases: what it does is done at once, or waits among the consents."""

    name, book, case = "registration", "", Case
    asks = (Adopt, Amend, Replace, Retire, Reject, Readmit)
    installs = True

    def takes_two(self, ask: Any, world: World) -> bool:
        order = order_of(ask, world)
        return bool(_taken_away(order, world.installation.rehearse(order, world.now), world))

    def wanted(self, ask: Any, world: World) -> Text:
        order = order_of(ask, world)
        changes = world.installation.rehearse(order, world.now)
        gone = _taken_away(order, changes, world)
        said = tuple(Text.of("registration.change", device=name, change=why) for name, why in gone.items())
        what, note = Text.of("registration.changes", changes=said), ask.note.strip()
        return Text.of("registration.noted", changes=what, note=note) if note else what

    def check(self, ask: Any, cases: Mapping[str, Case], world: World, now: Instant) -> None:
        world.installation.rehearse(order_of(ask, world), now)

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        if not isinstance(event, Ask):
            return Moves()
        order = order_of(event, world)
        changes = world.installation.rehearse(order, now)
        return Moves(devices=(order,), facts=tuple(_fact(change, event, now) for change in changes))


def order_of(ask: Ask, world: World) -> Order:
    """What it orders on what is installed, signed by all who stand behind it. Raises Refused."""
    by = f"{ask.by} + {ask.second}" if ask.second else ask.by
    match ask:
        case Adopt():
            return orders.Adopt(_described(Device(ask.device, ask.family, ask.address, ask.area), ask), by, ask.note)
        case Amend():
            return orders.Amend(_described(world.installation.in_service(ask.device), ask), by, ask.note)
        case Replace():
            hardware = Hardware(ask.family, ask.address, ask.line, ask.model)
            return orders.Replace(ask.device, hardware, by, ask.note)
        case Retire():
            return orders.Retire(ask.device, by, ask.note)
        case Reject():
            return orders.Reject(SenderKey(ask.line, ask.family, ask.address), by, ask.note)
        case Readmit():
            return orders.Readmit(SenderKey(ask.line, ask.family, ask.address), by, ask.note)
    raise TypeError(type(ask).__name__)


def _described(device: Device, ask: Adopt | Amend) -> Device:
    """The device with what is said of it."""
    said = {
        field: value
        for field, value in msgspec.structs.asdict(ask).items()
        if field in Device.__struct_fields__ and field != "id" and value is not UNSET
    }
    return replace(device, **said)


def _taken_away(order: Order, changes: Sequence[Change], world: World) -> Mapping[str, Text]:
    """What is taken out of service, and how."""
    if isinstance(order, orders.Reject):
        has_told = world.installation.has_told_danger(order.sender)
        return {str(order.sender): Text.of("registration.told_danger")} if has_told else {}
    told = {change.device: taken(change, world.is_danger_point) for change in changes}
    return {device: why for device, why in told.items() if why is not None}


def _fact(change: Change, ask: Ask, now: Instant) -> Fact:
    """Told to whoever listens; the ledger and the device's history have the change itself."""
    known = change.new or change.old
    what = known.id if known is not None else str(change.sender)
    return Fact(
        workflow="registration",
        case=ask.id,
        step=change.action,
        at=now,
        by=ask.by,
        second=ask.second,
        area=change.area,
        devices=(known.id,) if known is not None else (),
        text=Text.of(f"registration.done_{change.action}", what=what),
        fields={"note": ask.note},
    )


WORKFLOW = Registration
