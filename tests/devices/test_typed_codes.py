"""What was typed stands in nothing that is kept, whatever form it came in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.malformed import MalformedLog
from devices.message import Text
from devices.payloads.not_understood import Note
from devices.typed_codes import excerpt_without, text_without, typed_in

CODE = "908172"
NAMES = st.sampled_from(["action_code", "pin", "pinCode", "pin_code_alarm", "codes", "PASSWORD", "user-pins", "code_1"])
FORMS = st.sampled_from([CODE, int(CODE), [CODE], [1, int(CODE)], {"x": CODE}, f"{CODE} ", {"user": 3, "at": [CODE]}])
OTHERS = st.dictionaries(st.sampled_from(["action", "smoke", "state", "note"]), st.sampled_from([CODE, "on", 1, None]))


@given(name=NAMES, form=FORMS, others=OTHERS, topic=st.sampled_from(["zigbee2mqtt/hall", "a/b/pin", "x/action_code"]))
def test_no_form_of_a_code_is_kept(name: str, form: object, others: dict[str, object], topic: str) -> None:
    log, said = MalformedLog(), msgspec.json.encode({**others, name: form})
    log.add("mqtt", topic, Text.of("osdp.reader", problem=f"{name}: {CODE}", parts=(Text.of("a.b", c=CODE),)), said, 1)
    log.note("mqtt", topic, [Note(f"odd: {CODE}"), Note(f"{CODE} is well", is_calm=True)], said, 2)
    assert CODE not in f"{log.samples()} {log.counts}"


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        (b'{"error":"E4","state":"on"}', b'{"error":"E4","state":"on"}'),
        (b'{"code":"1234","state":"on"}', b'{"code":...,"state":"on"}'),
        (b"code=1234&state=on", b"code=...&state=on"),
        (b'{"ping":5,"codec":"x1y2"}', b'{"ping":5,"codec":"x1y2"}'),
        (b'{"pin":"12', b'{"pin":...'),
        (b"{" + b"x" * 300, b"{" + b"x" * 199),
    ],
)
def test_the_rest_is_kept_for_whoever_looks_for_the_fault(payload: bytes, kept: bytes) -> None:
    words = typed_in("z/hall", payload)
    assert kept == excerpt_without("z/hall", payload, words, 200)
    assert Text.of("a.b", c="state on", n=5) == text_without(Text.of("a.b", c="state on", n=5), words)
