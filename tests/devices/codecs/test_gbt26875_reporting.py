"""Reporting as a transmission device: the worked frames of the standard, and a centre that asks, sets and denies."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.centre import RANK, Alive, CentreEvent, ClockTold, Condition, Confirmed, Denied, DutyAsked
from devices.codecs.gbt26875.reporting import Reporting, ReportingCentre, ReportingOptions, Serials
from devices.reading import SECOND, Instant

NOW: Instant = 1_795_480_215 * SECOND
"""2026-11-24 08:30:15 in Shanghai."""


def reporting(serials: Serials | None = None, **options: Any) -> Reporting:
    wanted = ReportingOptions(source=1001, destination=1, **options)
    return Reporting("city", wanted, serials or _from(0), (0, 1))


def _from(serial: int) -> Serials:
    """The next one has that serial."""
    serials = Serials()
    serials._next = (serial - 1) & 0xFFFF
    return serials


def event(condition: Condition = "smoke", **fields: Any) -> CentreEvent:
    standing = () if fields.get("is_restore") else (condition,)
    known = {"id": "a", "at": NOW, "partition": 2, "zone": 17, "standing": standing, "text": "A栋3层配电间烟感"}
    return CentreEvent(condition=condition, **{**known, **fields})


def frame(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


def said(command: int, unit: str = "", serial: int = 9) -> bytes:
    """Of centre 1 to device 1001, with a sum of this test's own."""
    data = frame(unit)
    body = serial.to_bytes(2, "little") + frame("01000f1e08180b1a010000000000e90300000000")
    body += len(data).to_bytes(2, "little") + bytes((command,)) + data
    return b"@@" + body + bytes((sum(body) & 0xFF,)) + b"##"


def test_a_fire_goes_up_as_the_state_of_its_component() -> None:
    """Frame V1 of the vectors with a type of component that says no more than smoke (40 instead of 42)."""
    told = reporting(_from(1)).tell(event("smoke"), NOW)
    assert (frame("4040010001000F1E08180B1A"), 78) == (told[:12], len(told))
    assert frame("E90300000000010000000000") == told[12:24]
    assert frame("3000020201010128020011000300") == told[24:38]
    assert "A栋3层配电间烟感".encode("gb18030") == told[38:69].rstrip(b"\0")
    assert frame("0F1E08180B1A") == told[69:75]
    assert sum(told[2:-3]) & 0xFF == told[-3]


@pytest.mark.parametrize(
    ("told", "component", "bits"),
    [
        (event("call_point"), 23, 0x0003),
        (event("heat"), 30, 0x0003),
        (event("gas"), 10, 0x0003),
        (event("fault"), 0, 0x0005),
        (event("supervisory"), 0, 0x0011),
        (event("battery_low"), 0, 0x0101),
        (event("smoke", is_restore=True), 40, 0x0001),
        (event("fault", is_restore=True, standing=("smoke",)), 0, 0x0003),
    ],
)
def test_what_stands_at_a_place_is_told_whole(told: CentreEvent, component: int, bits: int) -> None:
    """The end of a fault is no end of the fire beside it."""
    unit = reporting().tell(told, NOW)[27:]
    assert (component, bits) == (unit[4], int.from_bytes(unit[9:11], "little"))


@pytest.mark.parametrize(
    ("told", "unit"),
    [
        (event("gateway"), "1501050F1E08180B1A"),
        (event("transmission"), "1501210F1E08180B1A"),
        (event("gateway", is_restore=True), "1501010F1E08180B1A"),
        (event("duty_answer", zone=7), "180120070F1E08180B1A"),
        (event("test", zone=0), "180140000F1E08180B1A"),
        (event("drill_begun", zone=0), "180140000F1E08180B1A"),
        (event("drill_over", zone=0), "180140000F1E08180B1A"),
    ],
)
def test_what_is_of_the_device_itself_is_told_as_that(told: CentreEvent, unit: str) -> None:
    assert frame(unit) == reporting().tell(told, NOW)[27:-3]


def test_a_confirm_is_that_of_the_event_with_its_serial() -> None:
    sender = reporting(_from(1))
    first, second = sender.tell(event(), NOW), sender.tell(event(id="b"), NOW)
    assert (1, 2) == (first[2], second[2])
    assert [Alive(), Confirmed("b")] == sender.receive(said(3, serial=2), NOW)
    assert [Alive()] == sender.receive(said(3, serial=7), NOW)
    assert first == sender.tell(event(), NOW), "said again it has the same serial number"
    alive, denied = sender.receive(said(6, serial=1), NOW)
    assert isinstance(denied, Denied)
    assert (Alive(), "a") == (alive, denied.id)


