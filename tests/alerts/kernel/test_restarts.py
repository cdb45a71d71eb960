"""What a restart between two turns leaves of what was to be heard, and of what was heard before it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.alert import AlertEvent
from alerts.facts import Fact
from alerts.heard import Listens, Lost, ModeSet, Spoken
from alerts.kernel.services import UNHEARD, Kept, Notifications, Unheard
from alerts.moves import Receipt
from alerts.workflow import Ask, Case, Heard, Moves, Workflow, World
from api.catalogue import language
from devices.message import Text
from devices.reading import SECOND, Instant
from tests.alerts.kernel.room import FIRE, KernelRoom, facts
from tests.alerts.kernel.toy import Close, Toy
from tests.alerts.timeline import START, reading

LENGTH = 20


class Begin(Ask, tag="begin", frozen=True, kw_only=True):
    """Pass it on."""


class Relay(Workflow[Case]):
    """Each step follows from the one before: more of them than one turn has rounds."""

    name, book, case = "relay", "relays", Case
    asks = (Begin,)
    listens = Listens(signals=frozenset({"door"}), topics=frozenset(f"relay.s{n}" for n in range(LENGTH)), window_s=600)

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        match event:
            case Begin():
                return Moves(cases=(Case(id="r", by=event.by),), facts=(self._said(0, now),))
            case Fact():
                return Moves(facts=(self._said(int(event.step[1:]) + 1, now),))
        return Moves()

    def _said(self, number: int, now: Instant) -> Fact:
        return Fact(workflow="relay", case="r", step=f"s{number}", at=now, text=Text.of("toy.late"))


def test_what_waits_for_the_next_turn_is_heard_after_a_restart_once_each() -> None:
    room = KernelRoom(Relay())
    room.step(1, Begin(by="li", role="operator"))
    told = facts(room.effects)
    assert 0 < len(told) < LENGTH
    for _ in range(10):
        if UNHEARD not in {workflow for workflow, _ in room.cases}:
            break
        room.restart()
        told += facts(room.step(2 + (room.now - START) / SECOND))
    assert [f"relay.s{n}" for n in range(LENGTH + 1)] == told
    assert [("relay", "r")] == [name for name in room.cases if name[0] in ("relay", UNHEARD)]


def test_everything_that_can_wait_is_read_back_as_it_was() -> None:
    room = KernelRoom(rules=(FIRE,))
    (alert,) = room.step(1, "s1.smoke=on").alerts
    said = reading("d1.door=on", START)
    items: list[Any] = [
        Fact(workflow="relay", case="r", step="s1", at=START, text=Text.of("toy.late"), fields={"n": 1}),
        alert,
        said,
        Receipt("n1", "sent", START),
        ModeSet("store", "armed", "li", "arming"),
        Lost(frozenset({"d1"}), False, "lost"),
        Spoken("d1", (said,)),
    ]
    assert AlertEvent in Kept.KINDS
    kept = tuple(Kept(chain=(("relay", "s0", "r"),), **{Kept.KINDS[type(item)]: item}) for item in items)
    case = Unheard(id=UNHEARD, items=kept)
    again = msgspec.json.decode(msgspec.json.encode(case), type=Unheard)
    assert items == [each.item for each in again.items]
    assert {(("relay", "s0", "r"),)} == {each.chain for each in again.items}


def test_after_a_start_what_was_stored_of_its_window_is_recent() -> None:
    room = KernelRoom(Relay())
    assert {"door": 600 * SECOND} == room.kernel.windows
    room.restart(60)
    stretch = [reading(f"d1.door={word}", START + n * SECOND) for n, word in enumerate(("on", "off", "on"))]
    others = [reading("s1.smoke=off", START)]
    room.engine.prime([*stretch[-1:], *others], room.now, stretch)
    room.step(60)
    assert stretch == [*room.kernel.world.recent("d1", "door", 600 * SECOND)]
    assert not room.kernel.world.recent("s1", "smoke", 600 * SECOND)


def test_a_notification_that_nobody_answered_is_shown_to_people() -> None:
    room = KernelRoom(Toy())
    room.ask(1, Close(by="tom", role="technician"))
    (case,) = room.kernel.cases.of("notifications").values()
    shown = Notifications().shows(case, room.now)
    assert (Text.of("toy.closed"), ("li",)) == (shown["text"], shown["to"])
    titles = [language(code).show(Text.of("notifications.title")) for code in ("en", "zh")]
    assert ["Notifications that nobody has answered", "未回执的通知"] == titles
    (name,) = room.kernel.cases.of("notifications")
    room.step(2, Receipt(name, "read", room.now))
    assert not room.kernel.cases.of("notifications")
