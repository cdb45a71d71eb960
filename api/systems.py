"""The systems of the plan as they stand, of what the gateway knows already: no walk over the ledger.

Read once for a page: duties from their projection, alerts and cases from the live model, of each book the newest entry
by its index. What an account may not see is not shown and judged ``unknown``; one that is limited to key areas sees
their devices, alerts and cases.
"""

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

import msgspec

from alerts.alert import Alert, AlertClass
from alerts.case import Case
from alerts.hazards import OVER
from api.asks import every_workflow
from api.auth import Permission, Person
from api.ports import Gateway
from api.roster import keeper
from devices.device import Device
from devices.message import Name
from devices.reading import Instant
from ledger.books import Book
from ledger.entry import Entry
from ledger.rule_documents import RuleDocument, document_of
from ledger.standing_duty import Standing as Stands
from ledger.standing_duty import StandingDuty
from ledger.system_state import Evidence, Verdict, of_document, of_duty, of_entry, verdict
from ledger.systems import System, Wanted, systems_of

_PLAN, _RULES, _FIND_HAZARD = "obligations", "rules_documents", "hazards"
_REVIEW_DAYS = 1_096
"""Between two reviews of a written rule, where the site does not say."""
_NOT_WORKING = frozenset({AlertClass.FAULT, AlertClass.TAMPER})
_LOOKED_THROUGH = 100
"""Entries of a book for one that says what is wanted: the newest of another kind stands further back."""
OTHERS = "others"


class Duty(msgspec.Struct, frozen=True):
    """One duty of the plan: ``state`` as the page of obligations has it."""

    name: str
    clause: str
    area: str
    state: str
    title: Name


class Shown(msgspec.Struct, frozen=True):
    """What is asked for first, and how it stands. ``at``: when the newest entry was written that shows it.

    ``duty_state``: of the duty that shows it, as the page of obligations has it.
    """

    wanted: Wanted
    state: Evidence
    at: Instant | None = None
    entry: int = 0
    duty_state: str = ""


class BookLine(msgspec.Struct, frozen=True):
    """A book with its newest entry; None: it is empty, or not for whoever looks (``is_hidden``)."""

    book: Book
    newest: Entry | None
    unsigned: int
    is_hidden: bool


