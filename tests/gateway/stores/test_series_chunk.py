"""Stretches and bursts: whatever goes in comes out, bit for bit; damage is noticed."""

import zlib
from array import array
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.stores.series_chunk import pack, unpack
from gateway.stores.series_columns import Damaged, cut, in_order, joined
from gateway.stores.series_log import Burst, pack_burst, unpack_burst
from tests.gateway.stores.series_examples import NOON, sensors

INSTANTS = st.integers(-(2**63), 2**63 - 1)
TENTHS = st.integers(-(10**9), 10**9).map(lambda tenths: tenths / 10)
DECIMALS = st.builds(lambda n, places: n / 10**places, st.integers(-(10**12), 10**12), st.integers(0, 8))
ODD = st.sampled_from(
    [
        0.0,
        -0.0,
        5e-324,
        -5e-324,
        2.2250738585072014e-308,
        1.7976931348623157e308,
        2.0**53,
        2.0**53 + 2,
        float("inf"),
        float("-inf"),
        float("nan"),
        0.1 + 0.2,
        1e16,
        1e22,
        123456789.123456789,
    ]
)
VALUES = st.one_of(
    st.lists(TENTHS), st.lists(DECIMALS), st.lists(st.sampled_from([0.0, 1.0])), st.lists(st.floats()), st.lists(ODD)
)
SENSOR_STEPS = st.lists(st.integers(25_000, 35_000).map(lambda ms: ms * 1_000_000))


@st.composite
def columns(draw):
    values = draw(VALUES.filter(len))
    count = len(values)
    if draw(st.booleans()):
        steps = draw(st.lists(st.integers(1, 40_000), min_size=count, max_size=count))
        unit = draw(st.sampled_from([1, 1_000, 1_000_000, 1_000_000_000]))
        times = list(accumulate((step * unit for step in steps), initial=NOON))[1:]
    else:
        times = sorted(draw(st.sets(INSTANTS, min_size=count, max_size=count)))
    qualities = draw(st.one_of(st.just(bytes(count)), st.binary(min_size=count, max_size=count)))
    return array("q", times), array("d", values), qualities


def bits(found):
    times, values, qualities = found
    return list(times), values.tobytes(), bytes(qualities)


@given(columns())
def test_a_stretch_comes_back_bit_for_bit(given_columns):
    assert bits(given_columns) == bits(unpack(pack(*given_columns)))


def test_an_hour_of_a_sensor_takes_less_than_six_bytes_a_reading():
    readings = [r for burst in sensors(1, 120) for r in burst]
    for signal in ("smoke", "temperature", "smoke_density"):
        of_signal = [r for r in readings if r.signal == signal]
        packed = pack(
            array("q", [r.time for r in of_signal]),
            array("d", [r.value for r in of_signal]),
            bytes([r.quality for r in of_signal]),
        )
        assert len(packed) / 120 < 4, signal


@given(columns(), st.data())
def test_a_damaged_stretch_is_noticed_or_harmless(given_columns, data):
    """One flipped bit: either Damaged, or (in a place that says nothing) the same readings."""
    packed = bytearray(pack(*given_columns))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = unpack(bytes(packed))
    except Damaged:
        return
    assert bits(given_columns) == bits(found)


@given(columns(), st.integers(0, 200))
def test_a_stretch_that_was_cut_off_is_noticed(given_columns, length):
    packed = pack(*given_columns)
    with pytest.raises(Damaged):
        unpack(packed[: min(length, len(packed) - 1)])


@given(st.binary(max_size=300))
def test_rubbish_in_a_sound_frame_is_noticed(body):
    with pytest.raises(Damaged):
        unpack(zlib.compress(body))


@given(columns(), INSTANTS, st.data())
def test_a_burst_comes_back_bit_for_bit(given_columns, received, data):
    times, values, qualities = given_columns
    count = len(times)
    at = data.draw(st.one_of(st.just([received] * count), st.lists(INSTANTS, min_size=count, max_size=count)))
    numbers = array("I", data.draw(st.lists(st.integers(0, 2**32 - 1), min_size=count, max_size=count)))
    burst = Burst(numbers, times, values, qualities, at)
    found = unpack_burst(pack_burst(burst))
    assert (list(numbers), *bits(given_columns), at) == (
        list(found.numbers),
        *bits((found.times, found.values, found.qualities)),
        list(found.received),
    )


@given(columns(), st.data())
def test_a_damaged_burst_is_noticed(given_columns, data):
    times, values, qualities = given_columns
    packed = bytearray(pack_burst(Burst(array("I", range(len(times))), times, values, qualities, list(times))))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damaged):
        unpack_burst(bytes(packed))
    with pytest.raises(Damaged):
        unpack_burst(bytes(packed[: data.draw(st.integers(0, len(packed) - 1))]))


READINGS = st.lists(st.tuples(st.integers(-20, 20), st.floats(allow_nan=False), st.integers(0, 255)))


def as_columns(readings):
    return (
        array("q", [time for time, _, _ in readings]),
        array("d", [value for _, value, _ in readings]),
        bytes([quality for _, _, quality in readings]),
    )


def as_words(found):
    return list(zip(*found, strict=True))


@given(st.lists(READINGS))
def test_parts_join_to_what_a_dictionary_would_hold(parts):
    """Sorted, each time once; the later part, and in a part the later reading, has the last word."""
    expected = {time: (time, value, quality) for part in parts for time, value, quality in part}
    assert [expected[time] for time in sorted(expected)] == as_words(joined(in_order(as_columns(p)) for p in parts))


@given(READINGS, st.integers(-22, 22), st.integers(-22, 22))
def test_a_cut_loses_nothing(readings, start, finish):
    whole = in_order(as_columns(readings))
    start, finish = min(start, finish), max(start, finish)
    before, inside, after = map(as_words, cut(whole, start, finish))
    assert as_words(whole) == before + inside + after
    assert all(time < start for time, _, _ in before)
    assert all(start <= time <= finish for time, _, _ in inside)
    assert all(time > finish for time, _, _ in after)
