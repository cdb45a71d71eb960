"""Filings 备案与许可: what is told to an authority by a day, the yearly report of precursors, licences that run out.

Buying and selling highly toxic goods and explosive precursors is filed with the county police in 5 days (HC 41): who
keeps stock says so as a fact (``to_be_filed``). The first movement of a drug precursor in a year opens its report, due
by 31 March of the next (DPR 36). A licence or filing of a purchase counts until its last day. Each is told before it is
due, and is an alert from the day after on, until it is filed or renewed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from alerts.ask import EVERYBODY, Ask
from alerts.facts import GOODS_MOVED, LICENCE, TO_BE_FILED, Fact, FieldValue
from alerts.filing import Filing, FilingKind
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.workflow import Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

_DAY = timedelta(days=1)
_AHEAD: Mapping[str, int] = {"toxic": 2, "explosive_precursor": 2, "precursor_report": 30, "licence": 30, "other": 7}
"""So many days before, it is told (ours)."""
_LEADERS = frozenset({"manager", "admin"})
_LONGEST, _MOST_YEARS = 200, 20


class File(Ask, tag="file", frozen=True, kw_only=True):
    """It was filed: ``reference``, the number or date that the authority gave."""

    ROLES = EVERYBODY

    reference: str


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """Something else is owed by a day, or a licence counts until then; ``number``: of the licence."""

    ROLES = _LEADERS

    kind: FilingKind
    about: str
    due: date
    number: str = ""
    authority: str = ""


class Renew(Ask, tag="renew", frozen=True, kw_only=True):
    """A licence was renewed until that day."""

    ROLES = _LEADERS

    due: date


class Withdraw(Ask, tag="withdraw", frozen=True, kw_only=True):
    """It is owed no more, or the licence is given back: the note says why."""

    ROLES = _LEADERS
    SECOND = True
    SECOND_ROLES = _LEADERS


class Filings(Workflow[Filing]):
    """One filing is one case; one that was made is over."""

    name, book, case = "filings", "filings", Filing
    asks = (File, Enter, Renew, Withdraw)
    by_area = True
    page = "/console/stock"
    listens = Listens(topics=frozenset({TO_BE_FILED, GOODS_MOVED}))
    provides = {LICENCE: lambda about, cases, world, now: _licence(about["number"], cases)}

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def waits_for(self, case: Filing, account: str, role: str) -> bool:
        return role in File.ROLES and (case.kind != "licence" or bool(case.told))

    def check(self, ask: Any, cases: Mapping[str, Filing], world: World, now: Instant) -> None:
        if any(len(value) > _LONGEST for name in _OWN if isinstance(value := getattr(ask, name, ""), str)):
            raise Refused(Text.of("filings.too_long", most=_LONGEST))
        today = world.site.calendar.day(now)
        if isinstance(ask, Enter | Renew) and not today <= ask.due <= today + timedelta(days=366 * _MOST_YEARS):
            raise _refused("due", "no_day")
        if isinstance(ask, Enter):
            if not ask.about.strip():
                raise _refused("about", "wanting")
            if ask.kind == "licence" and (not ask.number.strip() or _licence(ask.number, cases) is not None):
                raise _refused("number", "no_number")
            return
        case = cases.get(ask.case)
        if case is None:
            raise _refused("case", "none_such")
        if isinstance(ask, Renew) != (case.kind == "licence") and not isinstance(ask, Withdraw):
            raise _refused("case", "renew_it" if case.kind == "licence" else "file_it")
        field = "reference" if isinstance(ask, File) else "note" if isinstance(ask, Withdraw) else ""
        if field and not getattr(ask, field).strip():
            raise _refused(field, "wanting")

    def step(self, event: Heard, cases: Mapping[str, Filing], world: World, now: Instant) -> Moves:
        match event:
            case Fact():
                case = _owed(event, world)
                return Moves() if case is None or case.id in cases else self._judged(case, "opened", world, now)
            case Enter():
                own = {name: getattr(event, name) for name in _OWN}
                own = {name: value.strip() if isinstance(value, str) else value for name, value in own.items()}
                return self._judged(Filing(id=event.id, by=event.by, **own), "opened", world, now, event)
            case Renew():
                case = replace(cases[event.case], due=event.due, told="")
                return self._judged(case, "renewed", world, now, event)
            case File() | Withdraw():
                case = replace(cases[event.case], is_open=False, wake_at=None)
                step = "filed" if isinstance(event, File) else "withdrawn"
                return Moves(cases=(case,), facts=(_fact(case, step, now, event),))
        return Moves()

    def turn(self, due: Sequence[Filing], world: World, now: Instant) -> Moves:
        return Moves.joined(self._judged(case, "", world, now) for case in due)

    def _judged(self, case: Filing, step: str, world: World, now: Instant, ask: Ask | None = None) -> Moves:
        """The fact of that step, if it is one, and how it stands on this day."""
        calendar = world.site.calendar
        today, near = calendar.day(now), case.due - timedelta(days=_AHEAD[case.kind])
        state = "overdue" if today > case.due else "due" if today >= near else ""
        facts = [_fact(case, step, now, ask)] if step else []
        facts += [_fact(case, state, now)] if state and state != case.told else []
        next_day = min((day for day in (near, case.due + _DAY) if day > today), default=None)
        wake_at = calendar.at(next_day, 0) if next_day is not None else None
        return Moves(cases=(replace(case, told=state, wake_at=wake_at),), facts=tuple(facts))


_OWN = ("kind", "about", "due", "number", "authority")


def _refused(field: str, key: str) -> Refused:
    text = Text.of(f"filings.{key}")
    return Refused(text, ((0, field, text),))


def _licence(number: str, cases: Mapping[str, Filing]) -> Filing | None:
    return next((one for one in cases.values() if one.kind == "licence" and one.number == number.strip()), None)


def _owed(fact: Fact, world: World) -> Filing | None:
    """What is owed for it: a filing in so many days, or the report of the year."""
    day, kind = world.site.calendar.day(fact.at), str(fact.fields.get("kind", ""))
    if TO_BE_FILED in fact.topics:
        name = blake2b(repr((fact.workflow, fact.case, fact.step, fact.at)).encode(), digest_size=8).hexdigest()
        days = fact.fields.get("days")
        due = day + timedelta(days=days if isinstance(days, int) else 0)
        its: Any = kind if kind in get_args(FilingKind) else "other"
        return Filing(id=name, area=fact.area, kind=its, about=str(fact.fields.get("about", "")), due=due)
    if not kind.startswith("drug_precursor"):
        return None
    return Filing(id=f"report-{day.year}", kind="precursor_report", about=str(day.year), due=date(day.year + 1, 3, 31))


def _fact(case: Filing, step: str, now: Instant, ask: Ask | None = None) -> Fact:
    fields: dict[str, FieldValue | Text] = {
        "kind": case.kind,
        "about": case.about,
        "number": case.number,
        "due": case.due.isoformat(),
        "authority": case.authority,
        "reference": getattr(ask, "reference", "").strip(),
        "note": ask.note if ask is not None else "",
    }
    kind = Text.of(f"filings.kind_{case.kind}")
    return Fact(
        workflow="filings",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        area=case.area,
        text=Text.of(f"filings.{step}", kind=kind, about=case.about, due=case.due.isoformat(), number=case.number),
        fields={name: value for name, value in fields.items() if value},
    )


_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "filing-overdue",
            "title": "Not filed in time, or a licence is over",
            "title_zh": "备案、报告或许可逾期",
            "priority": 2,
            "begins": ["filings.overdue"],
            "ends": ["filings.filed", "filings.renewed", "filings.withdrawn"],
            "procedure": "1. File it now, and say why it is late.\n2. A licence: issue nothing under it until it is "
            "renewed.",
            "procedure_zh": "1. 立即备案并说明逾期原因。\n2. 许可过期：续办前不得凭此收发。",
        },
        {
            "name": "filing-due",
            "title": "To be filed, or a licence runs out",
            "title_zh": "备案、报告或许可即将到期",
            "priority": 4,
            "begins": ["filings.due"],
            "ends": ["filings.filed", "filings.renewed", "filings.withdrawn", "filings.overdue"],
            "procedure": "1. File it, and enter the number.",
            "procedure_zh": "1. 办理备案并登记回执编号。",
        },
    )
)
WORKFLOW = Filings
