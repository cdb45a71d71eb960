"""Obligations: what must be done so often in its period, and how often it was."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from alerts.obligation_progress import Progress, told
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.ports import Gateway
from api.schemas import iso
from devices.language import Language
from devices.message import Text
from devices.reading import Instant
from ledger.standing_duty import Standing, StandingDuty
from ledger.standing_duty import told as standing_told

router = APIRouter(prefix="/api/obligations", tags=["ledger"])


class PastOut(BaseModel):
    """A period that is over. ``is_judged``: it was watched from its beginning, ``is_met``: it was as it must be."""

    begins: str
    ends: str
    done: int
    is_judged: bool
    is_met: bool


class ObligationOut(BaseModel):
    """``state``: done, open, late (within the tolerance), missed, exempt, not_yet; of a limit kept, broken.

    It is counting while a ledger of before is being counted, as after an upgrade: then nothing is judged.
    ``text`` says it with the forecast, in the caller's language. ``missed``: how many periods lack something. A duty
    that stands (``every`` is always) is kept, near or broken; ``done`` says of how many things, ``missed`` how often it
    was broken in this quarter. ``definition``: what counts, a sentence each.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "rule": "plan-d1-weekly-inspection", "clause": "D1", "area": "", "title": "Safety inspection every week",
        "every": "week", "times": 1, "done": 0, "state": "open", "begins": "2026-11-29T16:00:00Z",
        "ends": "2026-12-06T16:00:00Z", "missed": 0, "text": "0 of 1 so far, due by 2026-12-07 00:00", "past": [],
        "definition": ["Counts: Safety inspections (finished).", "At least 1 in each week (ISO)."],
    }]})  # fmt: skip

    rule: str
    clause: str = Field(description="of the plan that asks for it")
    area: str
    title: str
    every: str
    times: int
    done: int
    state: str
    begins: str | None
    ends: str | None
    missed: int
    text: str
    past: list[PastOut]
    definition: list[str]

    @classmethod
    def standing(cls, duty: StandingDuty, one: Standing, means: Sequence[Text], language: Language) -> "ObligationOut":
        return cls(
            rule=duty.name,
            clause=duty.clause,
            area="",
            title=duty.title_zh if language.code == "zh" else duty.title,
            every="always",
            times=0,
            done=one.wanting,
            state=one.state,
            begins=None,
            ends=None,
            missed=one.broken,
            text=language.render(standing_told(one)),
            past=[],
            definition=[language.render(each) for each in means],
        )

    @classmethod
    def of(cls, one: Progress, title: str, means: Sequence[Text], language: Language, now: Instant) -> "ObligationOut":
        return cls(
            rule=one.rule,
            clause=one.clause,
            area=one.area,
            title=title or one.rule,
            every=one.every,
            times=one.times,
            done=one.done,
            state=one.state,
            begins=iso(one.begins) if one.begins is not None else None,
            ends=iso(one.ends) if one.ends is not None else None,
            missed=one.missed,
            text=language.render(told(one, now)),
            past=[
                PastOut(
                    begins=iso(each.begins),
                    ends=iso(each.ends),
                    done=each.done,
                    is_judged=each.is_judged,
                    is_met=each.is_met,
                )
                for each in one.past
            ],
            definition=[language.render(each) for each in means],
        )


@router.get("", summary="Every obligation: how often it was done, by when it is due, and where it leads")
async def obligations(
    request: Request, language: CallersLanguage, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> list[ObligationOut]:
    gateway: Gateway = request.state.gateway
    noun, now = gateway.obligations, gateway.site.now()
    counted = await run_in_threadpool(noun.progress)
    stands = await run_in_threadpool(noun.standing)
    words = gateway.rules.rule_words
    return [
        *(
            ObligationOut.of(one, words(one.rule, language.code)[0], noun.definition(one.rule), language, now)
            for one in counted
        ),
        *(ObligationOut.standing(duty, one, noun.definition(duty.name), language) for duty, one in stands),
    ]
