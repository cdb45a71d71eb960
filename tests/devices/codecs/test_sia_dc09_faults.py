"""SIA DC-09, a session: what cannot be read is a fault of somebody, and what ends an alarm."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.reading import SECOND
from simulators.sia_dc09_panel import framed
from tests.devices.codecs.sia_dc09_frames import (
    KEYS,
    LINK_TEST,
    SMOKE,
    encrypted,
    message,
    wire,
)
from tests.devices.codecs.sia_dc09_lines import KEY, NOW, SMOKE_INSIDE, STAMP, faults, keyed, plain, told


def test_a_message_that_is_not_of_the_key_is_a_fault_of_the_panel_until_the_next_that_is() -> None:
    """It may have been a fire, or somebody who plays the panel; a plain word of it ends nothing."""
    line = keyed()
    for frame in (encrypted(SMOKE_INSIDE, KEYS[32]), message("1111 01 017"), wire(LINK_TEST)):
        assert [("1234", {"fault.key": True})] == faults(line, frame)
    (decoded,) = line.receive(encrypted(SMOKE_INSIDE, KEY), NOW)
    assert {"online": True, "fault.key": False} == dict(decoded.reports[0].values)


@given(st.binary(min_size=32, max_size=32), st.integers(0, 99))
def test_another_key_is_never_a_wrong_time(other: bytes, number: int) -> None:
    """Whatever it makes of the text: DUH and a fault of the key, and no time is told to it."""
    line = keyed(KEYS[32])
    frame = encrypted(f"|#1234|1111 01 {number:03}]{STAMP}", other)
    assert [("1234", {"fault.key": True})] == faults(line, frame)
    assert line.to_send(NOW)[10:13] == b"DUH"


def test_random_bytes_that_hold_a_bracket_cost_no_alarm() -> None:
    """The standard forbids them; the account says where the data begin."""
    for pad in ("]]]]]]]]]]]]]]]]", "|||||||||||||||||", "#1234#1234#1234#"):
        (decoded,) = keyed().receive(encrypted(SMOKE_INSIDE, KEY, pad=pad), NOW)
        assert [("1234/1.17", {"smoke": True})] == told([decoded])


def test_a_spoilt_frame_shows_who_calls_and_the_second_in_turn_is_a_fault() -> None:
    line = plain()
    spoilt = wire(SMOKE.replace("62A8", "62A9"))
    assert [("1234", {})] == faults(line, spoilt)
    assert [("1234", {"fault.message": True})] == faults(line, spoilt)
    line.receive(wire(LINK_TEST), NOW)
    assert [("1234", {})] == faults(line, spoilt)


@pytest.mark.parametrize(
    "noise",
    [
        b"SR0001L0001    001234XX    [ID00000000]\r",
        b"F#1234\r\n",
        b'\nABCD0025ADM-CID"0007L0#1234[#1234|1110 01 017]\r',
    ],
)
def test_a_panel_of_another_protocol_shows_who_calls(noise: bytes) -> None:
    """Not believed and not answered; the technician finds it waiting."""
    line = plain()
    assert [] == line.receive(noise, NOW)
    (decoded,) = line.receive(b"", NOW + 11 * SECOND)
    assert ["1234"] == [report.address.lstrip("0") for report in decoded.reports]
    assert ([()], b"") == ([report.values for report in decoded.reports], line.to_send(NOW))


def test_whoever_calls_without_an_account_waits_under_a_name() -> None:
    assert [("no account", {})] == faults(plain(), framed(b'"ADM-CID"0001L0[1110 01 001]'))
    assert [("no account", {})] == faults(plain(), framed(b'"hello'))


def flags(frame: bytes, **options: Any) -> list[tuple[str, bool, bool, tuple[str, ...]]]:
    (decoded,) = plain(**options).receive(frame, NOW)
    return [(report.address, report.event, report.reset, report.reset_of) for report in decoded.reports[1:]]


FIRE = ("fire", "smoke", "heat", "flame", "water_flow", "call_point")


@pytest.mark.parametrize(
    ("data", "address", "is_event", "ends"),
    [
        ("1130 01 003", "1234/1.3", True, None),
        ("6130 01 003", "1234/1.3", False, None),
        ("3130 01 003", "1234/1.3", False, ("intrusion",)),
        ("3111 01 003", "1234/1.3", False, ("smoke",)),
        ("1137 01 003", "1234/1.3", True, None),
        ("3137 01 003", "1234/1.3", False, None),
        ("1302 00 000", "1234", False, None),
        ("1380 01 003", "1234/1.3", False, None),
        ("1401 01 003", "1234/1", False, None),
        ("1406 01 003", "1234/1", False, ("intrusion", "alarm")),
        ("1406 00 000", "1234", False, ("intrusion", "alarm")),
        ("3406 01 003", "1234/1", False, None),
        ("1305 00 000", "1234", False, ()),
        ("1305 02 000", "1234/2", False, ()),
        ("1313 00 001", "1234", False, ()),
        ("1465 01 003", "1234/1.3", False, ("panic",)),
        ("Nri1/BA3", "1234/1.3", True, None),
        ("Ori1/BA3", "1234/1.3", False, None),
        ("Nri1/BH3", "1234/1.3", False, ("intrusion",)),
        ("Nri1/BR3", "1234/1.3", False, ("intrusion",)),
        ("Nri1/BC3", "1234/1", False, ("intrusion", "alarm")),
        ("Nri1/OC3", "1234/1", False, ("intrusion", "alarm")),
        ("Nri1/FH3", "1234/1.3", False, ("fire",)),
        ("Nri1/FR3", "1234/1.3", False, ("fire",)),
        ("Nri1/FC3", "1234/1.3", False, FIRE),
        ("Nri1/FT3", "1234/1.3", False, None),
        ("NRN", "1234", False, ()),
    ],
)
def test_an_alarm_is_an_event_and_what_ends_it_is_told(
    data: str, address: str, is_event: bool, ends: tuple[str, ...] | None
) -> None:
    """No cancel at a keypad puts out a fire or a hold-up; of faults and tamper only they themselves say the end."""
    assert [(address, is_event, ends is not None, ends or ())] == flags(message(data))


def test_a_zone_that_is_a_channel_ends_by_its_own_word_and_a_reset_ends_the_whole_panel() -> None:
    assert [("1234", True, False, ())] == flags(message("1130 01 003"), zones="panel")
    assert [("1234", False, False, ("intrusion",))] == flags(message("3130 01 003"), zones="panel")
    assert [("1234", False, True, ())] == flags(message("1305 00 000"), zones="panel")


def test_an_alarm_of_a_wrong_time_that_is_said_again_is_no_second_one() -> None:
    line = plain()
    old = message("1130 01 003", "_07:00:00,11-24-2026")
    heard = [line.receive(frame, NOW)[0].reports[1] for frame in (old, old)]
    assert [(True, True), (True, False)] == [(dict(one.values)["intrusion"], one.event) for one in heard]
