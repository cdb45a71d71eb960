"""What the site file binds to alerts: which output of which device, for which classes, until when."""

from typing import Literal

import msgspec

from alerts.alert import Alert, AlertClass, State
from alerts.linkage import FIRE_EQUIPMENT, Starts, WhenShort
from alerts.rule import check_seconds
from devices.output_orders import PERCEIVED, What, output_key

Until = Literal["acknowledged", "reset", "returned"]


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An output that alerts start. A site without such a table starts none.

    ``device``: the device that it is on
    ``what``: siren, strobe, voice, relay, lock, keypad, led or buzzer
    ``classes``: alerts of these classes start it
    ``rules``: of those only alerts of these rules; none given: of all
    ``areas``: only alerts of these key areas; none given: of all
    ``until``: it ends when the alert is ``acknowledged``, ``reset`` (by a person; of a class without a latch: when its
    cause is gone), ``returned`` (the cause is gone), or after so many seconds
    ``value``: how it shall be: true is on, sounding, open; a lock that alerts lock: false; of an LED a colour, of a
    keypad a mode, of a voice the message that it speaks: its text, or its number in the device
    ``channel``: the family's own name of the output, where the device has several
    ``feedback``: the signal that says how it stands; empty: the usual one of its family; ``none``: the device tells
    nothing
    ``within_s``: without feedback for so many seconds it is a fault
    ``drills``: it starts for drills as well
    ``starts``: what a relay moves. Nothing may be left open where fire is among the classes. Fire equipment
    (``smoke_fan``, ``supply_fan``, ``fire_damper``, ``smoke_curtain``, ``fire_shutter``, ``fire_door``, ``lift``,
    ``fire_pump``, ``power_cutoff``) starts by two independent inputs; ``warning``, ``exit``, ``gas_valve`` and
    ``other`` by one; ``extinguishing`` is refused
    ``per``: where two inputs count together: in one key area, or (``site``) in all of ``areas``: one smoke compartment
    ``when_short``: of fire equipment whose inputs are faulty, lost, bypassed or in test but for one: that
    ``one_input`` starts it, or it is started ``by_hand`` alone; a fault says so either way
    """

    device: str
    what: What
    classes: tuple[AlertClass, ...]
    areas: tuple[str, ...] = ()
    until: Until | float = "reset"
    value: bool | str = True
    channel: str = ""
    feedback: str = ""
    within_s: float = 10
    drills: bool = False
    rules: tuple[str, ...] = ()
    starts: Starts = ""
    per: Literal["area", "site"] = "area"
    when_short: WhenShort = "one_input"

    def __post_init__(self) -> None:
        check_seconds("within_s", self.within_s, least=1)
        if isinstance(self.until, int | float):
            check_seconds("until", self.until, least=1)
        if not self.classes:
            raise ValueError("classes must name at least one class of alerts")

    @property
    def key(self) -> str:
        """Which output of its device."""
        return output_key(self.what, self.channel)

    @property
    def is_fire_equipment(self) -> bool:
        """Whether it takes two independent inputs."""
        return self.starts in FIRE_EQUIPMENT

    @property
    def off(self) -> bool | str:
        """How it is when nothing wants it."""
        return not self.value if isinstance(self.value, bool) else ("off" if self.what == "led" else "")

    @property
    def lasts_s(self) -> float:
        """For so many seconds at most, 0 for as long as an alert stands."""
        return 0 if isinstance(self.until, str) else float(self.until)

    def concerns(self, alert: Alert) -> bool:
        """Whether an alert of that kind starts it, however it stands now.

        What is silent is not given away, what is set aside is not shouted, what is not real starts nothing.
        """
        origin = alert.origin
        return (
            alert.alert_class in self.classes
            and (not self.rules or alert.rule in self.rules)
            and (not self.areas or alert.area in self.areas)
            and alert.suppression is None
            and not (alert.silent and self.what in PERCEIVED)
            and (origin == "real" or (origin == "drill" and self.drills))
        )

    def wants(self, alert: Alert) -> bool:
        """Whether that alert, as it stands, keeps it on (for those with an end in seconds: as long as it is open)."""
        if alert.state is State.CLOSED or not self.concerns(alert):
            return False
        match self.until:
            case "acknowledged":
                return alert.state is not State.ACKNOWLEDGED
            case "returned":
                return alert.active
            case "reset":
                return alert.active or alert.latched
        return True
