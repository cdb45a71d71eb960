"""Permits of the six other kinds: who approves which grade, how long each is valid, what must be done before."""

from typing import Any

import pytest

from alerts.kernel.consent import Give
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.permitting import SITE
from workflows.permits import KINDS, Accept, Apply, Approve, Brief, Finish, Permits, PermitsConfig, Start, Stop
from workflows.permits import TestGas as MeasureAir
from workflows.permits import Tick as Confirm

HOUR, DAY = 3_600, 86_400
TOM: dict[str, Any] = {"by": "tom", "role": "technician"}
LEADER: dict[str, Any] = {"by": "mia", "role": "manager"}


def room(config: PermitsConfig | None = None) -> KernelRoom:
    return KernelRoom(Permits(config), devices=(), site=SITE)


def apply(**changed: Any) -> Apply:
    said: dict[str, Any] = {
        "kind": "height", "size": 2, "area": "store", "place": "roof", "work": "mend the gutter", "hours": 8,
        "lead": "Sun", "workers": ("Zhao",), "watcher": "Qian",
    }  # fmt: skip
    return Apply(**TOM | said | changed)


def permit_of(a_room: KernelRoom, case: str) -> Any:
    return a_room.kernel.cases.of("permits")[case]


def approve(a_room: KernelRoom, at: float, case: str, **who: Any) -> list[str]:
    effects = a_room.step(at, Approve(case=case, **LEADER | who))
    if not effects.refused and effects.answered[0].waits:
        effects = a_room.step(at, Give(case=effects.answered[0].case, by="ada", role="admin"))
        return ["two", *keys(effects)]
    return keys(effects)


@pytest.mark.parametrize(
    ("kind", "size", "level"),
    [
        ("height", 1.99, ""),
        ("height", 2, "grade_1"),
        ("height", 5, "grade_1"),
        ("height", 5.01, "grade_2"),
        ("height", 15, "grade_2"),
        ("height", 15.01, "grade_3"),
        ("height", 30, "grade_3"),
        ("height", 30.01, "special"),
        ("height", None, ""),
        ("height", float("nan"), ""),
        ("height", float("inf"), ""),
        ("lifting", 0, "grade_3"),
        ("lifting", 40, "grade_3"),
        ("lifting", 40.1, "grade_2"),
        ("lifting", 100, "grade_2"),
        ("lifting", 100.1, "grade_1"),
        ("excavation", None, "only"),
        ("excavation", 3, "only"),
        ("excavation", -1, ""),
        ("road", None, "only"),
        ("blinding", None, "only"),
        ("temporary_power", None, "only"),
    ],
)
def test_the_grade_follows_from_the_size(kind: str, size: float | None, level: str) -> None:
    """A row at each border, and one beyond it."""
    a_room = room()
    effects = a_room.step(1, apply(kind=kind, size=size))
    found = "" if effects.refused else permit_of(a_room, effects.answered[0].case).level
    assert (level, [] if level else ["permits.size"]) == (found, keys(effects))


@pytest.mark.parametrize(
    ("kind", "size", "longest"),
    [
        ("height", 2, 168),
        ("height", 31, 168),
        ("lifting", 1, 24),
        ("temporary_power", None, 360),
        ("excavation", None, 168),
        ("road", None, 168),
        ("blinding", None, 24),
    ],
)
def test_how_long_each_is_valid(kind: str, size: float | None, longest: float) -> None:
    assert [] == keys(room().step(1, apply(kind=kind, size=size, hours=longest)))
    assert ["permit.too_long"] == keys(room().step(1, apply(kind=kind, size=size, hours=longest + 0.01)))
    level = next(iter(KINDS[kind].levels)) if size != 31 else "special"  # type: ignore[index]
    own = PermitsConfig(longest_h={f"{kind}.{level}": 4})
    assert ["permit.too_long"] == keys(room(own).step(1, apply(kind=kind, size=size, hours=4.01)))


