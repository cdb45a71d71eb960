"""What arrives becomes readings, or is kept for the technician, in bounds; nothing in it raises."""

import msgspec
import pytest

from devices.codec import Decoded, Message, Report
from devices.reading import SECOND, Quality
from gateway.inbox import FromLine
from tests.gateway.ingest_peers import NOW, Arrived, ingest
from tests.words import words


class NotUtf8:
    """A topic that its sender did not encode properly; paho raises on looking at it."""

    payload, retain = b"x", False

    @property
    def topic(self) -> str:
        return b"\xff".decode()


def test_a_burst_keeps_its_order_whatever_lies_between() -> None:
    taker = ingest()
    readings = taker.read(
        [
            Arrived("keyarea/s1/readings", b'{"readings": {"temperature": 1}}'),
            NotUtf8(),
            Arrived("keyarea/s1/readings", b"{"),
            Arrived("keyarea/s1/readings", b'{"readings": {"temperature": 2, "smoke": "purple"}}'),
            Arrived("nobody/speaks/here", b"{}"),
            Arrived("keyarea/s1/readings", b'{"readings": {"temperature": 3}}', retain=True),
        ],
        NOW,
    )
    assert [(reading.value, reading.quality) for reading in readings] == [(1, 0), (2, 0), (3, int(Quality.SNAPSHOT))]
    assert taker.malformed.total == 4
    reasons = " ".join(words(sample.reason) for sample in taker.malformed.samples())
    assert "not UTF-8" in reasons
    assert "no family" in reasons


@pytest.mark.parametrize(("time", "quality"), [(NOW + 200 * SECOND, 0), (NOW + 400 * SECOND, 2), (0, 2)])
def test_a_clock_that_is_off_is_not_believed(time: int, quality: int) -> None:
    payload = msgspec.json.encode({"readings": {"smoke": True}, "time": time // 1_000_000})
    (reading,) = ingest().read([Arrived("keyarea/s1/readings", payload)], NOW)
    assert (reading.quality, reading.received) == (quality, NOW)
    assert reading.time == (NOW if quality else time)


def test_a_device_of_a_wire_may_not_speak_over_mqtt() -> None:
    taker = ingest()
    assert [] == taker.read([Arrived("keyarea/wire/readings", b'{"readings": {"smoke": true}}')], NOW)
    assert taker.malformed.total == 1
    heard = Decoded((Report("wire", (("smoke", True),)),))
    said = FromLine("tty", "keyarea", heard)
    assert ["wire"] == [reading.device for reading in taker.read_line(said, NOW)]


def test_routes_samples_and_senders_are_bounded() -> None:
    """Someone who invents topics, reasons and devices fills counters, never memory."""
    taker = ingest()
    noise = [Arrived(f"noise/{n}", b"x" * 1000) for n in range(70_000)]
    strangers = [Arrived(f"keyarea/stranger{n}/readings", b'{"readings": {"smoke": true}}') for n in range(3_000)]
    assert [] == taker.read([*noise, *strangers], NOW)
    assert len(taker._routes.known) <= 65_536
    assert taker.malformed.total == 70_000
    assert len(taker.malformed.samples()) <= 200
    assert all(len(sample.payload) <= 200 for sample in taker.malformed.samples())
    assert len(taker.quarantine.senders()) + taker.quarantine.turned_away == 3_000
    assert len(taker.quarantine.senders()) <= 1_000


def test_a_codec_that_fails_costs_its_message_and_no_other() -> None:
    """A bug in one family is counted and named; the others' alarms go on."""

    class Broken:
        family, base = "broken", "broken"

        def topics(self, base: str) -> tuple[str, ...]:
            return (f"{base}/#",)

        def open(self, base: str) -> "Broken":
            return self

        def decode(self, message: Message) -> Decoded:
            raise ZeroDivisionError

    taker = ingest(broken=Broken())
    readings = taker.read(
        [Arrived("broken/x", b"1"), Arrived("keyarea/s1/readings", b'{"readings": {"smoke": true}}')], NOW
    )
    assert [True] == [reading.value for reading in readings]
    assert taker.codec_faults == 1
    assert "broken codec" in words(taker.malformed.samples()[0].reason)
