"""A kind is given the events that it listens to and no others; facts by topic, where they happened."""

from typing import Any, ClassVar

import pytest

from alerts.alert import AlertClass
from alerts.event import (
    Applies,
    Due,
    Event,
    Identified,
    LastHeard,
    Members,
    PanelReset,
    Presence,
    Recorded,
    Stranger,
    Tick,
)
from alerts.facts import Fact
from alerts.kinds import kinds
from alerts.rule import Breach, Memory, Rule
from devices.device import Device, SenderKey
from devices.message import plain
from devices.reading import SECOND, Instant, Reading
from tests.alerts.timeline import START, Room, device, reading, said

SENDER = SenderKey("", "keyarea", "x/1")


class Heard(Memory, frozen=True):
    """What the rule was given."""

    words: tuple[str, ...] = ()


class ListenerRule(Rule[Heard], frozen=True, kw_only=True, tag="listener"):
    """Remembers which events it was given."""

    eager = True

    def watches(self, device: Device, signal: str) -> bool:
        return True

    def hears(self, topic: str) -> bool:
        return topic in ("patrol", "smoke", "hazard.overdue")

    def waits(self, memory: Heard, device: Device) -> tuple[float, str]:
        return 100, "rule"

    def start(self) -> Heard:
        return Heard()

    def step(self, memory: Heard, event: Event, now: Instant) -> Heard:
        wake_at = START + 5 * SECOND if now < START + 5 * SECOND else None
        return Heard(memory.breach, wake_at, (*memory.words, type(event).__name__))


def fact(step: str = "overdue", *, area: str = "store", devices: tuple[str, ...] = (), case: str = "h1") -> Fact:
    return Fact(workflow="hazard", case=case, step=step, at=START, text=plain(step), area=area, devices=devices)


EVERY: tuple[Event, ...] = (
    reading("a.smoke=on", START),
    Recorded("store", "patrol", "li", {}),
    fact(devices=("a",)),
    Due("a", (("test", START),)),
    Stranger("a", SENDER, "smoke", is_active=True),
    Identified(SENDER),
    PanelReset(SENDER),
)


@pytest.mark.parametrize("per", ["device", "area", "site"])
@pytest.mark.parametrize(
    "kind",
    [Reading, Recorded, Fact, Due, Stranger, Identified, PanelReset, Members, Presence, Applies, LastHeard, None],
)
def test_a_rule_is_given_what_it_listens_to_and_a_tick_when_it_asks(kind: type[Any] | None, per: str) -> None:
    class Listening(ListenerRule, frozen=True, kw_only=True, tag="listening"):
        listens: ClassVar[tuple[type[Any], ...]] = (kind,) if kind is not None else ()

    made = Listening(name="l", alert_class=AlertClass.FAULT, priority=4, procedure="-", per=per, modes=("armed",))  # type: ignore[arg-type]
    room = Room((made,), (device("a", signals=("smoke",)),), {"store": "disarmed"})
    room.step([Tick(START)], START)
    room.step(EVERY, START)
    room.step([room.event("bypass a 600 welding", START), room.event("arm store armed", START)], START)
    room.run_until(START + 9 * SECOND)
    given = {word for instance in instances(room) for word in instance.memory.words}
    expected = {kind.__name__} if kind is not None else set()
    if kind in (Members, Presence):
        expected = expected if per != "device" else set()
    if kind is LastHeard:  # at its deadlines, in the place of a Tick
        assert given == expected if per == "device" else given <= {"Tick", "LastHeard"}
    elif kind in (Identified, PanelReset):  # of a stranger that it was told of: who does not hear one has none
        assert given == {"Tick"}
    else:
        assert {*expected, "Tick"} == given


def instances(room: Room) -> list[Any]:
    """Every instance of every rule."""
    return list(room.engine._instances)


# -- facts -----------------------------------------------------------------------------------------------------


class Overdue(Memory, frozen=True):
    """The cases that are overdue."""

    cases: tuple[str, ...] = ()


