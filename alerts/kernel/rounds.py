"""What is still to be passed round, and from what it followed: a circle is found by what it repeats.

Each item carries its *chain*: (workflow, step, case) of every fact that led to it. A fact whose chain holds itself, or
three of its kind, comes from a circle: it has happened and is recorded, but nobody hears it.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from alerts.alert import AlertEvent
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.heard import Delayed, Installed, Lost, ModeSet, Spoken
from alerts.moves import Receipt
from devices.keypad import Presented
from devices.reading import Reading

Item = Fact | Recorded | AlertEvent | Reading | Receipt | ModeSet | Lost | Spoken | Installed | Delayed | Presented
Link = tuple[str, str, str]
Chain = tuple[Link, ...]

MOST_ROUNDS = 8
_MOST_ALIKE = 3


class Rounds:
    """First come, first heard. What one round brings about is heard in the next."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Item, Chain]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, item: Item, chain: Chain = ()) -> None:
        self._waiting.append((item, chain))

    def waiting(self) -> Iterable[tuple[Item, Chain]]:
        """What nobody has heard yet."""
        return tuple(self._waiting)

    def take(self) -> Iterator[tuple[Item, Chain]]:
        """One round."""
        for _ in range(len(self._waiting)):
            yield self._waiting.popleft()


def link_of(fact: Fact) -> Link:
    return fact.workflow, fact.step, fact.case


def circle(fact: Fact, chain: Chain) -> str:
    """The other workflow of the circle that this fact closes, or its own if there is no other; "" if there is none."""
    link = link_of(fact)
    if link not in chain and sum(other[:2] == link[:2] for other in chain) < _MOST_ALIKE:
        return ""
    others = [workflow for workflow, _, _ in reversed(chain) if workflow != fact.workflow]
    return others[0] if others else fact.workflow
