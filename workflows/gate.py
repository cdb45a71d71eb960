"""The gate 门卫: vehicles of others in and out, written by plate readers and completed by whoever keeps the gate.

A reader that sees a plate opens an entry when it comes in, and closes it when it leaves; the gatekeeper completes what
no reader knows: whose it is, what it wants, what it carries. An entry that nobody completed waits for it, also when the
vehicle is gone. The site's own vehicles are told to whoever keeps them (``vehicle_passed``). In the hours in which the
gate is closed a vehicle that leaves without an entry is an alert, until somebody says what it was.

Where a reader says no direction, it is the other one than before. What it sees again within two minutes is the same
vehicle, which has not turned. A retained message, and one older than an hour, says nothing of what passes now.

Standard: State Council Order 421, article 11 (2): who comes in is registered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.facts import OWN_VEHICLE, VEHICLE_PASSED, Fact
from alerts.gate_entries import Complete, Dismiss, Enter, Entry, Leave, Turn
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.plates import Way, plate_of, read
from alerts.rule import Rule
from alerts.schedule import Only, Schedule, minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError, Refused
from devices.message import Text
from devices.reading import SECOND, Instant, Quality, Reading

AGAIN: Instant = 120 * SECOND
_OLD: Instant = 3_600 * SECOND
_KEPT: Instant = 7 * 24 * 3_600 * SECOND
_MOST = 1_000
_SNAPSHOT = int(Quality.SNAPSHOT)
_LONGEST = 200
_PERSONAL = ("plate", "driver", "document")
_SAID = ("plate", "driver", "document", "organisation", "purpose", "load")


class Reader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plate reader that sees one way only.

    ``device``: its id
    ``way``: ``"in"`` or ``"out"``
    """

    device: str
    way: Way


class GateConfig(Config, frozen=True, kw_only=True):
    """Readers, and when the gate is open.

    ``readers``: those that see vehicles that come in only, or that leave only
    ``open``: from and until, local time; the same twice: always
    ``only_workdays``: on days that are not worked it is closed all day
    """

    readers: tuple[Reader, ...] = ()
    open: tuple[str, str] = ("00:00", "00:00")
    only_workdays: bool = False

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        known = {device.id for device in site.devices}
        for index, reader in enumerate(self.readers):
            if reader.device not in known:
                yield ConfigFault(("readers", index, "device"), Text.of("gate.no_device", device=reader.device))
            if not reader.way:
                yield ConfigFault(("readers", index, "way"), Text.of("gate.no_way"))
        for index, time in enumerate(self.open):
            try:
                minutes(time)
            except ConfigError:
                yield ConfigFault(("open", index), Text.of("gate.not_a_time"))

    def hours(self, world: World) -> Schedule | None:
        """When it is open; None: always."""
        begins, ends = (minutes(each) for each in self.open)
        if begins == ends and not self.only_workdays:
            return None
        span = (begins, ends) if begins != ends else (0, 24 * 60)
        only: Only = "workdays" if self.only_workdays else ""
        return Schedule(frozenset(range(1, 8)), (span,), world.site.calendar, only)


