"""OSDP readers: cards in one text form, codes that hold no digits, and whatever a bus may bring."""

import contextlib
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Decoder, Message
from devices.errors import MalformedMessage
from devices.families import bus_families
from devices.reading import SECOND
from devices.signals import check
from tests.words import words

NOW = 1_795_480_215 * SECOND
KINDS = ("card", "keys", "local", "inputs", "outputs", "heads", "id", "state")


def opened(secret: bytes = b"") -> Decoder:
    decoder = bus_families()["osdp"].open_bus()
    if secret:
        decoder.decode(Message("gate", "secret", secret, NOW))
    return decoder


def said(decoder: Decoder, kind: str, what: Any, after_s: float = 0) -> Decoded:
    return decoder.decode(Message("gate", f"1/{kind}", json.dumps(what).encode(), NOW + int(after_s * SECOND)))


def credentials(decoded: Decoded) -> list[Any]:
    return [value for report in decoded.reports for name, value in report.values if name == "credential"]


def keys(text: str) -> dict[str, str]:
    return {"data": text.encode().hex()}


def card(bits: int, facility: int, number: int, *, flip: int = 0) -> dict[str, Any]:
    """A Wiegand card as a reader sends it; ``flip`` are the bits that noise has turned."""
    half = bits // 2
    body = f"{facility:0{bits - 18}b}{number:016b}"
    first, second = body[: half - 1], body[half - 1 :]
    text = f"{first.count('1') % 2}{first}{second}{1 - second.count('1') % 2}"
    raw = (int(text, 2) ^ flip) << (-bits % 8)
    return {"format": 1, "bits": bits, "data": raw.to_bytes((bits + 7) // 8, "big").hex()}


@given(st.integers(0, 255), st.integers(0, 65535))
def test_a_26_bit_card_is_facility_and_number(facility: int, number: int) -> None:
    assert [f"26:{facility}:{number}"] == credentials(said(opened(), "card", card(26, facility, number)))


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_a_34_bit_card_is_facility_and_number(facility: int, number: int) -> None:
    assert [f"34:{facility}:{number}"] == credentials(said(opened(), "card", card(34, facility, number)))


@given(st.sampled_from([26, 34]), st.integers(0, 255), st.integers(0, 65535), st.data())
def test_a_bit_that_noise_turned_makes_no_other_person(
    bits: int, facility: int, number: int, data: st.DataObject
) -> None:
    """One parity is wrong, so it is told as raw bits."""
    turned = card(bits, facility, number, flip=1 << data.draw(st.integers(0, bits - 1)))
    (told,) = credentials(said(opened(), "card", turned))
    assert told.startswith(f"{bits}=")


@given(st.binary(min_size=1, max_size=64), st.integers(0, 7))
def test_different_bits_are_different_credentials(raw: bytes, unused: int) -> None:
    """Nothing of the card is lost in its text form."""
    bits = 8 * len(raw) - unused
    (told,) = credentials(said(opened(), "card", {"format": 0, "bits": bits, "data": raw.hex()}))
    if "=" in told:
        length, _, text = told.partition("=")
        assert (bits, int.from_bytes(raw, "big") >> unused) == (int(length), int(text, 16))
        assert told == check("credential", told)


@given(st.text("0123456789", min_size=1, max_size=16), st.lists(st.integers(1, 15), max_size=4))
def test_a_code_is_one_word_however_it_was_cut_and_holds_no_digits(code: str, cuts: list[int]) -> None:
    decoder, whole = opened(b"k" * 16), opened(b"k" * 16)
    (word,) = credentials(said(whole, "keys", keys(code + "\r")))
    places = sorted({0, len(code), *(cut for cut in cuts if cut < len(code))})
    for start, end in pairwise(places):
        assert () == said(decoder, "keys", keys(code[start:end])).reports
    assert [word] == credentials(said(decoder, "keys", keys("#")))
    assert (5 + 16, True) == (len(word), word.startswith("code:"))


def test_the_same_code_is_another_word_under_another_key() -> None:
    words = {credentials(said(opened(secret), "keys", keys("2580#")))[0] for secret in (b"a" * 16, b"b" * 16)}
    assert 2 == len(words)
    assert ["code of 4 digits"] == credentials(said(opened(), "keys", keys("2580#")))


def test_a_code_without_an_end_ends_when_nothing_follows() -> None:
    """The decoder is told that time passed; or the next key says it."""
    decoder = opened()
    said(decoder, "keys", keys("12"))
    said(decoder, "keys", keys("34"), 4)
    assert () == decoder.decode(Message("gate", "time", b"", NOW + 8 * SECOND)).reports
    (report,) = decoder.decode(Message("gate", "time", b"", NOW + 10 * SECOND)).reports
    assert ("1", (("credential", "code of 4 digits"),)) == (report.address, report.values)
    said(decoder, "keys", keys("12"), 20)
    assert ["code of 2 digits", "code of 3 digits"] == credentials(said(decoder, "keys", keys("345#"), 30))


@given(st.text("0123456789", min_size=4, max_size=16), st.sampled_from(["", "\r", "\x00", "x" * 20, "1" * 20 + "\r"]))
def test_digits_appear_nowhere(code: str, rest: str) -> None:
    """Not in a value, a fault, nor in what is kept of a message."""
    payload = {"data": (code + rest).encode().hex()}
    try:
        decoded = said(opened(), "keys", payload)
    except MalformedMessage as error:
        told = str(error)
    else:
        assert b"" == decoded.raw
        told = str([value for report in decoded.reports for value in report.values]) + words(decoded.malformed)
    assert code not in told
    assert code.encode().hex() not in told


def test_keys_in_another_shape_are_refused_without_quoting_them() -> None:
    with pytest.raises(MalformedMessage) as refused:
        said(opened(), "keys", {"data": 271828})
    assert "271828" not in str(refused.value)


@pytest.mark.slow
def test_codes_that_nobody_ends_do_not_fill_memory() -> None:
    decoder = opened()
    for head in range(256):
        for address in range(8):
            message = Message("gate", f"{address}/keys", json.dumps({"reader": head, **keys("1")}).encode(), NOW)
            decoder.decode(message)
    assert 1_000 == len(decoder.decode(Message("gate", "time", b"", NOW + 6 * SECOND)).reports)


@given(st.lists(st.integers(-3, 300), max_size=70), st.sampled_from(["local", "inputs", "outputs", "heads"]))
def test_a_state_without_a_meaning_is_no_value_and_costs_no_other(states: list[int], kind: str) -> None:
    known = (0, 1, 2) if kind == "heads" else (0, 1)
    values: list[Any] = []
    with contextlib.suppress(MalformedMessage):
        decoded = said(opened(), kind, states)
        values = [value for report in decoded.reports for value in report.values]
        assert bool(words(decoded.malformed)) == any(state not in known for state in states)
        per_state = 2 if kind == "heads" else 1
        assert per_state * sum(state in known for state in states) == len(values)
    for name, value in values:
        assert value is check(name, value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
_FIELDS = st.sampled_from(["reader", "format", "bits", "data", "vendor", "model", "online", "channel", "why"])


@given(
    st.sampled_from(["1/" + kind for kind in KINDS] + ["secret", "time", "127/card", "1", ""]) | st.text(max_size=12),
    st.binary(max_size=60) | st.dictionaries(_FIELDS, _JSON, max_size=5).map(lambda value: json.dumps(value).encode()),
)
def test_whatever_comes_is_understood_or_refused_in_words(address: str, payload: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        decoded = opened().decode(Message("gate", address, payload, NOW))
        assert all(value == check(name, value) for report in decoded.reports for name, value in report.values)


@pytest.mark.parametrize("address", ["0", "126"])
def test_an_address_of_a_reader_is_taken(address: str) -> None:
    assert bus_families()["osdp"].refuses(address) is None


@pytest.mark.parametrize("address", ["127", "-1", "01", "", "x", "１"])
def test_what_is_no_address_of_a_reader_is_refused(address: str) -> None:
    why = bus_families()["osdp"].refuses(address)
    assert why is not None
    assert "0 to 126" in words(why)
