"""What was taken in over MQTT, message by message, so that nothing counts twice and nothing counts out of order.

Theory of operation. A broker sends again what it has no PUBACK of: in the original order, at the beginning of a
connection, marked DUP if it was sent before. It may have lost only the PUBACK: the message is committed, and often
newer ones behind it. So each message at QoS 1 is noted in the order of its arrival, with its packet id, a keyed digest
of topic and payload, and the number of the connection that it came on; the note becomes durable with what the message
caused.

That alone would swallow alarms: packet ids are used again, and a broker that was killed begins at older ones. A note
therefore counts as follows.

- *taken*: marked DUP, and noted on this connection or the one before it. Between the two no message can have been
  sent for the first time and be marked DUP now. Nor may its packet id have been used again since: PUBACKs are handled
  in order, so an id in use again tells that the broker had the PUBACKs of all that came before its former use.
- *doubtful*: noted on an older connection (a gateway may have died in between before it read anything), or not marked
  but among the first on a new connection (a broker that was killed remembers a queue that it has sent). It may as well
  be a new message with an old number. What it says of danger counts, and nothing else of it does: an alarm is not
  lost, and a standing one does not end by what was said before it.
- *new*: everything else; all of it, when the broker has forgotten the session.

An attempt to connect is made durable before the broker can hear of it: a gateway that dies unheard still counts as a
connection in between (docs/adr/0140).
"""

import logging
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from hashlib import blake2b
from itertools import islice

import msgspec

from devices.errors import StoreUnavailable
from devices.reading import Quality, Reading
from gateway.ports import RECEIPTS_KEPT, Receipt, Session, Unacknowledged

log = logging.getLogger("keyarea.mqtt")

_NOTE_BYTES = 2 + 8
_MOST_OUT_OF_ORDER = 10_000
_OWN_TIME = int(Quality.CLOCK_SUSPECT)


class Standing(Enum):
    """What a message is beside what was taken in before."""

    NEW = "new"
    DOUBTFUL = "doubtful"
    TAKEN = "taken"


