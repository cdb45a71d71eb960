"""Whatever people, sensors, clocks and restarts do: who is alarmed, when, and that each mode was set by somebody."""

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alerts.alert import Alert
from alerts.effects import Effects
from alerts.event import Event
from alerts.route import Route
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND, Instant
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START, device
from tests.alerts.timeline import rule as made
from tests.gateway.ingest_peers import Arrived
from tests.gateway.test_keypads import ingest
from workflows.arming import Arming, ChangeMode
from workflows.keypads import Keypads

RULES = (
    made("state", name="intrusion", alert_class="intrusion", signals=["door", "motion"], modes=["armed"]),
    made("state", name="perimeter", alert_class="intrusion", signals=["door"], devices=["window"], modes=["home"]),
    made("state", name="fire", signals=["smoke"]),
    made("state", name="call", signals=["call_point"]),
    made("state", name="gas", alert_class="gas", signals=["gas_alarm"]),
    made("state", name="hold-up", alert_class="hold_up", signals=["panic"]),
    made("state", name="tamper", alert_class="tamper", signals=["tamper"]),
    made("state", name="safe", alert_class="intrusion", signals=["vibration"]),
)
ALWAYS = {
    "fire": "smoke.smoke",
    "call": "button.call_point",
    "gas": "smoke.gas_alarm",
    "hold-up": "button.panic",
    "tamper": "door.tamper",
    "safe": "safe.vibration",
}
DEVICES = (
    device("door", signals=("door", "tamper")),
    device("hall", signals=("motion",)),
    device("window", signals=("door",)),
    device("smoke", signals=("smoke", "gas_alarm")),
    device("button", signals=("call_point", "panic")),
    device("safe", signals=("vibration",), tags=("24h",)),
    device("pad", kind="keypad", signals=("action",)),
)
MODES = ("disarmed", "away", "home", "night", "holiday", "maintenance")
WHOLE = ("away", "holiday")
OPEN = ("disarmed", "maintenance")


def _is_told(alert: Alert) -> bool:
    return alert.suppression is None or (alert.suppression.why == "fire" and alert.alert_class == "intrusion")


