"""Inspections by checklist 安全检查: begun, each point looked at, finished, signed; what is not normal is a finding.

Whoever begins one checks its points, on a phone or anywhere, in any order and as long as it takes within a day, and
finishes it; nothing counts as normal that nobody said. Each finding becomes a hazard of whoever keeps hazards (topic
``finding``). Where two must sign (fire inspections: the head of the inspected department, Order 61 art. 26; vehicles:
the driver) somebody else signs from their own account, and a missing signature is told after three days, which is house
practice. Duties count ``inspection.finished``, or ``inspection.vehicle`` and its siblings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.ask import EVERYBODY, REPORTERS
from alerts.attachment import AttachmentId, is_id
from alerts.checklists import Checked, Checklist, Inspection, InspectionKind, Result
from alerts.facts import FINDING, Fact, FieldValue
from alerts.hazards import DAY, Level
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.shipped_checklists import united
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Name, Text
from devices.reading import Instant

_AT_ONCE: Instant = DAY
_MOST_POINTS = 100


class Begin(Ask, tag="begin", frozen=True, kw_only=True):
    """An inspection begins.

    ``checklist``: by its name; ``subject``: what is inspected (which vehicle, which room); ``accompanied_by``: who of
    the inspected department comes along.
    """

    ROLES = REPORTERS
    ADDRESS = "inspections"

    area: str
    checklist: str
    subject: str
    kind: InspectionKind = "routine"
    accompanied_by: str = ""


class Check(Ask, tag="check", frozen=True, kw_only=True):
    """What is to be seen at a ``point``; of what is not normal the ``remark`` says what, and the photo shows it.

    ``level``: of the hazard that it is.
    """

    ROLES = REPORTERS
    ADDRESS = "inspections/{case}/check"

    point: str
    result: Result
    remark: str = ""
    photo: AttachmentId = ""
    level: Level = "general"


class Finish(Ask, tag="finish", frozen=True, kw_only=True):
    """Every point was looked at; the inspector signs."""

    ROLES = REPORTERS
    ADDRESS = "inspections/{case}/finish"


class Sign(Ask, tag="sign", frozen=True, kw_only=True):
    """Somebody of the inspected department signs, from their own account."""

    ROLES = EVERYBODY
    ADDRESS = "inspections/{case}/sign"


class InspectionConfig(Config, frozen=True, kw_only=True):
    """Checklists of the site's own, beside those that are shipped.

    ``checklists``: each with its points
    ``sign_within_days``: days within which the second signature is there
    """

    checklists: tuple[Checklist, ...] = ()
    sign_within_days: float = 3

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 0 < self.sign_within_days <= 366:
            yield ConfigFault(("sign_within_days",), Text.of("inspection.not_a_term"))
        names = Counter(each.name for each in self.checklists)
        for index, each in enumerate(self.checklists):
            ids = [point.id for point in each.points]
            if names[each.name] > 1 or not each.name.strip():
                yield ConfigFault(("checklists", index, "name"), Text.of("inspection.two_lists", name=each.name))
            if not 0 < len(set(ids)) == len(ids) <= _MOST_POINTS or not all(ids):
                yield ConfigFault(("checklists", index, "points"), Text.of("inspection.points", most=_MOST_POINTS))


class Inspections(Workflow[Inspection]):
    """One inspection is one case."""

    name, book, case = "inspection", "inspections", Inspection
    asks = (Begin, Check, Finish, Sign)
    config_type = InspectionConfig
    by_area = True
    page = "/console/inspections"

    def rules(self) -> Sequence[Rule[Any]]:
        return (UNSIGNED,)

    def check(self, ask: Any, cases: Mapping[str, Inspection], world: World, now: Instant) -> None:
        if isinstance(ask, Begin):
            if ask.area not in world.site.areas:
                raise Refused(Text.of("inspection.no_area", area=ask.area, areas=tuple(world.site.areas)))
            known = united(self.config.checklists)
            if ask.checklist not in known:
                raise Refused(Text.of("inspection.no_checklist", name=ask.checklist, names=tuple(known)))
            if not ask.subject.strip():
                raise Refused(Text.of("inspection.no_subject"))
            return
        case = cases.get(ask.case)
        if case is None:
            raise Refused(Text.of("inspection.no_case"))
        if isinstance(ask, Sign):
            if case.stage != "finished":
                raise Refused(Text.of("inspection.not_finished"))
            if ask.by.casefold() == case.by.casefold():
                raise Refused(Text.of("inspection.signs_twice", by=ask.by))
            return
        if case.stage != "begun":
            raise Refused(Text.of("inspection.is_finished"))
        if ask.by != case.by:
            raise Refused(Text.of("inspection.somebody_elses", by=case.by))
        if isinstance(ask, Check):
            _check_point(ask, case)
        elif case.unchecked:
            points = tuple(Name(point.title, point.title_zh) for point in case.unchecked)
            raise Refused(Text.of("inspection.unchecked", points=points))

    def step(self, event: Heard, cases: Mapping[str, Inspection], world: World, now: Instant) -> Moves:
        match event:
            case Begin():
                return Moves(cases=(_begun(event, united(self.config.checklists)[event.checklist], now),))
            case Check():
                case = cases[event.case]
                seen = Checked(event.point, event.result, event.remark.strip(), event.photo, event.level)
                kept = (each for each in case.checked if each.point != event.point)
                return Moves(cases=(replace(case, checked=(*kept, seen)),))
            case Finish():
                return self._finished(cases[event.case], event, now)
            case Sign():
                signed = replace(cases[event.case], stage="over", second=event.by, is_open=False, wake_at=None)
                return Moves(cases=(signed,), facts=(_fact(signed, "signed", event.by, event.note, now),))
        return Moves()

    def turn(self, due: Sequence[Inspection], world: World, now: Instant) -> Moves:
        """Nobody finished it in a day, or nobody signed it in its term."""
        return Moves.joined(_late(case, now) for case in due)

    def waits_for(self, case: Inspection, account: str, role: str) -> bool:
        """To be gone on with by whoever began it, or signed by somebody else."""
        return account == case.by if case.stage == "begun" else account != case.by and role in Sign.ROLES

    def shows(self, case: Inspection, now: Instant) -> dict[str, Any]:
        seen = (
            Text.of("inspection.seen", point=_point(case, each.point), result=each.result, remark=each.remark)
            for each in case.checked
        )
        left = (Text.of("inspection.point", point=_point(case, point.id)) for point in case.unchecked)
        return {"points": (), "checked": tuple(seen), "unchecked": tuple(left)}

    def _finished(self, case: Inspection, ask: Finish, now: Instant) -> Moves:
        until = now + int(self.config.sign_within_days * DAY)
        done = replace(case, stage="finished", wake_at=until)
        if case.signers == 1:
            done = replace(case, stage="over", is_open=False, wake_at=None)
        fact = _fact(done, "finished", ask.by, ask.note, now)
        kind = replace(fact, topics=(f"inspection.{case.subject_kind}", self.book))  # duties that count a book, too
        found = (_finding(case, each, ask.by, now) for each in case.checked if each.result in ("abnormal", "corrected"))
        return Moves(cases=(done,), facts=(kind, *found))


def _check_point(ask: Check, case: Inspection) -> None:
    known = tuple(point.id for point in case.points)
    if ask.point not in known:
        raise Refused(Text.of("inspection.no_point", point=ask.point, points=known))
    if ask.result in ("abnormal", "corrected") and not ask.remark.strip():
        raise Refused(Text.of("inspection.no_remark", point=_point(case, ask.point)))
    if ask.photo and not is_id(ask.photo):
        raise Refused(Text.of("inspection.no_photo"))


def _point(case: Inspection, point: str) -> Name:
    return next(Name(each.title, each.title_zh) for each in case.points if each.id == point)


def _begun(ask: Begin, checklist: Checklist, now: Instant) -> Inspection:
    return Inspection(
        id=ask.id,
        area=ask.area,
        by=ask.by,
        checklist=checklist.name,
        title=checklist.called,
        subject=ask.subject.strip(),
        subject_kind=checklist.subject_kind,
        kind=ask.kind,
        accompanied_by=ask.accompanied_by.strip(),
        category=checklist.category,
        signers=checklist.signers,
        points=checklist.points,
        wake_at=now + _AT_ONCE,
    )


def _late(case: Inspection, now: Instant) -> Moves:
    if case.stage == "finished":
        return Moves(cases=(replace(case, wake_at=None),), facts=(_fact(case, "unsigned", "", "", now),))
    over = replace(case, stage="over", is_open=False, wake_at=None)
    return Moves(cases=(over,), facts=(_fact(over, "abandoned", "", "", now),))


def _fact(case: Inspection, step: str, by: str, note: str, now: Instant) -> Fact:
    counts = Counter(each.result for each in case.checked)
    bad = counts["abnormal"] + counts["corrected"]
    fields: dict[str, FieldValue | Text] = {
        "subject": case.subject,
        "subject_kind": case.subject_kind,
        "checklist_name": case.checklist,
        "kind": case.kind,
        "inspector": case.by,
        "accompanied_by": case.accompanied_by,
        "result": "failed" if counts["abnormal"] else "passed",
        "findings": bad,
        "note": note,
    }
    if step in ("finished", "signed"):
        fields["checklist"] = tuple(_row(case, each) for each in case.checked)
    text = Text.of(f"inspection.{step}", checklist=case.title, subject=case.subject, findings=bad)
    told = {name: value for name, value in fields.items() if value not in ("", ())}
    return Fact(workflow="inspection", case=case.id, step=step, at=now, by=by, area=case.area, text=text, fields=told)


def _row(case: Inspection, seen: Checked) -> dict[str, str | int | float | bool | None]:
    title = _point(case, seen.point)
    row = {"item": title.en, "item_zh": title.zh, "result": seen.result, "note": seen.remark, "photo": seen.photo}
    return {name: value for name, value in row.items() if value}


def _finding(case: Inspection, seen: Checked, by: str, now: Instant) -> Fact:
    fields: dict[str, FieldValue | Text] = {
        "place": case.subject,
        "description": seen.remark,
        "source": "inspection",
        "category": case.category,
        "level": seen.level,
        "point": seen.point,
        "is_corrected": seen.result == "corrected",
    }
    if seen.photo:
        fields["attachment"] = seen.photo
    return Fact(
        workflow="inspection",
        case=case.id,
        step="found",
        at=now,
        by=by,
        area=case.area,
        text=Text.of("inspection.found", subject=case.subject, point=_point(case, seen.point), remark=seen.remark),
        fields=fields,
        topics=(FINDING,),
        book="",
    )


UNSIGNED = msgspec.convert(
    {
        "kind": "fact",
        "name": "inspection-unsigned",
        "title": "Inspection not signed",
        "title_zh": "检查记录未签字",
        "alert_class": "duty",
        "priority": 4,
        "begins": ["inspection.unsigned"],
        "ends": ["inspection.signed"],
        "procedure": "1. Ask the inspected department to read the record and sign it.",
        "procedure_zh": "1. 请被检查部门负责人核对并签字。",
    },
    kinds()["fact"],
)
WORKFLOW = Inspections
