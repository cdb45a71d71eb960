"""When each instance wants to be looked at next: a heap in which entries that have been overtaken simply fade.

What is due at the same instant comes in the order of names, so that a restart in between changes nothing.

There are two heaps of them. Delays run before a batch that comes late: a fire alarm whose delay has run out is not
swallowed by the end that came later (so a threshold that came back during a stall is an alert). Rules that wait for
what does not come (``Rule.patient``) run after it: ten thousand devices are not reported lost because the gateway was
slow.
"""

import heapq
from collections.abc import Iterable, Iterator

from alerts.rule_instance import RuleInstance
from devices.reading import Instant

NEVER: Instant = 1 << 63
"""After every time there is."""


class Timers:
    """Pushing is cheap and nothing is removed early: whoever is given an instance checks whether it is still due."""

    def __init__(self) -> None:
        self.heap: list[tuple[Instant, str, str, int, Instant, RuleInstance]] = []
        """When, the names of rule and key, a number, the time that was asked for, and who asked."""
        self._pushed = 0

    @property
    def next(self) -> Instant | None:
        """The earliest time asked for."""
        return self.heap[0][0] if self.heap else None

    def put_off(self, later: Instant) -> None:
        """The first entry waits until then; what its instance has asked for stays as it was."""
        _, rule, key, _, at, instance = self.heap[0]
        self._pushed += 1
        heapq.heapreplace(self.heap, (later, rule, key, self._pushed, at, instance))

    def push(self, at: Instant, instance: RuleInstance, not_before: Instant = 0) -> None:
        """The instance asks to be looked at ``at``; ``not_before`` puts off one that asks too often."""
        self._pushed += 1
        heapq.heappush(self.heap, (max(at, not_before), instance.rule.name, instance.key, self._pushed, at, instance))

    def due(self, now: Instant, most: int | None = None) -> Iterator[tuple[Instant, RuleInstance]]:
        """What was asked for by ``now``, with the time asked for; what is pushed meanwhile waits for the next call.

        ``most``: what there is more of waits, too.
        """
        heap, last, given = self.heap, self._pushed, 0
        again = []
        while heap and heap[0][0] <= now and given != most:
            entry = heapq.heappop(heap)
            if entry[3] > last:
                again.append(entry)
            else:
                given += 1
                yield entry[4], entry[5]
        for entry in again:
            heapq.heappush(heap, entry)


def earliest(times: Iterable[Instant | None]) -> Instant | None:
    """The first of these times; None where nothing is waited for."""
    first: Instant | None = None
    for time in times:
        if time is not None and (first is None or time < first):
            first = time
    return first
