"""A site with a drill, and what tests of it ask and look at."""

from typing import Any

from msgspec.structs import replace

from alerts.alert import AlertClass, Disposition, State
from alerts.calendar import Calendar
from alerts.case import Case
from alerts.command import Acknowledge, Close, Reset
from alerts.drill import Drill
from alerts.drill_asks import Plan, Start
from alerts.facts import ON_DUTY, SCAN, Fact
from alerts.output import Output
from alerts.output_rule import OutputRule
from alerts.site_facts import Channel, Place, SiteFacts
from alerts.workflow import Moves, Workflow
from devices.message import Name, Text
from devices.reading import SECOND
from tests.alerts.kernel.room import CALL, DOOR, FIRE, KernelRoom
from tests.alerts.timeline import START, device, rule
from workflows.drills import DrillConfig, Drills

GAS = rule("state", name="gas", alert_class="gas", signals=["gas_alarm"])
HELP = rule("state", name="help", alert_class="hold_up", signals=["panic"], silent=False)
QUIET = rule("state", name="quiet", alert_class="hold_up", signals=["duress"], silent=True)
HOT = rule("threshold", name="hot", alert_class="fire", signal="temperature", above=60)
SIREN = OutputRule(
    name="gateway-output",
    alert_class=AlertClass.FAULT,
    priority=1,
    procedure="-",
    devices=("siren",),
    outputs=(Output(device="siren", what="siren", classes=(AlertClass.FIRE,), feedback="none", drills=True),),
)
DEVICES = (
    device("s1", kind="smoke_detector", signals=("smoke", "temperature")),
    device("s2", kind="smoke_detector", signals=("smoke",)),
    device("b1", kind="call_point", signals=("call_point",)),
    device("p1", kind="panic_button", signals=("panic", "duress")),
    device("g1", kind="gas_detector", signals=("gas_alarm",)),
    device("d1", kind="door_contact", signals=("door",)),
    device("far", "yard", kind="smoke_detector", signals=("smoke",)),
    device("siren", kind="siren", signals=("siren",)),
)
SITE = SiteFacts(
    areas={"store": Place("store", Name("Store", "仓库")), "yard": Place("yard", Name("Yard", "院子"))},
    channels={"mail": Channel("mail", Name("Mail"), is_personal=True)},
    calendar=Calendar("Asia/Shanghai"),
)


class Roster(Workflow[Case]):
    """Somebody is on duty, or nobody."""

    name, book, case = "roster", "", Case

    def __init__(self, *on_duty: str) -> None:
        super().__init__()
        self.provides = {ON_DUTY: lambda *_: on_duty}

    def step(self, event: Any, cases: Any, world: Any, now: Any) -> Moves:
        return Moves()


def room(config: DrillConfig | None = None, *others: Workflow[Any]) -> KernelRoom:
    rules = (FIRE, CALL, DOOR, GAS, HELP, QUIET, HOT, SIREN)
    return KernelRoom(Drills(config), *others, rules=rules, devices=DEVICES, site=SITE)


def plan(**more: Any) -> Plan:
    said: dict[str, Any] = {"area": "store", "purpose": "evacuation", "by": "boss", "role": "manager"}
    return Plan(**said | more)


def begun(a_room: KernelRoom, at: float = 1, **more: Any) -> str:
    case = a_room.ask(at, plan(**more))
    a_room.ask(at, Start(case=case, by="boss", role="manager"))
    return case


def drill_of(a_room: KernelRoom) -> Drill:
    """The newest, open or not."""
    found = list(a_room.kernel.cases.of("drills").values())
    return found[-1]


def ended(a_room: KernelRoom) -> Fact:
    return next(fact for fact in reversed(a_room.effects.facts) if fact.step in ("held", "broken_off", "not_held"))


def drilled(a_room: KernelRoom) -> list[Any]:
    return [alert for alert in a_room.open() if alert.origin == "drill"]


def handled(a_room: KernelRoom, at: float, by: str = "li") -> None:
    """Whatever of it is open is acknowledged, reset and closed."""
    for alert in drilled(a_room):
        acts: list[Any] = [] if alert.state is State.ACKNOWLEDGED else [Acknowledge(alert.id, by)]
        acts += [Reset(alert.id, by)] if alert.latched else []
        a_room.step(at, *acts, Close(alert.id, by, Disposition.TEST))


def scan(area: str = "store", by: str = "wang") -> Fact:
    return Fact(
        workflow="x", case="r", step="scanned", at=START, text=Text.of("toy.closed"), by=by, area=area, topics=(SCAN,)
    )


def at(fact: Fact, second: float) -> Fact:
    return replace(fact, at=START + int(second * SECOND))


def measured(a_drill: Drill) -> dict[str, tuple[float | None, str, str]]:
    return {each.reach: (each.took_s, each.result, each.by) for each in a_drill.measured}
