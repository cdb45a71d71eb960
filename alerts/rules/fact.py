"""``fact``: what people or the clock have made known is a breach: a checkpoint missed, a hazard overdue, a post empty.

Workflows say what happened (a *fact*, with its topic); this rule makes an alert of it, with class, priority and
procedure. ``per = "case"`` gives each case an alert of its own. Without ``ends`` the alert is over at once and stays
until somebody has seen it.

Protects against what people and the clock make known and somebody must act on: work that is late, a round that was
missed.

Standard: that of the workflow which states the fact (hot work: GB 30871-2022).

Costs: it tells what it is told, at once, and judges nothing: a fact that is wrong is a false alert, one that is never
stated is missed.

Not known: whether a topic will ever be said: of a workflow that there is, its step is not checked.

[[rules]]
kind = "fact"
name = "hot-work-late"
alert_class = "duty"
priority = 2
begins = ["hot_work.late"]
ends = ["hot_work.closed"]
procedure = "1. Call the work lead. 2. Look at the place of work."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.facts import Fact
from alerts.rule import Breach, Direction, Memory, Rule
from devices.reading import Instant


class FactMemory(Memory, frozen=True):
    """``area`` of the fact that was heard last."""

    area: str = ""


class FactRule(Rule[FactMemory], tag="fact", frozen=True, kw_only=True):
    """Breached by a fact of one topic, until one of another.

    ``per``: one alert at a time for each case, area, device or the site
    ``begins``: topics that are a breach; ``<workflow>.<step>``, or a word that several workflows use
    ``ends``: topics that end it; none given: it only has to be seen
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"begins": "wider"}

    begins: tuple[str, ...]
    ends: tuple[str, ...] = ()
    listens = (Fact,)

    per: Literal["device", "area", "site", "case"] = "case"

    def __post_init__(self) -> None:
        if not self.begins:
            raise ValueError("name at least one topic in begins")

    def heard_topics(self) -> tuple[str, ...]:
        return (*self.begins, *self.ends)

    def longest_delay_s(self) -> float:
        return 0

    def start(self) -> FactMemory:
        return FactMemory()

    def step(self, memory: FactMemory, event: Event, now: Instant) -> FactMemory:
        if isinstance(event, Fact):
            heard = event.heard_as
            if any(topic in self.begins for topic in heard):
                breach = Breach(since=now, text=event.text)
                return FactMemory(breach, None if self.ends else now, event.area)
            if memory.breach is not None and any(topic in self.ends for topic in heard):
                return replace(memory, breach=None, wake_at=None)
        if isinstance(event, Tick) and memory.wake_at is not None and now >= memory.wake_at:
            return replace(memory, breach=None, wake_at=None)
        return memory


KIND = FactRule