class Gate(Workflow[Entry]):
    """One visit of a vehicle is one case."""

    name, book, case = "gate", "gate", Entry
    asks = (Enter, Complete, Leave, Turn, Dismiss)
    config_type = GateConfig
    personal = _PERSONAL
    page = "/console/gate"
    listens = Listens(signals=frozenset({"plate"}))

    def rules(self) -> Sequence[Rule[Any]]:
        return (UNENTERED,)

    def waits_for(self, case: Entry, account: str, role: str) -> bool:
        return not case.is_complete and role in Complete.ROLES

    def check(self, ask: Any, cases: Mapping[str, Entry], world: World, now: Instant) -> None:
        faults = [(0, name, text) for name, text in self._faults(ask, cases, world)]
        if faults:
            raise Refused(faults[0][2], faults)

    def _faults(self, ask: Any, cases: Mapping[str, Entry], world: World) -> Iterator[tuple[str, Text]]:
        given = {name: getattr(ask, name) for name in _SAID if hasattr(ask, name)}
        for name, value in given.items():
            if len(value) > _LONGEST:
                yield name, Text.of("gate.too_long", most=_LONGEST)
        if isinstance(ask, Enter | Complete):
            for name in ("driver", "organisation", "purpose"):
                if not given[name].strip():
                    yield name, Text.of("form.wanting")
        if isinstance(ask, Enter | Turn) or (isinstance(ask, Complete) and ask.plate.strip()):
            plate = plate_of(ask.plate)
            if not plate:
                yield "plate", Text.of("gate.bad_plate")
            elif isinstance(ask, Enter) and (own := world.ask_of(OWN_VEHICLE, plate=plate)):
                yield "plate", Text.of("gate.is_own", vehicle=str(own[0]))
            elif isinstance(ask, Enter) and _inside(cases, plate) is not None:
                yield "plate", Text.of("gate.is_inside")
        if isinstance(ask, Turn | Dismiss) and not ask.note.strip():
            yield "note", Text.of("gate.say_why")
        if isinstance(ask, Enter):
            if ask.area and ask.area not in world.site.areas:
                yield "area", Text.of("dated_register.no_area", area=ask.area[:64], known=tuple(world.site.areas))
        elif not isinstance(ask, Turn):
            case = cases.get(ask.case)
            if case is None:
                yield "case", Text.of("gate.none_such")
            elif isinstance(ask, Leave) and case.stage == "gone":
                yield "case", Text.of("gate.is_gone")

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Entry], world: World, now: Instant) -> Moves:
        match event:
            case Reading():
                return self._read(event, cases, world, now)
            case Enter():
                at = event.done_at or now
                entry = Entry(id=event.id, area=event.area, by=event.by, kind=event.kind, came_at=at, **_said_in(event))
                return _told(replace(entry, is_complete=True, seen_at=at), "came_in", now, event)
            case Complete():
                before = cases[event.case]
                said = {name: value for name, value in _said_in(event).items() if value}
                entry = replace(before, kind=event.kind, is_complete=True, is_after_hours=False, **said)
                if entry.stage == "gone":
                    entry = _ending(entry, now)
                return _told(entry, "completed", now, event)
            case Leave():
                return self._gone(cases[event.case], event.done_at or now, "went_out", now, event)
            case Turn():
                entry = Entry(id=event.id, by=event.by, is_open=False, **_said_in(event))
                return Moves(facts=(_fact(entry, "refused", now, event),))
            case Dismiss():
                gone = replace(cases[event.case], is_open=False, is_after_hours=False, wake_at=None)
                return _told(gone, "dismissed", now, event)
        return Moves()

    def turn(self, due: Sequence[Entry], world: World, now: Instant) -> Moves:
        """It left a while ago: a reader that sees it now sees it come back. Or nobody completed it in a week."""
        moves = []
        for case in due:
            if case.is_complete or now < case.seen_at + _KEPT:
                moves.append(Moves(cases=(_ending(case, now),)))
            else:
                moves.append(_told(replace(case, is_open=False, wake_at=None), "uncompleted", now))
        return Moves.joined(moves)

    def _read(self, reading: Reading, cases: Mapping[str, Entry], world: World, now: Instant) -> Moves:
        at = min(reading.time, now)
        if reading.quality & _SNAPSHOT or at < now - _OLD or not reading.value:
            return Moves()
        plate, said = read(str(reading.value))
        way: Way = said or next((each.way for each in self.config.readers if each.device == reading.device), "")
        device = world.devices.get(reading.device)
        area = device.area if device is not None else ""
        hours = self.config.hours(world)
        is_closed = hours is not None and not hours.is_on(at)
        if own := world.ask_of(OWN_VEHICLE, plate=plate) if plate else ():
            closes = hours.next_change(at) if hours is not None and not is_closed else None
            told = {"plate": plate, "way": way, "is_closed": is_closed, "closes_at": closes or 0}
            text = Text.of("gate.own_passed", vehicle=str(own[0]))
            fact = Fact(
                workflow=self.name,
                case=str(own[0]),
                step="own_passed",
                at=at,
                area=area,
                devices=(reading.device,),
                text=text,
                fields={**told, "device": reading.device},
                topics=(VEHICLE_PASSED,),
                book="",
            )
            return Moves(facts=(fact,))
        return self._stranger(reading.device, area, plate, way, at, is_closed, cases, now)

    def _stranger(
        self,
        reader: str,
        area: str,
        plate: str,
        way: Way,
        at: Instant,
        is_closed: bool,
        cases: Mapping[str, Entry],
        now: Instant,
    ) -> Moves:
        known = [case for case in cases.values() if case.plate == plate and (plate or case.reader == reader)]
        if any(abs(at - case.seen_at) < AGAIN and (not way or _way_of(case) == way) for case in known):
            return Moves()
        inside = _inside(cases, plate)
        if not way:
            way = "out" if inside is not None else "in"
        name = blake2b(f"{reader} {at} {plate}".encode(), digest_size=8).hexdigest()
        if way == "out":
            if inside is not None:
                return self._gone(replace(inside, seen_at=at), at, "went_out", now)
            entry = Entry(id=name, area=area, plate=plate, gone_at=at, seen_at=at, reader=reader, stage="gone")
            entry = _ending(replace(entry, is_after_hours=is_closed), now)
            return _bounded(_told(entry, "out_unentered" if is_closed else "out_unknown", now, at=at), cases)
        lost = Moves()
        if inside is not None:  # it left, and nobody saw it
            lost = _told(_ending(replace(inside, stage="gone"), now), "out_unseen", now, at=at)
        entry = Entry(id=name, area=area, plate=plate, came_at=at, seen_at=at, reader=reader)
        return Moves.joined([lost, _bounded(_told(entry, "came_in", now, at=at), cases)])

    def _gone(self, entry: Entry, at: Instant, step: str, now: Instant, ask: Leave | None = None) -> Moves:
        load = {"load": ask.load.strip()} if ask is not None and ask.load.strip() else {}
        entry = replace(entry, stage="gone", gone_at=at, seen_at=at, **load)
        return _told(_ending(entry, now), step, now, ask, at=at)


