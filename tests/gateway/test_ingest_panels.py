"""Resets, cancels and events of a panel, and words of danger that nobody understood."""

from alerts.event import PanelReset
from devices.callers import Callers
from devices.codec import Decoded, Message, Report
from devices.device import Device, SenderKey
from devices.payloads.not_understood import Note
from devices.reading import SECOND, Quality, Reading
from gateway.inbox import FromLine
from gateway.ingest.ingest import Ingest
from tests.gateway.ingest_peers import NOW, Arrived, announcement, ingest, said
from tests.words import words


def panels() -> Ingest:
    """A fire panel of which two detectors are installed, and another panel's."""
    taker = ingest()
    parts = [("p1", "e903/1.1.01"), ("p2", "e903/1.1.02"), ("q1", "e904/1.1.01")]
    taker.registry.install(Device(id=name, family="gbt26875", address=at, area="a", line="tcp") for name, at in parts)
    return taker


def test_a_reset_of_a_panel_ends_what_stood_behind_it_before_what_it_says_next() -> None:
    taker = panels()
    fire = (("smoke", True), ("fault", True))
    taker.read_line(said(Report("e903/1.1.01", fire), Report("e903/1.1.02", fire), Report("e904/1.1.01", fire)), NOW)
    burning = Report("e903/1.1.02", (("smoke", True),), event=True)
    readings = taker.read_line(said(Report("e903/1.1", (), time=NOW + 1, reset=True), burning), NOW + 2)
    deduced, event = int(Quality.DEDUCED), int(Quality.EVENT)
    assert readings == [
        Reading("p1", "smoke", False, NOW + 1, NOW + 2, deduced),
        Reading("p2", "smoke", False, NOW + 1, NOW + 2, deduced),
        Reading("p2", "smoke", True, NOW + 2, NOW + 2, event),
    ]
    assert [] == taker.read_line(said(Report("e903/2.1", (), reset=True)), NOW + 3)
    assert ["p2"] == [reading.device for reading in taker.read_line(said(Report("e903", (), reset=True)), NOW + 4)]


def test_a_cancel_ends_what_it_is_of_and_no_fire() -> None:
    """On every channel of that signal; what the report says by itself is told once; strangers wait for their own."""
    taker = panels()
    burgled = (("intrusion.perimeter", True), ("intrusion", True), ("smoke", True))
    taker.read_line(said(Report("e903/1.1.01", burgled), Report("e903/1.1.09", (("panic", True),))), NOW)
    waiting = len(taker.strangers)
    restored = Report("e903/1.1.01", (("intrusion", False),), reset=True, reset_of=("intrusion",))
    readings = taker.read_line(said(restored), NOW + 1)
    assert [("intrusion.perimeter", False), ("intrusion", False)] == [(one.signal, one.value) for one in readings]
    assert waiting == len(taker.strangers)
    assert [] == taker.read_line(said(Report("e903", (), reset=True, reset_of=("intrusion",))), NOW + 2)
    assert ["smoke"] == [one.signal for one in taker.read_line(said(Report("e903", (), reset=True)), NOW + 3)]


def test_a_reset_ends_what_was_known_before_the_start() -> None:
    taker = panels()
    taker.prime([Reading("p1", "smoke", True, NOW, NOW), Reading("s1", "smoke", True, NOW, NOW)])
    assert ["p1"] == [r.device for r in taker.read_line(said(Report("e903", (), reset=True)), NOW + 1)]


def test_a_reset_ends_the_dangers_of_parts_that_nobody_has_registered() -> None:
    taker = panels()
    taker.read_line(said(Report("e903/1.1.09", (("smoke", True),))), NOW)
    assert ["smoke"] == [signal for sender in taker.quarantine.senders() for signal in sender.dangers]
    taker.read_line(said(Report("e903/1.1", (), reset=True)), NOW + 1)
    assert [] == [signal for sender in taker.quarantine.senders() for signal in sender.dangers]
    assert taker.strangers[-1] == PanelReset(SenderKey("tcp", "gbt26875", "e903/1.1"))


def test_an_event_of_a_panel_says_so_unless_it_only_tells_how_it_stands() -> None:
    taker = panels()
    (live,) = taker.read_line(said(Report("e903/1.1.01", (("smoke", True),), event=True)), NOW)
    (found,) = taker.read_line(said(Report("e903/1.1.01", (("smoke", True),), snapshot=True, event=True)), NOW)
    assert (live.quality, found.quality) == (int(Quality.EVENT), int(Quality.SNAPSHOT))


