"""GB/T 26875.3-2011, a session: what is confirmed, denied, asked, asked again, and reported once."""

from collections.abc import Callable
from typing import Any

import pytest

from devices.codec import Decoded, Line
from devices.codecs.gbt26875 import CODEC, commands
from devices.codecs.gbt26875.framing import Frame, Framer
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.session import Gbt26875Line
from devices.codecs.gbt26875.shared import Shared
from devices.reading import SECOND
from tests.devices.codecs.gbt26875_frames import CENTRE, DEVICE, T, V, component, frame
from tests.words import words

NOW = 1_795_480_215 * SECOND


def opened(**options: Any) -> Gbt26875Line:
    return Gbt26875Line(Options(**options), Shared())


def a_line() -> Callable[[], Line]:
    return CODEC.open_line("panels", Options(), lambda name: None)


def frames(data: bytes) -> list[Frame]:
    """What the gateway has sent, taken apart."""
    found = Framer(lambda source: False).feed(data, NOW)
    assert all(isinstance(piece, Frame) for piece in found)
    return [piece for piece in found if isinstance(piece, Frame)]


def said(decoded: list[Decoded]) -> list[tuple[int, str]]:
    """How many reports, and what was wrong."""
    return [(len(one.reports), words(one.malformed)) for one in decoded]


# -- answers ---------------------------------------------------------------------------------------------------


def test_the_confirm_is_that_of_the_standard_and_is_left_to_the_transport() -> None:
    """After the commit; nothing goes out by itself, and nothing is denied when the store is down."""
    line = opened()
    (decoded,) = line.receive(V["V1"], NOW + SECOND)
    assert (V["V2"], b"") == (decoded.confirm, decoded.deny)
    assert b"" == line.to_send(NOW + SECOND)


def test_the_deny_is_that_of_the_standard_and_goes_at_once() -> None:
    line = opened()
    line.receive(V["V1"][:-3] + b"\0##", NOW + SECOND)
    assert V["V3"] == line.to_send(NOW + SECOND)


def test_a_unit_that_fits_no_layout_is_denied() -> None:
    """Too many objects, too short, one byte of a known type; the device is there all the same."""
    for unit in (b"\x02\x17" + bytes(40 * 23), b"\x01\x02" + bytes(10), b"\x01", b"\x06\x01\x01\x01\x09x"):
        line = opened()
        (decoded,) = line.receive(frame(unit), NOW)
        assert (b"", ["e90300000000"]) == (decoded.confirm, [report.address for report in decoded.reports])
        assert words(decoded.malformed)
        assert [6] == [sent.command for sent in frames(line.to_send(NOW))]


def test_an_upload_that_nobody_can_read_is_a_fault_until_the_next_that_can_be() -> None:
    """It may have been a fire. A heartbeat in between says nothing of it."""
    line = opened()
    said = [frame(b"\x02\x17" + bytes(9)), V["V10"], V["V4"], V["V6"]]
    faults = [dict(line.receive(data, NOW)[0].reports[0].values).get("fault.message") for data in said]
    assert [True, None, False, None] == faults


@pytest.mark.parametrize("unit", [b"\x5a\x01" + T, b"\x3d\x01\x01\x01\x01", b"\x51\x01\x00", b"\x16\x01\x07"])
def test_a_type_that_only_a_centre_sends_is_confirmed_like_one_of_a_maker(unit: bytes) -> None:
    """Denied, the device would send it for ever; whatever its length."""
    line = opened()
    (decoded,) = line.receive(frame(unit), NOW)
    assert decoded.confirm
    assert f"type {unit[0]} is none that a device sends" in words(decoded.malformed)
    assert b"" == line.to_send(NOW)


@pytest.mark.parametrize("command", [0, 1, 4, 7, 128, 255])
def test_a_command_that_is_not_for_the_centre_is_denied(command: int) -> None:
    """Whoever sends it is there all the same."""
    line = opened()
    (decoded,) = line.receive(frame(b"", command=command), NOW)
    assert f"command {command} was not asked for" == words(decoded.malformed)
    assert [(DEVICE.hex(), (("online", True),))] == [(one.address, one.values) for one in decoded.reports]
    assert [6] == [sent.command for sent in frames(line.to_send(NOW))]


@pytest.mark.parametrize("command", [3, 5, 6])
def test_an_answer_that_nobody_asked_for_is_noted_and_not_answered(command: int) -> None:
    """Else two that deny each other would never end, and our own echo would be a device."""
    line = opened()
    assert [(0, f"command {command} was not asked for")] == said(line.receive(frame(b"", command=command), NOW))
    assert [(0, "")] == said(line.receive(frame(b"", command=command), NOW))
    assert b"" == line.to_send(NOW)
    line.receive(V["V10"], NOW)
    assert [(1, "")] == said(line.receive(frame(b"", command=command), NOW))


