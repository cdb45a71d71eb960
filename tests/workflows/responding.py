"""A room in which alarms are answered: detectors, guards on duty, and what is known of the place."""

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.alert import Disposition
from alerts.case import Case
from alerts.command import Acknowledge, Close, Reset
from alerts.effects import Effects
from alerts.event import Tick as Clock
from alerts.facts import KEY_AREA, LAST_PLACE, NEAREST_GUARD, ON_DUTY, PRESENT, SCAN, Fact
from alerts.key_area import KeyArea
from alerts.last_place import LastPlace
from alerts.moves import Stimulus
from alerts.person import Person
from alerts.response_case import Responding
from alerts.site_facts import Channel, Place, SiteFacts
from alerts.workflow import Ask, Moves, Workflow
from devices.message import Name, Text
from devices.reading import SECOND
from tests.alerts.kernel.room import FIRE, GATE, SMOKE, KernelRoom
from tests.alerts.timeline import START, device, rule
from tests.workflows.register import Register
from workflows import bypass
from workflows.contacts import Contacts, Give
from workflows.incident import Incidents
from workflows.response import LATE, Response, ResponseConfig

SITE = SiteFacts(
    name=Name("Works", "工厂"),
    areas={"store": Place("store", Name("Store", "库房")), "office": Place("office", Name("Office", "办公室"))},
    channels={"sms": Channel("sms", Name("SMS", "短信"), is_personal=True)},
)
HOLD_UP = rule("state", name="hold-up", alert_class="hold_up", signals=["panic"], silent=False)
QUIET = rule("state", name="quiet", alert_class="hold_up", signals=["duress"])
GAS = rule("state", name="gas", alert_class="gas", signals=["gas_alarm"])
DOOR = rule("state", name="door", alert_class="access", priority=3, signals=["door"])
MOTION = rule("state", name="motion", alert_class="intrusion", signals=["motion"])
DEVICES = (
    SMOKE,
    GATE,
    device("s2", kind="smoke", signals=("smoke",)),
    device("s3", kind="smoke", area="office", signals=("smoke",)),
    device("p1", kind="panic", signals=("panic", "duress")),
    device("g1", kind="gas", signals=("gas_alarm",)),
    device("m1", kind="motion", signals=("motion",)),
)
OPERATOR: dict[str, Any] = {"by": "op", "role": "operator"}


class Town(Workflow[Case]):
    """Who is on duty, who is here, where they were seen, what is known of the place."""

    name, book, case = "town", "", Case

    def __init__(
        self,
        on_duty: Mapping[str, tuple[str, ...]],
        here: tuple[str, ...] = (),
        nearest: tuple[str, ...] = (),
        seen: Sequence[LastPlace] = (),
    ) -> None:
        super().__init__()
        self.provides = {
            ON_DUTY: lambda about, *_rest: on_duty.get(about["role"], ()),
            PRESENT: lambda about, *_rest: about.get("person") in here,
            NEAREST_GUARD: lambda *_rest: nearest,
            LAST_PLACE: lambda *_rest: tuple(seen),
            KEY_AREA: lambda about, *_rest: KeyArea(area=about["area"], grade="one", risk="acetone", interval_h=6),
        }

    def step(self, event: Any, cases: Any, world: Any, now: Any) -> Moves:
        return Moves()


class Drilling(Ask, tag="drilling", frozen=True, kw_only=True):
    device: str
    is_on: bool = True


class Drills(Workflow[Case]):
    """Lets a shadow point speak."""

    name, book, case, asks = "drills", "", Case, (Drilling,)

    def step(self, event: Any, cases: Any, world: Any, now: Any) -> Moves:
        held = Case(id="drill", origin="drill")
        return Moves(cases=(held,), stimuli=(Stimulus(event.device, "smoke", event.is_on),))


LI, WANG, ZHAO = (Person(id=name, name=name.title(), account=f"{name}.account") for name in ("li", "wang", "zhao"))


def room(config: ResponseConfig | None = None, town: Town | None = None, *, with_incidents: bool = True) -> KernelRoom:
    default = Town({"guard": ("wang.account", "li.account"), "leader": ("zhao.account",)}, here=("wang", "li"))
    flows: list[Workflow[Any]] = [Incidents()] if with_incidents else []
    flows += [Response(config), Contacts(), town or default, Register(LI, WANG, ZHAO), Drills(), bypass.WORKFLOW()]
    a_room = KernelRoom(*flows, rules=(FIRE, HOLD_UP, QUIET, GAS, DOOR, MOTION), devices=DEVICES, site=SITE)
    for person in ("li", "wang", "zhao"):
        a_room.ask(0.5, Give(person=person, channel="sms", address=person, by="boss", role="manager"))
    return a_room


def the_case(a_room: KernelRoom) -> Responding:
    (case,) = a_room.kernel.cases.of("response").values()
    assert isinstance(case, Responding)
    return case


def fire(a_room: KernelRoom, at: float = 1) -> Responding:
    a_room.step(at, "s1.smoke=on")
    a_room.step(at)
    return the_case(a_room)


def late(a_room: KernelRoom) -> bool:
    return any(alert.active for alert in a_room.open(LATE.name))


def done(a_room: KernelRoom) -> list[str]:
    return [step.id for step in the_case(a_room).steps if step.done_at is not None]


def run(a_room: KernelRoom, until: float) -> list[tuple[float, str, str]]:
    """(seconds, what happened, of which step) of each fact of a response until then."""
    found = []
    for _ in range(100):
        wake_at = a_room.engine.wake_at
        if wake_at is None or wake_at > START + int(until * SECOND):
            return found
        effects = a_room._step([Clock(max(a_room.now, wake_at))], max(a_room.now, wake_at))
        found += [
            ((a_room.now - START) / SECOND, fact.step, str(fact.fields.get("item", "")))
            for fact in effects.facts
            if fact.workflow == "response"
        ]
    raise AssertionError("the engine wants to be woken again and again")


def scan(a_room: KernelRoom, at: float, area: str = "store", by: str = "wang.account", *, done_at: float | None = None):  # type: ignore[no-untyped-def]
    moment = START + int((at if done_at is None else done_at) * SECOND)
    a_room.kernel.tell(
        Fact(
            workflow="town", case="r", step="scanned", at=moment, by=by, area=area, text=Text.of("guards.back"),
            fields={"checkpoint": area}, topics=(SCAN,),
        )
    )  # fmt: skip
    return a_room.step(at)


def close_all(a_room: KernelRoom, at: float) -> Effects:
    a_room.step(
        at,
        "s1.smoke=off",
        "s2.smoke=off",
        "s3.smoke=off",
        "p1.panic=off",
        "p1.duress=off",
        "g1.gas_alarm=off",
        "m1.motion=off",
    )
    effects = Effects()
    for alert in a_room.open():
        if alert.rule == LATE.name:
            continue
        a_room.step(at, Acknowledge(alert=alert.id, by="op"))
        if alert.latched:
            a_room.step(at, Reset(alert=alert.id, by="op"))
        effects = a_room.step(at, Close(alert=alert.id, by="op", disposition=Disposition.CONFIRMED, note="x"))
    return effects
