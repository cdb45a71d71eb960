"""Reporting by DC-09, heard by a receiver of somebody else: pysiaalarm parses each message and makes each answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysiaalarm import SIAAccount
from pysiaalarm.base_server import BaseSIAServer
from pysiaalarm.utils import Counter

from devices.centre import RANK, Alive, CentreEvent, ClockTold, Condition, Confirmed, Denied
from devices.codecs.sia_dc09.framing import encoded
from devices.codecs.sia_dc09.reporting import Numbers, Reporting, ReportingOptions
from devices.codecs.sia_dc09.reporting_codes import REPORTING_CODES
from devices.reading import SECOND, Instant

NOW: Instant = 1_795_509_015 * SECOND
"""Where no receiver looks at its own clock; those that do are asked about the present."""
KEY = b"0123456789ABCDEF"


class Receiver(BaseSIAServer):
    """pysiaalarm behind no socket."""

    def __init__(self, key: bytes = b"", *, any_time: bool = True) -> None:
        band = None if any_time else (40, 20)
        account = SIAAccount("1234", key.decode() or None, allowed_timeband=band)
        self.heard: list[Any] = []
        super().__init__({"1234": account}, Counter(), func=self.heard.append)

    def answer(self, frame: bytes) -> bytes:
        event: Any = self.parse_and_check_event(frame[1:-1])
        self.func_wrap(event)
        answer: bytes = event.create_response()
        return answer


def reporting(key: bytes = b"", numbers: Numbers | None = None, **options: Any) -> Reporting:
    wanted = ReportingOptions(account="1234", encrypted=bool(key), **options)
    return Reporting(wanted, lambda: key or None, numbers or Numbers())


def event(condition: Condition = "smoke", **fields: Any) -> CentreEvent:
    return CentreEvent(**{"id": "a", "condition": condition, "at": NOW, "partition": 1, "zone": 17, **fields})


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (event(), ("1", "111", "01", "017", "FA")),
        (event(is_restore=True), ("3", "111", "01", "017", "FH")),
        (event("heat"), ("1", "114", "01", "017", "KA")),
        (event("duress"), ("1", "121", "01", "000", "HA")),
        (event("mains"), ("1", "301", "01", "000", "AT")),
        (event("intrusion", zone=1000), ("1", "130", "01", "000", "BA")),
        (event("test", partition=0, zone=0), ("1", "602", "00", "000", "RP")),
        (event("drill_begun", partition=0, zone=0), ("1", "601", "00", "000", "RX")),
        (event("drill_over", partition=0, zone=0), ("3", "601", "00", "000", "RX")),
        (event("opening", zone=0, user=7), ("1", "401", "01", "007", "OP")),
        (event("closing", zone=0), ("3", "401", "01", "000", "CL")),
    ],
)
def test_a_receiver_understands_contact_id(told: CentreEvent, heard: tuple[str, ...]) -> None:
    receiver, sender = Receiver(), reporting()
    answer = receiver.answer(sender.tell(told, NOW))
    (found,) = receiver.heard
    assert heard == (found.event_qualifier, found.event_type, found.partition, found.ri, found.code)
    assert [Alive(), Confirmed("a")] == sender.receive(answer, NOW)


@pytest.mark.parametrize("condition", REPORTING_CODES)
@pytest.mark.parametrize("is_restore", [False, True])
def test_a_receiver_knows_every_sia_code_and_where(condition: Condition, is_restore: bool) -> None:
    receiver, sender = Receiver(), reporting(codes="sia")
    answer = receiver.answer(sender.tell(event(condition, is_restore=is_restore, text="Store 3, [shelf]"), NOW))
    (found,) = receiver.heard
    row = REPORTING_CODES[condition]
    assert (row.ends if is_restore else row.begins, "1") == (found.code, found.ri)
    assert ("17" if row.counts == "Z" else "") + "^Store 3, shelf^" == found.message
    assert [Alive(), Confirmed("a")] == sender.receive(answer, NOW)


def test_every_condition_but_the_answer_of_a_person_has_a_code() -> None:
    assert {"duty_answer"} == RANK.keys() - REPORTING_CODES.keys()


@pytest.mark.parametrize("codes", ["contact_id", "sia"])
def test_with_a_key_all_is_encrypted_and_its_answer_is_read(codes: str) -> None:
    now = int(datetime.now(UTC).timestamp()) * SECOND
    receiver, sender = Receiver(KEY, any_time=False), reporting(KEY, codes=codes)
    frame = sender.tell(event(text="Store", at=now), now)
    assert b"111" not in frame
    assert b"Store" not in frame
    assert [Alive(), Confirmed("a")] == sender.receive(receiver.answer(frame), now)
    assert [Alive()] == sender.receive(receiver.answer(sender.probe(now)), now)
    assert "FA" == receiver.heard[0].code


def test_who_has_no_key_cannot_confirm() -> None:
    """Neither in the clear, nor with another key, nor with what was said yesterday."""
    now = int(datetime.now(UTC).timestamp()) * SECOND
    sender = reporting(KEY)
    frame = sender.tell(event(), now)
    genuine = Receiver(KEY).answer(frame)
    sequence = frame[frame.index(b"CID") + 4 :][:4]
    assert [] == sender.receive(Receiver().answer(reporting(numbers=_counted(sequence)).tell(event(), now)), now)
    assert [] == sender.receive(Receiver(KEY[::-1]).answer(frame), now)
    assert [] == sender.receive(genuine, now + 86_400 * SECOND)
    assert [Alive(), Confirmed("a")] == sender.receive(genuine, now)


def _counted(sequence: bytes) -> Numbers:
    numbers = Numbers()
    numbers.of("a", (int(sequence) - 1) * SECOND)
    return numbers


def test_without_the_key_that_it_needs_nothing_goes_out() -> None:
    sender = Reporting(ReportingOptions(account="1234"), lambda: None, Numbers())
    assert (b"", b"") == (sender.tell(event(), NOW), sender.probe(NOW))


def test_a_code_that_the_receiver_does_not_know_is_told_by_its_general_one() -> None:
    """It says so by DUH, which nobody encrypts."""
    sender = reporting()
    sequence = sender.tell(event("call_point"), NOW).partition(b'CID"')[2][:4]
    duh = encoded(b'"DUH"' + sequence + b"R0L0#1234[]")
    alive, refused = sender.receive(duh, NOW)
    assert isinstance(refused, Denied)
    assert (Alive(), "a") == (alive, refused.id)
    assert b"1110 01 017" in sender.tell(event("call_point"), NOW)


def test_a_message_whose_time_is_refused_is_told_in_the_receivers_time() -> None:
    wrong = int((datetime.now(UTC) + timedelta(hours=2)).timestamp()) * SECOND
    receiver, sender = Receiver(any_time=False), reporting()
    alive, clock, refused = sender.receive(receiver.answer(sender.tell(event(), wrong)), wrong)
    assert Alive() == alive
    assert isinstance(clock, ClockTold)
    assert -7202 <= clock.ahead_s <= -7198
    assert isinstance(refused, Denied)
    assert Confirmed("a") in sender.receive(receiver.answer(sender.tell(event(), wrong)), wrong)


def test_said_again_by_whichever_way_it_has_the_same_number() -> None:
    numbers = Numbers()
    first, second = reporting(numbers=numbers), reporting(numbers=numbers)
    sent = [first.tell(event(), NOW), first.tell(event(id="b"), NOW), second.tell(event(), NOW + SECOND)]
    numbered = [frame[frame.index(b"CID") + 4 :][:4] for frame in sent]
    assert numbered[0] == numbered[2] != numbered[1]
    answer = Receiver().answer(sent[0])
    assert Confirmed("a") in second.receive(answer, NOW)


def test_what_is_told_late_says_when_it_happened() -> None:
    sender = reporting()
    assert b"[H" not in sender.tell(event(), NOW + SECOND)
    assert b"][H08:30:15,11-24-2026]_08:31:15" in sender.tell(event(at=NOW), NOW + 60 * SECOND)


@given(st.binary(max_size=200), st.integers(1, 40))
def test_nothing_that_a_receiver_may_say_is_an_error(noise: bytes, piece: int) -> None:
    """Nor does it confirm what it does not name."""
    sender = reporting()
    sender.tell(event(), NOW)
    told = [each for at in range(0, len(noise), piece) for each in sender.receive(noise[at : at + piece], NOW)]
    assert Confirmed("a") not in told


@pytest.mark.parametrize(
    "options", [{"account": "12"}, {"account": "12g4"}, {"account": "1234", "line": ""}, {"account": "1", "line": "0"}]
)
def test_options_that_no_receiver_understands_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        ReportingOptions(**options)
