"""Flux questions that no name can break out of, and answers as InfluxDB 2 documents them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import StoreUnavailable
from devices.reading import Reading
from gateway.ports import Point
from gateway.stores.series_flux import latest_of, latest_query, literal, points_of, range_query, steps_query
from tests.gateway.stores.series_examples import NOON, same
from tests.words import refused

SECOND = 10**9
HOSTILE = [
    'd1") |> drop(columns: ["_value"]) //',
    'x" or r.device != "',
    '${secrets.get(key: "t")}',
    "$${a}",
    "\\",
    '\\"',
    "a\nb",
    "门 1",
    "",
]


def strings(query):
    """The string literals of a Flux text, read as its scanner would; fails on an interpolation."""
    found, rest = [], []
    place = 0
    while place < len(query):
        if query[place] != '"':
            rest.append(query[place])
            place += 1
            continue
        text = b""
        place += 1
        while query[place] != '"':
            assert not query.startswith("${", place), "an expression inside a string"
            assert query[place].isprintable()
            if query[place] == "\\":
                if query[place + 1] == "x":
                    text += bytes([int(query[place + 2 : place + 4], 16)])
                    place += 4
                    continue
                assert query[place + 1] in '\\"$'
                place += 1
            text += query[place].encode()
            place += 1
        found.append(text.decode())
        place += 1
    return found, "".join(rest)


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_string_says_what_it_was_made_of_and_no_more(text):
    assert ([text], "") == strings(literal(text))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("place", ["bucket", "device", "signal"])
def test_no_name_breaks_out_of_a_question(place, hostile):
    """All but the strings stays as it is with plain names."""
    plain = {"bucket": "b", "device": "d", "signal": "s"}
    odd = {**plain, place: hostile}
    for query in (
        lambda n: range_query(n["bucket"], n["device"], n["signal"], 0, 1),
        lambda n: steps_query(n["bucket"], n["device"], n["signal"], 0, 1, 1, "mean"),
        lambda n: latest_query(n["bucket"]),
    ):
        assert strings(query(plain))[1] == strings(query(odd))[1]
        assert len(strings(query(plain))[0]) == len(strings(query(odd))[0])


def test_a_range_asks_for_one_series_to_the_nanosecond():
    assert range_query("keyarea", "d1", "temperature", NOON, NOON + 1) == (
        f'from(bucket: "keyarea") |> range(start: time(v: {NOON}), stop: time(v: {NOON + 1}))'
        ' |> filter(fn: (r) => r._measurement == "temperature" and r.device == "d1")'
        ' |> keep(columns: ["_time", "_value", "_field"])'
    )


def test_steps_begin_at_the_start_of_the_range():
    query = steps_query("b", "d1", "smoke", NOON + 7, NOON + 100, 60 * SECOND, "mean")
    assert f"every: {60 * SECOND}ns, offset: {(NOON + 7) % (60 * SECOND)}ns, fn: mean" in query
    assert query.count('createEmpty: false, timeSrc: "_start"') == 4
    assert '"flag") |> toFloat() |> aggregateWindow' in query
    assert re.findall(r"fn: (\w+),", query) == ["mean", "mean", "last", "max"]
    counted = steps_query("b", "d1", "smoke", 0, 10, 1, "count")
    assert re.findall(r"fn: (\w+),", counted) == ["count", "count", "count", "max"]
    assert "toFloat" not in counted
    with pytest.raises(ValueError, match="at least one nanosecond"):
        steps_query("b", "d", "s", 0, 10, 0, "mean")


# Annotated CSV as InfluxDB 2 documents it; see docs/storage.md for what these are and are not.
NUMBERS_AND_QUALITY = """\
#datatype,string,long,dateTime:RFC3339Nano,double,string\r
#group,false,false,false,false,true\r
#default,_result,,,,\r
,result,table,_time,_value,_field\r
,,0,2026-11-24T12:00:00.123456789Z,20.5,number\r
,,0,2026-11-24T12:00:30Z,-0.1,number\r
,,0,2026-11-24T12:01:00.5Z,,number\r
\r
#datatype,string,long,dateTime:RFC3339Nano,long,string\r
#group,false,false,false,false,true\r
#default,_result,,,,\r
,result,table,_time,_value,_field\r
,,1,2026-11-24T12:00:30Z,5,quality\r
\r
"""
FLAGS = """\
#datatype,string,long,dateTime:RFC3339Nano,boolean,string
#group,false,false,false,false,true
#default,_result,,,,
,result,table,_time,_value,_field
,,0,2026-11-24T12:00:01Z,true,flag
,,0,2026-11-24T12:00:00Z,false,flag
"""
TEXTS = """\
#datatype,string,long,dateTime:RFC3339Nano,string,string
#group,false,false,false,false,true
#default,_result,,,,
,result,table,_time,_value,_field
,,0,2026-11-24T12:00:00Z,"card ""7"", line 1
line 2",text
,,0,2026-11-24T12:00:01Z,,text
"""
LATEST = """\
#datatype,string,long,dateTime:RFC3339Nano,double,string,string,string
#group,false,false,false,false,true,true,true
#default,_result,,,,,,
,result,table,_time,_value,_field,_measurement,device
,,0,2026-11-24T12:00:00Z,20.5,number,temperature,gate%201
,,1,2026-11-24T11:00:00Z,7,number,humidity,d1

