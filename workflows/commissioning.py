"""Commissioning 设备调试: a device is measured for ten minutes and triggered once, before it is counted on.

A case is one device that is being measured (devices/commissioning.py) and has the device's id. The record goes into
the ledger and into the device's history. It is of the device as it was described when it began: if that changes
meanwhile, or other hardware hangs there, what was measured is of something else, and the case ends.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import DEVICE_TESTED, Fact
from alerts.heard import Installed, Listens, Spoken
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.commissioning import Measurement
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.orders import Record
from devices.reading import SECOND, Instant

LONGEST: Instant = 28_800 * SECOND
"""A shift: nobody comes back to it after that."""
_MOST_AT_ONCE = 200
TECHNICIANS = frozenset({"technician", "admin"})


class Commissioning(Case, frozen=True, kw_only=True):
    """``described``: the device as it was when it began; ``remarks``: what is not well with it whatever it says."""

    described: Device
    measured: Measurement
    remarks: tuple[Text, ...] = ()

    def wanting(self, now: Instant) -> tuple[Text, ...]:
        return (*self.remarks, *self.measured.wanting(self.described, now))


class Begin(Ask, tag="begin", frozen=True, kw_only=True):
    """Measure a device for ten minutes and wait for one live trigger; begun anew if it runs already."""

    ROLES = TECHNICIANS
    ADDRESS = "devices/{device}/commission"

    device: str


class Finish(Ask, tag="finish", frozen=True, kw_only=True):
    """End a commissioning with a record; if something is wanting the note says why that is well."""

    ROLES = TECHNICIANS
    ADDRESS = "devices/{device}/finish"

    device: str


class Commissions(Workflow[Commissioning]):
    """What it tells is in the ledger as a change of the device, so its facts have no book."""

    name, book, case = "commissioning", "", Commissioning
    asks = (Begin, Finish)
    listens = Listens(installed=True)

    def check(self, ask: Any, cases: Mapping[str, Commissioning], world: World, now: Instant) -> None:
        if isinstance(ask, Begin):
            world.installation.in_service(ask.device)
            if ask.device not in cases and len(cases) >= _MOST_AT_ONCE:
                raise Refused(Text.of("commissioning.too_many", count=_MOST_AT_ONCE))
            return
        case = cases.get(ask.device)
        if case is None or not _is_as_it_was(case, world):
            raise Refused(Text.of("commissioning.not_running", id=ask.device[:64]))
        wanting = case.wanting(now)
        if wanting and not ask.note.strip():
            raise Refused(Text.of("commissioning.say_why", wanting=wanting))

    def step(self, event: Heard, cases: Mapping[str, Commissioning], world: World, now: Instant) -> Moves:
        match event:
            case Begin():
                return _begun(event, world, now)
            case Finish():
                return _finished(cases[event.device], event, now)
            case Spoken():
                return _heard(cases[event.device], event, now)
            case Installed():
                others = [case for case in cases.values() if not _is_as_it_was(case, world)]
                return Moves.joined(_over(case, "dropped", now) for case in others)
        return Moves()

    def turn(self, due: Sequence[Commissioning], world: World, now: Instant) -> Moves:
        return Moves.joined(_over(case, "lapsed", now) for case in due)

    def shows(self, case: Commissioning, now: Instant) -> dict[str, Any]:
        measured = case.measured
        return {
            "device": case.id,
            "by": case.by,
            "started": measured.started,
            "left_s": measured.left_s(now),
            "wanting": case.wanting(now),
            "measured": measured.figures(now),
            "last_heard": measured.last_heard,
            "triggered": measured.triggered,
        }


def _is_as_it_was(case: Commissioning, world: World) -> bool:
    try:
        return world.installation.in_service(case.id) == case.described
    except Refused:
        return False


def _begun(ask: Begin, world: World, now: Instant) -> Moves:
    device = world.installation.in_service(ask.device)
    case = Commissioning(
        id=device.id,
        area=device.area,
        by=ask.by,
        described=device,
        measured=Measurement(now),
        remarks=world.installation.remarks(device),
        hears=(device.id,),
        wake_at=now + LONGEST,
    )
    return Moves(cases=(case,), facts=(_fact(case, "begun", now, ask),))


def _heard(case: Commissioning, said: Spoken, now: Instant) -> Moves:
    measured = case.measured.heard(case.described, said.readings)
    if measured == case.measured:
        return Moves()
    after = replace(case, measured=measured)
    is_news = measured.triggered is not None and case.measured.triggered is None
    if not is_news:
        return Moves(cases=(after,))
    fact = _fact(after, "triggered", now, topics=(DEVICE_TESTED,))
    return Moves(cases=(after,), facts=(replace(fact, fields={"signal": measured.trigger}),))


def _finished(case: Commissioning, ask: Finish, now: Instant) -> Moves:
    measured, wanting = case.measured.figures(now), case.wanting(now)
    if wanting:
        measured["wanting"] = Text.of("commissioning.wanting", wanting=wanting)
    over = replace(case, is_open=False)
    record = Record(case.id, ask.by, measured, ask.note)
    return Moves(cases=(over,), devices=(record,), facts=(_fact(over, "finished", now, ask),))


def _over(case: Commissioning, step: str, now: Instant) -> Moves:
    over = replace(case, is_open=False)
    return Moves(cases=(over,), facts=(_fact(over, step, now),))


def _fact(
    case: Commissioning, step: str, now: Instant, ask: Ask | None = None, *, topics: tuple[str, ...] = ()
) -> Fact:
    return Fact(
        workflow="commissioning",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=case.area,
        devices=(case.id,),
        text=Text.of(f"commissioning.{step}", device=case.id),
        fields={"note": ask.note} if ask is not None else {},
        topics=topics,
    )


WORKFLOW = Commissions