# -- small parts ----------------------------------------------------------------------------------------------------


def _ending(entry: Entry, now: Instant) -> Entry:
    """It left: kept for as long as a reader may see it once more, and for a week where nobody has completed it."""
    wake_at = entry.seen_at + (AGAIN if entry.is_complete or now < entry.seen_at + AGAIN else _KEPT)
    is_over = entry.is_complete and wake_at <= now
    return replace(entry, is_open=not is_over, wake_at=None if is_over else wake_at)


def _bounded(moves: Moves, cases: Mapping[str, Entry]) -> Moves:
    """A reader that sees plates everywhere fills the book, which is kept, and not the memory."""
    return moves if len(cases) < _MOST else replace(moves, cases=())


def _inside(cases: Mapping[str, Entry], plate: str) -> Entry | None:
    its = (case for case in cases.values() if plate and case.plate == plate and case.stage == "inside")
    return next(its, None)


def _way_of(case: Entry) -> Way:
    """Which way it passed last."""
    return "in" if case.stage == "inside" else "out"


def _said_in(ask: Enter | Complete | Turn) -> dict[str, Any]:
    given = {name: str(getattr(ask, name)).strip() for name in _SAID if hasattr(ask, name)}
    return {**given, "plate": plate_of(given["plate"])}


def _told(entry: Entry, step: str, now: Instant, ask: Ask | None = None, *, at: Instant | None = None) -> Moves:
    return Moves(cases=(entry,), facts=(_fact(entry, step, now, ask, at),))


_ACTIONS = {
    "refused": "refused",
    "came_in": "in",
    **dict.fromkeys(("went_out", "out_unknown", "out_unentered", "out_unseen"), "out"),
}


def _fact(entry: Entry, step: str, now: Instant, ask: Ask | None = None, at: Instant | None = None) -> Fact:
    """No text names a plate or a driver: texts cannot be erased."""
    said: dict[str, Any] = {
        "number": entry.id[:8],
        "action": _ACTIONS.get(step, ""),
        "plate": entry.plate,
        "vehicle": entry.kind if entry.is_complete else "",
        "driver": entry.driver,
        "document": entry.document,
        "organisation": entry.organisation,
        "purpose": entry.purpose,
        "load": entry.load,
        "reader": entry.reader,
        "note": ask.note if ask is not None else "",
    }
    when = at if at is not None else now
    return Fact(
        workflow="gate",
        case=entry.id,
        step=step,
        at=when,
        recorded=now if when < now else None,
        by=ask.by if ask is not None else "",
        area=entry.area,
        devices=(entry.reader,) if entry.reader else (),
        text=Text.of(f"gate.{step}", number=entry.id[:8]),
        fields={name: value for name, value in said.items() if value},
        personal=tuple(name for name in _PERSONAL if said[name]),
    )


UNENTERED = msgspec.convert(
    {
        "kind": "fact",
        "name": "gate-out-unentered",
        "title": "A vehicle left after hours without an entry",
        "title_zh": "非工作时间车辆无登记离开",
        "alert_class": "access",
        "priority": 2,
        "per": "case",
        "begins": ["gate.out_unentered"],
        "ends": ["gate.completed", "gate.dismissed"],
        "procedure": "1. Look at the picture of the gate.\n2. Ask the gatekeeper; look whether goods are missing.\n"
        "3. Nobody knows it: call 110.\n4. Complete the entry.",
        "procedure_zh": "1. 查看大门图像。\n2. 询问门卫，核查物品。\n3. 无人知情：拨打 110。\n4. 补全登记。",
    },
    kinds()["fact"],
)
"""What these facts mean to an operator; a rule of this name in the site file takes its place."""

WORKFLOW = Gate
