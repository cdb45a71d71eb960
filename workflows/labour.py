"""Labour 劳动用工: wages of each month paid in full and by the day agreed, contracts signed, insurance paid.

A month is opened by the clock when it is over; until the pay day of the month after it somebody enters what was paid.
Who was not paid in full, has no contract or no insurance is counted and stands until it was made good; complaints are
counted (Regulations on Ensuring the Payment of Wages to Migrant Workers, art. 11 to 15). Names, sums and signatures are
the list of persons that is attached: it stands beside the ledger's chain, as every attachment does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.attachment import AttachmentId
from alerts.heard import Slot
from alerts.kinds import kinds
from alerts.period import Period
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.terms import (
    LEADERS,
    Owing,
    Term,
    TermWorkflow,
    by_day,
    case_of,
    check_day,
    check_words,
    done_on,
    rules_of,
)
from alerts.workflow import Ask, Config, Heard, Moves, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
_AHEAD_DAYS, _MOST, _MOST_CAUGHT_UP = 3, 100_000, 3


class Month(Owing, frozen=True, kw_only=True):
    """The month of the id, as 2026-11. ``unpaid``: not in full; ``pay_day``: the last day on which it is in time."""

    pay_day: date
    paid: date | None = None
    persons: int = 0
    unpaid: int = 0
    uninsured: int = 0
    without_contract: int = 0
    complaints: int = 0
    made_good: bool = False


class Pay(Ask, tag="pay", frozen=True, kw_only=True):
    """The wages of a month were paid. ``file``: the list of persons with sums, signed by each or by the bank."""

    ROLES = LEADERS

    month: str
    persons: int
    unpaid: int = 0
    uninsured: int = 0
    without_contract: int = 0
    complaints: int = 0
    paid: date | None = None
    file: AttachmentId = ""


class MakeGood(Ask, tag="make_good", frozen=True, kw_only=True):
    """Who was not paid in full, had no contract or no insurance has it now; the note says how."""

    ROLES = LEADERS


class LabourConfig(Config, frozen=True, kw_only=True):
    """Whether months are opened, and when wages are due.

    ``is_on``: whether each month is asked for
    ``pay_day``: the day of the month after, 1 to 28, until which its wages are paid
    """

    is_on: bool = False
    pay_day: int = 15

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 1 <= self.pay_day <= 28:
            yield ConfigFault(("pay_day",), Text.of("labour.no_pay_day"))


class Labour(TermWorkflow[Month]):
    """One month is one case, kept for a year."""

    name, book, case = "labour", "labour", Month
    asks = (Pay, MakeGood)
    config_type = LabourConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return (*rules_of(self.name, *_SAID), SHORT)

    def terms(self, case: Month, world: World) -> Iterable[Term]:
        if case.paid is None:
            yield by_day("pay", case.pay_day, _AHEAD_DAYS, world)

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """The end of the month, also of one that was over before anybody looked."""
        span = Period("month").span(world.site.calendar, last or now) if self.config.is_on else None
        return span[1] if span is not None else None

    def check(self, ask: Any, cases: Mapping[str, Month], world: World, now: Instant) -> None:
        if isinstance(ask, MakeGood):
            case = case_of(cases, ask)
            check_words(self.name, ask, "note")
            if case.paid is None:
                raise Refused(Text.of("labour.pay_first", item=case.id))
            if case.made_good or not any(_short(case)):
                raise Refused(Text.of("terms.not_now"))
            return
        check_words(self.name, ask, "month")
        check_day(self.name, ask, "paid", world, now)
        if not _MONTH.fullmatch(ask.month) or _first(ask.month) > world.site.calendar.day(now):
            raise Refused(Text.of("labour.no_month"))
        if ask.month in cases and cases[ask.month].paid is not None:
            raise Refused(Text.of("labour.paid_already", item=ask.month))
        if not 1 <= ask.persons <= _MOST or not all(0 <= each <= ask.persons for each in _short(ask)):
            raise Refused(Text.of("labour.no_count"))
        if not 0 <= ask.complaints <= _MOST:
            raise Refused(Text.of("labour.no_count"))

    def step(self, event: Heard, cases: Mapping[str, Month], world: World, now: Instant) -> Moves:
        match event:
            case Slot():
                months = [month for month in _over(event, world) if month not in cases]
                opened = [self.stated(self._opened(month), "begun", {}, world, now) for month in months]
                old = tuple(replace(case, is_open=False) for case in _of_before(cases, world, now))
                return Moves.joined([*opened, Moves(cases=old)])
            case Pay():
                own = {name: getattr(event, name) for name in (*_SHORT, "persons", "complaints")}
                on = event.paid or world.site.calendar.day(now)
                before = cases.get(event.month, self._opened(event.month))
                case = replace(before, by=event.by, paid=on, **own)
                told = {**own, "paid_on": on, "period": event.month, "file": event.file}
                at = done_on(event.paid, world, now)
                paid = self.stated(case, "paid", told, world, now, event, at=at)
                if not any(_short(event)):
                    return paid
                short = self.fact(case, "short", {}, world, now, **{name: own[name] for name in _SHORT})
                return Moves(cases=paid.cases, facts=(*paid.facts, short))
            case MakeGood():
                case = replace(cases[event.case], made_good=True)
                return self.stated(case, "made_good", {}, world, now, event)
        return Moves()

    def _opened(self, month: str) -> Month:
        after = (_first(month) + timedelta(days=31)).replace(day=self.config.pay_day)
        return Month(id=month, pay_day=after)


_SHORT = ("unpaid", "uninsured", "without_contract")


def _short(of: Pay | Month) -> tuple[int, ...]:
    return tuple(getattr(of, name) for name in _SHORT)


def _of_before(cases: Mapping[str, Month], world: World, now: Instant) -> list[Month]:
    """Those of which nothing is wanting, and that are older than a year."""
    first = f"{world.site.calendar.day(now) - timedelta(days=396):%Y-%m}"
    return [
        case for case in cases.values() if case.id < first and case.paid and (case.made_good or not any(_short(case)))
    ]


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _over(slot: Slot, world: World) -> list[str]:
    """The months that ended since the slot before; of a gateway that was off for long the newest."""
    day, found = world.site.calendar.day(slot.at), list[str]()
    since = world.site.calendar.day(slot.last) if slot.last else day - timedelta(days=day.day)
    while (day := day.replace(day=1) - timedelta(days=1)) >= since.replace(day=1) and len(found) < _MOST_CAUGHT_UP:
        found.append(f"{day:%Y-%m}")
    return found[::-1]


_SAID = (
    {"title": "Wages are due soon", "title_zh": "工资发放即将到期"},
    {"title": "Wages late", "title_zh": "工资逾期未发放"},
    {
        "procedure": "1. Ask who pays wages.\n2. Pay, and enter the month.",
        "procedure_zh": "1. 询问工资发放负责人。\n2. 发放并登记当月工资。",
    },
)
SHORT = msgspec.convert(
    {
        "kind": "fact",
        "name": "labour-short",
        "title": "Wages, contracts or insurance wanting",
        "title_zh": "工资未足额、合同或社保缺失",
        "alert_class": "duty",
        "priority": 3,
        "per": "case",
        "begins": ["labour.short"],
        "ends": ["labour.made_good"],
        "procedure": "1. Ask why.\n2. Make it good, and enter that.",
        "procedure_zh": "1. 了解原因。\n2. 补足并登记。",
    },
    kinds()["fact"],
)
WORKFLOW = Labour
