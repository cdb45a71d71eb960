"""Engine, life cycle and workflows under random commands, readings, restarts and clock jumps: what must hold always.

No illegal transition, no alert without a cause, no fire, gas or hold-up closed by itself, nothing closed unseen, every
command in the timeline, nothing suppressed that is not listed, nothing acknowledged that its giver had not seen, real
smoke beside a drill a loud real alert.
"""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.alert import FINDINGS, Alert, AlertClass, AlertEvent, Disposition, State
from alerts.ask import Ask
from alerts.command import Acknowledge, AlertCommand, Close, Comment, EndCause, Reset, Silence
from alerts.effects import Effects
from alerts.event import Event
from alerts.kernel.consent import Give
from alerts.kernel.guard import is_by_two
from alerts.lifecycle import MANNERS, TRANSITIONS, Action, Manner
from alerts.response_asks import Confirm, Tick
from alerts.suppression.danger import DEADLY
from api.set_aside import set_aside
from devices.reading import SECOND
from tests.alerts.kernel.room import CALL, DOOR, FIRE, KernelRoom
from tests.alerts.kernel.test_shadows import Drill, say
from tests.alerts.timeline import START, device
from tests.alerts.timeline import rule as of_kind
from workflows import bypass, incident, response, shelving, walk_test

FAULT = of_kind("state", name="fault", alert_class="fault", priority=3, signals=["fault"])
GAS = of_kind("state", name="gas", alert_class="gas", signals=["gas_alarm"])
HELP = of_kind("state", name="help", alert_class="hold_up", signals=["panic"], silent=False)
PAIR = of_kind("coincidence", name="pair", alert_class="fire", signals=["smoke"], within_s=60)
POINTS = {
    "s1": ("smoke", "fault"),
    "s2": ("smoke",),
    "b1": ("call_point",),
    "p1": ("panic",),
    "g1": ("gas_alarm",),
    "d1": ("door",),
}
KINDS = {"s1": "smoke", "s2": "smoke", "b1": "call_point", "p1": "panic", "g1": "gas", "d1": "door"}
DEVICES = tuple(device(name, kind=KINDS[name], signals=signals) for name, signals in POINTS.items())
SAYS = [f"{name}.{signal}" for name, signals in POINTS.items() for signal in signals]
VERBS = ("acknowledge", "silence", "reset", "close", "comment", "end_cause")
PERIODS = ("15min", "1h", "2h", "2h", "8h")
FIVE_MIN = 300 * SECOND


def command(verb: str, alert: str, seen: int | None, finding: Disposition) -> AlertCommand:
    match verb:
        case "acknowledge":
            return Acknowledge(alert, "li", seen=seen)
        case "silence":
            return Silence(alert, "li", seen=seen)
        case "reset":
            return Reset(alert, "li")
        case "close":
            return Close(alert, "li", finding)
        case "end_cause":
            return EndCause(alert, "li", "I looked", is_sure=True)
    return Comment(alert, "li", "a guard is on the way")


