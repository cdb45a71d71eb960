"""Who is asked next on a bus that many share: by due time, one at a time, and the dead seldom.

No I/O and no clock: times are seconds of any clock that only runs forwards.

One question is out at a time, a silent unit costs its whole timeout, and thirty units may share the line. After three
silences a unit is offline; each silence doubles its pause (at most 60 s), which is never shorter than a timeout for
each unit of the bus, so the dead take no more than their share. The first answer after a silence is a snapshot. A fixed
round would read thirty units with one dead half as often; pymodbus's asynchronous client brings its own reconnecting
beside ours, so the synchronous one is used, one thread a bus.
"""

from collections.abc import Mapping, Sequence

import msgspec

from devices.modbus_map import RegisterMap, Request, requests

FAILS_UNTIL_OFFLINE = 3
LONGEST_PAUSE_S = 60.0


class Unit(msgspec.Struct, eq=False):
    """A device on the bus. ``online`` is None until it has answered once or was silent for long enough."""

    number: int
    model: str
    online: bool | None = None
    fails: int = 0
    held_until: float = -1.0
    is_identified: bool = False
    in_doubt: bool = False
    """It owes an answer, so that the next one is not believed."""


class Poll(msgspec.Struct, eq=False):
    """One request that is made again and again. ``fresh``: its next answer is the first after a silence."""

    unit: Unit
    request: Request
    every_s: float
    due: float
    asked: int = 0
    fails: int = 0
    fresh: bool = True
    is_unread: bool = False
    """It was told that these registers cannot be read, though their unit lives."""


class Polls:
    """Everything that is asked on one line."""

    def __init__(self, maps: Mapping[str, RegisterMap], poll_s: float, timeout_s: float) -> None:
        """``timeout_s`` is what a silence costs the line."""
        self._maps, self._poll_s, self._timeout_s = maps, poll_s, timeout_s
        self.units: list[Unit] = []
        self._polls: list[Poll] = []
        self._share_s = timeout_s
        self._asked = 0

    def serve(self, units: Sequence[tuple[int, str]]) -> None:
        """These are asked from now on: (number, model), each model with a map. Those who stay keep their turns."""
        stay = {(unit.number, unit.model): unit for unit in self.units}
        self.units = [stay.get(each) or Unit(*each) for each in units]
        polls = [poll for poll in self._polls if poll.unit in self.units]
        for unit in self.units:
            if (unit.number, unit.model) not in stay:
                asked = requests(self._maps[unit.model])
                polls += [Poll(unit, request, request.poll_s or self._poll_s, -1.0) for request in asked]
        self._polls = polls
        self._share_s = self._timeout_s * max(1, len(self.units))

    def next(self) -> Poll | None:
        """What to ask now or next; None if nothing is ever asked. Of two due alike, that asked longer ago."""
        return min(self._polls, key=lambda poll: (due_at(poll), poll.asked), default=None)

    def answered(self, poll: Poll, now: float) -> bool:
        """It answered. True if its unit was not online before."""
        self._next_turn(poll, now + poll.every_s)
        poll.fails, poll.fresh = 0, False
        return self._alive(poll.unit)

    def refused(self, poll: Poll, now: float) -> bool:
        """Its unit lives, but does not know these registers: asked more and more seldom. True as in ``answered``."""
        is_back = self._alive(poll.unit)
        poll.fails += 1
        self._next_turn(poll, now + self._pause(poll, poll.fails))
        return is_back

    def unanswered(self, poll: Poll, now: float) -> bool:
        """Nothing came: the whole unit has to wait, longer each time. True if it is offline from now on."""
        unit = poll.unit
        poll.fails += 1
        unit.fails += 1
        unit.held_until = now + self._pause(poll, unit.fails)
        self._next_turn(poll, now + self._pause(poll, poll.fails))
        if unit.fails < FAILS_UNTIL_OFFLINE or unit.online is False:
            return False
        unit.online = unit.is_identified = False
        for other in self._polls:
            if other.unit is unit:
                other.fresh = True
        return True

    def doubts(self, poll: Poll, until: float) -> None:
        """It may still be answered, in the place of another question: its unit is asked nothing until then."""
        for unit in self.units:
            if unit.number == poll.unit.number:
                unit.in_doubt, unit.held_until = True, max(unit.held_until, until)

    def is_doubtful(self, poll: Poll, now: float, settle_s: float) -> bool:
        """Whether this answer may be one to an earlier question: then it is asked again when all is quiet."""
        if not poll.unit.in_doubt:
            return False
        for unit in self.units:
            if unit.number == poll.unit.number:
                unit.in_doubt, unit.held_until = False, now + settle_s
        poll.due = -1.0
        return True

    def is_unread_now(self, poll: Poll) -> bool:
        """Whether it came to nothing so often, while its unit lives, that it is to be told; once."""
        if poll.is_unread or not poll.unit.online or poll.fails < FAILS_UNTIL_OFFLINE:
            return False
        poll.is_unread = True
        return True

    def is_read_again(self, poll: Poll) -> bool:
        """Whether all of its unit can be read again, now that this was answered."""
        was_unread, poll.is_unread = poll.is_unread, False
        return was_unread and not any(other.is_unread for other in self._polls if other.unit is poll.unit)

    def line_back(self, now: float, *, in_doubt: bool) -> None:
        """The line was gone: everything is due at once, and what comes first is how things stand.

        ``in_doubt``: who asked before us may have left a question open.
        """
        for poll in self._polls:
            poll.due, poll.fresh = now, True
            poll.unit.held_until, poll.unit.in_doubt = now, in_doubt

    def all_silent(self) -> bool:
        """Whether there are units, and all of them are offline."""
        return bool(self.units) and all(unit.online is False for unit in self.units)

    def longest_answer(self) -> int:
        """Bytes of the longest answer's payload."""
        return max((payload_size(poll.request) for poll in self._polls), default=0)

    def _alive(self, unit: Unit) -> bool:
        unit.fails, unit.held_until = 0, -1.0
        was_online, unit.online = unit.online, True
        if not was_online:  # what came to nothing while it was away says nothing of its registers
            for poll in self._polls:
                poll.fails = 0 if poll.unit is unit else poll.fails
        return was_online is not True

    def _pause(self, poll: Poll, fails: int) -> float:
        """Doubling; never so short that one silent unit takes more of the line than its share."""
        longest = max(LONGEST_PAUSE_S, poll.every_s)
        shortest = max(poll.every_s, self._share_s)
        return min(longest, shortest * 2.0 ** min(fails - 1, 16))

    def _next_turn(self, poll: Poll, due: float) -> None:
        self._asked += 1
        poll.asked, poll.due = self._asked, due


def due_at(poll: Poll) -> float:
    """When to ask: not before its unit's pause is over."""
    return max(poll.due, poll.unit.held_until)


def payload_size(request: Request) -> int:
    """Bytes of registers or bits in the answer."""
    return (request.count + 7) // 8 if request.kind in ("coil", "discrete") else 2 * request.count
