"""Who gets a turn when more waits than a turn can take, and in which order it is acknowledged."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.ingest.fair_queue import FairQueue


class Message(msgspec.Struct):
    """As paho has it; the payload tells it from the others."""

    topic: str
    payload: bytes
    qos: int = 1
    mid: int = 1
    dup: bool = False
    retain: bool = False


def said(text: str, qos: int = 1) -> list[Message]:
    """``"a1 a2 b1"``: a says 1, then 2; then b says 1."""
    return [Message(word[:1], word[1:].encode(), qos) for word in text.split()]


def told(messages: object) -> str:
    return " ".join(one.topic + one.payload.decode() for one in messages)  # type: ignore[attr-defined]


def shares(known: str) -> FairQueue:
    return FairQueue(lambda topic: topic, lambda topic: topic in known)


def test_each_sender_has_a_turn_and_keeps_its_order() -> None:
    waiting = shares("abc")
    waiting.hold(said("a1 a2 a3 b1 a4 b2 c1"))
    assert 7 == len(waiting)
    assert "c1 b1 a1 b2 a2" == told(waiting.next(5))
    assert "a3 a4" == told(waiting.next(5))
    assert ("", 0) == (told(waiting.next(5)), len(waiting))


def test_who_had_nothing_waiting_is_first() -> None:
    waiting = shares("abc")
    waiting.hold(said("a1 a2 a3 b1 b2 b3"))
    assert "b1 a1 b2" == told(waiting.next(3))
    waiting.hold(said("c1"))
    assert "c1 a2 b3 a3" == told(waiting.next(9))


def test_names_that_nobody_knows_share_one_place() -> None:
    """Inventing names gives nobody more turns; and who is known meanwhile does not overtake itself."""
    known = {"a"}
    waiting = FairQueue(lambda topic: topic, lambda topic: topic in known)
    waiting.hold(said("v1 w1 x1 y1 z1 a1 a2 a3"))
    assert "a1 v1 a2 w1" == told(waiting.next(4))
    known.add("x")
    waiting.hold(said("x2"))
    assert "a3 x1 y1 z1 x2" == told(waiting.next(9))


def test_acknowledged_in_the_order_of_arrival() -> None:
    """Of what was committed out of order, when all before it is. What never waited goes at once."""
    waiting = shares("ab")
    first = said("z1")
    assert first == waiting.committed(first)
    waiting.hold([*said("a1 a2 a3"), *said("a9", qos=0), *said("b1")])
    alarm = waiting.next(1)
    assert "b1" == told(alarm)
    assert "z1" == told(waiting.committed([*first, *alarm]))
    assert "a1" == told(waiting.committed(waiting.next(1)))
    assert "a2 a3 b1" == told(waiting.committed(waiting.next(9)))
    late = said("c1")
    assert late == waiting.committed(late)


def test_a_new_connection_brings_again_what_was_not_acknowledged_and_nothing_else() -> None:
    waiting = shares("ab")
    waiting.hold([*said("a1 b1"), *said("a2 a3", qos=0)])
    waiting.disconnected()
    assert "a2 a3" == told(waiting.next(9))
    assert not waiting.is_full


def test_what_waits_is_bounded_by_number_and_size() -> None:
    waiting = shares("a")
    waiting.hold(said("a1") * 10_000)
    assert waiting.is_full
    waiting.next(1)
    assert not waiting.is_full
    waiting.hold([Message("a", bytes(1 << 20)) for _ in range(64)])
    assert waiting.is_full


def test_a_topic_that_is_none_waits_like_any_other() -> None:
    class Torn(Message):
        @property
        def topic(self) -> str:  # type: ignore[override]
            return b"\xff".decode()

    waiting = shares("a")
    torn = Torn("", b"x")
    waiting.hold([*said("a1"), torn])
    assert torn in waiting.next(2)


@given(st.data())
def test_nothing_is_lost_or_overtakes_itself_and_acknowledgements_are_in_order(data: st.DataObject) -> None:
    waiting = shares(data.draw(st.sampled_from(["", "ab", "abcdef"])))
    arrived: list[Message] = []
    read: list[Message] = []
    acknowledged: list[Message] = []
    for burst in data.draw(st.lists(st.text("abcdef", max_size=8), max_size=8)):
        some = [Message(letter, b"%d" % (len(arrived) + place)) for place, letter in enumerate(burst)]
        arrived += some
        waiting.hold(some)
        chosen = waiting.next(data.draw(st.integers(0, 6)))
        read += chosen
        acknowledged += waiting.committed(chosen)
    chosen = waiting.next(len(arrived))
    read += chosen
    acknowledged += waiting.committed(chosen)
    assert arrived == acknowledged
    for sender in "abcdef":
        of_sender = [message for message in arrived if message.topic == sender]
        assert of_sender == [message for message in read if message.topic == sender]
