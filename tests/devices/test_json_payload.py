"""What is no number in JSON is null, and nothing else of the message changes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import MalformedMessage
from devices.json_payload import object_of

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(max_size=8) | st.just("NaN"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("Infinity"), inner),
    max_leaves=8,
)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and value - value != 0 else value


@given(st.dictionaries(st.text(max_size=4), _JSON, max_size=4))
def test_what_is_no_number_is_null(said: dict[str, Any]) -> None:
    assert plain(said) == object_of(json.dumps(said).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "payload", [b"NaN", b"[NaN]", b'{"a": NaN', b'{"a": nan}', b'{"a": "' + b"\\" * 100_001 + b"NaN"]
)
def test_what_is_no_object_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedMessage):
        object_of(payload)