class Receipts:
    """In memory the newest 40,000 to twice as many; all methods belong to the pipeline's thread."""

    def __init__(
        self,
        session: Session,
        kept: Iterable[Receipt] = (),
        *,
        broker: str = "",
        keep: Callable[[Session], None] = lambda session: None,
    ) -> None:
        """``broker`` names it and us: a receipt for another's message counts for nothing. ``keep`` makes durable."""
        self._session, self._keep, self._is_kept = session, keep, True
        self._key = blake2b(broker.encode(), key=session.key, digest_size=32).digest()
        self._ids, self._digests, self._connections = array("H"), array("Q"), array("I")
        ours = sorted((receipt for receipt in kept if receipt.first >= session.first), key=lambda one: one.first)
        for receipt in ours:
            count = len(receipt.packed) // _NOTE_BYTES
            self._ids.frombytes(receipt.packed[: 2 * count])
            self._digests.frombytes(receipt.packed[2 * count : _NOTE_BYTES * count])
            self._connections.extend([receipt.connection] * count)
        self._next = ours[-1].first + len(ours[-1].packed) // _NOTE_BYTES if ours else session.first
        self._durable = self._next
        self._index: dict[int, int] | None = None
        self._is_beginning, self._news = True, 0

    # -- the connection ------------------------------------------------------------------------------------

    def connecting(self) -> None:
        """The broker may hear of us from now on."""
        self._session = msgspec.structs.replace(self._session, connection=self._session.connection + 1)
        self._begin()

    def connected(self, is_known: bool) -> None:
        """The broker answered; ``is_known`` is its "session present". Before anything that it sends is judged."""
        self._is_beginning, self._index, self._news = bool(self._ids), None, 0  # not before: connecting takes its time
        if is_known:
            return
        if self._ids:
            log.warning("the broker no longer knows our session: what it had not delivered yet is lost")
        del self._ids[:], self._digests[:], self._connections[:]
        self._durable = self._next
        self._session = msgspec.structs.replace(self._session, first=self._next)
        self._begin()

    def beginning_is_over(self) -> None:
        """The broker has sent what it had: what comes unmarked from now on is new."""
        if self._is_beginning:
            self._is_beginning, self._index = False, None

    def save(self) -> None:
        """Make durable what could not be made so at once. Raises StoreUnavailable."""
        if not self._is_kept:
            self._keep(self._session)
            self._is_kept = True

    def _begin(self) -> None:
        self._is_beginning, self._index, self._is_kept = bool(self._ids), None, False
        self._news = 0
        try:
            self.save()
        except StoreUnavailable as error:  # ``save`` is called again before anything is committed
            log.warning("a new connection could not be noted: %s", error)

    # -- messages ------------------------------------------------------------------------------------------

    def take(self, messages: Sequence[Unacknowledged]) -> Sequence[Standing] | None:
        """How each stands, None if all are new; they are noted now, and durable when ``stored`` says so."""
        owed = [message for message in messages if message.qos]
        if not owed:
            return None
        noted = array("Q", b"".join(self._digested(owed)))
        standings = None
        if self._is_beginning or any(message.dup for message in owed):
            standings = self._judged(messages, iter(noted))
        self._ids.extend([message.mid for message in owed])
        self._digests.extend(noted)
        self._connections.extend([self._session.connection] * len(owed))
        self._next += len(owed)
        if len(self._ids) > 2 * RECEIPTS_KEPT:
            for column in (self._ids, self._digests, self._connections):
                del column[:-RECEIPTS_KEPT]
        return standings

    @property
    def taken(self) -> int:
        """How many were ever noted: a place among them."""
        return self._next

    def unstored(self, place: int) -> list[Receipt]:
        """What is to be made durable with all that came before ``place``."""
        first = self._next - len(self._ids)
        begin, end = max(self._durable - first, 0), place - first
        receipts = []
        while begin < end:
            connection = self._connections[begin]
            stop = begin + 1
            if self._connections[end - 1] == connection:
                stop = end
            while stop < end and self._connections[stop] == connection:
                stop += 1
            packed = self._ids[begin:stop].tobytes() + self._digests[begin:stop].tobytes()
            receipts.append(Receipt(first + begin, connection, packed))
            begin = stop
        return receipts

    def stored(self, place: int) -> None:
        """All that came before ``place`` is durable."""
        self._durable = max(self._durable, place)

    # -- judging -------------------------------------------------------------------------------------------

    def _digested(self, messages: Sequence[Unacknowledged]) -> list[bytes]:
        key = self._key
        try:
            return [
                blake2b(b"%b\0%b" % (message.topic.encode(), message.payload), digest_size=8, key=key).digest()
                for message in messages
            ]
        except UnicodeDecodeError:  # a topic that is none: the intake will say so, and here it needs no name
            return [blake2b(b"\0%b" % message.payload, digest_size=8, key=key).digest() for message in messages]

    def _judged(self, messages: Sequence[Unacknowledged], digests: Iterator[int]) -> list[Standing]:
        index = self._index if self._index is not None else self._built()
        now = self._session.connection
        standings = []
        for message in messages:
            if not message.qos:
                standings.append(Standing.NEW)
                continue
            key = next(digests) << 16 | message.mid
            note = index.get(key)
            index[key] = now << 1 | 1
            standings.append(self._standing(message, note, now))
        self._index = index if self._is_beginning else None
        return standings

    def _standing(self, message: Unacknowledged, note: int | None, now: int) -> Standing:
        if note is None:
            if not message.dup:
                self._news += (
                    1  # who waited for his share may come before what was sent before (gateway/ingest/fair_queue.py)
                )
                self._is_beginning = self._is_beginning and self._news < _MOST_OUT_OF_ORDER
            return Standing.NEW
        connection, is_last_use = note >> 1, note & 1
        if message.dup:
            return Standing.TAKEN if is_last_use and connection >= now - 1 else Standing.DOUBTFUL
        # What the broker keeps for everybody (retained) it sends anew each time, as it stands now.
        is_of_old_queue = self._is_beginning and connection < now and not message.retain
        return Standing.DOUBTFUL if is_of_old_queue else Standing.NEW

    def _built(self) -> dict[int, int]:
        """By digest and packet id: the connection, and in the lowest bit whether the id was not used again."""
        index: dict[int, int] = {}
        used: set[int] = set()
        is_last_use = True
        columns = (reversed(self._ids), reversed(self._digests), reversed(self._connections))
        for number, digest, connection in islice(zip(*columns, strict=True), RECEIPTS_KEPT):
            is_last_use = is_last_use and number not in used
            used.add(number)
            index.setdefault(digest << 16 | number, connection << 1 | is_last_use)
        return index


def counts_when_doubtful(reading: Reading) -> bool:
    """Whatever is on; not from a message with a time of its own, which no other message would have."""
    has_time = reading.time != reading.received or reading.quality & _OWN_TIME
    return reading.value is True and reading.signal != "online" and not has_time