class ArmedHouse(RuleBasedStateMachine):
    """A model beside the engine that knows no more than the words of EN 50131-1."""

    @initialize(entry_s=st.sampled_from([0, 20, 45, 600]), exit_s=st.sampled_from([0, 30]))
    def build(self, entry_s: int, exit_s: int) -> None:
        self.entry_s, self.exit_s = min(entry_s, 45), exit_s
        route = Route(name="front", devices=("door",), through=("hall",), entry_s=entry_s, exit_s=exit_s)
        site = SiteFacts(areas={"store": Place("store", Name("Store"), modes=MODES)}, routes=(route,))
        self.room = KernelRoom(Arming(), Keypads(), rules=RULES, devices=DEVICES, site=site)
        self.taker = ingest()
        self.t = 1.0
        self.up: dict[str, bool] = {}
        self.mode, self.set_at = "disarmed", 0.0
        self.entered: float | None = None
        self.wrong, self.locked_until = 0, 0.0
        self.held: set[str] = set()

    # -- helpers -------------------------------------------------------------------------------------------

    def now(self) -> Instant:
        return START + int(self.t * SECOND)

    def step(self, *events: Event | str) -> Effects:
        self.t += 0.001  # what is asked twice at one instant is one ask
        effects = self.room.step(self.t, *events)
        self.look(effects)
        return effects

    def look(self, effects: Effects) -> None:
        for change in effects.modes:
            assert change.by
            self.mode, self.set_at, self.entered = change.mode, self.t, None
        for order in effects.outputs:
            assert order.what == "keypad"
            assert order.value in (*MODES, "entry_delay", "exit_delay", "invalid_code", "not_ready")

    def active(self, name: str, key: str) -> bool:
        """Whether it stands; that a fire mutes an intrusion of its area is no business of arming."""
        return any(each.active and each.key == key and _is_told(each) for each in self.room.open(name))

    def leaves(self) -> bool:
        return self.mode not in OPEN and self.t < self.set_at + self.exit_s

    def toggled(self, name: str) -> bool:
        self.up[name] = not self.up.get(name, False)
        return self.up[name]

    def run_to(self, at: float) -> None:
        """Woken whenever the engine asks for it."""
        end = START + int(at * SECOND)
        for _ in range(1_000):
            wake_at = self.room.engine.wake_at
            if wake_at is None or wake_at > end:
                break
            self.t = max(self.t, (wake_at - START) / SECOND)
            self.step()
        self.t = at

    # -- what happens --------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 5, 15, 31, 46, 100]))
    def time_passes(self, seconds: int) -> None:
        self.run_to(self.t + seconds)

    @rule(seconds=st.sampled_from([50, 3_600, 90_000]))
    def clock_jumps(self, seconds: int) -> None:
        self.t += seconds
        self.step()

    @rule(outage_s=st.sampled_from([0, 5, 40, 600, -20, -3_600]))
    def restarts(self, outage_s: int) -> None:
        back = self.t + outage_s
        self.room.restart(outage_s - (self.t - (self.room.now - START) / SECOND) if outage_s < 0 else 0)
        self.t = max(back, 0.001) if outage_s < 0 else back
        self.room.now = self.room.started = self.now()
        self.room.runs.clear()
        self.set_at = min(self.set_at, self.t)
        self.entered = min(self.entered, self.t) if self.entered is not None else None
        self.taker, self.wrong, self.locked_until = ingest(), 0, 0.0
        self.step()

    @rule(mode=st.sampled_from(MODES), force=st.booleans())
    def operator_sets(self, mode: str, force: bool) -> None:
        effects = self.step(ChangeMode(area="store", mode=mode, force=force, by="olga", role="operator"))
        if not effects.refused:
            assert self.room.engine.modes["store"] == mode
            self.held = {name for name in ("window",) if self.up.get(name)} if force else set()
        else:
            assert not force
            assert self.up.get("window") or self.up.get("hall") or self.up.get("door")

    @rule(
        action=st.sampled_from(["disarm", "arm_all_zones", "arm_day_zones"]),
        code=st.sampled_from(["own", "duress", "wrong"]),
    )
    def typed(self, action: str, code: str) -> None:
        digits = {"own": "908172", "duress": "471100", "wrong": "000000"}[code]
        said = Arrived("zigbee2mqtt/keypad", msgspec.json.encode({"action": action, "action_code": digits}))
        readings = self.taker.read([said], self.now())
        events, self.taker.strangers[:] = [*readings, *self.taker.strangers], []
        before, is_locked = self.mode, self.t < self.locked_until
        effects = self.step(*events)
        shown = {str(order.value) for order in effects.outputs}
        if code == "wrong" and not is_locked:
            self.wrong += 1
            self.wrong, self.locked_until = (0, self.t + 90) if self.wrong == 3 else (self.wrong, self.locked_until)
        if code == "wrong" or is_locked:
            assert (before, {"invalid_code"}) == (self.mode, shown)
        else:
            self.wrong = 0
            assert self.mode == "disarmed" or action != "disarm"
            assert {self.shown_after(action, before)} == shown  # by what they did, and not by which code it was
        if code == "duress":
            (alert,) = self.room.open("duress-code")
            assert (alert.silent, alert.suppression) == (True, None)
        if self.mode != before:
            self.held = set()

    def shown_after(self, action: str, before: str) -> str:
        wanted = {"disarm": "disarmed", "arm_all_zones": "away", "arm_day_zones": "home"}[action]
        if self.mode != wanted:
            return "not_ready"
        return "exit_delay" if self.exit_s and before != wanted and wanted not in OPEN else wanted

    @rule(name=st.sampled_from(sorted(ALWAYS)))
    def always_counts(self, name: str) -> None:
        said = ALWAYS[name]
        if self.toggled(said):
            self.step(f"{said}=on")
            assert self.active(name, said.partition(".")[0])
        else:
            self.step(f"{said}=off")

    @rule()
    def window_moves(self) -> None:
        if self.toggled("window"):
            self.step("window.door=on")
            assert self.active("intrusion", "window") == (self.mode in WHOLE)
            assert self.active("perimeter", "window") == (self.mode == "home")
        else:
            self.step("window.door=off")
            self.held.discard("window")

    @rule()
    def door_moves(self) -> None:
        if self.toggled("door"):
            is_entry = self.mode in WHOLE and not self.leaves() and not self.active("intrusion", "door")
            self.step("door.door=on")
            if is_entry and self.entered is None:
                self.entered = self.t
        else:
            self.step("door.door=off")

    @rule()
    def hall_moves(self) -> None:
        if self.toggled("hall"):
            self.step("hall.motion=on")
            is_at_once = self.mode in WHOLE and not self.leaves() and self.entered is None
            if is_at_once:
                assert self.active("intrusion", "hall")
        else:
            self.step("hall.motion=off")

    @rule(mode=st.sampled_from(WHOLE))
    def somebody_leaves(self, mode: str) -> None:
        self.operator_sets(mode, force=True)
        for move in (self.hall_moves, self.door_moves, self.hall_moves, self.door_moves):
            move()
            self.the_way_out_is_free()

    @rule(then=st.sampled_from(["waits", "restarts", "disarms", "jumps"]))
    def somebody_enters(self, then: str) -> None:
        if self.mode not in WHOLE:
            self.operator_sets("away", force=True)
        self.run_to(max(self.t, self.set_at + self.exit_s) + 1)
        if self.up.get("door"):
            self.door_moves()
        self.door_moves()
        match then:
            case "waits" if self.entered is not None:
                self.run_to(self.entered + self.entry_s * 0.9)
                self.who_enters_has_the_time_to_disarm()
            case "restarts":
                self.restarts(5)
            case "disarms":
                self.typed("disarm", "own")
            case "jumps":
                self.clock_jumps(3_600)
        self.run_to(self.t + 46)

    # -- what must hold ------------------------------------------------------------------------------------

    @invariant()
    def the_way_out_is_free(self) -> None:
        if hasattr(self, "room") and self.leaves():
            since = START + int(self.set_at * SECOND)
            late = [each for each in self.room.open("intrusion") if each.key in ("door", "hall") and each.active]
            assert not [
                each for each in late if since < each.raised <= self.now()
            ]  # later ones: the clock was set back

    @invariant()
    def who_enters_has_the_time_to_disarm(self) -> None:
        if not hasattr(self, "room") or self.entered is None or self.t >= self.entered + self.entry_s:
            return
        since = START + int(self.entered * SECOND)
        early = [
            each for each in self.room.open("intrusion") if each.key == "door" and since < each.raised <= self.now()
        ]
        assert not early

    @invariant()
    def an_entry_ends_with_an_alarm(self) -> None:
        if not hasattr(self, "room") or self.entered is None:
            return
        if self.t >= self.entered + self.entry_s:
            assert [each for each in self.room.open("intrusion") if each.key == "door"]
            self.entered = None


TestArmedHouse = pytest.mark.slow(ArmedHouse.TestCase)