class _Noting:
    """A family that speaks on one topic and says only what it did not understand."""

    base = ""

    def __init__(self, family: str, decoded: Decoded) -> None:
        self.family, self._decoded = family, decoded

    def topics(self, base: str) -> tuple[str, ...]:
        return ("hall/alarm",)

    def open(self, base: str) -> "_Noting":
        return self

    def decode(self, message: Message) -> Decoded:
        return self._decoded


def test_words_of_danger_that_nobody_understood_are_kept_with_the_message() -> None:
    noting = _Noting("noting", Decoded(notes=(Note("alarm: 'odd'"), Note("leak: false", is_calm=True))))
    taker = ingest(noting=noting)
    assert [] == taker.read([Arrived("hall/alarm", b"odd")], NOW)
    assert {"alarm: 'odd'", "leak: false"} == {words(sample.reason) for sample in taker.malformed.samples()}
    assert {b"odd"} == {sample.payload for sample in taker.malformed.samples()}
    assert (0, 1) == (taker.malformed.total, taker.malformed.noted)


def test_what_several_claim_and_none_understands_leaves_a_note() -> None:
    noting = _Noting("noting", Decoded(notes=(Note("alarm: 'odd'"),)))
    taker = ingest(noting=noting)
    taker.read([announcement("hall", "hall/alarm")], NOW)
    taker.read([Arrived("hall/alarm", b"odd")], NOW)
    assert "alarm: 'odd'" in {words(sample.reason) for sample in taker.malformed.samples()}


def test_the_line_of_a_bus_notes_as_well() -> None:
    taker = ingest()
    taker.read_line(FromLine("tty", "keyarea", Decoded(notes=(Note("fault: 9"),), raw=b"9")), NOW)
    assert ["fault: 9"] == [words(sample.reason) for sample in taker.malformed.samples()]


def test_from_a_wrong_address_a_restore_is_refused_and_a_fire_is_not() -> None:
    """Also of a part that waits in quarantine; the line tells of the second caller, and names both."""
    taker = panels()
    taker._admission._callers = Callers({}, ("gbt26875",))

    def came(host: str, at: int, *values: tuple[str, bool], part: str = "e903/1.1.01") -> list[tuple[str, object]]:
        line = FromLine("tcp", "gbt26875", Decoded((Report(part, values),)), f"{host}:4711")
        return [(reading.signal, reading.value) for reading in taker.read_line(line, NOW + at)]

    assert [("action.caller-e903", "10.0.0.7"), ("smoke", True)] == came("10.0.0.7", 0, ("smoke", True))
    told = came("10.0.0.9", 1, ("smoke", False))
    assert ([("tamper.e903-called-from-10.0.0.9-and-10.0.0.7", True)], True) == (told, bool(taker.refused))
    assert ([("heat", True)], "") == (came("10.0.0.9", 2, ("heat", True), ("fault", True)), taker.refused)
    assert ([], True) == (came("10.0.0.9", 400 * SECOND, ("smoke", False)), bool(taker.refused))
    assert ([("smoke", False)], "") == (came("10.0.0.7", 401 * SECOND, ("smoke", False)), taker.refused)
    stranger = "e905/1.1.09"
    came("10.0.0.7", 0, ("smoke", True), part=stranger)
    came("10.0.0.9", 400 * SECOND, ("smoke", False), part=stranger)
    assert taker.refused
    again = panels()
    again._admission._callers = Callers({}, ("gbt26875",))
    known = [("line:tcp", "action.caller-e903", "10.0.0.7"), ("p1", "smoke", True)]
    again.prime([Reading(device, signal, value, NOW, NOW) for device, signal, value in known])
    restored = FromLine("tcp", "gbt26875", Decoded((Report("e903/1.1.01", (("smoke", False),)),)), "10.0.0.9:4711")
    again.read_line(restored, NOW + 900 * SECOND)
    assert again.refused


def test_what_a_family_passes_over_is_counted_and_looked_at_for_dangers() -> None:
    taker = ingest()
    silent = [
        Arrived("tele/board/UPTIME", b'{"Uptime": 7}'),
        Arrived("zigbee2mqtt/siren/set", b'{"alarm": "ON"}'),
        Arrived("shelly-1/events/rpc", b'{"id": 1, "result": {"zone_alarm": true}}'),
        Arrived("application/1/device/24e124128c147204/event/txack", b"not even JSON"),
    ]
    assert [] == taker.read(silent, NOW)
    assert {"tasmota": 1, "zigbee2mqtt": 1, "shelly": 1, "chirpstack": 1} == dict(taker.malformed.passed_over)
    assert ["result.zone_alarm: true"] == [words(sample.reason) for sample in taker.malformed.samples()]
    assert (0, 1) == (taker.malformed.total, taker.malformed.noted)
