"""The JSON of our own: what cannot be read costs nothing that can."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import MalformedMessage
from devices.own_format import report_of, said_in
from tests.words import words

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(beside=st.dictionaries(st.sampled_from("abc"), _ANY), time=_ANY, model=_ANY, firmware=_ANY)
def test_smoke_is_heard_whatever_stands_beside_it(beside: dict[str, Any], time: Any, model: Any, firmware: Any) -> None:
    """A fire must not wait for a thermometer or a clock that were never set."""
    payload = json.dumps({"readings": {**beside, "smoke": True}, "time": time, "model": model, "firmware": firmware})
    reports, _, _ = report_of("a", said_in(payload.encode("utf-8", "surrogatepass"))[0])
    assert dict(reports[0].values)["smoke"] is True


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"readings": []}',
        b'{"readings": {}}',
        b'{"readings": {"smoke": null}}',
        b'{"readings": {"smoke": []}}',
        b'{"device": 3, "readings": {"smoke": true}}',
        b'{"readings": ' * 10_000,
        json.dumps({"readings": dict.fromkeys(map(str, range(65)), 1)}).encode(),
    ],
    ids=["empty", "list", "nothing", "a list of them", "none", "null", "no value", "who", "deep", "too many"],
)
def test_a_message_that_says_nothing_is_refused_in_words(payload: bytes) -> None:
    with pytest.raises(MalformedMessage):
        report_of("a", said_in(payload)[0])


@pytest.mark.parametrize(
    ("word", "smoke"),
    [(1, True), (0, False), ("true", True), ("ON", True), ("alarm", True), ("off", False), ("no smoke", False)],
)
def test_a_flag_in_words_or_as_a_number_is_one(word: Any, smoke: bool) -> None:
    reports, problem, _ = report_of("a", said_in(json.dumps({"readings": {"smoke": word, "alarm.2": 1}}).encode())[0])
    assert ((("smoke", smoke), ("alarm.2", True)), "") == (reports[0].values, problem)


@pytest.mark.parametrize("word", ["purple", 2, "smoke test"])
def test_a_word_that_nobody_knows_is_left_as_it_is(word: Any) -> None:
    """The registry refuses it by its signal's name."""
    reports, _, _ = report_of("a", said_in(json.dumps({"readings": {"smoke": word}}).encode())[0])
    assert (("smoke", word),) == reports[0].values


def test_what_stands_beside_the_readings_or_inside_one_is_noted() -> None:
    told = {"readings": {"door": True, "smoke": {"value": True}}, "alarm": "FIRE", "seq": 7, "time": None}
    said, beside = said_in(json.dumps(told).encode())
    _, problem, notes = report_of("a", said)
    assert (["alarm: 'FIRE'"], ["smoke.value: true"]) == ([n.text for n in beside], [words(n.text) for n in notes])
    assert "smoke" in words(problem)
