"""Permits to work at height, to lift, for temporary power, to dig, to close a road, to blind a pipe (特殊作业票).

The kinds of GB 30871-2022 beside hot work and confined spaces differ in numbers and measures only, so they are one
table. Heights are graded as in GB/T 3608-2008 (2, 5, 15, 30 m). All other numbers here are ours, after what we know of
GB 30871-2022 and to be compared with the edition that binds the site; how long each is valid is a setting
(docs/permits.md says which is which).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from alerts.permit import late_rule
from alerts.permit_asks import (
    Accepted,
    Applied,
    Approved,
    Briefing,
    Cancelled,
    Finished,
    GradedPermit,
    Relieved,
    Started,
    Stopped,
    Tested,
    Ticked,
)
from alerts.permit_cycle import PermitCycle
from alerts.permit_kind import LEADER, PLACE, Kind, Level, PermitConfig
from alerts.rule import Rule
from alerts.workflow import World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

Work: TypeAlias = Literal["height", "lifting", "temporary_power", "excavation", "road", "blinding"]
_DAY = 24
_GENERAL = ("fenced", "signs", "protective_gear")
KINDS: Mapping[Work, Kind] = {
    "height": Kind(
        levels={
            "grade_1": Level(7 * _DAY, PLACE),
            "grade_2": Level(7 * _DAY),
            "grade_3": Level(7 * _DAY),
            "special": Level(7 * _DAY, LEADER, by_two=True),
        },
        measures=("harness", "scaffold", "hole_covers", "tools_tied", "weather", *_GENERAL),
        unit="m",
        borders=((0, "grade_1"), (5, "grade_2"), (15, "grade_3"), (30, "special")),
        least=2,
    ),
    "lifting": Kind(
        levels={
            "grade_3": Level(_DAY, PLACE),
            "grade_2": Level(_DAY),
            "grade_1": Level(_DAY, LEADER, by_two=True),
        },
        measures=("crane_checked", "slings_checked", "ground_firm", "power_lines", "signaller", "weather", *_GENERAL),
        unit="t",
        borders=((0, "grade_3"), (40, "grade_2"), (100, "grade_1")),
    ),
    "temporary_power": Kind(
        levels={"only": Level(15 * _DAY)},
        measures=("leak_protection", "earthed", "cable_raised", "box_locked", "load_checked", *_GENERAL),
    ),
    "excavation": Kind(
        levels={"only": Level(7 * _DAY)},
        measures=("utilities_marked", "shored", "spoil_away", "ladder", "water_pumped", *_GENERAL),
        unit="m",
    ),
    "road": Kind(
        levels={"only": Level(7 * _DAY)},
        measures=("fire_brigade_told", "detour", "lights_at_night", *_GENERAL),
    ),
    "blinding": Kind(
        levels={"only": Level(_DAY)},
        measures=("pressure_off", "drained", "plate_numbered", "plate_drawn", "protective_gear"),
    ),
}


class Apply(Applied, tag="apply", frozen=True, kw_only=True):
    """A permit is applied for.

    ``kind``: of work. ``size``: how high (m), how heavy (t), how deep (m), where its kind is graded by it.
    ``with_gas``: the air may burn or choke there, and is tested before.
    """

    kind: Work
    area: str
    place: str
    size: float | None = None
    with_gas: bool = False


class Approve(Approved, tag="approve", frozen=True, kw_only=True):
    """It may be worked under this permit; of the highest grade a leader consents besides."""


class Cancel(Cancelled, tag="cancel", frozen=True, kw_only=True):
    """It shall not be: refused, or not needed any more."""


class Tick(Ticked, tag="tick", frozen=True, kw_only=True):
    """These measures were taken; I have seen it."""


class Brief(Briefing, tag="brief", frozen=True, kw_only=True):
    """These people were briefed; nobody named: all of the permit."""


class TestGas(Tested, tag="test_gas", frozen=True, kw_only=True):
    """What a gas meter shows at a ``point``."""


class Start(Started, tag="start", frozen=True, kw_only=True):
    """Work begins, or goes on after a break."""


class Stop(Stopped, tag="stop", frozen=True, kw_only=True):
    """A break, or something is wrong. Anybody may say so."""


class Relieve(Relieved, tag="relieve", frozen=True, kw_only=True):
    """Somebody else watches from now on; they were briefed."""


class Finish(Finished, tag="finish", frozen=True, kw_only=True):
    """The work is done, and the place is as it was."""


class Accept(Accepted, tag="accept", frozen=True, kw_only=True):
    """Somebody else has looked at the place, and accepts it."""


class PermitsConfig(PermitConfig, frozen=True, kw_only=True):
    """What these permits take."""

    KINDS = KINDS  # type: ignore[assignment]


class Permits(PermitCycle[GradedPermit]):
    """One permit is one case."""

    name, book, case = "permits", "permits", GradedPermit
    kinds, config_type = KINDS, PermitsConfig  # type: ignore[assignment]
    asks = (Apply, Approve, Cancel, Tick, Brief, TestGas, Start, Stop, Relieve, Finish, Accept)

    def rules(self) -> Sequence[Rule[Any]]:
        return (LATE,)

    def graded(self, ask: Any, world: World) -> str:
        kind = KINDS[ask.kind]
        if not ask.place.strip():
            text = Text.of("permit.wanting", field=Text.of("permit.field_place"))
            raise Refused(text, ((0, "place", text),))
        if ask.size is None and not kind.borders:
            return "only"
        if ask.size is None or not kind.least <= ask.size <= _LARGEST:
            text = Text.of("permits.size", kind=Text.of(f"permits_kind.{ask.kind}"), least=kind.least, unit=kind.unit)
            raise Refused(text, ((0, "size", text),))
        return kind.level_of(ask.size) if kind.borders else "only"

    def made(self, ask: Any, level: str, world: World, now: Instant) -> GradedPermit:
        day = world.site.calendar.day(now)
        return GradedPermit(
            id=ask.id,
            area=ask.area,
            by=ask.by,
            number=f"{_LETTERS[ask.kind]}-{day:%Y%m%d}-{ask.id[:4].upper()}",
            kind=ask.kind,
            level=level,
            applied_by=ask.by,
            place=ask.place.strip(),
            work=ask.work.strip(),
            hours=ask.hours,
            lead=ask.lead.strip(),
            workers=tuple(dict.fromkeys(name.strip() for name in ask.workers if name.strip())),
            watcher=ask.watcher.strip(),
            unit=ask.unit.strip(),
            certificates=ask.certificates,
            dangers=ask.dangers.strip(),
            gear=ask.gear.strip(),
            size=ask.size,
            gases=("lel", "oxygen") if ask.with_gas else (),
            devices=ask.devices,
        )


_LARGEST = 10_000
_LETTERS: Mapping[str, str] = {
    "height": "HW",
    "lifting": "LW",
    "temporary_power": "TP",
    "excavation": "EX",
    "road": "RC",
    "blinding": "BL",
}
LATE = late_rule(
    "permits",
    {
        "name": "permit-late",
        "title": "Permit to work overdue",
        "title_zh": "特殊作业票超时",
        "begins": ["permits.late", "permits.unaccepted"],
        "procedure": "1. Call the work lead and the watcher.\n2. End the work, or apply for a new permit.\n"
        "3. Somebody else looks at the place and accepts it.",
        "procedure_zh": "1. 联系作业负责人和监护人。\n2. 结束作业，或重新办理作业票。\n3. 由他人到现场验收。",
    },
)
WORKFLOW = Permits