class House(RuleBasedStateMachine):
    """``stood``: every alert as it stood after its last step. ``seen``: as somebody looked at it last."""

    @initialize()
    def build(self) -> None:
        flows = (
            *(bypass.WORKFLOW(), incident.WORKFLOW(), response.WORKFLOW()),
            *(shelving.WORKFLOW(), walk_test.WORKFLOW(), Drill()),
        )
        self.stood: dict[str, Alert] = {}
        self.seen: dict[str, Alert] = {}
        self.t = 1.0
        self.room = KernelRoom(*flows, rules=(FIRE, CALL, DOOR, FAULT, GAS, HELP, PAIR), devices=DEVICES)
        self.follow(self.room.effects)

    # -- what is done --------------------------------------------------------------------------------------

    def step(self, *events: Event | str) -> Effects:
        self.t += 1
        effects = self.room.step(self.t, *events)
        self.follow(effects)
        return effects

    def ask(self, ask: Ask, second: str) -> None:
        effects = self.step(ask)
        if second and effects.answered and effects.answered[0].waits:
            self.step(Give(case=effects.answered[0].case, by=second, role="operator"))

    def chosen(self, data: st.DataObject) -> Alert:
        """Sooner one of a rule than the gateway's own."""
        every = sorted(self.room.open(), key=lambda alert: (alert.rule.startswith("workflow:"), alert.rule, alert.id))
        return data.draw(st.sampled_from(every))

    def act(self, verb: str, alert: Alert, seen: int | None, finding: Disposition) -> None:
        effects = self.step(command(verb, alert.id, seen, finding))
        told = [event for event in effects.alerts if event.by == "li" and event.alert.id == alert.id]
        assert bool(told) != bool(effects.refused), "a command is in the timeline, or refused"
        if verb in ("acknowledge", "silence") and told and seen is not None:
            assert (seen, alert.occurrences) == (told[0].seen, seen), "what its giver saw is all that there was"

    @rule(where=st.sampled_from(SAYS), is_on=st.booleans())
    def something_is_said(self, where: str, is_on: bool) -> None:
        self.step(f"{where}={'on' if is_on else 'off'}")

    @rule(name=st.sampled_from(["s1", "s2"]), is_on=st.booleans())
    def a_drill_goes_on(self, name: str, is_on: bool) -> None:
        self.step(say(name, is_on))

    @rule()
    def somebody_looks(self) -> None:
        self.seen = {alert.id: alert for alert in self.room.open()}

    @precondition(lambda self: self.room.open())
    @rule(data=st.data(), verb=st.sampled_from(["acknowledge", "silence"]))
    def something_comes_after_a_look(self, data: st.DataObject, verb: str) -> None:
        alert = self.chosen(data)
        for cause in alert.causes:
            self.step(f"{cause.device}.{cause.signal}=off", f"{cause.device}.{cause.signal}=on")
        after = self.stood[alert.id]
        if after.state is not State.CLOSED and after.occurrences != alert.occurrences:
            effects = self.step(command(verb, alert.id, alert.occurrences, Disposition.TEST))
            assert effects.refused, "what came later is neither acknowledged nor silenced"

    @precondition(lambda self: self.room.open())
    @rule(
        data=st.data(), verb=st.sampled_from(VERBS), says=st.booleans(), finding=st.sampled_from([*FINDINGS, *FINDINGS])
    )
    def somebody_acts(self, data: st.DataObject, verb: str, says: bool, finding: Disposition) -> None:
        """With what they were shown, or without a word of it."""
        alert = self.chosen(data)
        shown = self.seen.get(alert.id)
        self.act(verb, alert, shown.occurrences if says and shown is not None else None, finding)

    @precondition(lambda self: self.room.open())
    @rule(data=st.data(), finding=st.sampled_from(FINDINGS))
    def somebody_sees_it_through(self, data: st.DataObject, finding: Disposition) -> None:
        alert = self.chosen(data)
        for verb in ("end_cause", "acknowledge", "reset", "close"):
            self.act(verb, self.stood[alert.id], None, finding)

    @precondition(lambda self: self.room.open())
    @rule(data=st.data(), period=st.sampled_from(PERIODS), second=st.sampled_from(["", "li", "wu"]))
    def somebody_shelves(self, data: st.DataObject, period: Any, second: str) -> None:
        alert = self.chosen(data).id
        self.step(Acknowledge(alert, "li"))
        self.ask(shelving.Shelve(alert=alert, period=period, reason="known", by="li", role="operator"), second)

    @rule(name=st.sampled_from(sorted(POINTS)), second=st.sampled_from(["", "wu", "wu"]))
    def somebody_bypasses(self, name: str, second: str) -> None:
        until = self.room.now + 1_800 * SECOND
        self.ask(bypass.Begin(by="li", role="technician", reason="work", until=until, devices=(name,)), second)

    @rule(name=st.sampled_from(sorted(POINTS)))
    def somebody_walks(self, name: str) -> None:
        """And triggers it."""
        self.step(*(f"{name}.{signal}=off" for signal in POINTS[name]))
        until = self.room.now + FIVE_MIN
        self.step(walk_test.Start(by="wang", role="technician", devices=(name,), until=until))
        self.step(f"{name}.{POINTS[name][0]}=on")

    @rule(data=st.data(), is_real=st.booleans())
    def somebody_answers(self, data: st.DataObject, is_real: bool) -> None:
        """Ticks a step of a response, or says whether it is real."""
        running = sorted(self.room.kernel.cases.of("response"))
        if running:
            case = data.draw(st.sampled_from(running))
            step = data.draw(st.sampled_from(["scene", "confirm", "team", "cause"]))
            ask = Tick(case=case, step=step, note="x", by="li", role="operator")
            is_verdict = step == "confirm"
            verdict: Any = "real" if is_real else "false"
            self.step(Confirm(case=case, verdict=verdict, by="li", role="operator") if is_verdict else ask)

    @rule(data=st.data())
    def something_is_ended(self, data: st.DataObject) -> None:
        kinds: list[tuple[type[Ask], str]] = [
            *((shelving.Unshelve, case) for case in self.room.kernel.cases.of("shelving")),
            *((bypass.End, case) for case in self.room.kernel.cases.of("bypass")),
            *((walk_test.End, case) for case in self.room.kernel.cases.of("walk_test")),
        ]
        if kinds:
            kind, case = data.draw(st.sampled_from(sorted(kinds, key=lambda one: one[1])))
            self.step(kind(case=case, by="wang", role="admin"))

    @rule(seconds=st.sampled_from([60, 310, 1_000, 4_000, 30_000]))
    def time_passes(self, seconds: int) -> None:
        """Woken as the engine asks to be."""
        end = START + int((self.t + seconds) * SECOND)
        while (wake_at := self.room.engine.wake_at) is not None and wake_at <= end:
            self.t = max(self.t, (wake_at - START) / SECOND)
            self.follow(self.room.step(self.t))
        self.t = (end - START) / SECOND
        self.follow(self.room.step(self.t))

    @rule(data=st.data())
    def what_is_held_back_comes_and_goes(self, data: st.DataObject) -> None:
        held = sorted({name for each in self.room.kernel.cases.in_force() for name in each.holds.devices})
        if held:
            name = data.draw(st.sampled_from(held))
            for value in ("off", "on", "off"):
                self.step(f"{name}.{POINTS[name][0]}={value}")

    @rule(jump_s=st.sampled_from([0, 5, 600, -600, -40_000]))
    def the_gateway_starts_anew(self, jump_s: int) -> None:
        """With what was stored; the clock may have been set meanwhile."""
        self.t = max(1.0, self.t + jump_s)
        self.room.now = START + int(self.t * SECOND)
        self.room.restart()
        self.follow(self.room.step(self.t))

    @rule(name=st.sampled_from(["s1", "s2"]))
    def smoke_beside_whatever_drill(self, name: str) -> None:
        self.step(f"{name}.smoke=off")
        held = {device_id for each in self.room.kernel.cases.in_force() for device_id in each.holds.devices}
        shelved = {alert for each in self.room.kernel.cases.in_force() for alert in each.holds.alerts}
        self.step(f"{name}.smoke=on")
        if name in held or ("fire", name) in shelved:
            return
        (alert,) = [each for each in self.room.open("fire") if each.key == name and each.origin == "real"]
        assert (State.UNACKNOWLEDGED, True, None) == (alert.state, alert.active, alert.suppression)

    # -- what must hold ------------------------------------------------------------------------------------

    def follow(self, effects: Effects) -> None:
        for event in effects.alerts:
            self.check(self.stood.get(event.alert.id), event)
            self.stood[event.alert.id] = event.alert

    def check(self, before: Alert | None, event: AlertEvent) -> None:
        after = event.alert
        if event.action == Action.RAISED:
            assert before is None or before.state is not State.CLOSED, "a closed alert stays closed"
            is_told = after.rule.startswith("workflow:") or after.rule == response.LATE.name
            assert after.causes or is_told, "no alert without a cause"
            return
        assert before is not None, "it was raised before anything else"
        if event.action != Action.COMMENT:
            manner = MANNERS[after.alert_class]
            assert TRANSITIONS[manner, before.state, Action(event.action)] is after.state, (event.action, manner)
        if event.action == Action.CAUSE_AGAIN:
            assert (State.UNACKNOWLEDGED, None) == (after.state, after.silenced_until)
        if after.state is State.CLOSED:
            self.check_closed(before, event)

    def check_closed(self, before: Alert, event: AlertEvent) -> None:
        after, is_test = event.alert, before.suppression is not None and before.suppression.is_test
        assert not after.active
        assert after.disposition is not None
        if after.disposition is Disposition.RETURNED:
            assert MANNERS[after.alert_class] is Manner.SELF_CLOSING
            assert after.acknowledged is not None or before.suppression is not None, "nothing closes unseen"
        elif event.action == Action.LAPSED:
            assert (True, Disposition.TEST) == (is_test, after.disposition), "only a test's own lapse"
        else:
            assert (Action.CLOSE, "li") == (event.action, event.by), "a person closes it"
            assert after.acknowledged is not None, "nothing closes unseen"

    @invariant()
    def whatever_is_suppressed_is_listed(self) -> None:
        gateway: Any = SimpleNamespace(
            alerts=SimpleNamespace(open_alerts=self.room.engine.open_alerts),
            workflows=SimpleNamespace(suppressions=self.room.kernel.cases.in_force),
        )
        entries = set_aside(cast("Any", gateway))
        listed = [alert.id for one in entries for alert in one.alerts]
        held = [alert.id for alert in self.room.engine.open_alerts() if alert.suppression is not None]
        assert sorted(held) == sorted(listed)
        cases = {(each.workflow, each.case) for each in self.room.kernel.cases.in_force()}
        assert cases == {(one.reason, one.source) for one in entries if one.is_case}

    @invariant()
    def each_danger_has_its_checklist_and_no_checklist_is_without_one(self) -> None:
        if not self.room.kernel.cases.of("incident"):
            return
        asked = (AlertClass.FIRE, AlertClass.GAS, AlertClass.HOLD_UP)
        loud = [each for each in self.room.engine.open_alerts() if each.suppression is None and each.origin == "real"]
        wanted = {each.incident for each in loud if each.alert_class in asked}
        running = {name for name, case in self.room.kernel.cases.of("response").items() if case.origin == "real"}
        assert wanted <= running
        assert running <= {each.incident for each in self.room.engine.open_alerts()}

    @invariant()
    def no_danger_is_held_back_by_one_person(self) -> None:
        for alert in self.room.engine.open_alerts():
            why = alert.suppression
            if why is None or alert.alert_class not in DEADLY or why.is_test:
                continue
            case = self.room.kernel.cases.find(why.workflow, why.source)
            assert case is not None, "what held it back is over"
            assert is_by_two(case)
            assert alert.alert_class is not AlertClass.HOLD_UP
            assert "b1" not in {cause.device for cause in alert.causes}

    @invariant()
    def no_acknowledgement_outlasts_its_time(self) -> None:
        for alert in self.room.engine.open_alerts():
            if alert.state is State.ACKNOWLEDGED and alert.suppression is None and alert.alert_class in DEADLY:
                assert alert.acknowledged is not None
                is_left = alert.active and alert.responded is None
                assert not is_left or self.room.now - alert.acknowledged <= FIVE_MIN


TestLifecycleMachine = pytest.mark.slow(House.TestCase)
