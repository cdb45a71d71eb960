"""What sounds like a danger and was not understood reaches the technician; a setting and a name do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.malformed import MalformedLog
from devices.payloads.not_understood import MOST_NOTES, Note, note_of, notes_in
from devices.reading import SECOND
from tests.words import words

NOW = 1_795_480_215 * SECOND


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("smokeAlarm", True), ("SMOKE_ALARM_2", 1), ("isfire", "yes"), ("co", 3), ("sos", 1), ("gas_status", "2")),
        *(("interconnectAlarm", "Alarm"), ("leak-rope", True), ("faultCode", 7), ("tamperState", "x"), ("mcp 3", 1)),
        *(("烟雾报警", 1), ("燃气泄漏", True), ("水浸", "是"), ("故障", 2), ("state", "报警"), ("state", "火警")),
        *(("state", "SMOKE!"), ("mode", "fire alarm"), ("event", "sos pressed"), ("msg", "Gas leak in zone 4")),
        *(("alarm.volume.fire", True), ("type", "EmergencyCall"), ("x", "CO_ALARM"), ("glassBreak1", True)),
    ],
)
def test_what_speaks_of_a_danger_is_noted(name: str, value: Any) -> None:
    note = note_of(name, value)
    assert note is not None
    assert not note.is_calm
    assert words(note.text).startswith(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("smokeAlarm", False), ("alarm_3", 0), ("leakStatus", "normal"), ("fire", "no fire"), ("faults", "none")),
        *(("state", "no alarm"), ("state", "alarm cleared"), ("漏水", "正常"), ("报警", "无报警"), ("gas", 0.0)),
    ],
)
def test_what_says_that_all_is_well_is_noted_as_calm(name: str, value: Any) -> None:
    """The day it says yes is too late to learn that nobody reads it."""
    note = note_of(name, value)
    assert note is not None
    assert note.is_calm


@pytest.mark.parametrize("name", ["WATER_LEAK_TIMES", "ALARM_COUNT", "water_consumed", "gas_meter", "smoke.alarm_num"])
def test_how_often_is_one_calm_line_whatever_the_figure(name: str) -> None:
    notes = {note_of(name, figure) for figure in (0, 1, 3, 15, 4711, 2.5)}
    assert [(f"{name}: a number", True)] == [(words(note.text), note.is_calm) for note in notes if note is not None]
    assert None not in notes
    assert note_of(name, value="alarm") not in notes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("alarm_volume", 3), ("alarmDuration", 60), ("smoke_sensitivity", "high"), ("fire_alarm_enabled", True)),
        *(("leak_threshold", 3), ("alarm_mode", 1), ("报警音量", 3), ("gas_alarm_time", 1_700_000_000)),
        *(("deviceName", "Fire station"), ("model", "Smoke detector 3"), ("location", "Gas room"), ("default", 1)),
        *(("firmware", "smoke-1.2"), ("system_mode", "heat"), ("co2", 700), ("temperature", 21.5), ("battery", 99)),
        *(("alarm", None), ("smoke", ""), ("floodlight", True), ("gasket", 1), ("bytes", "fe01")),
    ],
)
def test_settings_names_and_nothing_are_not(name: str, value: Any) -> None:
    assert note_of(name, value) is None


def test_what_was_understood_is_passed_over_and_the_rest_is_looked_into() -> None:
    said = {
        "smoke": True,
        "alarms": [{"kind": "x", "active": True}, {"active": False}],
        "zone": {"4": {"leakState": 4, "temperature": 20}},
        "log": ["FIRE in hall", "door opened"],
    }
    told = [words(note.text) for note in notes_in(said, {"smoke"})]
    assert ["log: 'FIRE in hall'", "alarms.kind: 'x'", "alarms.active: true", "zone.4.leakState: 4"] == told[:4]
    assert told[4:] == ["alarms.active: false"]
    assert "inner.leak: true" == words(notes_in({"leak": True}, within="inner")[0].text)


def test_a_figure_that_changes_is_one_note() -> None:
    assert note_of("leak_raw", 123.4) == note_of("leak_raw", 99.1)
    assert note_of("leak_grade", 3) != note_of("leak_grade", 4)


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("alarm"),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("alarm"), inner),
    )
)
def test_the_notes_of_a_message_are_few_and_short(said: Any) -> None:
    notes = notes_in(said)
    assert len(notes) <= MOST_NOTES + 1
    assert all(len(words(note.text)) <= 200 and words(note.text).isprintable() for note in notes)


def test_many_are_counted_and_dangers_go_before_the_calm() -> None:
    notes = notes_in({f"alarm_{number}": number == 29 for number in range(30)})
    assert MOST_NOTES + 1 == len(notes)
    assert "alarm_29: true" in words(notes[0].text)
    assert "(+18)" == words(notes[-1].text)


def test_objects_without_end_are_not_followed() -> None:
    deep: Any = {"alarm": True}
    for _ in range(5_000):
        deep = {"alarm": deep}
    assert ["{...}" in words(notes_in(deep)[0].text)] == [True]


def test_one_word_said_each_minute_is_one_line() -> None:
    """It is counted, shown with the time of its newest, and pushes out nobody."""
    log = MalformedLog()
    log.add("mqtt", "other", "no JSON", b"x", NOW)
    for minute in range(1_000):
        log.note("mqtt", "tele/a", [Note("alarm_9: 'odd'")], b"{}", NOW + minute * 60 * SECOND)
    newest, oldest = log.samples()
    assert (newest.times, words(newest.reason), newest.at) == (1_000, "alarm_9: 'odd'", NOW + 59_940 * SECOND)
    assert (words(oldest.reason), oldest.times) == ("no JSON", 1)
    assert (log.total, log.noted, log.counts["mqtt", "alarm_9: 'odd'"]) == (1, 1_000, 1_000)


def test_neither_nonsense_nor_the_calm_push_out_a_danger() -> None:
    log = MalformedLog()
    log.note("mqtt", "tele/a", [Note("fire: 'odd'")], b"{}", NOW)
    for number in range(1_000):
        log.add("mqtt", f"t{number}", "no JSON", b"x", NOW + number)
        log.note("mqtt", f"t{number}", [Note("alarm_2: false", is_calm=True)], b"x", NOW + number)
    assert "fire: 'odd'" in [words(sample.reason) for sample in log.samples()]
    assert [1_000] == [sample.times for sample in log.samples() if words(sample.reason) == "alarm_2: false"]
    assert (1_000, 1) == (log.total, log.noted)
