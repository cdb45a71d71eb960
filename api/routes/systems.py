"""The systems of the plan: each with its written rule, what is behind, its books, and what is asked for first."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import iso
from api.systems import BookLine, Shown, Standing, Systems
from devices.language import Language
from devices.message import Name
from ledger.rule_documents import RuleDocument

router = routes("ledger", "/api/systems")


class RuleDocumentOut(BaseModel):
    """The written rule of a system. ``file``: the id of its text, which is its SHA-256."""

    title: str
    version: str
    approved_by: str
    in_force_since: str
    review_by: str
    file: str

    @classmethod
    def of(cls, one: RuleDocument, review_days: float) -> "RuleDocumentOut":
        review_by = one.review_by(review_days)
        return cls(
            title=one.title,
            version=one.version,
            approved_by=one.approved_by,
            in_force_since=one.on.isoformat() if one.on is not None else "",
            review_by=review_by.isoformat() if review_by is not None else "",
            file=one.file,
        )


class EvidenceOut(BaseModel):
    """What is asked for first: ``state`` there, due, late, missing, exempt, unknown; ``entry``: that shows it, or 0."""

    title: str
    state: str
    book: str
    duty: str
    workflow: str
    entry: int
    at: str | None

    @classmethod
    def of(cls, one: Shown, language: Language) -> "EvidenceOut":
        wanted = one.wanted
        return cls(
            title=language.show(Name(wanted.title, wanted.zh)),
            state=one.state,
            book=wanted.book,
            duty=wanted.duty,
            workflow=wanted.workflow,
            entry=one.entry,
            at=iso(one.at) if one.at is not None else None,
        )


class SystemBookOut(BaseModel):
    """A book of the system: ``entry`` is its newest (0: there is none, or it is not for this account)."""

    id: str
    entry: int
    at: str | None
    unsigned: int

    @classmethod
    def of(cls, line: BookLine) -> "SystemBookOut":
        newest = line.newest
        return cls(
            id=line.book.id,
            entry=newest.sequence if newest is not None else 0,
            at=iso(newest.draft.at) if newest is not None else None,
            unsigned=line.unsigned,
        )


class PlanSystemOut(BaseModel):
    """``state``: in_order, attention, wanting, unknown; "" where nothing of it is judged. ``behind``: duties.

    ``document_state`` is "" for a part of the plan that needs no written rule.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "id": "b5", "clause": "B5", "title": "Fire safety", "state": "attention", "document_state": "there",
        "document": None, "behind": 0, "devices": 56, "working": 55, "alerts": 1, "hazards": 2, "overdue": 0,
        "first": [{"title": "Monthly fire inspection, signed", "state": "there", "book": "", "workflow": "",
                   "duty": "plan-b5-monthly-fire-inspection", "entry": 0, "at": None}],
        "books": [{"id": "fire_test", "entry": 812, "at": "2026-11-29T02:00:00Z", "unsigned": 0}],
    }]})  # fmt: skip

    id: str
    clause: str = Field(description="of the plan that asks for it")
    title: str
    state: str
    document_state: str
    document: RuleDocumentOut | None
    behind: int
    devices: int
    working: int
    alerts: int = Field(description="open alerts whose cause stands")
    hazards: int = Field(description="that are not over")
    overdue: int
    first: list[EvidenceOut]
    books: list[SystemBookOut]

    @classmethod
    def of(cls, one: Standing, books: list[BookLine], review_days: float, language: Language) -> "PlanSystemOut":
        system = one.system
        return cls(
            id=system.id,
            clause=system.clause,
            title=language.show(Name(system.title, system.zh)),
            state=one.verdict if one.is_judged else "",
            document_state=one.document_state if system.is_system else "",
            document=RuleDocumentOut.of(one.document, review_days) if one.document is not None else None,
            behind=one.behind,
            devices=one.live.devices,
            working=one.live.working,
            alerts=sum(alert.active for alert in one.live.alerts),
            hazards=len(one.hazards),
            overdue=one.overdue,
            first=[EvidenceOut.of(shown, language) for shown in one.shown],
            books=[SystemBookOut.of(line) for line in books],
        )


@router.get("", summary="Every system of the plan: its rule, what is behind, its books, what is asked for first")
async def systems(
    request: Request, language: CallersLanguage, person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> list[PlanSystemOut]:
    gateway: Gateway = request.state.gateway

    def read() -> list[PlanSystemOut]:
        found = Systems(gateway, person)
        return [
            PlanSystemOut.of(found.standing(one), found.books(one), found.review_days, language) for one in found.all
        ]

    return await run_in_threadpool(read)
