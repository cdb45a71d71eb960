"""Infectious diseases 传染病报告: somebody has symptoms, it is reported within 24 hours, and who is well comes back.

Any unit reports promptly to the nearest hospital or disease control (Law on Infectious Diseases, read second hand); 24
hours, and 2 for what spreads at once, are internal targets, taken from what binds hospitals. The clock runs from when
it was found, also over a restart. Who it is, symptoms and contacts are personal: beside the ledger's chain, shown to
leaders and auditors, erasable.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.ask import EVERYBODY
from alerts.rule import Rule
from alerts.terms import DAY, LEADERS, Owing, Term, TermConfig, TermWorkflow, case_of, check_words, rules_of
from alerts.workflow import Ask, Heard, Moves, World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

_HOUR: Instant = 3_600 * SECOND
_AHEAD = {"report": 6 * _HOUR, "report_at_once": _HOUR, "come_back": DAY}
_PERSONAL = ("person", "symptoms", "contacts", "result")


class Disease(Owing, frozen=True, kw_only=True):
    """``found_at``: from then on the clock runs. ``urgent``: what spreads at once, or several people together."""

    found_at: Instant = 0
    urgent: bool = False
    count: int = 1
    person: str = ""
    symptoms: str = ""
    measures: str = ""
    reported_to: str = ""
    reported_at: Instant | None = None


class Find(Ask, tag="find", frozen=True, kw_only=True):
    """Somebody has symptoms of what may be infectious: they stay away from others from now on."""

    ROLES = EVERYBODY
    PERSONAL = frozenset({"person", "symptoms", "contacts"})

    area: str
    person: str
    symptoms: str
    contacts: str = ""
    measures: str = ""
    count: int = 1
    urgent: bool = False


class Report(Ask, tag="report", frozen=True, kw_only=True):
    """It was reported: to whom, and the number or name they gave."""

    ROLES = EVERYBODY

    to: str
    reference: str


class Close(Ask, tag="close", frozen=True, kw_only=True):
    """Who was ill is back with a doctor's word, or a doctor found it to be nothing infectious."""

    ROLES = LEADERS
    PERSONAL = frozenset({"result"})

    outcome: Literal["back", "not_infectious"]
    result: str


class DiseaseConfig(TermConfig, frozen=True, kw_only=True):
    """The terms, in hours and days.

    ``report_h``: hours within which it is reported
    ``urgent_h``: hours, of what spreads at once
    ``back_days``: days within which somebody says how it went on
    """

    report_h: float = 24
    urgent_h: float = 2
    back_days: float = 30


class DiseaseReports(TermWorkflow[Disease]):
    """One outbreak is one case; its id says nothing of who is ill."""

    name, book, case = "disease_reports", "disease_reports", Disease
    asks = (Find, Report, Close)
    config_type = DiseaseConfig
    by_area = True
    personal = ("person", "symptoms")

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, *_SAID)

    def terms(self, case: Disease, world: World) -> Iterable[Term]:
        if case.reported_at is None:
            hours = self.config.urgent_h if case.urgent else self.config.report_h
            ahead = _AHEAD["report_at_once" if case.urgent else "report"]
            yield Term("report", case.found_at + int(hours * _HOUR), ahead)
        else:
            yield Term("come_back", case.found_at + int(self.config.back_days * DAY), _AHEAD["come_back"])

    def called(self, case: Disease, world: World) -> Text:
        return Text.of("disease_reports.called", at=At(case.found_at))

    def check(self, ask: Any, cases: Mapping[str, Disease], world: World, now: Instant) -> None:
        check_words(self.name, ask, *_NEEDED[type(ask)])
        if isinstance(ask, Find):
            if ask.area not in world.site.areas:
                raise Refused(Text.of("disease_reports.no_area", area=ask.area[:64], known=tuple(world.site.areas)))
            if not 1 <= ask.count <= 10_000:
                raise Refused(Text.of("disease_reports.no_count"))
            return
        case = case_of(cases, ask)
        is_reported = case.reported_at is not None
        if isinstance(ask, Report) == is_reported and not (isinstance(ask, Close) and ask.outcome == "not_infectious"):
            raise Refused(Text.of("terms.not_now"))
        if ask.done_at is not None and ask.done_at < case.found_at:
            raise Refused(Text.of("disease_reports.before_it"))

    def step(self, event: Heard, cases: Mapping[str, Disease], world: World, now: Instant) -> Moves:
        match event:
            case Find():
                names = ("area", "urgent", "count", "person", "symptoms", "measures")
                own = {name: getattr(event, name) for name in names}
                case = Disease(id=event.id, by=event.by, found_at=event.done_at or now, **own)
                told = {**own, "contacts": event.contacts.strip()}
                told.pop("area")
                return self.stated(case, "found", told, world, now, event, at=case.found_at, personal=_PERSONAL)
            case Report():
                at = event.done_at or now
                case = replace(cases[event.case], reported_to=event.to.strip(), reported_at=at)
                told = {"reported_to": event.to.strip(), "reference": event.reference.strip()}
                return self.stated(case, "reported", told, world, now, event, at=at, to=case.reported_to)
            case Close():
                case = replace(cases[event.case], is_open=False)
                told = {"result": event.result.strip()}
                return self.stated(case, event.outcome, told, world, now, event, personal=_PERSONAL)
        return Moves()


_NEEDED: dict[type[Ask], tuple[str, ...]] = {
    Find: ("person", "symptoms"),
    Report: ("to", "reference"),
    Close: ("result",),
}
_SAID = (
    {"title": "Infectious disease to be reported soon", "title_zh": "传染病即将到报告时限"},
    {"title": "Infectious disease: term is over", "title_zh": "传染病逾期未报告或未随访"},
    {
        "procedure": "1. Call the nearest hospital or disease control.\n2. Enter whom you told, and how it went on.",
        "procedure_zh": "1. 致电就近医院或疾控机构。\n2. 登记报告单位及后续情况。",
    },
)
WORKFLOW = DiseaseReports
