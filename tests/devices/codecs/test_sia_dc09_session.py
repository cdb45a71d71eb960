"""SIA DC-09, a session: what is confirmed, refused for its time or its key, and reported once."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Line
from devices.codecs.sia_dc09 import CODEC
from devices.codecs.sia_dc09.framing import crc16
from devices.codecs.sia_dc09.options import Options
from devices.reading import SECOND
from simulators.sia_dc09_panel import framed
from tests.devices.codecs.sia_dc09_frames import (
    ACK,
    DUH,
    EXTENDED,
    KEYS,
    LINK_TEST,
    NAK,
    RESTORED,
    SMOKE,
    encrypted,
    inside,
    message,
    wire,
)

NOW = 1_795_509_015 * SECOND
"""2026-11-24 08:30:15 UTC."""
STAMP = "_08:30:15,11-24-2026"
SMOKE_INSIDE = f"|#1234|1111 01 017]{STAMP}"
KEY = KEYS[16]


def lines(keys: dict[str, bytes] | None = None, **options: Any) -> Callable[[], Line]:
    return CODEC.open_line("panels", Options(**options), (keys or {}).get)


def keyed(key: bytes = KEY, **options: Any) -> Line:
    return lines({"dc09/1234": key}, **options)()


def plain(**options: Any) -> Line:
    return lines(**options)()


def told(decoded: list[Decoded]) -> list[tuple[str, dict[str, Any]]]:
    """Addresses and values of what was said beside ``online``."""
    return [
        (report.address, dict(report.values))
        for one in decoded
        for report in one.reports
        if report.values != (("online", True),)
    ]


def answers(line: Line) -> list[bytes]:
    return [b"\n" + one for one in line.to_send(NOW).split(b"\n")[1:]]


# -- answers ---------------------------------------------------------------------------------------------------


def test_the_ack_is_the_published_one_and_is_left_to_the_transport() -> None:
    """After the commit; nothing goes out by itself, and nothing at all when the store is down."""
    line = plain()
    (decoded,) = line.receive(wire(SMOKE), NOW)
    assert (wire(ACK), b"", "") == (decoded.confirm, decoded.deny, decoded.malformed)
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
    assert "284 s ahead" in decoded.malformed
    assert [] == [one.malformed for one in line.receive(wire(RESTORED), NOW + SECOND) if one.malformed]
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
    assert (b"", True) == (decoded.confirm, bool(decoded.malformed))
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
    assert decoded.malformed
    assert [framed(b'"DUH"0000L0#000[]')] == answers(line)


@pytest.mark.parametrize("vector", [ACK, NAK, DUH])
def test_answers_are_never_answered(vector: str) -> None:
    """Else two receivers would talk for ever."""
    line = plain()
    (decoded,) = line.receive(wire(vector), NOW)
    assert (b"", True, []) == (decoded.confirm, bool(decoded.malformed), answers(line))


def test_a_spoilt_frame_is_not_answered_so_that_it_comes_again() -> None:
    line = plain()
    (decoded,) = line.receive(wire(SMOKE.replace("62A8", "62A9")), NOW)
    assert (b"", "account 1234: sum 62A9 instead of 62A8", []) == (decoded.confirm, decoded.malformed, answers(line))


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


# -- time and text -----------------------------------------------------------------------------------------------


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
    assert (b"", "account 1234: 33 extended blocks, 32 are allowed") == (decoded.confirm, decoded.malformed)


# -- zones -------------------------------------------------------------------------------------------------------


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


# -- said again ---------------------------------------------------------------------------------------------------


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


# -- encryption ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", KEYS)
def test_an_encrypted_event_is_read_and_confirmed_with_the_same_key(length: int) -> None:
    key = KEYS[length]
    (decoded,) = keyed(key).receive(encrypted(SMOKE_INSIDE, key, sequence="0042"), NOW)
    assert [("1234/1.17", {"smoke": True})] == told([decoded])
    assert decoded.confirm[9:].startswith(b'"*ACK"0042L0#1234[')
    body = decoded.confirm[9:-1]
    assert b"%04X%04X" % (crc16(body), len(body)) == decoded.confirm[1:9]
    text = inside(decoded.confirm, key)
    assert text.endswith(b"]" + STAMP.encode())
    assert 16 <= text.index(b"]") <= 31
    assert not set(b"[|") & set(text)


def test_no_two_confirms_begin_alike() -> None:
    line = keyed()
    told_once = encrypted(SMOKE_INSIDE, KEY)
    line.settled(line.receive(told_once, NOW)[0].said, is_stored=True)
    confirms = {line.receive(told_once, NOW + at * SECOND)[0].confirm[30:62] for at in range(5)}
    assert 5 == len(confirms)


@pytest.mark.parametrize("inside", [f"]{STAMP}", f"|]{STAMP}"])
def test_a_link_test_may_have_a_bar_before_its_nothing(inside: str) -> None:
    (decoded,) = keyed().receive(encrypted(inside, KEY, token="NULL", sequence="0000"), NOW)
    assert decoded.confirm[9:].startswith(b'"*ACK"0000')
    assert [(("online", True),)] == [report.values for report in decoded.reports]


def refused(line: Line, frame: bytes) -> tuple[str, bytes]:
    """Why, and the kind of the answer; nothing was confirmed, and nothing reported but a fault of whoever spoke."""
    (decoded,) = line.receive(frame, NOW)
    assert (b"", [(("fault.key", True),)]) == (decoded.confirm, [report.values for report in decoded.reports])
    return decoded.malformed, line.to_send(NOW)[10:13]


def test_an_account_that_has_a_key_is_believed_only_if_it_uses_it() -> None:
    words = "account 1234 has a key, and does not encrypt"
    assert (words, b"DUH") == refused(keyed(), message("1111 01 017"))
    assert (words, b"DUH") == refused(keyed(), wire(LINK_TEST))
    assert told(keyed(encryption="optional").receive(message("1111 01 017"), NOW))


def test_nobody_may_speak_of_a_keyed_account_from_outside() -> None:
    """Neither in the clear under another name, nor with the key of another."""
    frame = framed(b'"ADM-CID"0001L0#9999[#1234|3111 01 017]')
    assert ("account 1234 has a key, and does not encrypt", b"DUH") == refused(keyed(), frame)
    line = lines({"dc09/1234": KEY, "dc09/9999": KEYS[32]})()
    frame = encrypted(SMOKE_INSIDE, KEYS[32], account="9999")
    assert ("account 9999 speaks of 1234, which has a key of its own", b"DUH") == refused(line, frame)


def test_a_transmitter_may_speak_for_accounts_without_a_key() -> None:
    line = lines({"dc09/9999": KEY})()
    (decoded,) = line.receive(encrypted(SMOKE_INSIDE, KEY, account="9999"), NOW)
    assert ["9999", "1234/1.17"] == [report.address for report in decoded.reports]


@pytest.mark.parametrize("data", ["#1234|1111 01 017|#5678|1110 02 003", "#1234|1111 01 017][#5678|1110 02 003"])
def test_each_event_belongs_to_the_account_before_it(data: str) -> None:
    """Also between brackets of its own: no event is taken for an extended block."""
    (decoded,) = plain().receive(framed(f'"ADM-CID"0001L0#1234[{data}]'.encode()), NOW)
    assert [("1234/1.17", {"smoke": True}), ("5678/2.3", {"fire": True})] == told([decoded])
    line = lines({"dc09/5678": KEY})()
    frame = framed(f'"ADM-CID"0001L0#1234[{data}]'.encode())
    assert ("account 5678 has a key, and does not encrypt", b"DUH") == refused(line, frame)


def test_everybody_can_be_made_to_encrypt() -> None:
    line = plain(encryption="required")
    assert ("account 1234 does not encrypt, and must", b"DUH") == refused(line, message("1111 01 017"))


def test_another_key_reads_nothing() -> None:
    why, answer = refused(keyed(KEYS[32]), encrypted(SMOKE_INSIDE, KEY))
    assert why.startswith("account 1234, read with its key: ")
    assert b"DUH" == answer


@pytest.mark.parametrize("content", ["", "00", "0" * 31, "zz" * 16, "00" * 15, "é" * 16])
def test_a_cipher_text_that_is_none_is_refused_in_words(content: str) -> None:
    frame = framed(f'"*ADM-CID"0001L0#1234[{content}'.encode())
    assert b"DUH" == refused(keyed(), frame)[1]


@pytest.mark.parametrize("text", ["|#1234|1111 01 017]", "|#1234|1111 01 017]_99:30:15,11-24-2026"])
def test_an_encrypted_message_without_a_time_is_refused(text: str) -> None:
    line = keyed()
    (decoded,) = line.receive(encrypted(text, KEY), NOW)
    assert (b"", b"NAK") == (decoded.confirm, line.to_send(NOW)[10:13])


def test_what_was_listened_to_cannot_be_played_back() -> None:
    """Between two other messages of the same number, and at any time that its timestamp allows."""
    line = keyed()
    alarm = encrypted(SMOKE_INSIDE, KEY)
    over = encrypted(f"|#1234|3111 01 017]{STAMP}", KEY)
    assert [("1234/1.17", {"smoke": True})] == told(line.receive(alarm, NOW))
    assert [("1234/1.17", {"smoke": False})] == told(line.receive(over, NOW))
    for seconds in range(-20, 41, 5):
        for frame in (alarm, over, alarm.replace(b"a", b"A")):
            assert [] == told(line.receive(frame, NOW + seconds * SECOND))


def test_a_repeat_with_new_padding_and_time_is_reported_once() -> None:
    line = keyed()
    later = "|#1234|1111 01 017]_08:30:20,11-24-2026"
    (event,) = line.receive(encrypted(SMOKE_INSIDE, KEY), NOW)
    assert told([event])
    line.settled(event.said, is_stored=True)
    (decoded,) = line.receive(encrypted(later, KEY, pad="fedcba9876543210"), NOW + 5 * SECOND)
    assert ((), True) == (decoded.reports, bool(decoded.confirm))


@given(st.binary(max_size=200), st.sampled_from(["ADM-CID", "SIA-DCS", "NULL", "XNM", "ACK"]))
def test_whatever_is_inside_a_sound_frame_is_understood_or_refused(content: bytes, token: str) -> None:
    """Behind the sum, in the clear and behind the key: never anything but an answer."""
    content = content.translate(None, b"\r\n")
    line = lines({"dc09/1235": KEY})()
    text = "|" + content.decode("latin-1").replace("é", "e") + STAMP
    frames = [
        framed(f'"{token}"0001L0#1234['.encode() + content),
        encrypted(text.encode("ascii", "replace").decode(), KEY, token=token, account="1235"),
    ]
    for frame in frames:
        (decoded,) = line.receive(frame, NOW)
        assert bool(decoded.confirm) + bool(line.to_send(NOW)) == (token != "ACK")


# -- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"oldest_s": 0}, {"newest_s": 1e6}, {"repeated_within_s": 10}, {"oldest_s": 400}])
def test_settings_that_would_let_a_message_be_played_back_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Options(**options)  # type: ignore[arg-type]


@pytest.mark.slow
def test_what_a_line_remembers_is_bounded() -> None:
    """The oldest is forgotten, nothing grows."""
    session = lines()
    line = session()
    for number in range(5000):
        line.receive(message("1111 01 017", account=f"{number:04X}"), NOW)
    assert [] == told(line.receive(message("1111 01 017", account=f"{4999:04X}"), NOW))
    assert told(line.receive(message("1111 01 017", account="0000"), NOW))


# -- what nobody can read, and what is over ------------------------------------------------------------------------


def faults(line: Line, frame: bytes) -> list[tuple[str, dict[str, Any]]]:
    """What is reported of each address; whatever it is, it is noted and not confirmed."""
    (decoded,) = line.receive(frame, NOW)
    assert (b"", True) == (decoded.confirm, bool(decoded.malformed))
    return [(report.address, dict(report.values)) for report in decoded.reports]


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
