"""The JSON of our own: what cannot be read costs nothing that can."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import MalformedMessage
from devices.own_format import report_of, said_in

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(beside=st.dictionaries(st.sampled_from("abc"), _ANY), time=_ANY, model=_ANY, firmware=_ANY)
def test_smoke_is_heard_whatever_stands_beside_it(beside: dict[str, Any], time: Any, model: Any, firmware: Any) -> None:
    """A fire must not wait for a thermometer or a clock that were never set."""
    payload = json.dumps({"readings": {**beside, "smoke": True}, "time": time, "model": model, "firmware": firmware})
    reports, _ = report_of("a", said_in(payload.encode("utf-8", "surrogatepass")))
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
        report_of("a", said_in(payload))
