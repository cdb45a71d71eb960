"""SIA DC-09, a session: what is confirmed, refused for its time, and reported once."""

from typing import Any

import pytest

from devices.codec import Line
from devices.reading import SECOND
from simulators.sia_dc09_panel import framed
from tests.devices.codecs.sia_dc09_frames import (
    ACK,
    DUH,
    EXTENDED,
    LINK_TEST,
    NAK,
    RESTORED,
    SMOKE,
    encrypted,
    message,
    wire,
)
from tests.devices.codecs.sia_dc09_lines import KEY, NOW, SMOKE_INSIDE, STAMP, keyed, lines, plain, told
from tests.words import words


def answers(line: Line) -> list[bytes]:
    return [b"\n" + one for one in line.to_send(NOW).split(b"\n")[1:]]


def test_the_ack_is_the_published_one_and_is_left_to_the_transport() -> None:
    """After the commit; nothing goes out by itself, and nothing at all when the store is down."""
    line = plain()
    (decoded,) = line.receive(wire(SMOKE), NOW)
    assert (wire(ACK), b"", "") == (decoded.confirm, decoded.deny, words(decoded.malformed))
    assert [] == answers(line)
    assert [("1234/1.17", {"smoke": True})] == told([decoded])


def test_a_link_test_says_online_each_time() -> None:
    line = plain()
    for _ in range(3):
        (decoded,) = line.receive(wire(LINK_TEST), NOW)
        assert [("1234", (("online", True),))] == [(one.address, one.values) for one in decoded.reports]
        assert b'"ACK"0000L0#1234[]' in decoded.confirm


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [(-20, True), (-21, False), (0, True), (40, True), (41, False), (1e6, False), (-1e6, False)],
)
def test_a_message_may_be_40_s_old_and_20_s_ahead(seconds: float, is_taken: bool) -> None:
    line = plain()
    (decoded,) = line.receive(wire(SMOKE), NOW + int(seconds * SECOND))
    assert (is_taken, not is_taken) == (bool(decoded.confirm), b'"NAK"' in line.to_send(NOW))
    assert is_taken == (NOW in [report.time for report in decoded.reports])


def test_the_nak_is_the_published_one_and_tells_the_time() -> None:
    """At once. The panel whose clock is off shows it, until it is right again."""
    line = plain()
    (decoded,) = line.receive(wire(RESTORED), NOW + SECOND)
    assert [wire(NAK)] == answers(line)
    assert (b"", [("1234", {"online": True, "fault.clock": True})]) == (decoded.confirm, told([decoded]))
    assert "284 s ahead" in words(decoded.malformed)
    assert [] == [words(one.malformed) for one in line.receive(wire(RESTORED), NOW + SECOND) if words(one.malformed)]
    (right,) = line.receive(wire(LINK_TEST), NOW)
    assert [("1234", {"online": True, "fault.clock": False})] == told([right])
    assert [] == told(line.receive(wire(LINK_TEST), NOW))


def test_the_time_of_plain_messages_may_be_overlooked_never_that_of_encrypted_ones() -> None:
    (decoded,) = plain(check_time="encrypted").receive(wire(SMOKE), NOW + 9999 * SECOND)
    assert decoded.confirm
    line = keyed(check_time="encrypted")
    (decoded,) = line.receive(encrypted(SMOKE_INSIDE, KEY), NOW + 9999 * SECOND)
    assert not decoded.confirm
    assert b'"NAK"' in line.to_send(NOW)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("1111 01 017", [("1234/1.17", {"smoke": True})]),
        ("Nri1/FA017/BR018/AT", [("1234/1.17", {"fire": True})]),
        ("3111 01 017", []),
        ("1401 01 003", []),
    ],
)
def test_a_fire_of_a_wrong_time_is_a_fire_and_an_end_of_one_is_none(
    data: str, expected: list[tuple[str, dict[str, Any]]]
) -> None:
    """Each time that the panel says it; once its clock is right, what it says is new, and is confirmed."""
    line = plain()
    for _ in range(2):
        (decoded,) = line.receive(message(data, "_08:35:00,11-24-2026"), NOW)
        assert expected == [one for one in told([decoded]) if "online" not in one[1]]
        assert (b"", None) == (decoded.confirm, decoded.said)
        assert b'"NAK"' in line.to_send(NOW)
    (right,) = line.receive(message(data, STAMP), NOW)
    assert (True, True) == (bool(right.confirm), len(told([right])) > 1)


