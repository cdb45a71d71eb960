"""Rules documents 制度文件: the written rule of each of the eight systems, in force, due for review, or missing.

A document has a version, who approved it, and the file, named by its hash; it is looked through at least every three
years, and on change. Where it is asked for, a system without one is a case from the first day: its document is missing.
The period is our reading of what plans ask for; a site sets its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias, get_args

from msgspec.structs import replace

from alerts.attachment import AttachmentId
from alerts.heard import Slot
from alerts.rule import Rule
from alerts.terms import (
    LEADERS,
    Owing,
    Term,
    TermConfig,
    TermWorkflow,
    by_day,
    case_of,
    check_day,
    check_words,
    done_on,
    rules_of,
)
from alerts.workflow import Ask, Heard, Moves, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

System: TypeAlias = Literal[
    "guard_duty",
    "public_facilities",
    "important_items",
    "key_departments",
    "fire_safety",
    "vehicles",
    "external_personnel",
    "foreign_affairs",
]
"""The eight of the plan, in its order: B1 to B8."""
SYSTEMS: tuple[System, ...] = get_args(System)
_AHEAD_DAYS = {"write": 7, "review": 60}


class Document(Owing, frozen=True, kw_only=True):
    """The id is its system. ``document``: the file; ``wanted_since``: since when there is none."""

    heading: str = ""
    edition: str = ""
    number: str = ""
    document: AttachmentId = ""
    issued: date | None = None
    reviewed: date | None = None
    wanted_since: date | None = None


class Issue(Ask, tag="issue", frozen=True, kw_only=True):
    """A document comes into force, the first of its system or a new version of it; another leader approves it."""

    ROLES = LEADERS
    SECOND = True
    SECOND_ROLES = LEADERS

    system: System
    heading: str
    edition: str
    document: AttachmentId = ""
    number: str = ""
    issued: date | None = None


class Review(Ask, tag="review", frozen=True, kw_only=True):
    """It was looked through and stays as it is; the note says by whom and with what result."""

    ROLES = LEADERS

    reviewed: date | None = None


class Withdraw(Ask, tag="withdraw", frozen=True, kw_only=True):
    """It is in force no more; where one is asked for, its system is without one from today."""

    ROLES = LEADERS
    SECOND = True
    SECOND_ROLES = LEADERS


class DocumentsConfig(TermConfig, frozen=True, kw_only=True):
    """Whether all eight are asked for, and how often each is looked through.

    ``is_on``: whether a system without a document is told of
    ``review_days``: at most so long after it was issued or looked through
    ``write_days``: so long a system may be without one
    ``file_wanted``: nothing comes into force without its file
    """

    is_on: bool = False
    review_days: float = 1_096
    write_days: float = 30
    file_wanted: bool = True


class RulesDocuments(TermWorkflow[Document]):
    """One system is one case."""

    name, book, case = "rules_documents", "rules_documents", Document
    asks = (Issue, Review, Withdraw)
    config_type = DocumentsConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, *_SAID)

    def terms(self, case: Document, world: World) -> Iterable[Term]:
        if case.reviewed is not None:
            last = case.reviewed + timedelta(days=self.config.review_days)
            yield by_day("review", last, _AHEAD_DAYS["review"], world)
        elif case.wanted_since is not None:
            last = case.wanted_since + timedelta(days=self.config.write_days)
            yield by_day("write", last, _AHEAD_DAYS["write"], world)

    def called(self, case: Document, world: World) -> Text:
        return Text.of(f"rules_documents_system.{case.id}")

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """At once, while any of the eight that are asked for is no case."""
        return now if self.config.is_on and set(SYSTEMS) - set(world.own_cases(self)) else None

    def shows(self, case: Document, now: Instant) -> dict[str, Any]:
        return {"system": case.id, "state": self.state(case)}

    def state(self, case: Document) -> str:
        """``in_force``, ``due`` (looked through too long ago, or nearly) or ``missing``."""
        if case.reviewed is None:
            return "missing"
        return "due" if case.told else "in_force"

    def check(self, ask: Any, cases: Mapping[str, Document], world: World, now: Instant) -> None:
        if isinstance(ask, Issue):
            check_words(self.name, ask, "heading", "edition", *(("document",) if self.config.file_wanted else ()))
            check_day(self.name, ask, "issued", world, now)
            return
        case = case_of(cases, ask)
        check_words(self.name, ask, "note")
        if case.reviewed is None:
            raise Refused(Text.of("rules_documents.none_yet"))
        if isinstance(ask, Review):
            check_day(self.name, ask, "reviewed", world, now)

    def step(self, event: Heard, cases: Mapping[str, Document], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Slot():
                lacking = [system for system in SYSTEMS if system not in cases]
                missing = (Document(id=system, wanted_since=today) for system in lacking)
                return Moves.joined(self.stated(case, "missing", {"system": case.id}, world, now) for case in missing)
            case Issue():
                names = ("heading", "edition", "number", "document")
                own = {name: getattr(event, name).strip() for name in names}
                on = event.issued or today
                before = cases.get(event.system, Document(id=event.system))
                step = "revised" if before.reviewed is not None else "issued"
                case = replace(before, by=event.by, second=event.second, issued=on, reviewed=on, **own)
                case = replace(case, wanted_since=None)
                told = {**_told(case), "on": on}
                return self.stated(case, step, told, world, now, event, at=done_on(event.issued, world, now))
            case Review():
                on = event.reviewed or today
                case = replace(cases[event.case], reviewed=on)
                told = {**_told(case), "on": on}
                return self.stated(case, "reviewed", told, world, now, event, at=done_on(event.reviewed, world, now))
            case Withdraw():
                before = cases[event.case]
                blank = Document(id=before.id, by=event.by, told=before.told, wanted_since=today)
                if not self.config.is_on:
                    blank = replace(blank, is_open=False)
                return self.stated(blank, "withdrawn", _told(before), world, now, event)
        return Moves()


def _told(case: Document) -> dict[str, Any]:
    return {
        "system": case.id,
        "heading": case.heading,
        "edition": case.edition,
        "number": case.number,
        "file": case.document,
        "hash": case.document.removeprefix("sha256:"),
    }


_SAID = (
    {"title": "Rules document due", "title_zh": "制度文件即将到期"},
    {"title": "Rules document missing or not looked through", "title_zh": "制度文件缺失或逾期未评审"},
    {
        "procedure": "1. Write or look through the document.\n2. Have it approved, and enter it with its file.",
        "procedure_zh": "1. 编制或评审制度文件。\n2. 报批后连同文件登记。",
    },
)
WORKFLOW = RulesDocuments