class Live(msgspec.Struct, frozen=True):
    """What belongs to a system now. ``faulty``: each with the alert that says so, None: it was never heard.

    ``out``: out of force by somebody's leave, bypassed or in a test; one that is faulty, too, stands there.
    """

    devices: int
    faulty: tuple[tuple[Device, Alert | None], ...]
    out: tuple[Device, ...]
    alerts: tuple[Alert, ...]

    @property
    def working(self) -> int:
        return self.devices - len(self.faulty) - len(self.out)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One system at a moment. ``hazards``: those that are not over, the most urgent first."""

    system: System
    verdict: Verdict
    document: RuleDocument | None
    document_state: Evidence
    shown: tuple[Shown, ...]
    duties: tuple[Duty, ...]
    live: Live
    hazards: tuple[Any, ...]
    overdue: int

    @property
    def is_judged(self) -> bool:
        """Whether anything of it is asked for at all."""
        return bool(self.shown or self.duties)

    @property
    def behind(self) -> int:
        """How many duties are behind."""
        return sum(of_duty([duty.state]) in ("missing", "late") for duty in self.duties)

    @property
    def lacking(self) -> int:
        """How many of what is asked for first are not there in time."""
        return sum(one.state in ("missing", "late") for one in self.shown)


class Systems:
    """What one person may see of them, read once. Blocking. Raises StoreUnavailable."""

    def __init__(self, gateway: Gateway, person: Person) -> None:
        self._gateway, self._person = gateway, person
        self._now = gateway.site.now()
        self._newest: dict[str, list[Entry]] = {}

    @cached_property
    def all(self) -> tuple[System, ...]:
        """Of the site's plan; none without one. A book that no file names stands with the others."""
        plan = getattr(self._gateway.site.workflow_table(_PLAN), "plan", "")
        found = systems_of(plan) if plan else ()
        named = {book for system in found for book in system.books}
        more = tuple(book for book in self._gateway.ledger.books() if book not in named)
        return tuple(
            msgspec.structs.replace(system, books=(*system.books, *more)) if system.id == OTHERS else system
            for system in found
        )

    def find(self, system: str) -> System | None:
        """None for one that there is not."""
        return next((each for each in self.all if each.id == system), None)

    def standing(self, system: System) -> Standing:
        """How it stands now."""
        document = document_of(self._rules_by_id.get(system.rule))
        kept = of_document(document)
        shown = tuple(self._shown(wanted) for wanted in system.first)
        duties = tuple(duty for duty in self._duties if system.has_clause(duty.clause))
        live, hazards = self._live(system), self._hazards(system)
        overdue = sum(case.deadline_at is not None and case.deadline_at <= self._now for case in hazards)
        found: list[Evidence] = [of_duty([duty.state]) for duty in duties] + [one.state for one in shown]
        is_disturbed = bool(live.faulty or overdue or any(alert.active for alert in live.alerts))
        return Standing(
            system=system,
            verdict=verdict([*found, *([kept] if system.is_system else [])], is_disturbed=is_disturbed),
            document=document,
            document_state=kept,
            shown=shown,
            duties=tuple(sorted(duties, key=lambda duty: (duty.clause, duty.name))),
            live=live,
            hazards=hazards,
            overdue=overdue,
        )

    def books(self, system: System) -> list[BookLine]:
        """Each with its newest entry."""
        books = self._gateway.ledger.books()
        its = [books[book] for book in system.books if book in books]
        return [
            BookLine(
                book,
                next(iter(self._newest_of(book.id, 1)), None),
                self._unsigned.get(book.id, 0),
                not self._may_read(book),
            )
            for book in its
        ]

    def cases(self, system: System) -> list[tuple[str, int]]:
        """Of its workflows that people ask something of, how many cases are open."""
        kinds = every_workflow()
        its = [flow for flow in system.workflows if flow in kinds and kinds[flow].asks]
        return [(flow, sum(kinds[flow].runs(case) for case in self._cases(flow))) for flow in its]

    def answering(self, system: System) -> list[tuple[str, int]]:
        """Who is responsible, and for how many things, as the registers of the system say."""
        counted: dict[str, int] = {}
        for flow in system.answers:
            for case in self._cases(flow):
                person = getattr(case, "responsible", "")
                if person:
                    counted[person] = counted.get(person, 0) + 1
        return sorted(counted.items(), key=lambda each: (-each[1], each[0]))

    @property
    def hazard_flow(self) -> str:
        """The workflow that hazards are told to."""
        return keeper(_FIND_HAZARD)

    @property
    def rules_page(self) -> str:
        """Where written rules are seen to; "" while nothing keeps them."""
        return page_of(_RULES)

    @property
    def review_days(self) -> float:
        """A written rule is looked through so often."""
        return float(getattr(self._gateway.site.workflow_table(_RULES), "review_days", _REVIEW_DAYS))

    def bodies(self, system: System) -> list[Entry]:
        """The newest entry of each body of its kinds; nobody's who may not read the ledger."""
        found: dict[str, Entry] = {}
        for entry in self._newest_of("organisations", _LOOKED_THROUGH) if system.bodies else ():
            kind = str(entry.draft.fields.get("kind", ""))
            if kind in system.bodies and entry.draft.fields.get("members"):
                found.setdefault(kind, entry)
        return [found[kind] for kind in system.bodies if kind in found]

    # -- read once -------------------------------------------------------------------------------------------

    @cached_property
    def _duties(self) -> tuple[Duty, ...]:
        words = self._gateway.rules.rule_words
        return (
            *(
                Duty(
                    one.rule,
                    one.clause,
                    one.area,
                    one.state,
                    Name(*(words(one.rule, code)[0] for code in ("en", "zh"))),
                )
                for one in self._gateway.obligations.progress()
            ),
            *(
                Duty(duty.name, duty.clause, "", one.state, Name(duty.title, duty.title_zh))
                for duty, one in self._stands
            ),
        )

    @cached_property
    def _stands(self) -> Sequence[tuple[StandingDuty, Stands]]:
        return self._gateway.obligations.standing()

    @cached_property
    def _rules(self) -> set[tuple[str, str]]:
        """Those whose alerts are about a duty, each with its clause."""
        stands = {(duty.clause, rule) for duty, _ in self._stands for rule in (*duty.rules, *duty.near)}
        return stands | {(duty.clause, duty.name) for duty in self._duties}

    @cached_property
    def _rules_by_id(self) -> dict[str, Case]:
        return {case.id: case for case in self._cases(_RULES)}

    @cached_property
    def _unsigned(self) -> dict[str, int]:
        counted: dict[str, int] = {}
        for each in self._gateway.ledger.unsigned() if self._person.may(Permission.READ_LEDGER) else ():
            counted[each.entry.draft.book] = counted.get(each.entry.draft.book, 0) + 1
        return counted

    @cached_property
    def _alerts(self) -> list[Alert]:
        areas = self._person.areas
        every = [alert for alert in self._gateway.alerts.open_alerts() if alert.origin == "real"]
        return [alert for alert in every if not areas or alert.area in ("", *areas)]

    @cached_property
    def _devices(self) -> list[Device]:
        areas = self._person.areas
        return [device for device in self._gateway.devices.devices() if not areas or device.area in areas]

    @cached_property
    def _faults(self) -> dict[str, Alert | None]:
        """By the device that does not work, why: its fault or tamper stands, or it was never heard."""
        heard = self._gateway.devices.last_heard
        found: dict[str, Alert | None] = {device.id: None for device in self._devices if heard(device.id) is None}
        for alert in self._alerts:
            if alert.active and alert.alert_class in _NOT_WORKING:
                found |= dict.fromkeys(_about(alert), alert)
        return found

    @cached_property
    def _held(self) -> set[str]:
        return {device for each in self._gateway.workflows.suppressions() for device in each.holds.devices}

    def _cases(self, workflow: str) -> Sequence[Case]:
        return self._gateway.workflows.cases(workflow)

    def _may_read(self, book: Book | None) -> bool:
        return book is not None and (book.admits(self._person.role) or self._person.may(Permission.READ_LEDGER))

    def _newest_of(self, book: str, most: int) -> list[Entry]:
        if not self._may_read(self._gateway.ledger.books().get(book)):
            return []
        if len(self._newest.get(book, ())) < most:
            self._newest[book] = self._gateway.ledger.newest(book, most)
        return self._newest[book]

    # -- of one system ---------------------------------------------------------------------------------------

    def _shown(self, wanted: Wanted) -> Shown:
        if wanted.duty:
            its = [duty.state for duty in self._duties if duty.name == wanted.duty]
            state = of_duty(its)
            return Shown(wanted, state, duty_state=next((each for each in its if of_duty([each]) == state), ""))
        if wanted.workflow:
            return Shown(wanted, "there" if self._cases(wanted.workflow) else "missing")
        if not self._may_read(self._gateway.ledger.books().get(wanted.book)):
            return Shown(wanted, "unknown")
        entries = self._newest_of(wanted.book, _LOOKED_THROUGH if wanted.where else 1)
        entry = next((each for each in entries if wanted.where.items() <= each.draft.fields.items()), None)
        at = entry.draft.at if entry is not None else None
        return Shown(wanted, of_entry(at, wanted.within_days, self._now), at, entry.sequence if entry else 0)

    def _live(self, system: System) -> Live:
        its = [device for device in self._devices if system.has_device(device.kind, device.tags)]
        ids = {device.id for device in its}
        rules = {rule for clause, rule in self._rules if system.has_clause(clause)}
        rules |= {rule for flow in system.workflows for rule in _shipped(flow)}
        faulty = tuple((device, self._faults.get(device.id)) for device in its if device.id in self._faults)
        return Live(
            devices=len(its),
            faulty=faulty,
            out=tuple(device for device in its if device.id in self._held and device.id not in self._faults),
            alerts=tuple(alert for alert in self._alerts if _is_about(alert, system, rules, ids)),
        )

    def _hazards(self, system: System) -> tuple[Any, ...]:
        return tuple(case for case in self._open_hazards if case.category in system.hazards)

    @cached_property
    def _open_hazards(self) -> list[Any]:
        cases: Sequence[Any] = self._cases(self.hazard_flow)
        standing = [case for case in cases if case.stage not in OVER]
        return sorted(standing, key=lambda case: (case.deadline_at is None, case.deadline_at or 0))


@cache
def _shipped(workflow: str) -> frozenset[str]:
    """The rules that a workflow brings, with the names that they have without a site."""
    kind = every_workflow().get(workflow)
    return frozenset(rule.name for rule in kind().rules()) if kind is not None else frozenset()


def page_of(workflow: str) -> str:
    """Where its cases are seen to; "" if there is no such workflow."""
    kind = every_workflow().get(workflow)
    return "" if kind is None else kind.page or f"/console/workflows/{workflow}"


def _is_about(alert: Alert, system: System, rules: set[str], devices: set[str]) -> bool:
    """Whether that alert belongs to it: by its rule, its class, or by a device of the system that it is about."""
    if alert.rule in rules or alert.alert_class in system.alert_classes:
        return True
    return alert.alert_class in system.device_alerts and not devices.isdisjoint(_about(alert))


def _about(alert: Alert) -> set[str]:
    """The devices that it is about."""
    return {alert.key, *(cause.device for cause in alert.causes)}