def test_an_old_fire_of_a_panel_with_a_key_is_not_believed() -> None:
    """Whoever listened could play it back, or say it in the clear under another name."""
    line = keyed()
    for frame in (encrypted(SMOKE_INSIDE, KEY), framed(f'"ADM-CID"0001L0#9999[#1234|1111 01 017]{STAMP}'.encode())):
        (decoded,) = line.receive(frame, NOW + 60 * SECOND)
        assert [{"online": True, "fault.clock": True}] == [values for _, values in told([decoded])]


def test_an_event_that_nobody_can_read_is_a_fault_until_the_next_that_can_be() -> None:
    """It may have been a fire. A link test in between says nothing of it."""
    line = plain()
    said = [message("hello"), wire(LINK_TEST), message("1602 00 000"), message("1602 00 000", sequence="0002")]
    faults = [dict(line.receive(frame, NOW)[0].reports[0].values).get("fault.message") for frame in said]
    assert [True, None, False, None] == faults


@pytest.mark.parametrize("body", [b'"SIA-PUD"0042L0#1234[#1234|x]', b'"ADM-CID"0042L0#1234[#1234|hello]'])
def test_what_cannot_be_handled_is_answered_with_the_published_duh(body: bytes) -> None:
    line = plain()
    (decoded,) = line.receive(framed(body), NOW)
    assert (b"", True) == (decoded.confirm, bool(words(decoded.malformed)))
    assert [wire(DUH)] == answers(line)


@pytest.mark.parametrize(
    "body",
    [
        b'"ADM-CID"',
        b'"ADM-CID"00G1L0#1234[]',
        b'"ADM-CID"0001L0#1234567890123456789012345[]',
        b"ADM",
        b'"" 0001',
        b"\x00" * 40,
    ],
)
def test_a_frame_without_a_head_is_answered_to_nobody(body: bytes) -> None:
    line = plain()
    (decoded,) = line.receive(framed(b'"' + body.lstrip(b'"')), NOW)
    assert words(decoded.malformed)
    assert [framed(b'"DUH"0000L0#000[]')] == answers(line)


@pytest.mark.parametrize("vector", [ACK, NAK, DUH])
def test_answers_are_never_answered(vector: str) -> None:
    """Else two receivers would talk for ever."""
    line = plain()
    (decoded,) = line.receive(wire(vector), NOW)
    assert (b"", True, []) == (decoded.confirm, bool(words(decoded.malformed)), answers(line))


def test_a_spoilt_frame_is_not_answered_so_that_it_comes_again() -> None:
    line = plain()
    (decoded,) = line.receive(wire(SMOKE.replace("62A8", "62A9")), NOW)
    assert (b"", "account 1234: sum 62A9 instead of 62A8", []) == (
        decoded.confirm,
        words(decoded.malformed),
        answers(line),
    )


def test_a_sum_of_two_bytes_is_answered_likewise() -> None:
    body = SMOKE[8:].encode()
    (decoded,) = plain().receive(framed(body, binary_sum=True), NOW)
    assert framed(ACK[8:].encode(), binary_sum=True) == decoded.confirm


def test_receiver_line_and_number_come_back_as_they_came() -> None:
    (decoded,) = plain().receive(framed(b'"ADM-CID"00afR1L2#ABC[#ABC|1130 01 003]'), NOW)
    assert framed(b'"ACK"00afR1L2#ABC[]') == decoded.confirm


def test_a_flood_provokes_no_flood() -> None:
    line = plain()
    line.receive(framed(b'"X"0001L0#1234[]') * 1000, NOW)
    assert len(line.to_send(NOW)) <= 4096


def test_an_event_is_dated_by_its_occurrence_and_carries_its_text() -> None:
    (decoded,) = plain().receive(wire(EXTENDED), NOW)
    _, event = decoded.reports
    assert (NOW, "zone of an alarm panel: smoke alarm, 3F SMOKE 17") == (event.time, event.model)


