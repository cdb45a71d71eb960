"""SIA DC-09, a session: accounts with a key, and what is refused for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Line
from devices.codecs.sia_dc09.framing import crc16
from devices.codecs.sia_dc09.options import Options
from devices.reading import SECOND
from simulators.sia_dc09_panel import framed
from tests.devices.codecs.sia_dc09_frames import (
    KEYS,
    LINK_TEST,
    encrypted,
    inside,
    message,
    wire,
)
from tests.devices.codecs.sia_dc09_lines import KEY, NOW, SMOKE_INSIDE, STAMP, keyed, lines, plain, told
from tests.words import words


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
    return words(decoded.malformed), line.to_send(NOW)[10:13]


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
