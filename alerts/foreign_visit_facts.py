"""What is told of foreign visits: the facts of their book, and the rules that make alerts of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from alerts.ask import Ask
from alerts.facts import Fact
from alerts.foreign_visits import Visit
from alerts.kinds import kinds
from alerts.rule import Rule
from devices.message import At, Text
from devices.reading import Instant


def fact_of(
    case: Visit,
    step: str,
    now: Instant,
    ask: Ask | None = None,
    *,
    times: Mapping[str, str] = {},
    areas: Sequence[str] = (),
    found: tuple[Text, ...] = (),
) -> Fact:
    said: dict[str, Any] = {
        "matter": case.purpose,
        "organisation": case.organisation,
        "country": case.nationality,
        **times,
        "areas": ", ".join(case.areas),
        "closed_areas": ", ".join(areas or [each.area for each in case.closed]),
        "escort": case.escort,
        "responsible": case.by,
        "approver": case.approved_by,
        "lodging": case.lodging,
        "result": getattr(ask, "result", ""),
        "note": ask.note if ask is not None else "",
    }
    if step == "planned":
        said |= {"persons": "; ".join(case.persons), "passport": "; ".join(case.passports)}
    text = Text.of(
        f"foreign_affairs.{step}", number=case.id[:8], begins=At(case.begins_at), found=found, areas=tuple(areas)
    )
    return Fact(
        workflow="foreign_affairs",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        text=text,
        fields={name: value for name, value in said.items() if value},
        personal=tuple(name for name in ("persons", "passport") if said.get(name)),
    )


_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "foreign-visit-unapproved",
            "title": "Foreign visit without approval",
            "title_zh": "涉外接待未经审批",
            "priority": 2,
            "begins": ["foreign_affairs.unapproved"],
            "ends": ["foreign_affairs.approved_late", "foreign_affairs.cancelled"],
            "procedure": "1. Call a leader who did not plan it.\n2. Have it approved, or end it.",
            "procedure_zh": "1. 联系未参与制定方案的领导。\n2. 补办审批或终止接待。",
        },
        {
            "name": "foreign-visit-not-closed",
            "title": "Area not closed to a foreign visit",
            "title_zh": "涉外接待期间禁入区域未布防",
            "alert_class": "supervisory",
            "priority": 2,
            "begins": ["foreign_affairs.not_closed", "foreign_affairs.opened"],
            "ends": ["foreign_affairs.closed", "foreign_affairs.given_back"],
            "procedure": "1. Send somebody to close what is open, or to stay there.\n2. Arm the area.",
            "procedure_zh": "1. 派人关闭门窗或现场值守。\n2. 布防该区域。",
        },
        {
            "name": "foreign-visit-lodging-due",
            "title": "Lodging of a foreign visit to be registered",
            "title_zh": "涉外住宿登记即将到期",
            "priority": 4,
            "begins": ["foreign_affairs.lodging_due"],
            "ends": ["foreign_affairs.lodged", "foreign_affairs.lodging_late"],
            "procedure": "1. Register it with the police station.\n2. Enter where and under which number.",
            "procedure_zh": "1. 到派出所办理住宿登记。\n2. 录入登记处与编号。",
        },
        {
            "name": "foreign-visit-lodging-late",
            "title": "Lodging of a foreign visit not registered in time",
            "title_zh": "涉外住宿未按时登记",
            "priority": 2,
            "begins": ["foreign_affairs.lodging_late"],
            "ends": ["foreign_affairs.lodged"],
            "procedure": "1. Register it with the police station now.\n2. Tell the leader.",
            "procedure_zh": "1. 立即到派出所办理住宿登记。\n2. 报告领导。",
        },
        {
            "name": "foreign-visit-report-due",
            "title": "Report on a foreign visit due",
            "title_zh": "涉外接待报告即将到期",
            "priority": 4,
            "begins": ["foreign_affairs.report_due"],
            "ends": ["foreign_affairs.reported", "foreign_affairs.report_late"],
            "procedure": "1. Write how it went.",
            "procedure_zh": "1. 撰写接待报告。",
        },
        {
            "name": "foreign-visit-unreported",
            "title": "Foreign visit not reported on in time",
            "title_zh": "涉外接待未按时报告",
            "priority": 3,
            "begins": ["foreign_affairs.report_late"],
            "ends": ["foreign_affairs.reported"],
            "procedure": "1. Ask the escort how it went.\n2. Report on it.",
            "procedure_zh": "1. 向陪同人了解情况。\n2. 提交接待报告。",
        },
    )
)
"""What these facts mean to an operator; a rule of one of these names in the site file takes its place."""
