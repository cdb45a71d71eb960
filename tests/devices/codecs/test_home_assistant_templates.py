"""Home Assistant discovery: templates mean what they mean there, and none breaks out."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.home_assistant.template import LONGEST_RESULT, ValueTemplate
from devices.errors import MalformedMessage


def rendered(source: str, payload: str) -> str:
    given: dict[str, Any] = {"value": payload}
    with contextlib.suppress(ValueError):
        given["value_json"] = json.loads(payload)
    return ValueTemplate(source).render(given)


@pytest.mark.parametrize(
    ("source", "payload", "expected"),
    [
        ("{{ value_json.a.b }}", '{"a": {"b": true}}', "True"),
        ("{{ value_json['x'] | float | round(1) }}", '{"x": "21.26"}', "21.3"),
        ("{{ value_json.a[1].b }}", '{"a": [0, {"b": 7}]}', "7"),
        ("{{ value_json.q.y }}", "{}", ""),
        ("{{ value_json.tempc | is_defined }}", "{}", ""),
        ("{{ value_json.x * 2 }}", "{}", ""),
        ("{{ value_json.a | default(5) }}", "{}", "5"),
        ("{{ (value_json.v / 10) | round(1) }}", '{"v": 215}', "21.5"),
        ("{{ float(value) * 99 + 1 }}", "0.5", "50.5"),
        ("{{ value | int > 0 }}", "2", "True"),
        ("{{ value_json.value[0:2] | int(0, 16) }}", '{"value": "ff00"}', "255"),
        ("{% if value_json.get('rssi') -%}home{%- else -%}away{%- endif %}", '{"rssi": 1}', "home"),
        ("{%set a=value.split(',')%}{% if a[1] -%}{{a[0]+','+a[1]}}{%- endif %}", "1,2,3", "1,2"),
        ("{{ 'ON' if value_json.c is defined and not value_json.c else 'OFF' }}", '{"c": false}', "ON"),
        ("{{ iif(value == '1', 'a', 'b') }}", "1", "a"),
        ("{{ value | from_json | length }}", "[1, 2]", "2"),
        ("{{ value ~ ' x ' ~ 3 }}", "1", "1 x 3"),
        ("{{ '%.1f' | format(value | float) }}", "3.14159", "3.1"),
        ("{{ value | lower | replace('o', '0') }}", "FOO", "f00"),
        ("{{ {'event_type': value_json.t} | tojson }}", '{"t": "x"}', '{"event_type":"x"}'),
        ("{{ value_json.items }}", '{"items": 3}', "3"),
        ("{{ value_json.flags | bitwise_and(4) > 0 }}", '{"flags": 6}', "True"),
        ("{{ [value_json.a, 3] | max }}", '{"a": 2}', "3"),
        ("{{ 1.5 | round }}", "", "2"),
        ("{{ value.__class__.__mro__ }}", "1", ""),
    ],
)
def test_templates_of_real_devices_mean_what_they_mean_to_home_assistant(
    source: str, payload: str, expected: str
) -> None:
    assert expected == rendered(source, payload)


def _doubled(name: str, first: str) -> str:
    """Twenty lists of two, each holding the one before it twice: a million of ``first``."""
    lines = [f"{{% set {name}{n + 1}=[{name}{n}, {name}{n}] %}}" for n in range(20)]
    return f"{{% set {name}0={first} %}}" + "".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10) %}x{% endfor %}",
        "{{ 10 ** 9 }}",
        "{{ range(10 ** 9) | list }}",
        "{{ 'x' * 1000000000 }}",
        "{{ ['x'] * 1000000000 }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ '%*d' | format(999999999, 1) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.__class__() }}",
        "{{ value.format(value) }}",
        "{{ ''['__class__'].mro() }}",
        "{{ value | attr('__class__') }}",
        "{{ value | map('upper') | list }}",
        "{{ value | regex_replace('(a+)+$', '') }}",
        "{{ states('sensor.secret') }}",
        "{{ now() }}",
        "{{ self }}",
        "{{ value_json }}" + "{{ value_json }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% set a, b = 1, 2 %}",
        "{{ float(*value) }}",
        "{{ dict(a=1) }}",
        "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
        "{{ " + "not " * 450 + "1 }}",
        "{{ " + "1+" * 400 + "1 }}",
        "{{ value" + "|lower" * 300 + " }}",
        "{{" + "[" * 300 + "]" * 300 + "}}",
        "x" * 2_001,
        "{{",
        "{{ 1 / 0 }}",
        "{{ -(2 | multiply(1e299) | multiply(1e299)) }}",
        "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% set a = 99999999 %}" + "{% set a = a * a %}" * 20 + "{{ a }}",
        "{{ value | replace('', 'x' * 9) }}",
        "{{ 'aaaaaaaaaa' | replace('a', 'bbbbbbbbbb') "
        + "| replace('b', 'cccccccccc') | replace('c', 'bbbbbbbbbb')" * 9
        + "}}",
        _doubled("a", "[1]") + "{{ a20 | to_json }}",
        _doubled("a", "[1.5]") + _doubled("b", "[2.5 - 1]") + "{{ a20 == b20 }}",
        _doubled("a", "(1, 1)").replace("[", "(").replace("]", ")") + "{{ {a20: 1} | length }}",
        _doubled("a", "{'k': 1}").replace("[", "{'k': ").replace(", a", ", 'l': a").replace("]", "}") + "{{ a20 }}",
        "{{ '%999999999d' is even }}",
        "{{ '%999999999d' is odd }}",
        "{{ '%999999999d' is divisibleby(3) }}",
        "{% set a = value.split('x') %}{{ a == value.split('x') }}",
        "{{ 1 in value.split('x') }}",
        "{{ value.split('x') is eq(value.split('x')) }}",
        "{{ 1 is in(value.split('x')) }}",
        "{{ 1 in [1] in [2] }}",
    ],
)
def test_a_template_that_could_do_harm_is_refused_in_words(source: str) -> None:
    with pytest.raises(MalformedMessage):
        rendered(source, '{"a": 1}' if ".split" not in source else "x" * 2_000)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ value in ['1', '2'] }}", "False"),
        ("{{ 'a' in value_json and 'b' not in value_json }}", "True"),
        ("{{ value_json.l == [1, [2]] and value_json.l != [1, 2] }}", "True"),
        ("{{ value_json.l == value_json.missing }}", "False"),
        ("{{ 1 <= value_json.a < 2 }}", "True"),
        ("{{ {'1': 'on', '0': 'off'}[value_json.a | string] }}", "on"),
        ("{{ ['off', 'on'][value_json.a] }}", "on"),
        ("{{ [[1, 2], [3, 4]][value_json.a][0] }}", "3"),
        ("{{ [1, 2, 3] | join(', ') }}", "1, 2, 3"),
        ("{{ value_json.a is in([1, 2]) and value_json.a is eq(1) and value_json.a is odd }}", "True"),
        ("{{ 'yes' if value_json.l[5] is defined else 'no' }}", "no"),
    ],
)
def test_lists_and_comparisons_that_are_not_large_mean_what_they_always_meant(source: str, expected: str) -> None:
    assert expected == rendered(source, '{"a": 1, "l": [1, [2]]}')


_FIELDS = st.sampled_from(["a", "b", "c d", "0x1"])


_NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("xy ", max_size=3),
    lambda inner: st.dictionaries(_FIELDS, inner, max_size=3),
)


@given(st.lists(_FIELDS, min_size=1, max_size=3), _NESTED, st.sampled_from(["", " | is_defined"]))
def test_a_template_that_only_looks_up_a_field_needs_no_jinja_and_says_the_same(
    way: list[str], said: Any, check_first: str
) -> None:
    source = "{{ value_json" + "".join(f"['{step}']" for step in way) + check_first + " }}"
    short = ValueTemplate(source)
    assert tuple(way) == short.way

    def says(template: ValueTemplate) -> str | None:
        try:
            return template.render({"value": "", "value_json": said})
        except MalformedMessage:
            return None

    assert says(ValueTemplate(source.replace("value_json", "(value_json)"))) == says(short)


_PIECES = st.sampled_from(
    ["{{ ", " }}", "{% if ", " %}", "{% endif %}", "{% set a = ", "{% else %}", "value", "value_json", ".a", "['a']",
     "a", " | float", " | int(0)", " | round(2)", " | replace('a', 'aa')", " | tojson", " | format(1)", "'%d'", "'aa'",
     " ~ ", " + ", " * ", " / ", " % ", "9999999999", "1.5", ".get('a')", ".split('a')", "[0]", "[:5]", " is defined",
     " == ", " if ", " else ", "(", ")", "[", "]", ", ", "float(", "max(", " and ", "not ", "-"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=60), st.text(max_size=40))
def test_no_template_breaks_out(source: str, payload: str) -> None:
    """Whatever the template: refused in words, or a short text."""
    with contextlib.suppress(MalformedMessage):
        assert len(rendered(source, payload)) <= LONGEST_RESULT
