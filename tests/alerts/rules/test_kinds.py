"""Every rule kind, by timelines: what is given, when, and what must follow. A kind's timelines stand beside this."""

import importlib

import msgspec
import pytest

from alerts.kinds import kinds
from tests.alerts.timeline import Timeline, Way, walk

TIMELINES: dict[str, tuple[Timeline, ...]] = {
    kind: importlib.import_module(f"tests.alerts.rules.{kind}").TIMELINES for kind in kinds()
}


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


def test_a_number_of_timelines_guards_each_kind() -> None:
    assert [] == [kind for kind, cases in TIMELINES.items() if len(cases) < 5]