@pytest.mark.parametrize(("style", "unit"), [("answer", b"\x17"), ("echo", b"\x16"), ("plain", b"")])
def test_a_handshake_is_confirmed_in_the_style_of_its_maker(style: str, unit: bytes) -> None:
    (decoded,) = opened(handshake=style).receive(frame(b"\x16"), NOW)
    (confirm,) = frames(decoded.confirm)
    assert (3, unit) == (confirm.command, confirm.unit)
    assert (("online", True),) == decoded.reports[0].values


def test_every_heartbeat_counts_though_all_are_alike() -> None:
    line = opened()
    for seconds in range(0, 100, 20):
        (decoded,) = line.receive(V["V10"], NOW + seconds * SECOND)
        assert [("e90300000000", (("online", True),))] == [(one.address, one.values) for one in decoded.reports]
        assert decoded.confirm


def test_a_type_of_a_maker_is_confirmed_each_time_and_noted_once_an_hour() -> None:
    """Denied, the device would send it for ever."""
    line = opened()
    for serial, at, begins in [(1, 0, "type 128"), (2, 60, ""), (3, 3601, "type 128")]:
        (decoded,) = line.receive(frame(b"\x80\x01\x02", serial=serial), NOW + at * SECOND)
        assert begins == words(decoded.malformed)[:8]
        assert decoded.confirm
        assert b"\x80\x01\x02" in decoded.raw


def test_a_flood_of_bad_frames_provokes_no_flood_of_denials() -> None:
    line = opened()
    line.receive((V["V1"][:-3] + b"\0##") * 1000, NOW)
    assert len(line.to_send(NOW)) <= 4096


# -- sent twice ------------------------------------------------------------------------------------------------


def test_an_upload_sent_twice_is_reported_once_and_confirmed_twice() -> None:
    """Also when it comes again over another connection, for 60 s."""
    session = a_line()
    first, other = session(), session()
    (upload,) = first.receive(V["V1"], NOW)
    assert [(2, "")] == said([upload])
    first.settled(upload.said, is_stored=True)
    (again,) = other.receive(V["V1"], NOW + 59 * SECOND)
    assert ((), "") == (again.reports, words(again.malformed))
    assert again.confirm
    assert [(2, "")] == said(other.receive(V["V1"], NOW + 60 * SECOND))
    assert [(2, "")] == said(a_line()().receive(V["V1"], NOW))


def test_a_repeat_is_not_confirmed_while_the_first_is_not_stored() -> None:
    """No answer: the device says it again. If the first could not be stored, what it says again is new."""
    session = a_line()
    first, other = session(), session()
    (upload,) = first.receive(V["V1"], NOW)
    (again,) = other.receive(V["V1"], NOW + 10 * SECOND)
    assert ((), b"", None) == (again.reports, again.confirm, again.said)
    first.settled(upload.said, is_stored=False)
    (new,) = other.receive(V["V1"], NOW + 20 * SECOND)
    assert (2, True) == (len(new.reports), bool(new.confirm))
    first.settled(new.said, is_stored=True)
    assert other.receive(V["V1"], NOW + 30 * SECOND)[0].confirm


def test_a_serial_number_that_stands_still_hides_nothing() -> None:
    """Fire, no fire, fire of a device that never counts: three reports."""
    line = opened()
    fire, rest = frame(component(42, 3)), frame(component(42, 1))
    assert [(2, "")] * 3 == said(line.receive(fire + rest + fire, NOW))


def test_without_a_time_in_the_objects_that_of_the_frame_tells_them_apart() -> None:
    line = opened()
    unit = component(42, 3, label=b"")
    assert [(2, ""), (0, "")] == said(line.receive(frame(unit) * 2, NOW))
    assert [(2, "")] == said(line.receive(frame(unit, label=b"\x10" + T[1:]), NOW))


def test_two_devices_may_say_the_same() -> None:
    line = opened()
    assert [(2, ""), (2, "")] == said(line.receive(V["V1"] + frame(V["V1"][27:-3], source=b"\xea\3\0\0\0\0"), NOW))


@pytest.mark.slow
def test_what_is_remembered_of_others_is_bounded() -> None:
    """At 4,096 uploads the oldest is forgotten: repeated, it is reported again."""
    shared = Shared()
    line = Gbt26875Line(Options(), shared)
    for number in range(5000):
        line.receive(frame(component(42, 3), serial=number, source=bytes([*number.to_bytes(2), 0, 0, 0, 0])), NOW)
        line.receive(frame(b"\xc8\x00", source=bytes([*number.to_bytes(2), 1, 0, 0, 0])), NOW)
    assert (4096, 1024) == (len(shared.uploads._newest), len(shared._noted))
    assert (64, 64) == (len(line._heard), len(line._clock_at))


