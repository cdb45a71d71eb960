"""A permit to enter a confined space in a room of the kernel: each step as people ask for it."""

from typing import Any

import msgspec

from alerts.calendar import Calendar
from alerts.contact import Way
from alerts.facts import WAYS_TO
from alerts.kernel.consent import Give
from alerts.person import Certificate, Person
from alerts.site_facts import Channel, Place, SiteFacts
from alerts.workflow import Workflow
from devices.message import Name
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import device
from tests.workflows.register import Register
from workflows import confined_space as cs
from workflows import confined_spaces as register

HOUR, MINUTE = 3_600, 60
METER = device("o1", kind="gas_detector", signals=("oxygen", "gas", "co", "h2s"))
ROOM_GAS = device("g1", kind="gas_detector", signals=("gas_alarm", "gas"))
SMOKE = device("s1", kind="smoke", signals=("smoke",))
SITE = SiteFacts(
    areas={"store": Place("store", Name("Boiler room", "锅炉房")), "yard": Place("yard", Name("Yard", "院子"))},
    calendar=Calendar(),
    channels={"sms": Channel("sms", Name("SMS"), is_personal=True)},
)
HELD = Certificate(kind="confined", issued=Calendar().day(0))
PEOPLE = (
    Person(id="wang", name="Wang Wei", name_zh="王伟", account="wang", certificates=(HELD,)),
    Person(id="gone", name="Gone", left=Calendar().day(1)),
)
GOOD: dict[str, Any] = {"point": "bottom", "lel": 0, "oxygen": 20.9, "co": 0, "h2s": 0}


class Reached(Register):
    """Wang Wei has a telephone."""

    def __init__(self) -> None:
        super().__init__(*PEOPLE)
        ways = {"wang": (Way(channel="sms", address="1"),)}
        self.provides = {**self.provides, WAYS_TO: lambda about, *_rest: ways.get(about["person"], ())}


class PermitRoom(KernelRoom):
    """``room.begin_work()``: a permit under which work goes on."""

    def __init__(self, *more: Workflow[Any], config: Any = None, sensors: tuple[str, ...] = ()) -> None:
        flows = (cs.ConfinedSpace(config), register.ConfinedSpaces(), Reached(), *more)
        super().__init__(*flows, devices=(METER, ROOM_GAS, SMOKE), site=SITE)
        for number in ("CS-1", "CS-2"):
            space = {"area": "store", "kind": "underground", "place": f"sump {number[-1]}", "dangers": "sludge gas"}
            sensed = sensors if number == "CS-1" else ()
            self.ask(0.1, register.Add(item=number, sensors=sensed, by="mia", role="manager", **space))

    def permit(self, case: str) -> Any:
        return self.kernel.cases.of("confined_space")[case]

    def apply(self, at: float, **changed: Any) -> str:
        return self.ask(at, applied(**changed))

    def approve(self, at: float, case: str) -> None:
        waiting = self.ask(at, cs.Approve(case=case, by="mia", role="manager"))
        effects = self.step(at, Give(case=waiting, by="ada", role="admin"))
        assert not effects.refused, effects.refused

    def prepared(self, at: float = 1, **changed: Any) -> str:
        """Approved, each measure taken, everybody briefed; the air is not tested."""
        case = self.apply(at, **changed)
        self.approve(at, case)
        self.ask(at, tick(case))
        self.ask(at, cs.Brief(case=case, by="tom", role="technician"))
        return case

    def begun(self, at: float = 1, **changed: Any) -> str:
        case = self.prepared(at, **changed)
        self.ask(at, measure(case))
        self.ask(at, start(case))
        return case


def applied(**changed: Any) -> cs.Apply:
    said: dict[str, Any] = {
        "space": "CS-1", "work": "clean the sump", "hours": 8, "lead": "Sun", "workers": ("wang", "Zhao"),
        "watcher": "Qian", "ventilation": "blower", "by": "tom", "role": "technician",
    }  # fmt: skip
    return cs.Apply(**said | changed)


def tick(case: str, **changed: Any) -> cs.Tick:
    every = cs.ConfinedSpaceConfig.KINDS["confined_space"].measures
    return cs.Tick(**{"case": case, "measures": every, "by": "tom", "role": "technician"} | changed)


def measure(case: str, **changed: Any) -> cs.TestGas:
    return cs.TestGas(**{"case": case, "by": "tom", "role": "technician", **GOOD} | changed)


def start(case: str) -> cs.Start:
    return cs.Start(case=case, by="tom", role="technician")


def enter(case: str, *persons: str, **more: Any) -> cs.Enter:
    return cs.Enter(case=case, persons=persons, by="gus", role="guard", **more)


def leave(case: str, *persons: str, **more: Any) -> cs.Leave:
    return cs.Leave(case=case, persons=persons, by="gus", role="guard", **more)


def finish(case: str) -> cs.Finish:
    return cs.Finish(case=case, by="tom", role="technician")


def accept(case: str, by: str = "olga") -> cs.Accept:
    return cs.Accept(case=case, by=by, role="operator")


def plain(case: Any) -> str:
    return msgspec.json.encode(case).decode()
