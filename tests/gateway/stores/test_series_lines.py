"""Line protocol: a server that reads it as its documentation says gets exactly the reading, whatever its names."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.reading import Reading
from gateway.stores.series_lines import line, lines, name, unnamed
from tests.gateway.stores.series_examples import NOON, reading

NAMES = st.text(min_size=1, max_size=20) | st.sampled_from(
    ["a b", "a,b=c", "a\\", "x\ny 1", 'q"', "#c", "100%", "门 1", "a%20b", "\u2028"]
)


def parsed(text):
    """(measurement, tags, fields, time) of one line, after the reference; names hold no escapes."""
    found = re.fullmatch(r'([^,= "\\]+),device=([^,= "\\]+) (.*) (-?\d+)', text, re.DOTALL)
    measurement, device, fields, time = found.groups()
    values = {}
    for key, string, other in re.findall(r'([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))(?:,|$)', fields, re.DOTALL):
        values[key] = other or re.sub(r"\\(.)", r"\1", string, flags=re.DOTALL)
    return measurement, device, values, int(time)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (reading(value=21.5), f"temperature,device=d1 number=21.5 {NOON}"),
        (reading(value=-0.0), f"temperature,device=d1 number=-0.0 {NOON}"),
        (reading(value=1e300), f"temperature,device=d1 number=1e+300 {NOON}"),
        (reading(signal="smoke", value=True, quality=5), f"smoke,device=d1 flag=true,quality=5i {NOON}"),
        (reading(signal="smoke", value=False), f"smoke,device=d1 flag=false {NOON}"),
        (reading(signal="temperature.2", value=1.0, time=-5), "temperature.2,device=d1 number=1.0 -5"),
        (reading(signal="credential", value='a "b" \\'), f'credential,device=d1 text="a \\"b\\" \\\\" {NOON}'),
        (reading(value=math.nan), f'temperature,device=d1 text="nan" {NOON}'),
        (reading("gate 1,x=y", value=1.0), f"temperature,device=gate%201%2Cx%3Dy number=1.0 {NOON}"),
        (reading("门-1", value=1.0), f"temperature,device=门-1 number=1.0 {NOON}"),
    ],
)
def test_a_reading_as_a_line(given, expected):
    assert expected == line(given)


@given(NAMES, NAMES, st.text(max_size=40), st.integers(0, 7), st.integers(-(2**63), 2**63 - 1))
def test_no_name_and_no_text_can_end_its_place(device, signal, text, quality, time):
    measurement, tag, fields, at = parsed(line(Reading(device, signal, text, time, 0, quality)))
    assert (signal, device, text, time) == (unnamed(measurement), unnamed(tag), fields["text"], at)
    assert str(quality) + "i" == fields.get("quality", "0i")
    assert set(fields) <= {"text", "quality"}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_bit_for_bit(value):
    _, _, fields, _ = parsed(line(reading(value=value)))
    assert value.hex() == float(fields["number"]).hex()


@given(st.lists(st.builds(Reading, NAMES, NAMES, st.floats() | st.booleans(), st.integers(0, 9), st.just(0))))
def test_each_reading_is_one_line(readings):
    """Names and numbers hold no line break; a text may, inside its quotes."""
    assert len(readings) == len(lines(readings).splitlines())


@given(NAMES, NAMES)
def test_two_names_never_become_one(one, other):
    assert (one == other) == (name(one) == name(other))
