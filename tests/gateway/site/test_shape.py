"""Whatever a TOML file may hold in whatever place, the answer is a site or a list of faults."""

import tomllib
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.site.fault import Fault, in_english
from gateway.site.load import _faults
from gateway.site.model import Site
from tests.gateway.site.site_texts import GOOD

scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, -1, 0, 1]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", " ", "\0", "../..", "/", "%", "smoke", "armed", "fire", "state", "[", "http://[", "9" * 300]),
    st.sampled_from([date(2026, 1, 1), time(1), datetime.fromisoformat("2026-01-01T00:00:00+00:00")]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@st.composite
def broken_sites(draw: st.DrawFn) -> dict[str, Any]:
    """The good site with one to four places of it changed, deleted or added."""
    raw = tomllib.loads(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        place: Any = raw
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 3)):
                place = place[key]
                continue
            match draw(st.integers(0, 5)):
                case 0:
                    del place[key]
                case 1 if isinstance(place, dict):
                    place[draw(st.text(max_size=8))] = draw(values)
                case 2 if isinstance(place, list):
                    place.append(draw(values))
                case _:
                    place[key] = draw(values)
            break
    return raw


@pytest.mark.slow
@given(broken_sites())
def test_a_broken_site_has_faults_in_words_and_places(raw: dict[str, Any]) -> None:
    found = _faults(raw)
    assert isinstance(found, Site) or found
    for fault in [] if isinstance(found, Site) else found:
        assert isinstance(fault, Fault)
        assert in_english(fault)
        assert len(in_english(fault)) < 500
        assert "xpected" not in in_english(fault), "words of the technician, not of a library"


@pytest.mark.slow
@given(
    st.dictionaries(st.sampled_from(["id", "name", "areas", "devices", "rules", "mqtt", "serial", "web", "x"]), values)
)
def test_no_raw_file_of_any_shape_is_too_much(raw: dict[str, Any]) -> None:
    assert _faults(raw)
