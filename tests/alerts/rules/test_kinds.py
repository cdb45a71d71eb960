"""Every rule kind, by timelines: what is given, when, and what must follow. A kind's timelines stand beside this."""

import importlib
from importlib.util import find_spec

import msgspec
import pytest

from alerts.kinds import kinds
from tests.alerts.timeline import Timeline, Way, walk


def timelines(kind: str) -> tuple[Timeline, ...]:
    """Those of the kind; none if nobody has written any, which a test below says of the kind by name."""
    name = f"tests.alerts.rules.{kind}"
    return importlib.import_module(name).TIMELINES if find_spec(name) is not None else ()


TIMELINES = {kind: timelines(kind) for kind in kinds()}


@pytest.mark.parametrize(
    ("case", "way"),
    [
        pytest.param(case, way, id=f"{kind}: {case.name} ({way})")
        for kind, cases in TIMELINES.items()
        for case in cases
        for way in case.ways
    ],
)
def test_the_timeline_comes_true(case: Timeline, way: Way) -> None:
    walk(case, way)


@pytest.mark.parametrize("kind", kinds())
def test_a_rule_of_the_kind_survives_being_written_down(kind: str) -> None:
    for case in TIMELINES[kind]:
        for rule in case.rules:
            written = msgspec.json.encode(rule)
            assert rule == msgspec.json.decode(written, type=type(rule))


@pytest.mark.parametrize("kind", kinds())
def test_a_number_of_timelines_guards_the_kind(kind: str) -> None:
    assert len(TIMELINES[kind]) >= 5, f"tests/alerts/rules/{kind}.py has {len(TIMELINES[kind])} timelines"
