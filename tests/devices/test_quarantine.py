"""Unknown senders and messages without sense: kept for the technician, never without bound."""

from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Message, Report
from devices.malformed import MalformedLog
from devices.quarantine import Quarantine, guess_kind
from devices.reading import SECOND


def message(at: int = SECOND) -> Message:
    return Message("mqtt", "t", b"{}", at)


def test_an_unknown_sender_is_guessed_from_what_it_says() -> None:
    quarantine = Quarantine()
    quarantine.heard("zigbee2mqtt", Report("x", (("battery", 90.0), ("smoke", False)), model="HS1SA"), message())
    quarantine.heard("zigbee2mqtt", Report("x", (("linkquality", 90.0),)), message(5 * SECOND))
    (sender,) = quarantine.senders()
    assert (sender.guess_kind, sender.guess_model, sender.messages) == ("smoke_detector", "HS1SA", 2)
    assert (sender.first_heard, sender.last_heard) == (SECOND, 5 * SECOND)
    quarantine.forget("zigbee2mqtt", "x")
    assert not quarantine.senders()


def test_a_flood_of_names_is_counted_not_kept() -> None:
    """The first thousand stay, so a real new sensor cannot be pushed out by noise that comes later."""
    quarantine = Quarantine()
    for number in range(1500):
        quarantine.heard("keyarea", Report(f"d{number}", (("smoke", False),)), message())
    assert (len(quarantine.senders()), quarantine.turned_away) == (1000, 500)


def test_what_reports_nothing_we_know_is_no_kind() -> None:
    assert guess_kind(("linkquality",)) == ""


@given(st.lists(st.tuples(st.text(max_size=300), st.binary(max_size=600)), max_size=300))
def test_the_log_of_malformed_messages_is_bounded(messages: list[tuple[str, bytes]]) -> None:
    """Every one is counted, the newest are kept, an excerpt each."""
    log = MalformedLog()
    for reason, payload in messages:
        log.add("mqtt", reason, reason, payload, SECOND)
    assert log.total == sum(log.counts.values()) == len(messages)
    assert len(log.samples()) <= 200
    assert all(len(sample.payload) <= 200 and len(sample.reason) <= 200 for sample in log.samples())
    assert len(log.counts) <= 201
