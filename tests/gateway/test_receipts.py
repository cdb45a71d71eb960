"""What counts again and what does not, against a broker that dies, forgets, and loses what it is told."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from devices.errors import StoreUnavailable
from devices.reading import Quality, Reading
from gateway.ingest.receipts import Receipts, Standing, counts_when_doubtful
from gateway.ports import RECEIPTS_KEPT, Receipt, Session

NEW, DOUBTFUL, TAKEN = Standing.NEW, Standing.DOUBTFUL, Standing.TAKEN
SESSION = Session(b"k" * 32)


class Message(msgspec.Struct, frozen=True):
    """As paho has it."""

    payload: bytes
    mid: int
    qos: int = 1
    dup: bool = False
    retain: bool = False
    topic: str = "t"


def sent(text: str, *, dup: bool = False, qos: int = 1, retain: bool = False) -> list[Message]:
    """``"a1 b2"``: payload a with packet id 1, then b with 2."""
    return [Message(word[:1].encode(), int(word[1:]), qos, dup, retain) for word in text.split()]


class Gateway:
    """Receipts over several lives; whatever is taken is durable at once unless said otherwise."""

    def __init__(self) -> None:
        self.session, self.kept = SESSION, list[Receipt]()
        self.start()

    def start(self) -> None:
        self.receipts = Receipts(self.session, self.kept, keep=self._keep)
        self.connect()

    def _keep(self, session: Session) -> None:
        self.session = session

    def connect(self, *, is_known: bool = True) -> None:
        self.receipts.connecting()
        self.receipts.connected(is_known)

    def take(self, messages: Sequence[Message], *, durable: bool = True) -> list[Standing]:
        standings = self.receipts.take(messages)
        if durable:
            self.kept += self.receipts.unstored(self.receipts.taken)
            self.receipts.stored(self.receipts.taken)
        return [NEW] * len(messages) if standings is None else list(standings)


def test_a_repeat_is_known_whether_the_gateway_lived_or_not() -> None:
    """Also the older of two, whichever of them caused something."""
    for lives in (True, False):
        gateway = Gateway()
        assert [NEW, NEW] == gateway.take(sent("f1 t2"))
        gateway.connect() if lives else gateway.start()
        assert [TAKEN, TAKEN, NEW] == gateway.take(sent("f1 t2 t3", dup=True))


def test_what_was_noted_and_not_stored_is_stored_with_what_comes_next() -> None:
    """Messages from which nothing followed cost no commit of their own, and are not forgotten either."""
    gateway = Gateway()
    gateway.take(sent("a1 b2"), durable=False)
    gateway.take(sent("c3"))
    gateway.start()
    assert [TAKEN, TAKEN, TAKEN] == gateway.take(sent("a1 b2 c3", dup=True))
    gateway.start()
    gateway.take(sent("d4"), durable=False)
    gateway.start()
    assert [DOUBTFUL, NEW] == gateway.take(sent("c3 d4", dup=True)), "d4 goes with the process; c3 is of an older life"


def test_a_session_that_the_broker_forgot_leaves_nothing_behind() -> None:
    gateway = Gateway()
    gateway.take(sent("t1 f2"))
    gateway.connect(is_known=False)
    assert [NEW] == gateway.take(sent("t1"))
    gateway.start()
    assert [TAKEN, NEW] == gateway.take(sent("t1 f2", dup=True)), (
        "that of the new session counts, that of the old does not"
    )


def test_an_alarm_with_an_old_number_is_not_swallowed() -> None:
    """The broker was killed and begins at older numbers; the gateway dies before it has read the new alarm."""
    gateway = Gateway()
    gateway.take(sent("t1 f2"))
    gateway.start()  # here the broker sends the new t1
    gateway.start()
    assert [DOUBTFUL] == gateway.take(sent("t1", dup=True))
    gateway.connect()
    assert [TAKEN] == gateway.take(sent("t1", dup=True))


def test_an_old_queue_of_a_broker_that_was_killed_ends_no_danger() -> None:
    """It comes unmarked; with the first message that is new, or a pause, it is over."""
    gateway = Gateway()
    gateway.take(sent("f1 a2 t3"))
    gateway.connect()
    assert [DOUBTFUL, DOUBTFUL, NEW, NEW] == gateway.take(sent("f1 a2 x3 t4"))
    gateway.connect()
    gateway.receipts.beginning_is_over()
    assert [NEW, TAKEN] == [*gateway.take(sent("f1")), *gateway.take(sent("a2", dup=True))]


def test_a_connection_begins_when_the_broker_answers() -> None:
    """However long that takes: the silence before it tells nothing."""
    gateway = Gateway()
    gateway.take(sent("f1 t2"))
    gateway.receipts.connecting()
    gateway.receipts.beginning_is_over()
    gateway.receipts.connected(is_known=True)
    assert [DOUBTFUL] == gateway.take(sent("f1"))


def test_a_number_that_is_used_again_on_the_same_connection_is_news() -> None:
    """And it tells that the broker has heard of all before its former use."""
    gateway = Gateway()
    gateway.take(sent("t1 a2 b3 f2"))
    assert [NEW] == gateway.take(sent("t1"))
    gateway.take(sent("f3"))
    gateway.connect()
    assert [DOUBTFUL, DOUBTFUL, TAKEN, TAKEN, TAKEN] == gateway.take(sent("a2 b3 f2 t1 f3", dup=True))


def test_what_the_broker_keeps_for_all_and_what_it_does_not_repeat_is_taken_as_it_comes() -> None:
    gateway = Gateway()
    assert [NEW, NEW] == gateway.take([*sent("a1", retain=True), *sent("b0", qos=0)])
    gateway.connect()
    assert [NEW, NEW] == gateway.take([*sent("a1", retain=True), *sent("b0", qos=0)])
    assert [NEW, NEW] == gateway.take(sent("b0 b0", qos=0, dup=True))


def test_topic_and_payload_are_not_mixed_up_and_nobody_else_makes_the_same() -> None:
    one = Message(b"b", 1, topic="a")
    gateway = Gateway()
    gateway.take([one])
    gateway.connect()
    other = Message(b"", 1, dup=True, topic="ab")
    assert [NEW, TAKEN] == gateway.take([other, msgspec.structs.replace(one, dup=True)])
    for session, broker in ((msgspec.structs.replace(SESSION, key=b"K" * 32), ""), (SESSION, "another")):
        stranger = Receipts(session, gateway.kept, broker=broker)
        stranger.connecting()
        assert [NEW] == stranger.take([msgspec.structs.replace(one, dup=True)])


def test_a_topic_that_is_none_is_noted_like_any_other() -> None:
    class Torn(Message, frozen=True):
        @property
        def topic(self) -> str:  # type: ignore[override]
            return b"\xff".decode()

    gateway = Gateway()
    gateway.take([Torn(b"x", 1)])
    gateway.connect()
    assert [TAKEN] == gateway.take([Torn(b"x", 1, dup=True)])


def test_the_newest_are_kept() -> None:
    """In memory and in the stores, however they came; fewer than there are packet ids."""
    gateway = Gateway()
    everything = [Message(b"%d" % number, number % 65_536) for number in range(2 * RECEIPTS_KEPT + 10)]
    for start in range(0, len(everything), 1_000):
        gateway.take(everything[start : start + 1_000])
    gateway.kept = [one for one in gateway.kept if one.first >= gateway.kept[-1].first - RECEIPTS_KEPT]
    gateway.start()
    last = [msgspec.structs.replace(message, dup=True) for message in everything[-39_000:]]
    assert {TAKEN} == set(gateway.take(last))
    assert [NEW] == gateway.take([msgspec.structs.replace(everything[5], dup=True)])


def test_a_session_that_cannot_be_noted_is_noted_before_anything_is_committed() -> None:
    full = [True]
    noted: list[Session] = []

    def keep(session: Session) -> None:
        if full[0]:
            raise StoreUnavailable("the disk is full")
        noted.append(session)

    receipts = Receipts(SESSION, keep=keep)
    receipts.connecting()
    receipts.take(sent("a1"))
    with pytest.raises(StoreUnavailable):
        receipts.save()
    full[0] = False
    receipts.save()
    receipts.save()
    assert [1] == [session.connection for session in noted]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"value": False}, False),
        ({"value": 80.0}, False),
        ({"value": "denied"}, False),
        ({"signal": "online"}, False),
        ({"time": 4}, False),
        ({"quality": int(Quality.CLOCK_SUSPECT)}, False),
        ({"quality": int(Quality.SUSPECT)}, True),
    ],
)
def test_only_what_is_on_counts_when_in_doubt(changes: dict[str, Any], counts: bool) -> None:
    """A message with a time of its own is known for what it is."""
    reading = Reading("d", "smoke", value=True, time=5, received=5)
    assert counts == counts_when_doubtful(msgspec.structs.replace(reading, **changes))


class Broker(RuleBasedStateMachine):
    """A broker that numbers in turn and writes its state down now and then; a gateway; and all that may die.

    ``t`` is a danger, ``f`` its end, ``n`` something from which nothing follows. Each message has a serial number that
    nobody but the test knows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.queue: list[tuple[int, bytes, int, bool]] = []
        """(serial, payload, packet id, was it sent before) of what was not acknowledged, in order"""
        self.last_id = 0
        self.has_session = False
        self.saved: tuple[list[tuple[int, bytes, int, bool]], int, bool] = ([], 0, False)
        self.serials = 0
        self.session, self.kept = SESSION, list[Receipt]()
        self.committed: list[int] = []
        """Serials in the order in which they counted."""
        self.waits: list[int] = []
        """Serials that were taken, and from which nothing followed that had to be stored."""
        self.acknowledged: set[int] = set()
        self.dangers: set[int] = set()
        self.start()

    def start(self) -> None:
        self.waits = []
        self.receipts = Receipts(self.session, self.kept, keep=lambda session: setattr(self, "session", session))
        self.connect()

    def connect(self) -> None:
        self.receipts.connecting()
        self.receipts.connected(self.has_session)
        self.has_session = True
        self.place = 0
        """How far the queue has been sent on this connection."""

    @rule(payloads=st.text("ttffn", min_size=1, max_size=4))
    def publish(self, payloads: str) -> None:
        for payload in payloads:
            self.serials += 1
            self.last_id += 1
            self.queue.append((self.serials, payload.encode(), self.last_id, False))
            if payload == "t":
                self.dangers.add(self.serials)

    @rule(most=st.integers(1, 5), end=st.sampled_from(["all", "all", "all", "none", "half", "died", "died late"]))
    def deliver(self, most: int, end: str) -> None:
        """The gateway reads some, commits, and acknowledges; PUBACKs may be lost, or the gateway dies on the way."""
        sending = self.queue[self.place : self.place + most]
        self.queue[self.place : self.place + most] = [(*one[:3], True) for one in sending]
        self.place += len(sending)
        standings = self.receipts.take([Message(payload, number, 1, dup) for _, payload, number, dup in sending])
        if end == "died":
            self.start()
            return
        counted = [
            (serial, payload)
            for standing, (serial, payload, _, _) in zip(standings or [NEW] * len(sending), sending, strict=True)
            if standing is NEW or (standing is DOUBTFUL and payload == b"t")
        ]
        if standings is not None:
            new = [one[0] for one, standing in zip(sending, standings, strict=True) if standing is NEW]
        else:
            new = [one[0] for one in sending]
        assert all(serial > max(self.committed, default=0) for serial in new), "taken again after something newer"
        if any(payload != b"n" for _, payload in counted):
            self.kept += self.receipts.unstored(self.receipts.taken)
            self.receipts.stored(self.receipts.taken)
            self.committed += self.waits
            self.waits = []
            self.committed += [serial for serial, _ in counted]
        else:
            self.waits += [serial for serial, _ in counted]
        if end == "died late":
            self.start()
            return
        heard = {"all": len(sending), "none": 0, "half": len(sending) // 2}[end]
        if self.place - len(sending) > 0 and end != "all":
            heard = 0  # PUBACKs arrive in order: those before them were lost as well
        if self.place == len(sending):
            self.acknowledged |= {one[0] for one in sending[:heard]}
            del self.queue[:heard]
            self.place -= heard
        if end != "all":
            self.connect()

    @rule()
    def save(self) -> None:
        self.saved = (list(self.queue), self.last_id, self.has_session)

    @rule()
    def kill_broker(self) -> None:
        queue, self.last_id, self.has_session = self.saved
        self.queue = list(queue)
        self.connect()

    @rule()
    def kill_gateway(self) -> None:
        self.start()

    @precondition(lambda self: self.place == len(self.queue))
    @rule()
    def pause(self) -> None:
        self.receipts.beginning_is_over()

    @invariant()
    def every_danger_that_was_acknowledged_counts(self) -> None:
        assert self.acknowledged & self.dangers <= set(self.committed)


TestBroker = Broker.TestCase
TestBroker.settings = settings(stateful_step_count=30)
