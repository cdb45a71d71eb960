"""What tests of workflows with terms share: a room with a register of people, and days of its calendar."""

from datetime import date, timedelta
from typing import Any

from alerts.alert import State
from alerts.calendar import Calendar
from alerts.kernel.consent import Give
from alerts.person import Person
from alerts.site_facts import Place, SiteFacts
from alerts.workflow import Workflow
from devices.message import Name
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START
from tests.workflows.register import Register

ZONE = Calendar(zone="Asia/Shanghai")
TODAY = ZONE.day(START)
DAY = 86_400
SITE = SiteFacts(
    areas={"store": Place("store", Name("Store", "仓库"), 1), "shop": Place("shop", Name("Workshop", "车间"), 1)},
    calendar=ZONE,
)
PEOPLE = (
    Person(id="li", name="Li Na", name_zh="李娜", account="lina", department="production", level="leader"),
    Person(id="wu", name="Wu Gang", account="wu", department="production", posts=("welder",)),
    Person(id="bo", name="Chen Bo", department="utilities"),
    Person(id="gone", name="Gone", left=TODAY),
)
BY: dict[str, Any] = {"by": "mei", "role": "manager"}


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def midnight(days: int) -> int:
    """In seconds after the start, the begin of that day."""
    return int((ZONE.at(after(days), 0) - START) // 1_000_000_000)


def room(*workflows: Workflow[Any], **more: Any) -> KernelRoom:
    return KernelRoom(*workflows, Register(*PEOPLE), **{"rules": (), "devices": (), "site": SITE, **more})


def consented(room: KernelRoom, at: float, ask: Any, second: str = "boss") -> str:
    """By another leader."""
    effects = room.step(at, ask)
    assert not effects.refused, effects.refused
    effects = room.step(at, Give(case=effects.answered[0].case, by=second, role="manager"))
    assert not effects.refused, effects.refused
    return effects.answered[0].case


def standing(room: KernelRoom, rule: str) -> int:
    """How many alerts of that rule are not over."""
    return len([alert for alert in room.open(rule) if alert.state is not State.RETURNED])