# -- what the gateway asks -------------------------------------------------------------------------------------


def test_the_clock_is_set_after_the_first_word_and_daily() -> None:
    """A moment later, so that the confirm comes first; by our own serial number, to the device's address."""
    line = opened()
    line.receive(V["V10"], NOW)
    assert NOW + 2 * SECOND == line.wake_at()
    (sync,) = frames(line.to_send(NOW + 2 * SECOND))
    assert (1, 0, CENTRE, DEVICE) == (sync.command, sync.serial, sync.source, sync.destination)
    assert commands.set_clock(b"\x11" + T[1:])[1] == sync.unit
    line.receive(frame(b"", serial=0, command=3), NOW + 3 * SECOND)
    line.receive(V["V10"], NOW + 20 * SECOND)
    assert b"" == line.to_send(NOW + 86_400 * SECOND)
    assert NOW + 86_402 * SECOND == line.wake_at()
    (sync,) = frames(line.to_send(NOW + 86_402 * SECOND))
    assert (1, b"\x5a") == (sync.serial, sync.unit[:1])


def test_a_device_whose_clock_is_not_to_be_set_is_left_alone() -> None:
    line = opened(sync_clock=False)
    line.receive(V["V10"], NOW)
    assert (None, b"") == (line.wake_at(), line.to_send(NOW + 100_000 * SECOND))


def test_what_is_not_answered_is_sent_three_times_more_and_then_given_up() -> None:
    """10 s each, clauses 6.5.4 and 6.5.5."""
    line = opened()
    line.receive(V["V10"], NOW)
    first = line.to_send(NOW + 2 * SECOND)
    for again in (12, 22, 32):
        assert NOW + again * SECOND == line.wake_at()
        assert [] == line.receive(b"", NOW + again * SECOND)
        assert first == line.to_send(NOW + again * SECOND)
        assert b"" == line.to_send(NOW + again * SECOND)
    (lost,) = line.receive(b"", NOW + 42 * SECOND)
    assert ("no answer from e90300000000 to the clock", first) == (words(lost.malformed), lost.raw)
    assert b"" == line.to_send(NOW + 42 * SECOND)
    assert [] == line.receive(b"", NOW + 99 * SECOND)


def test_the_answer_to_a_question_is_a_snapshot() -> None:
    """It tells how things stand and of no change; matched by serial number and source."""
    line = opened(sync_clock=False)
    assert not line.ask(DEVICE, commands.device_state(), NOW)
    line.receive(V["V10"], NOW)
    line._serial = 10
    assert line.ask(DEVICE, commands.component_states([(1, 1, bytes.fromhex("02001100"))]), NOW)
    assert V["V8"] == line.to_send(NOW)
    stranger = frame(V["V8a"][27:-3], serial=10, command=5, source=b"\xea\3\0\0\0\0")
    assert [(0, "command 5 was not asked for")] == said(line.receive(stranger, NOW))
    (decoded,) = line.receive(V["V8a"], NOW)
    assert [False, True] == [report.snapshot for report in decoded.reports]
    assert (b"", None) == (decoded.confirm, line.wake_at())


def test_a_duty_check_is_confirmed_and_later_answered_by_the_operator() -> None:
    line = opened(sync_clock=False)
    line.receive(V["V10"], NOW)
    line._serial = 9
    line.ask(DEVICE, commands.duty_check(10), NOW, "the duty check")
    assert V["V7"] == line.to_send(NOW)
    assert [(1, "")] == said(line.receive(V["V7a"], NOW))
    (reply,) = line.receive(V["V7b"], NOW)
    assert (("action", "duty_check_reply"), ("action.operator", "7")) == reply.reports[1].values


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (frame(b"", serial=0, command=6), "e90300000000 denies the state"),
        (frame(b"\x15", serial=0, command=5), "a data unit of one byte has no objects"),
        (frame(b"\x80\x01", serial=0, command=5), "an answer of no known type"),
        (frame(b"", serial=0, command=5), "an answer of no known type"),
    ],
)
def test_a_bad_answer_ends_the_exchange_with_a_note(answer: bytes, words: str) -> None:
    line = opened(sync_clock=False)
    line.receive(V["V10"], NOW)
    line.ask(DEVICE, commands.device_state(), NOW, "the state")
    assert [(1, words)] == said(line.receive(answer, NOW))
    assert line.wake_at() is None


