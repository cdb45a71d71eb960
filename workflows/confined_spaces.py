"""Register of confined spaces 有限空间台账: number, place, dangers, what its air is tested for, and its yearly review.

Order 13 of 2023, article 6: each with number, place and dangers, kept current. The three kinds are those that guides to
it name. How often an entry is looked through is ours (a year), and a setting.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.confined import SpaceFacts
from alerts.dated_register import (
    Changed,
    DatedConfig,
    DatedRegister,
    Faulty,
    Mended,
    Scrapped,
    Serviced,
    Thing,
)
from alerts.facts import CONFINED_SPACE, Fact, FieldValue
from alerts.kinds import kinds
from alerts.permit import names_of
from alerts.permit_sensors import gas_sensors
from alerts.rule import Rule
from alerts.workflow import Ask, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

Kind: TypeAlias = Literal["equipment", "underground", "above_ground"]
Toxic: TypeAlias = Literal["co", "h2s"]
_REVIEW_DAYS = 365


class Space(Thing, frozen=True, kw_only=True):
    """A confined space; the id of the case is its number, which is on the sign at its entrance."""

    kind: Kind
    dangers: str = ""
    gases: tuple[Toxic, ...] = ()
    sensors: tuple[str, ...] = ()


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """A confined space was found. ``gases``: to be tested for beside oxygen and what burns; ``sensors`` inside it."""

    ROLES = Changed.ROLES

    item: str
    area: str
    kind: Kind
    place: str
    dangers: str
    gases: tuple[Toxic, ...] = ("co", "h2s")
    sensors: tuple[str, ...] = ()
    department: str = ""
    responsible: str = ""
    serviced: date | None = None
    next_service: date | None = None


class Change(Changed, tag="change", frozen=True, kw_only=True):
    """What is kept of it is otherwise now; what is left out stays, and ``-`` empties it."""

    dangers: str | None = None
    gases: tuple[Toxic, ...] | None = None
    sensors: tuple[str, ...] | None = None


class Review(Serviced, tag="review", frozen=True, kw_only=True):
    """The entry was looked through on the spot, and is right."""


class Report(Faulty, tag="report", frozen=True, kw_only=True):
    """The entrance is open, the sign is gone, or something else is not in order."""


class Mend(Mended, tag="mend", frozen=True, kw_only=True):
    """It is in order again."""


class Remove(Scrapped, tag="remove", frozen=True, kw_only=True):
    """It is no confined space any more: filled, torn down, opened for good."""


class ConfinedSpacesConfig(DatedConfig, frozen=True, kw_only=True):
    """How often an entry is looked through.

    ``service_days``: by kind (equipment, underground, above_ground), in days; 365 where it is not said
    """


class ConfinedSpaces(DatedRegister[Space]):
    """One space is one case, under its number."""

    name, book, case = "confined_spaces", "confined_spaces", Space
    asks = (Add, Change, Review, Report, Mend, Remove)
    added = Add
    config_type = ConfinedSpacesConfig
    page = "/console/permits"
    provides = {CONFINED_SPACE: lambda about, cases, world, now: _asked(about, cases)}

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def choices(self, site: Any) -> Mapping[str, Sequence[str]]:
        return {"gases": ("co", "h2s")}

    def filled(self, ask: Any, cases: Mapping[str, Space], world: World) -> Any:
        """Its next review is a year from the last."""
        if not isinstance(ask, Add | Review) or ask.next_service is not None:
            return ask
        kind = ask.kind if isinstance(ask, Add) else cases[ask.case].kind if ask.case in cases else ""
        days = self.config.service_days.get(kind, _REVIEW_DAYS)
        last = ask.serviced or world.site.calendar.day(world.now)
        return replace(ask, serviced=last, next_service=last + timedelta(days=days))

    def check(self, ask: Any, cases: Mapping[str, Space], world: World, now: Instant) -> None:
        super().check(ask, cases, world, now)
        if isinstance(ask, Add):
            for name in ("place", "dangers"):
                if not getattr(ask, name).strip():
                    text = Text.of("permit.wanting", field=Text.of(f"confined_spaces.field_{name}"))
                    raise Refused(text, ((0, name, text),))
        known = gas_sensors(world)
        for device in getattr(ask, "sensors", None) or ():
            if device not in known:
                raise Refused(Text.of("permit.no_sensor", device=device[:64]))

    def _fact(
        self, thing: Space, step: str, fields: Mapping[str, FieldValue], now: Instant, ask: Ask | None = None
    ) -> Fact:
        """In its own words: a space is looked through, not serviced."""
        fact = super()._fact(thing, step, fields, now, ask)
        return replace(fact, text=Text(f"confined_spaces.{step}", fact.text.params))


def _asked(about: Mapping[str, Any], cases: Mapping[str, Space]) -> SpaceFacts | None:
    case = cases.get(about.get("space", ""))
    if case is None and "names" in about:
        wanted = set(about["names"])
        there = (each for each in cases.values() if each.area == about["area"])
        case = next((each for each in there if wanted & set(names_of(each.place, each.id))), None)
    if case is None:
        return None
    return SpaceFacts(**{name: getattr(case, name) for name in SpaceFacts.__struct_fields__})


_MADE = {"kind": "fact", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "confined-space-review-due",
            "title": "Confined space: review due",
            "title_zh": "有限空间台账：即将到期复核",
            "alert_class": "duty",
            "priority": 4,
            "begins": ["confined_spaces.due"],
            "ends": ["confined_spaces.not_due"],
            "procedure": "1. Look at the space, its sign and its lock.\n2. Enter the review.",
            "procedure_zh": "1. 现场核对有限空间、警示标志和上锁情况。\n2. 登记复核结果。",
        },
        {
            "name": "confined-space-not-in-order",
            "title": "Confined space: not in order",
            "title_zh": "有限空间：异常或超期未复核",
            "alert_class": "supervisory",
            "priority": 3,
            "begins": ["confined_spaces.overdue", "confined_spaces.faulty"],
            "ends": ["confined_spaces.in_order"],
            "procedure": "1. Shut the entrance, put the sign up.\n2. Enter the review, or that it is in order again.",
            "procedure_zh": "1. 封闭入口，设置警示标志。\n2. 登记复核结果或恢复正常。",
        },
    )
)
WORKFLOW = ConfinedSpaces
