"""What is kept of messages that nobody understood: short whatever devices wrote, and readable in both languages."""

import math

import msgspec
import pytest

from api.ports import MalformedSample
from devices.errors import MalformedMessage
from devices.malformed import MalformedLog, Sample, bounded
from devices.message import Reason, Text, of_field, plain, several
from devices.payloads.not_understood import Note
from devices.payloads.not_understood import bounded as few
from tests.words import chinese, english, words

NOW = 1_795_480_215 * 1_000_000_000


def kept(reason: Reason) -> Text:
    log = MalformedLog()
    log.add("mqtt", "topic", reason, b"x", NOW)
    (sample,) = log.samples()
    return sample.reason


def test_a_reason_is_read_in_both_languages_with_what_is_inside_it() -> None:
    inner = MalformedMessage(Text.of("boolean_words.neither", value="'odd'")).text
    reason = kept(several([of_field("smoke", inner), Text.of("own_format.all_null")]))
    assert english(reason) == (
        "smoke: 'odd' says neither yes nor no in any way that is known here; every reading is null"
    )
    assert chinese(reason) == "smoke：'odd'既不表示是也不表示否，本网关不认识；所有读数均为null"


@pytest.mark.parametrize("stored", [Sample, MalformedSample])
def test_a_sample_that_was_a_sentence_is_read_as_one(stored: type[Sample | MalformedSample]) -> None:
    told = {"at": NOW, "source": "mqtt", "address": "a", "reason": "is no JSON", "payload": "eA=="}
    reason = msgspec.json.decode(msgspec.json.encode(told), type=stored).reason
    assert plain("is no JSON") == reason
    assert ("is no JSON", "is no JSON") == (english(reason), chinese(reason))


def deep(levels: int) -> Text:
    text = plain("x" * 1_000)
    for _ in range(levels):
        text = of_field("y" * 1_000, text)
    return text


@pytest.mark.parametrize(
    "reason",
    [
        "z" * 10_000,
        "half a letter \ud800",
        deep(50),
        Text.of("units.other", signal="s" * 9_999, unit="\ud800", known=("u" * 9_999,) * 9_999),
        Text.of("lorawan.no_sensor", number=math.nan),
        Text.of("lorawan.no_sensor", number=10**400),
        Text.of("lorawan.no_sensor", number=-math.inf),
        Text.of("lorawan.no_sensor", number=2**70),
    ],
)
def test_whatever_a_device_wrote_is_kept_short_and_can_be_sent_on(reason: Reason) -> None:
    short = bounded(reason)
    sent = msgspec.json.encode(short)
    assert len(sent) < 4_000
    assert msgspec.json.decode(sent, type=Text) == short == kept(reason)
    assert len(english(short)) < 4_000


def test_what_reads_alike_is_one_line_and_what_does_not_is_two() -> None:
    log = MalformedLog()
    for value in ("'a'", "'b'", "'a'"):
        log.add("mqtt", "topic", Text.of("boolean_words.neither", value=value), b"x", NOW)
    assert {2, 1} == {sample.times for sample in log.samples()}
    assert 2 == len(log.counts)


def test_texts_of_one_key_have_hashes_of_their_own() -> None:
    """A device may send thousands of fields that nobody understands, each a note, in one message."""
    notes = [Note(of_field(f"alarm{number}", "odd")) for number in range(2_000)]
    assert 2_000 == len({hash(note) for note in notes})
    assert "(+1988)" == words(few(notes)[-1].text)
