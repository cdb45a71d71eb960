"""The scanner of lines sees the same tables and keys as tomllib, however they are written."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.site.fault import Path
from gateway.site.lines import line_of, positions
from tests.gateway.site.site_texts import GOOD


def paths(value: Any, path: Path = ()) -> set[Path]:
    """The way to each value that tomllib sees."""
    found = {path}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found |= paths(inner, (*path, key))
    return found


def test_every_key_of_a_site_stands_where_it_was_written() -> None:
    found = positions(GOOD)
    lines = GOOD.split("\n")
    for path in paths(tomllib.loads(GOOD)):
        written = lines[found[path] - 1]
        if path and isinstance(path[-1], str):
            assert path[-1] in written, path


TRICKY = '''\
# [[not.a.table]]
a."b.c".'d' = 1   # = not a key
"quo\\"ted" = "# [x]"
text = """
[[rules]]
x = 1 \\"""
"""
raw = \'\'\'
[y]
z = 2\'\'\'
many = [ # list
  { x = 1, y = "}" }, # first
  [ 1, 2,
    3 ],
]
when = 1979-05-27 07:32:00
[ t . "u" ]
  k = "v"
[[l.m]]
[[l.m]]
[l.m.n]
o = 5
[[l.m.p]]
q = 1
'''


def test_strings_comments_and_nesting_do_not_mislead_it() -> None:
    found = positions(TRICKY)
    assert paths(tomllib.loads(TRICKY)) == set(found)
    assert 2 == found["a", "b.c", "d"]
    assert 3 == found['quo"ted',]
    assert 12 == found["many", 0, "y"]
    assert 14 == found["many", 1, 2]
    assert 17 == found["t", "u"]
    assert 22 == found["l", "m", 1, "n", "o"]
    assert 24 == found["l", "m", 1, "p", 0, "q"]


def test_a_path_that_was_not_written_has_the_line_of_what_is_around_it() -> None:
    found = positions(GOOD)
    assert found["rules", 1] == line_of(found, ("rules", 1, "no", "such", 3))
    assert 1 == line_of(found, ("nowhere",))


keys = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.from_regex(r"'[ -&(-~]{0,6}'", fullmatch=True),
)
scalars = st.sampled_from(
    ["1", "-2.5e3", "true", "nan", "1979-05-27", "07:32:00", "1979-05-27 07:32:00Z", '"a # ] } = b"', "'[[x]]'",
     '"\\\\"', '"\\""', '"""\n[a]\n"""', "'''\n b = 1 \n'''", '"""""two"""""', "'''''two'''''", '""', "''", "0xFF"]
)  # fmt: skip
blanks = st.sampled_from(["", " ", "\t"])
gaps = st.sampled_from(["", " ", "\n", " # ] }\n", "\n\n"])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    shape = draw(st.integers(0, 3)) if depth else 0
    if shape == 1:
        inner = draw(st.lists(values(depth - 1), max_size=3))
        return "[" + draw(gaps) + (draw(gaps) + "," + draw(gaps)).join(inner) + draw(gaps) + "]"
    if shape == 2:
        inner = [f"{key} = {value}" for key, value in draw(st.lists(st.tuples(keys, values(depth - 1)), max_size=3))]
        return "{" + ", ".join(inner) + "}"
    return str(draw(scalars))


@st.composite
def documents(draw: st.DrawFn) -> str:
    text = ""
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.integers(0, 4))
        name = (draw(blanks) + "." + draw(blanks)).join(draw(st.lists(keys, min_size=1, max_size=3)))
        if kind == 0:
            text += draw(blanks) + f"[{draw(blanks)}{name}{draw(blanks)}]" + draw(blanks)
        elif kind == 1:
            text += f"[[{name}]]"
        else:
            text += f"{draw(blanks)}{name}{draw(blanks)}={draw(blanks)}{draw(values())}"
        text += draw(st.sampled_from(["\n", " # x = 1\n", "\r\n", "\n\n"]))
    return text


@pytest.mark.slow
@given(documents())
def test_it_finds_exactly_what_tomllib_finds(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = positions(text)
    assert paths(read) == set(found)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


@given(st.text(max_size=60))
def test_it_never_fails_on_what_is_no_toml(text: str) -> None:
    assert 1 == positions(text)[()]