@pytest.mark.parametrize(
    ("size", "who", "expected"),
    [
        (3, {"by": "ann", "role": "technician"}, []),
        (3, {"by": "tom", "role": "technician"}, ["permit.approves_own"]),
        (3, {"by": "os:x", "role": "operator"}, ["workflow.not_your_role"]),
        (6, {"by": "ann", "role": "technician"}, ["permit.higher_up"]),
        (6, {}, []),
        (31, {}, ["two"]),
        (31, {"by": "ann", "role": "technician"}, ["permit.higher_up"]),
    ],
)
def test_who_approves_which_grade(size: float, who: dict[str, Any], expected: list[str]) -> None:
    a_room = room()
    case = a_room.ask(1, apply(size=size))
    assert expected == approve(a_room, 2, case, **who)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_from_the_application_to_the_acceptance(kind: str) -> None:
    a_room = room()
    case = a_room.ask(1, apply(kind=kind, size=50 if kind == "lifting" else 6))
    approve(a_room, 2, case)
    measures = KINDS[kind].measures  # type: ignore[index]
    for place, measure in enumerate(measures):  # each by a name, and not one may be missing
        assert ["permit.not_ticked"] == keys(a_room.step(3 + place, Start(case=case, **TOM)))
        a_room.ask(3 + place, Confirm(case=case, measures=(measure,), **TOM))
    assert ["permit.not_briefed"] == keys(a_room.step(20, Start(case=case, **TOM)))
    a_room.ask(21, Brief(case=case, **TOM))
    a_room.ask(22, Start(case=case, **TOM))
    assert ["permit.not_now"] == keys(a_room.step(23, Confirm(case=case, measures=measures, **TOM)))
    a_room.ask(24, Stop(case=case, by="gus", role="guard"))
    a_room.ask(25, Start(case=case, **TOM))
    a_room.ask(26, Finish(case=case, **TOM))
    assert ["permit.accepts_own"] == keys(a_room.step(27, Accept(case=case, **TOM)))
    a_room.restart(60)
    a_room.ask(100, Accept(case=case, by="olga", role="operator"))
    assert ["permits.accepted", "permits.closed"] == facts(a_room.effects)
    assert {} == a_room.kernel.cases.of("permits")


@pytest.mark.parametrize(("at", "late"), [(2 + 8 * HOUR - 0.001, False), (2 + 8 * HOUR, True)])
def test_what_goes_on_when_its_time_is_over_is_an_alert(at: float, late: bool) -> None:
    """8 h from the approval: one ms before, and at the end."""
    a_room = room()
    case = a_room.ask(1, apply())
    approve(a_room, 2, case)
    a_room.ask(3, Confirm(case=case, measures=KINDS["height"].measures, **TOM))
    a_room.ask(3, Brief(case=case, **TOM))
    a_room.ask(3, Start(case=case, **TOM))
    assert START + (2 + 8 * HOUR) * SECOND == permit_of(a_room, case).valid_until
    a_room.run_until(at)
    assert late == any(alert.active for alert in a_room.open("permit-late"))
    if late:
        a_room.ask(at + 1, Stop(case=case, **TOM))
        assert ["permit.not_valid"] == keys(a_room.step(at + 2, Start(case=case, **TOM)))
        a_room.ask(at + 3, Finish(case=case, **TOM))
        a_room.ask(at + 4, Accept(case=case, by="olga", role="operator"))
        assert not any(alert.active for alert in a_room.open("permit-late"))


def test_where_the_air_may_burn_it_is_tested_before() -> None:
    a_room = room()
    case = a_room.ask(1, apply(kind="excavation", size=3, with_gas=True))
    approve(a_room, 2, case)
    a_room.ask(3, Confirm(case=case, measures=KINDS["excavation"].measures, **TOM))
    a_room.ask(3, Brief(case=case, **TOM))
    assert ["permit.no_gas_test"] == keys(a_room.step(4, Start(case=case, **TOM)))
    a_room.ask(5, MeasureAir(case=case, point="pit", lel=0, oxygen=20.9, **TOM))
    assert [] == keys(a_room.step(6, Start(case=case, **TOM)))


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"area": "nowhere"}, "permit.no_area"),
        ({"place": ""}, "permit.wanting"),
        ({"watcher": "ZHAO"}, "permit.watches_himself"),
        ({"role": "operator"}, "workflow.not_your_role"),
    ],
)
def test_what_is_not_applied_for(changed: dict[str, Any], key: str) -> None:
    assert [key] == keys(room().step(1, apply(**changed)))