#datatype,string,long,dateTime:RFC3339Nano,boolean,string,string,string
#group,false,false,false,false,true,true,true
#default,_result,,,,,,
,result,table,_time,_value,_field,_measurement,device
,,2,2026-11-24T10:00:00Z,true,flag,smoke,d1
"""
ERROR = """\
#datatype,string,string
#group,true,true
#default,,
,error,reference
,"failed to create physical plan: query wants too much",897
"""


def rows(text):
    return text.splitlines(keepends=True)


def test_numbers_with_their_quality_to_the_nanosecond():
    expected = [Point(NOON + 123_456_789, 20.5), Point(NOON + 30 * SECOND, -0.1, 5)]
    assert same(expected, points_of(rows(NUMBERS_AND_QUALITY)))


def test_booleans_stay_booleans_in_time_order():
    assert same([Point(NOON, False), Point(NOON + SECOND, True)], points_of(rows(FLAGS)))


def test_texts_may_hold_quotes_commas_and_line_breaks_or_nothing():
    expected = [Point(NOON, 'card "7", line 1\nline 2'), Point(NOON + SECOND, "")]
    assert same(expected, points_of(rows(TEXTS)))


def test_the_latest_of_every_series():
    hour = 3600 * SECOND
    assert latest_of(rows(LATEST)) == [
        Reading("d1", "smoke", True, NOON - 2 * hour, NOON - 2 * hour),
        Reading("d1", "humidity", 7.0, NOON - hour, NOON - hour),
        Reading("gate 1", "temperature", 20.5, NOON, NOON),
    ]


def test_nothing_is_no_point():
    assert [] == points_of([])
    assert [] == points_of(rows("\r\n"))


def test_an_error_in_the_answer_is_said():
    with refused("wants too much", StoreUnavailable):
        points_of(rows(ERROR))


@pytest.mark.parametrize("cell", ["yesterday", "", "99999-01-01T00:00:00Z"])
def test_a_time_that_is_none_is_said(cell):
    with refused("a time that is none", StoreUnavailable):
        points_of(rows(FLAGS.replace("2026-11-24T12:00:01Z", cell)))


def test_an_answer_that_is_no_csv_is_said():
    with refused("no CSV", StoreUnavailable):
        points_of(["a,b\rc,d"])


def test_a_number_that_is_none_is_said():
    with refused("'x'", StoreUnavailable):
        points_of(rows(NUMBERS_AND_QUALITY.replace("20.5", "x")))


@given(st.text())
def test_no_answer_ends_in_anything_but_points_or_store_unavailable(text):
    for answer in (text, FLAGS + text, FLAGS.replace("boolean", text)):
        try:
            points_of(answer.splitlines(keepends=True))
        except StoreUnavailable:
            continue
