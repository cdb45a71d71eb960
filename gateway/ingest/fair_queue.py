"""A share for each sender: who says much, or what is long to read, holds up nobody else's alarm.

Theory of operation. A turn of the pipeline reads what arrived for a few hundredths of a second. What it does not come
to waits here, and from then on all that arrives goes through here until nothing waits any more: one message of each
sender in turn, those of one sender in their order. Who had nothing waiting is first, so an alarm waits for the end of
a turn and not for a flood. Senders that were never heard before share one place between them: names cost nothing.

MQTT wants PUBACKs in the order in which the messages came (3.1.1, 4.6): what was committed out of order is acknowledged
when all that came before it is.

Without it 6,000 births of 1.6 KB delayed a fire by 15.5 s. Meanwhile more is read from the line, because the fire may
come behind what waits: 10,000 messages or 64 MB at most, and deploy/mosquitto/mosquitto.conf lets as many be under way.
A sender is the first level of its topic below the family's base, or what the family says (``sender``); a second
connection for alarms would not help, for a topic does not tell an alarm. Devices with one first level for all
(Tasmota's ``tele``, Shelly's ``shellies``) share one share. A fire that was committed early may come again after a
kill, and is known (receipts.py); a flood of more than 10,000 messages that nobody has read yet holds up what comes
behind it.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from gateway.ports import Unacknowledged

_MOST_MESSAGES = 10_000
_MOST_BYTES = 64 << 20
_NEWCOMERS = "\0"
"""A place that no topic names."""


class FairQueue:
    """All methods belong to the pipeline's thread."""

    def __init__(self, sender: Callable[[str], str], is_known: Callable[[str], bool]) -> None:
        """Whose topic it is, and whether it was ever heard before."""
        self._sender, self._is_known = sender, is_known
        self._places: OrderedDict[str, deque[tuple[str, Unacknowledged]]] = OrderedDict()
        """In the order of their turns: (sender, message)."""
        self._of_sender: dict[str, list[int]] = {}
        """How many wait, in [0]; in [1] whether among the newcomers."""
        self._owed: OrderedDict[int, tuple[Unacknowledged, bool]] = OrderedDict()
        """By identity, in the order of arrival: the message and whether it is committed."""
        self._messages = self._bytes = 0

    def __len__(self) -> int:
        return self._messages

    @property
    def is_full(self) -> bool:
        """Nothing more may be taken from the line."""
        return self._messages >= _MOST_MESSAGES or self._bytes >= _MOST_BYTES

    def hold(self, messages: Sequence[Unacknowledged]) -> None:
        """They arrived in this order, and wait."""
        for message in messages:
            if message.qos:
                self._owed[id(message)] = (message, False)
            self._messages += 1
            self._bytes += len(message.payload)
            topic = _topic(message)
            is_known, sender = self._is_known(topic), self._sender(topic)
            waiting = self._of_sender.setdefault(sender, [0, not is_known])
            waiting[0] += 1
            name = _NEWCOMERS if waiting[1] else sender
            place = self._places.get(name)
            if place is None:
                place = self._places[name] = deque()
                self._places.move_to_end(name, last=False)
            place.append((sender, message))

    def next(self, most: int) -> list[Unacknowledged]:
        """The next to be read."""
        chosen: list[Unacknowledged] = []
        while self._places and len(chosen) < most:
            name, place = next(iter(self._places.items()))
            sender, message = place.popleft()
            if place:
                self._places.move_to_end(name)
            else:
                del self._places[name]
            waiting = self._of_sender[sender]
            waiting[0] -= 1
            if not waiting[0]:
                del self._of_sender[sender]
            self._messages -= 1
            self._bytes -= len(message.payload)
            chosen.append(message)
        return chosen

    def committed(self, messages: Sequence[Unacknowledged]) -> Sequence[Unacknowledged]:
        """Which messages may be acknowledged now, in the order of their arrival."""
        owed = self._owed
        if not owed:
            return messages
        due = []
        for message in messages:
            if id(message) in owed:
                owed[id(message)] = (message, True)
            elif message.qos:
                due.append(message)  # it came before anything waited
        while owed:
            first, (message, is_committed) = next(iter(owed.items()))
            if not is_committed:
                break
            del owed[first]
            due.append(message)
        return due

    def disconnected(self) -> None:
        """What the broker will send again need not wait here; what it will not send again stays."""
        waiting = self.next(self._messages)
        self._owed.clear()
        self.hold([message for message in waiting if not message.qos])


def _topic(message: Unacknowledged) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""