def test_the_duty_check_is_confirmed_and_passed_on() -> None:
    """Frame V7 of the vectors, and its confirm V7a but for the time."""
    sender = reporting()
    check = frame("4040090001000F1E08180B1A010000000000E9030000000003000 15B010AD32323".replace(" ", ""))
    alive, asked = sender.receive(check, NOW)
    assert isinstance(asked, DutyAsked)
    assert (Alive(), 10) == (alive, asked.minutes)
    assert b"" == sender.to_send(), "it is confirmed when it is stored"
    confirm = "4040090001000F1E08180B1AE903000000000100000000000000036C2323"
    assert frame(confirm) == asked.confirm
    (_, again) = sender.receive(check, NOW)
    assert asked == again, "the same check again is no second one"


def test_the_centres_clock_is_taken_for_labels() -> None:
    sender = reporting()
    alive, clock = sender.receive(said(1, "5A01 101F08180B1A"), NOW)  # V9, a minute and a second ahead
    assert (Alive(), ClockTold(61.0)) == (alive, clock)
    assert 3 == sender.to_send()[26]
    assert frame("101F08180B1A") == sender.tell(event(), NOW)[6:12]
    assert [Alive()] == sender.receive(said(1, "5A01 0F1E08180D1A"), NOW)
    assert 6 == sender.to_send()[26], "there is no month 13"


def test_a_clock_that_is_days_away_is_not_believed() -> None:
    sender = reporting()
    _, clock = sender.receive(said(1, "5A01 0F1E08010B1A"), NOW)
    assert isinstance(clock, ClockTold)
    assert frame("0F1E08180B1A") == sender.tell(event(), NOW)[6:12]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("510100", "1501010F1E08180B1A"),
        ("550100", "19010001"),
        ("560100", "1A01076B657961726561"),
        ("580100", "1C010F1E08180B1A"),
    ],
)
def test_questions_about_the_device_are_answered(question: str, answer: str) -> None:
    sender = reporting()
    sender.receive(said(4, question), NOW)
    reply = sender.to_send()
    assert (5, frame(answer)) == (reply[26], reply[27:-3])


@pytest.mark.parametrize(
    "asked", [said(4, "3E01 0101 02001100"), said(4, "51"), said(1, "7701"), said(1), said(4), said(1, "5B02 0A0A")]
)
def test_what_it_cannot_do_is_denied(asked: bytes) -> None:
    sender = reporting()
    sender.receive(asked, NOW)
    assert 6 == sender.to_send()[26]


def test_a_spoilt_frame_is_denied_and_one_for_somebody_else_is_not_heard() -> None:
    sender, good = reporting(), said(1, "5B010A")
    assert [] == sender.receive(good[:-3] + bytes((good[-3] ^ 1,)) + b"##", NOW)
    assert 6 == sender.to_send()[26]
    other = said(1, "5B010A").replace(frame("e90300000000"), frame("e80300000000"))
    other = other[:-3] + bytes((sum(other[2:-3]) & 0xFF,)) + b"##"
    assert ([], b"") == (sender.receive(other, NOW), sender.to_send())


@pytest.mark.parametrize(
    ("hello", "commands"),
    [("state", [(2, 21), (2, 25)]), ("handshake", [(2, 0x16)]), ("register", [(0, None)])],
)
def test_it_registers_as_the_centre_wants_it(hello: str, commands: list[tuple[int, int | None]]) -> None:
    sent, found = reporting(hello=hello).hello(NOW), []
    while sent:
        length = int.from_bytes(sent[24:26], "little")
        found.append((sent[26], sent[27] if length else None))
        sent = sent[30 + length :]
    assert commands == found


def test_an_empty_heartbeat_is_empty() -> None:
    assert 30 == len(reporting(heartbeat="empty").probe(NOW))
    assert 21 == reporting().probe(NOW)[27]


def test_told_to_begin_anew_it_registers_and_forgets_nothing() -> None:
    sender = reporting(_from(1))
    sender.tell(event(), NOW)
    sender.receive(said(1, "590100"), NOW)
    assert {2, 3} == {piece[24] for piece in sender.to_send().split(b"@@") if piece}
    assert [Alive(), Confirmed("a")] == sender.receive(said(3, serial=1), NOW)


def test_a_fire_centre_hears_of_no_burglary() -> None:
    unsaid = RANK.keys() - ReportingCentre.conditions
    assert {"hold_up", "silent_hold_up", "duress", "intrusion", "perimeter", "interior"} <= unsaid
    for condition in ReportingCentre.conditions:
        assert reporting().tell(event(condition), NOW)


@given(st.binary(max_size=200), st.integers(1, 40))
def test_nothing_that_a_centre_may_say_is_an_error(noise: bytes, piece: int) -> None:
    sender = reporting()
    sender.tell(event(), NOW)
    for at in range(0, len(noise), piece):
        sender.receive(noise[at : at + piece], NOW)


@pytest.mark.parametrize(
    "options", [{"source": -1}, {"source": 1, "destination": 1 << 48}, {"source": 1, "system": 256}]
)
def test_options_beyond_the_frame_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be 0 to"):
        ReportingOptions(**options)
    with pytest.raises(ValueError, match="time_zone"):
        ReportingOptions(source=1, time_zone="Asia")
    assert "Asia/Shanghai" == str(ZoneInfo(ReportingOptions(source=1).time_zone))
