"""When a workflow opens cases by itself: what it hears may bring that forward, and never past what is due."""

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.ask import EVERYBODY, Ask
from alerts.case import Case
from alerts.facts import Fact
from alerts.heard import Listens, Slot
from alerts.site_facts import SiteFacts
from alerts.workflow import Heard, Moves, Workflow, World
from devices.message import Text
from devices.reading import SECOND, Instant
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import CALENDAR, START

HOUR = 3_600


class Many(Ask, tag="crowd_many", frozen=True, kw_only=True):
    """Six hundred cases that are over at one in the morning."""

    ROLES = EVERYBODY


class Crowd(Workflow[Case]):
    """More than a turn takes; each says so when it is over."""

    name, book, case = "aaa", "", Case
    asks = (Many,)

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        return Moves(cases=tuple(Case(id=f"c{n}", wake_at=START + HOUR * SECOND) for n in range(600)))

    def turn(self, due: Sequence[Case], world: World, now: Instant) -> Moves:
        over = tuple(Case(id=each.id, is_open=False) for each in due)
        return Moves(
            cases=over, facts=(Fact(workflow="aaa", case="c", step="over", at=now, text=Text("word.yes", {})),)
        )


class Daily(Workflow[Case]):
    """At one each day; it hears the crowd, and is asked anew each time."""

    name, book, case = "daily", "", Case
    listens = Listens(topics=frozenset({"aaa.over"}))

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        return world.site.calendar.next_at(60, max(last, now))

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        step = "opened" if isinstance(event, Slot) else "heard"
        return Moves(facts=(Fact(workflow="daily", case="d", step=step, at=now, text=Text("word.yes", {})),))


def test_what_is_due_is_not_put_off_by_what_is_heard_before_it() -> None:
    """Five hundred of a crowd come first, and speak; the slot of that moment is still given."""
    room: Any = KernelRoom(Crowd(), Daily(), site=SiteFacts(calendar=CALENDAR))
    room.ask(1, Many(by="li", role="operator"))
    assert "daily.opened" in room.run_until(HOUR + 60)
