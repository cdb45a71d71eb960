"""An engine with a kernel, and what the stores would hold of both."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from alerts.alert import Alert, State
from alerts.ask import Ask
from alerts.effects import Effects
from alerts.engine.engine import Engine
from alerts.event import Event, Tick
from alerts.installation import DeviceOrders
from alerts.kernel.consent import Give
from alerts.kernel.kernel import Kernel
from alerts.restored import Restored
from alerts.rule import Rule
from alerts.site_facts import SiteFacts
from alerts.workflow import Workflow
from devices.device import Device
from devices.reading import SECOND, Instant
from tests.alerts.timeline import START, device, reading, rule

FIRE = rule("state", name="fire", alert_class="fire", signals=["smoke"])
CALL = rule("state", name="call", alert_class="fire", signals=["call_point"])
DOOR = rule("state", name="door", alert_class="access", priority=3, signals=["door"])
SMOKE = device("s1", kind="smoke", signals=("smoke",))
BUTTON = device("b1", kind="call_point", signals=("call_point",))
GATE = device("d1", kind="door", signals=("door",))


class KernelRoom:
    """``step`` at ``at`` seconds after the start; a restart goes on from what was stored."""

    choices: Mapping[str, Sequence[str]] = {}
    """The modes that each area may be set to."""

    def __init__(
        self,
        *workflows: Workflow[Any],
        rules: Sequence[Rule[Any]] = (FIRE, CALL, DOOR),
        devices: Sequence[Device] = (SMOKE, BUTTON, GATE),
        site: SiteFacts | None = None,
        installation: DeviceOrders | None = None,
    ) -> None:
        self.workflows, self.rules, self.devices = workflows, list(rules), devices
        self.site, self.installation = site or SiteFacts(), installation
        self.modes = {"store": "disarmed"}
        self.cases: dict[tuple[str, str], bytes] = {}
        self.alerts: dict[str, Alert] = {}
        self.memories: dict[tuple[str, str], bytes] = {}
        self.runs: list[tuple[Instant, Instant]] = []
        self.now = self.started = START
        self.effects = Effects()
        self.begin()
        self.step(0, *(f"{each.id}.{signal}=off" for each in devices for signal in each.signals))

    def begin(self) -> None:
        shipped = {rule.name: rule for flow in self.workflows for rule in flow.rules()}
        self.kernel = Kernel(self.workflows, self.cases, self.site, self.installation)
        self.engine = Engine(
            rules=[*self.rules, *shipped.values()],
            devices=self.devices,
            area_modes=self.modes,
            schedules={},
            area_choices=self.choices,
            restored=Restored(
                alerts=[alert for alert in self.alerts.values() if alert.state is not State.CLOSED],
                memories=self.memories,
                runs=self.runs,
            ),
            kernel=self.kernel,
        )

    def restart(self, after_s: float = 0) -> None:
        self.runs.append((self.started, self.now))
        self.now = self.started = self.now + int(after_s * SECOND)
        self.begin()

    def step(self, at: float, *events: Event | str) -> Effects:
        now = START + int(at * SECOND)
        given = [reading(event, now) if isinstance(event, str) else event for event in events]
        return self._step(given or [Tick(now)], now)

    def _step(self, events: Sequence[Event], now: Instant) -> Effects:
        self.now = now
        self.effects = effects = self.engine.step(events, now)
        for name, case in effects.cases.items():
            if case.is_open:
                self.cases[name] = msgspec.json.encode(case)
            else:
                self.cases.pop(name, None)
        self.modes |= {change.area: change.mode for change in effects.modes}
        self.alerts.update({event.alert.id: event.alert for event in effects.alerts})
        self.memories.update({name: msgspec.msgpack.encode(memory) for name, memory in effects.memories.items()})
        return effects

    def run_until(self, at: float) -> list[str]:
        """Woken as the engine asks to be; the steps of facts that were stated."""
        end, found = START + int(at * SECOND), []
        for _ in range(10_000):
            wake_at = self.engine.wake_at
            if wake_at is None or wake_at > end:
                return found
            found += facts(self._step([Tick(max(self.now, wake_at))], max(self.now, wake_at)))
        raise AssertionError("the engine wants to be woken again and again")

    def ask(self, at: float, ask: Ask, second: str = "") -> str:
        """The case that was answered; ``second`` consents at once."""
        effects = self.step(at, ask)
        assert not effects.refused, effects.refused
        (answer,) = effects.answered
        if answer.waits and second:
            effects = self.step(at, Give(case=answer.case, by=second, role="operator"))
            assert not effects.refused, effects.refused
            return effects.answered[0].case
        return answer.case

    def open(self, rule_name: str = "") -> list[Alert]:
        return [alert for alert in self.engine.open_alerts() if rule_name in ("", alert.rule)]


def facts(effects: Effects) -> list[str]:
    return [f"{fact.workflow}.{fact.step}" for fact in effects.facts]


def keys(effects: Effects) -> list[str]:
    """Why something was refused."""
    return [reason if isinstance(reason, str) else reason.key for _, reason in effects.refused]