class OverdueRule(Rule[Overdue], frozen=True, kw_only=True, tag="overdue"):
    """What a workflow says, made an alert until it says that it is over."""

    listens = (Fact,)

    def hears(self, topic: str) -> bool:
        return topic in ("hazard.overdue", "hazard.rectified")

    def longest_delay_s(self) -> float:
        return 0

    def start(self) -> Overdue:
        return Overdue()

    def step(self, memory: Overdue, event: Event, now: Instant) -> Overdue:
        if not isinstance(event, Fact):
            return memory
        others = tuple(case for case in memory.cases if case != event.case)
        cases = (*others, event.case) if event.step == "overdue" else others
        return Overdue(Breach(since=now, text=plain(f"overdue: {', '.join(cases)}")) if cases else None, None, cases)


def overdue(per: str, **selectors: Any) -> Rule[Any]:
    return OverdueRule(name="o", alert_class=AlertClass.DUTY, priority=3, procedure="go", per=per, **selectors)  # type: ignore[arg-type]


def tell(room: Room, *facts: Fact) -> list[str]:
    room.now += SECOND
    return said(room.step(facts, room.now))


@pytest.mark.parametrize(("per", "key"), [("area", "store"), ("site", "site"), ("device", "a")])
def test_a_fact_is_an_alert_where_it_happened_over_a_restart_until_it_is_over(per: str, key: str) -> None:
    room = Room((overdue(per),), (device("a"),))
    assert [f"raised {key}"] == tell(room, fact(devices=("a",)))
    assert [] == tell(room, fact("assigned", devices=("a",)))
    room.restart()
    assert [] == room.run_until(room.now + 60 * SECOND)
    assert [f"again {key}"] == tell(room, fact(case="h2", devices=("a",)))
    assert [f"again {key}"] == tell(room, fact("rectified", devices=("a",)))
    assert [f"gone {key}"] == tell(room, fact("rectified", case="h2", devices=("a",)))


def test_an_area_without_a_device_has_facts_all_the_same() -> None:
    room = Room((overdue("area"),), (device("a", "hall"),), {"store": "disarmed", "hall": "disarmed"})
    assert ["raised store"] == tell(room, fact())
    room.restart()
    room.engine.set_devices((device("b", "hall"),), room.now)
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert ["gone store"] == tell(room, fact("rectified"))


def test_a_fact_of_an_area_that_a_rule_is_not_about_or_that_nobody_knows_is_none_of_its_business() -> None:
    room = Room((overdue("area", areas=("hall",)),), (device("a"),), {"store": "disarmed", "hall": "disarmed"})
    assert [] == tell(room, fact(), fact(area="moon"), fact(area=""))
    assert ["raised hall"] == tell(room, fact(area="hall"))


def test_a_fact_without_an_area_concerns_the_whole_site() -> None:
    room = Room((overdue("site"),), ())
    assert ["raised site"] == tell(room, fact(area=""))


def test_a_fact_that_a_rule_cannot_stand_is_a_fault_and_no_other_rule_misses_it() -> None:
    class Clumsy(OverdueRule, frozen=True, kw_only=True, tag="clumsy"):
        def step(self, memory: Overdue, event: Event, now: Instant) -> Overdue:
            raise KeyError("case")

    clumsy = Clumsy(name="clumsy", alert_class=AlertClass.DUTY, priority=3, procedure="go", per="area")
    room = Room((clumsy, overdue("area")), (device("a"),))
    assert ["raised rule:clumsy", "raised store"] == tell(room, fact())


@pytest.mark.parametrize("name", kinds())
def test_a_kind_declares_what_it_listens_to_and_how_long_it_may_wait(name: str) -> None:
    kind = kinds()[name]
    assert kind.listens
    assert kind.longest_delay_s is not Rule.longest_delay_s
    assert not (kind.parted and Fact in kind.listens), "a part is of a signal or a device, a fact of a case"