def test_our_questions_are_bounded_and_their_numbers_come_round() -> None:
    line = opened(sync_clock=False)
    line.receive(V["V10"], NOW)
    line._serial = 65_535
    asked = [line.ask(DEVICE, commands.device_state(), NOW) for _ in range(40)]
    assert [True] * 32 + [False] * 8 == asked
    assert [65_535, 0, 1] == [sent.serial for sent in frames(line.to_send(NOW))][:3]


def test_whoever_comes_next_on_a_line_is_a_stranger() -> None:
    """Half a frame and open questions end with the connection; what was seen before is still known."""
    line = opened()
    line.receive(V["V1"] + V["V4"][:20], NOW)
    line.to_send(NOW + 2 * SECOND)
    line.closed(NOW + 3 * SECOND)
    assert (None, b"") == (line.wake_at(), line.to_send(NOW + 60 * SECOND))
    assert [(0, "")] == said(line.receive(V["V1"], NOW + 4 * SECOND))


# -- a maker's registration, events and resets ---------------------------------------------------------------------


def test_a_device_that_must_be_registered_first_can_be() -> None:
    """Commands 0 and 7 are reserved, and a maker's; 128 is denied as ever."""
    line = opened(register_first=True, sync_clock=False)
    for command in (0, 7):
        (decoded,) = line.receive(frame(b"", command=command), NOW)
        assert ([3], "", 1) == (
            [f.command for f in frames(decoded.confirm)],
            words(decoded.malformed),
            len(decoded.reports),
        )
    line.receive(frame(b"", command=128), NOW)
    assert [6] == [sent.command for sent in frames(line.to_send(NOW))]


LATER = bytes((30, *T[1:]))
BEFORE = bytes((1, *T[1:]))


def told(line: Gbt26875Line, unit: bytes, serial: int, **more: Any) -> list[tuple[str, bool, bool]]:
    (decoded,) = line.receive(frame(unit, serial=serial, **more), NOW)
    return [(report.address, report.event, report.reset) for report in decoded.reports[1:]]


def test_an_alarm_of_another_time_is_a_new_one() -> None:
    line = opened(sync_clock=False)
    part = "e90300000000/1.1.02001100"
    assert [(part, True, False)] == told(line, component(42, 2), 1)
    assert [(part, False, False)] == told(line, component(42, 2), 2)
    assert [(part, True, False)] == told(line, component(42, 2, label=LATER), 3)
    assert [(part, False, False)] == told(line, component(42, 4, label=LATER), 4)
    never = bytes((255,)) * 6
    assert [(part, True, False)] == told(line, component(42, 2, label=never), 5)
    assert [(part, False, False)] == told(line, component(42, 2, label=never), 6)
    assert [(part, True, False)] == told(line, component(42, 2, label=never), 7, label=LATER)


def reset_units(label: bytes) -> list[tuple[bytes, list[str]]]:
    """What resets, and the addresses behind which it does."""
    return [
        (bytes((1, 1, 1, 1, 1, 0x20)) + label, ["e90300000000/1.1"]),
        (bytes((1, 1, 0, 0, 1, 0x20)) + label, ["e90300000000/0.0", "e90300000000"]),
        (bytes((4, 1, 1, 1, 0x01, 0)) + label, ["e90300000000/1.1"]),
        (bytes((4, 1, 1, 1, 0x08, 0)) + label, ["e90300000000/1.1"]),
        (bytes((24, 1, 0x01, 0)) + label, ["e90300000000"]),
    ]


@pytest.mark.parametrize("place", range(5))
def test_a_reset_ends_what_stood_behind_it_unless_it_is_older_than_the_newest_alarm(place: int) -> None:
    line = opened(sync_clock=False)
    told(line, component(42, 2), 1)
    unit, addresses = reset_units(LATER)[place]
    assert [(address, False, True) for address in addresses] == told(line, unit, 2)
    unit, _ = reset_units(BEFORE)[place]
    assert not any(is_reset for _, _, is_reset in told(line, unit, 3))


@pytest.mark.parametrize("bits", [0x02, 0x10, 0x40])
def test_other_operations_reset_nothing(bits: int) -> None:
    assert [False] == [reset for *_, reset in told(opened(sync_clock=False), bytes((4, 1, 1, 1, bits, 0)) + T, 1)]


def test_the_past_that_we_ask_for_is_no_event_and_no_reset() -> None:
    line = opened(sync_clock=False)
    line.receive(V["V10"], NOW)
    for unit in (bytes((4, 1, 1, 1, 1, 0)) + T, component(42, 2)):
        assert line.ask(DEVICE, commands.component_states([(1, 1, bytes(4))]), NOW)
        (asked,) = frames(line.to_send(NOW))
        (decoded,) = line.receive(frame(unit, serial=asked.serial, command=5), NOW)
        assert [(False, False)] == [(one.event, one.reset) for one in decoded.reports[1:]]