@pytest.mark.parametrize(
    "block", ["[Hnever]", "[H]", "[]", "[Q?]", "[X5.97][Y52.2][Z3]", "[Vhttp://x/]", "[J{}]", "[K12]"]
)
def test_no_extended_block_costs_the_event(block: str) -> None:
    (decoded,) = plain().receive(message("1111 01 017", block + STAMP), NOW)
    assert [("1234/1.17", {"smoke": True})] == told([decoded])
    assert NOW == decoded.reports[1].time


def test_more_extended_blocks_than_there_are_kinds_of_are_refused() -> None:
    line = plain()
    (decoded,) = line.receive(message("1111 01 017", "[Mx]" * 33), NOW)
    assert (b"", "account 1234: 33 extended blocks, 32 are allowed") == (decoded.confirm, words(decoded.malformed))


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ("devices", [("1234/1.17", {"smoke": True})]),
        ("panel", [("1234", {"smoke.1-17": True})]),
        ("both", [("1234/1.17", {"smoke": True}), ("1234", {"smoke.1-17": True})]),
    ],
)
def test_zones_are_devices_or_channels_of_the_panel(zones: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert expected == told(plain(zones=zones).receive(wire(SMOKE), NOW))


def test_a_channel_of_the_panel_is_restored_under_the_same_name() -> None:
    line = plain(zones="panel")
    for data, value in (("1131 02 003", True), ("3131 02 003", False)):
        assert [("1234", {"intrusion.perimeter-2-3": value})] == told(line.receive(message(data), NOW))


def test_an_event_said_twice_is_confirmed_twice_and_reported_once() -> None:
    """Also when it comes again over another connection, for a minute."""
    session = lines()
    for line in (session(), session()):
        for _ in range(2):
            (decoded,) = line.receive(message("1111 01 017"), NOW + 59 * SECOND)
            assert decoded.confirm
            if decoded.said is not None:
                line.settled(decoded.said, is_stored=True)
    counted = [told(session().receive(message("1111 01 017"), NOW + at * SECOND)) for at in (0, 100, 120)]
    assert [[], [], [("1234/1.17", {"smoke": True})]] == counted


def test_a_panel_that_counts_nothing_says_something_new_with_another_time() -> None:
    """Always number 0001: another time is a retry for a minute, and another press after it; the same time is none."""
    line = plain(check_time="encrypted")
    pressed = []
    for at, stamp in ((0, 15), (10, 25), (100, 55), (130, 55), (230, 55), (700, 55)):
        stamped = f"_08:30:{stamp},11-24-2026"
        (decoded,) = line.receive(message("1120 01 002", stamped), NOW + at * SECOND)
        assert decoded.confirm
        if decoded.said is not None:
            pressed.append(at)
            line.settled(decoded.said, is_stored=True)
    assert [0, 100, 700] == pressed


@pytest.mark.parametrize("key", [b"", KEY], ids=["plain", "AES"])
def test_a_repeat_is_not_confirmed_while_the_first_is_not_stored(key: bytes) -> None:
    """No answer: the panel says it again. If the first could not be stored, what it says again is new."""
    line = keyed() if key else plain()
    frames = [encrypted(SMOKE_INSIDE, key) if key else wire(SMOKE) for _ in range(4)]
    (event,) = line.receive(frames[0], NOW)
    (again,) = line.receive(frames[1], NOW + SECOND)
    assert ((), b"", None) == (again.reports, again.confirm, again.said)
    line.settled(event.said, is_stored=False)
    (new,) = line.receive(frames[1], NOW + 2 * SECOND)
    assert [("1234/1.17", {"smoke": True})] == told([new])
    line.settled(new.said, is_stored=True)
    (stored,) = line.receive(frames[3], NOW + 3 * SECOND)
    assert (True, None) == (bool(stored.confirm), stored.said)
    assert [] == told([stored])


def test_a_panel_whose_number_stands_still_may_say_fire_no_fire_fire() -> None:
    line = plain()
    values = [value for data in "131" for _, value in told(line.receive(message(f"{data}111 01 017"), NOW))]
    assert [{"smoke": True}, {"smoke": False}, {"smoke": True}] == values


def test_the_same_event_of_another_number_or_account_is_another() -> None:
    line = plain()
    frames = [message("1111 01 017"), message("1111 01 017", sequence="0002"), message("1111 01 017", account="1235")]
    assert 3 == len([one for frame in frames for one in told(line.receive(frame, NOW))])
