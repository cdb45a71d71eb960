"""Stores of dangerous goods and of important items 危险物品库、重要物品库: who keeps each, who is there, and why.

The site file says where a store is and what watches it: readers, doors, a lock. Its keepers (双人保管) are appointed by
two leaders. A card of a keeper, read at the store, says that they are there; of two keepers within a minute it opens
the store's lock (two locks as an interlock: neither opens it alone). Each opening of a door has a person and a purpose
within 15 min: a movement of goods in the same time names it, or somebody says it; else it is an alert (the plan, B3).
Somebody alone inside is told by the rule ``two_person``, which is shipped for each store with readers (HC 24).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.ask import EVERYBODY, Ask
from alerts.facts import GOODS_MOVED, GOODS_STORE, Fact, FieldValue
from alerts.goods_store import GoodsStore, Opening, Shown, Store, who
from alerts.heard import Installed, Listens, Spoken
from alerts.person import person_of
from alerts.rule import Rule
from alerts.site_facts import SiteFacts
from alerts.store_table import WITHOUT_PURPOSE, StoresConfig, StoreTable, alone_rule
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Duration, Text
from devices.output_orders import OutputOrder
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_MINUTE = 60 * SECOND
_LEADERS = frozenset({"manager", "admin"})
_LEAST, _MOST = 2, 20
"""Keepers of a store."""
_NOTES = ("credential", "door")
"""Whatever else a reader says (a press under duress) leaves no trace here: leaders see a store all the same."""
_SNAPSHOT = int(Quality.SNAPSHOT)


class Appoint(Ask, tag="appoint", frozen=True, kw_only=True):
    """These keep the store from now on: at least two, by the ids of persons."""

    ROLES = _LEADERS
    SECOND = True
    SECOND_ROLES = _LEADERS

    keepers: tuple[str, ...]


class SayWhy(Ask, tag="purpose", frozen=True, kw_only=True):
    """Why the store was, or is to be opened."""

    ROLES = EVERYBODY

    purpose: str


class Stores(Workflow[Store]):
    """One store is one case, from the site file."""

    name, book, case = "stores", "store_openings", Store
    asks = (SayWhy, Appoint)
    config_type = StoresConfig
    by_area = True
    page = "/console/stock"
    listens = Listens(topics=frozenset({GOODS_MOVED}), installed=True)

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self._tables: dict[str, StoreTable] = {store.id: store for store in self.config.stores}
        self.provides = {GOODS_STORE: self._answer}

    def rules(self) -> Sequence[Rule[Any]]:
        watched = [store for store in self.config.stores if store.readers]
        return (WITHOUT_PURPOSE, *((alone_rule(watched, self.config.alone_s),) if watched else ()))

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        return {} if self._tables else {"purpose": (), "keepers": ()}

    def waits_for(self, case: Store, account: str, role: str) -> bool:
        return bool(case.unnamed) and role in EVERYBODY

    def shows(self, case: Store, now: Instant) -> dict[str, Any]:
        return {"store": case.title}

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Store], world: World, now: Instant) -> None:
        case = cases.get(ask.case)
        if case is None or ask.case not in self._tables:
            raise Refused(Text.of("stores.none_such", store=ask.case[:64], known=tuple(self._tables)))
        match ask:
            case SayWhy():
                if not ask.purpose.strip():
                    raise _refused("purpose", Text.of("stores.say_why"))
                if ask.role and ask.role not in _LEADERS and who(world, ask.by) not in _keepers(case, world):
                    raise _refused("by", Text.of("stores.no_keeper", person=ask.by, store=case.title))
            case Appoint():
                day = world.site.calendar.day(now)
                people = [person_of(world, person=keeper.strip()) for keeper in ask.keepers]
                unknown = [name for name, person in zip(ask.keepers, people, strict=True) if person is None]
                if unknown:
                    raise _refused("keepers", Text.of("stores.nobody", people=tuple(unknown[:_MOST])))
                if any(person is not None and not person.is_here(day) for person in people):
                    raise _refused("keepers", Text.of("stores.has_left"))
                if not _LEAST <= len({person.id for person in people if person is not None}) <= _MOST:
                    raise _refused("keepers", Text.of("stores.how_many", least=_LEAST, most=_MOST))

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Store], world: World, now: Instant) -> Moves:
        match event:
            case Installed():
                return Moves(cases=(*self._missing(cases, world), *_gone(cases, self._tables)))
            case Spoken():
                hearing = [case for case in cases.values() if event.device in case.hears]
                return Moves.joined(self._spoken(case, event.readings, world, now) for case in hearing)
            case Fact():
                case = cases.get(str(event.fields.get("store", "")))
                purpose = event.fields.get("purpose") or event.text
                if case is None or not isinstance(purpose, str | Text):
                    return Moves()
                return self._named(case, purpose, event.by, event.second, now)
            case SayWhy():
                return self._named(cases[event.case], event.purpose.strip(), event.by, "", now, is_told=True)
            case Appoint():
                keepers = tuple(dict.fromkeys(keeper.strip() for keeper in event.keepers))
                case = replace(cases[event.case], keepers=keepers, shown=())
                fact = self._fact(case, "appointed", now, event.by, people=keepers)
                return Moves(cases=(case,), facts=(replace(fact, second=event.second),))
        return Moves()

    def turn(self, due: Sequence[Store], world: World, now: Instant) -> Moves:
        """The lock closes; or the time to say why is over: told once, until somebody says it."""
        return Moves.joined(self._turned(case, now) for case in due)

    def _turned(self, case: Store, now: Instant) -> Moves:
        orders, facts = list[OutputOrder](), list[Fact]()
        if case.released_until is not None and case.released_until <= now:
            orders += self._lock(case, False, now, Text.of("stores.locks", store=case.title))
            case = replace(case, released_until=None)
        if case.unnamed and not case.is_late and self._named_by(case) <= now:
            case = replace(case, is_late=True)
            facts.append(self._fact(case, "no_purpose", now, opening=case.unnamed[0]))
        return Moves(cases=(self._waking(case),), facts=tuple(facts), orders=tuple(orders))

    def _named_by(self, case: Store) -> Instant:
        """Until when the oldest opening has a purpose."""
        return case.unnamed[0].at + int(self.config.purpose_within_min * _MINUTE)

    def _waking(self, case: Store) -> Store:
        times = [case.released_until] if case.released_until is not None else []
        times += [self._named_by(case)] if case.unnamed and not case.is_late else []
        return replace(case, wake_at=min(times, default=None))

    def _lock(self, case: Store, is_open: bool, now: Instant, reason: Text) -> list[OutputOrder]:
        """Open or locked; nothing where the site file knows no lock (any more)."""
        table = self._tables.get(case.id)
        if table is None or not table.lock:
            return []
        lasts = table.release_s if is_open else 0
        name = f"{case.id}-{now}-{'open' if is_open else 'locked'}"
        order = OutputOrder(name, table.lock, "lock", is_open, now, reason, duration_s=lasts, area=case.area)
        return [order]

    def _missing(self, cases: Mapping[str, Store], world: World) -> Iterable[Store]:
        """A case for each store of the site file, that hears what the file says now."""
        for table in self.config.stores:
            before = cases.get(table.id)
            there = tuple(device for device in table.devices if device in world.devices)
            case = before or Store(id=table.id, keepers=tuple(dict.fromkeys(table.keepers)))
            case = replace(case, area=table.area, hears=there, notes=_NOTES, title=table.called)
            if case != before:
                yield case

    def _spoken(self, before: Store, readings: Sequence[Reading], world: World, now: Instant) -> Moves:
        case, table, moves = before, self._tables.get(before.id), list[Moves]()
        for reading in readings if table is not None else ():
            case, its = self._heard(case, reading, world, now)
            moves.append(its)
        return Moves.joined([*moves, Moves(cases=(case,) if case != before else ())])

    def _heard(self, case: Store, reading: Reading, world: World, now: Instant) -> tuple[Store, Moves]:
        """The store as it stands then, and what follows."""
        table, signal = self._tables[case.id], base_name(reading.signal)
        is_snapshot = bool(reading.quality & _SNAPSHOT)
        if signal == "credential" and reading.device in table.readers and reading.value and not is_snapshot:
            person = person_of(world, card=str(reading.value))
            is_keeper = person is not None and person.id in _keepers(case, world)
            return self._card(case, person.id, now) if person is not None and is_keeper else (case, Moves())
        if signal != "door" or reading.device not in table.doors:
            return case, Moves()
        is_open, was_open = reading.value is True, reading.device in case.standing
        if is_open == was_open:
            return case, Moves()
        others = tuple(door for door in case.standing if door != reading.device)
        case = replace(case, standing=(*others, reading.device) if is_open else others)
        if not is_open or is_snapshot:  # found open is not opened
            return case, Moves()
        return self._opened(case, reading.device, now)

    def _card(self, case: Store, person: str, now: Instant) -> tuple[Store, Moves]:
        """Somebody who keeps it is there; the second one within a minute opens the lock."""
        table, within = self._tables[case.id], int(self.config.both_within_s * SECOND)
        others = tuple(one for one in case.shown if one.person != person)
        case = replace(case, shown=(*others, Shown(person, now))[-_MOST:])
        first = next((one.person for one in reversed(others) if now - one.at <= within), "")
        if not (table.lock and first):
            return case, Moves()
        reason = Text.of("stores.reason", store=table.called, first=first, second=person)
        orders = self._lock(case, True, now, reason)
        case = self._waking(replace(case, released_until=now + int(table.release_s * SECOND)))
        fact = self._fact(case, "released", now, people=(first, person))
        return case, Moves(facts=(fact,), orders=tuple(orders))

    def _opened(self, case: Store, door: str, now: Instant) -> tuple[Store, Moves]:
        """What was said shortly before it was opened is why."""
        term = int(self.config.purpose_within_min * _MINUTE)
        opening = Opening(door, now, tuple(self._here(case, now)))
        is_named = bool(case.purpose) and now - case.named_at <= term
        if not is_named:
            case = replace(case, unnamed=(*case.unnamed, opening)[:_MOST])
            case = self._waking(case)
        fact = self._fact(case, "opened", now, opening=opening, purpose=case.purpose if is_named else "")
        return case, Moves(facts=(fact,))

    def _named(
        self, case: Store, purpose: str | Text, by: str, second: str, now: Instant, *, is_told: bool = False
    ) -> Moves:
        """A movement of goods names it by itself, and is in a book of its own."""
        is_wanted = is_told or bool(case.unnamed)
        opening = case.unnamed[0] if case.unnamed else None
        case = replace(case, unnamed=(), is_late=False, purpose=purpose, named_at=now)
        case = self._waking(case)
        fact = replace(self._fact(case, "purpose", now, by, opening=opening, purpose=purpose), second=second)
        return Moves(cases=(case,), facts=(fact,) if is_wanted else ())

    # -- what others are told ------------------------------------------------------------------------------

    def _here(self, case: Store, now: Instant) -> dict[str, Instant]:
        since = now - int(self.config.present_min * _MINUTE)
        return {one.person: one.at for one in case.shown if one.at >= since}

    def _answer(
        self, about: Mapping[str, Any], cases: Mapping[str, Store], world: World, now: Instant
    ) -> GoodsStore | None:
        table, case = self._tables.get(about["store"]), cases.get(about["store"])
        if table is None or case is None:
            return None
        here = self._here(case, now)
        return GoodsStore(
            id=table.id,
            area=table.area,
            called=table.called,
            keepers=_keepers(case, world),
            here=here,
            is_interlocked=table.interlock,
        )

    def _fact(
        self,
        case: Store,
        step: str,
        now: Instant,
        by: str = "",
        *,
        opening: Opening | None = None,
        people: tuple[str, ...] = (),
        purpose: str | Text = "",
    ) -> Fact:
        people = people or (opening.people if opening is not None else ())
        fields: dict[str, FieldValue | Text] = {
            "store": case.id,
            "purpose": purpose,
            "people": ", ".join(people),
            "door": opening.door if opening is not None else "",
        }
        within = Duration(self.config.purpose_within_min * 60)
        return Fact(
            workflow="stores",
            case=case.id,
            step=step,
            at=now,
            by=by,
            area=case.area,
            devices=(opening.door,) if opening is not None else (),
            text=Text.of(f"stores.{step}", store=case.title, purpose=purpose, people=people, within=within),
            fields={name: value for name, value in fields.items() if value},
        )


def _keepers(case: Store, world: World) -> tuple[str, ...]:
    """By the ids that they have in the register of people now; a card of who has left opens nothing."""
    day = world.site.calendar.day(world.now)
    ids = dict.fromkeys(who(world, keeper) for keeper in case.keepers)
    known = {name: person_of(world, person=name) for name in ids}
    return tuple(name for name, person in known.items() if person is None or person.is_here(day))


def _gone(cases: Mapping[str, Store], tables: Mapping[str, StoreTable]) -> Iterable[Store]:
    return (replace(case, is_open=False, wake_at=None) for case in cases.values() if case.id not in tables)


def _refused(field: str, text: Text) -> Refused:
    return Refused(text, ((0, field, text),))


WORKFLOW = Stores
