"""Whatever people, meters, sensors and restarts do: who is inside is known, and who must come out is an alert."""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alerts.ask import Ask
from devices.reading import SECOND
from tests.alerts.timeline import START
from tests.workflows.permitting import HOUR, MINUTE, PermitRoom, accept, enter, finish, leave, measure, start
from workflows.confined_space import Stop

WORKERS = ("wang", "Zhao")
OXYGEN = st.sampled_from((20.9, 19.5, 23.5, 19.4, 23.6))
SENSED = st.sampled_from(("o1.oxygen=20.8", "o1.oxygen=19.4", "o1.gas=10.0", "g1.gas_alarm=on", "g1.gas_alarm=off"))
VALID, RETEST, LONGEST = 8 * HOUR, 2 * HOUR, 2 * HOUR


class Space(RuleBasedStateMachine):
    """A model of who is inside, asked after each step; the kernel decides what may be, and the model what must hold."""

    @initialize(sensors=st.sampled_from(((), ("o1",))))
    def build(self, sensors: tuple[str, ...]) -> None:
        self.room = PermitRoom(sensors=sensors)
        self.case = self.room.begun(1)
        self.t = 1.0
        self.inside: dict[str, float] = {}
        self.is_over = False

    def ask(self, ask: Ask) -> bool:
        """Whether it was done."""
        self.t += 1
        effects = self.room.step(self.t, ask)
        return not effects.refused

    @property
    def permit(self) -> Any:
        return self.room.kernel.cases.of("confined_space").get(self.case)

    @rule(minutes=st.sampled_from((1, 29, 61, 119, 121)))
    def wait(self, minutes: int) -> None:
        self.t += minutes * MINUTE
        self.room.run_until(self.t)

    @rule(who=st.sampled_from(WORKERS))
    def go_in(self, who: str) -> None:
        before = self.permit
        may = before is not None and before.stage == "working" and not before.is_late and who not in self.inside
        done = self.ask(enter(self.case, who))
        assert may == done
        if done:
            self.inside[who] = self.t

    @rule(who=st.sampled_from(WORKERS))
    def come_out(self, who: str) -> None:
        assert (who in self.inside) == self.ask(leave(self.case, who))
        self.inside.pop(who, None)

    @rule(oxygen=OXYGEN)
    def test_the_air(self, oxygen: float) -> None:
        self.ask(measure(self.case, oxygen=oxygen))

    @rule(said=SENSED)
    def sense(self, said: str) -> None:
        self.t += 1
        self.room.step(self.t, said)

    @rule()
    def stop(self) -> None:
        self.ask(Stop(case=self.case, by="gus", role="guard"))

    @rule()
    def begin(self) -> None:
        if self.ask(start(self.case)):
            assert not self.inside  # anew only when all were out

    @rule()
    def go_on(self) -> None:
        """All come out, the air is tested, it begins anew, one goes in: what a stop takes."""
        for who in tuple(self.inside):
            self.come_out(who)
        self.test_the_air(20.9)
        self.begin()
        self.go_in("wang")

    @rule()
    def end(self) -> None:
        if self.ask(finish(self.case)):
            assert not self.inside

    @rule()
    def take(self) -> None:
        self.is_over = self.ask(accept(self.case)) or self.is_over

    @rule(after=st.sampled_from((1, 40, 3_000)))
    def start_again(self, after: int) -> None:
        self.room.restart(after)
        self.t = (self.room.now - START) / SECOND + 1
        self.room.step(self.t)
        self.room.run_until(self.t)

    @invariant()
    def who_is_inside_is_known(self) -> None:
        assert self.is_over == (self.permit is None)
        assert set(self.inside) == ({each.person for each in self.permit.inside} if self.permit is not None else set())

    @invariant()
    def somebody_is_told(self) -> None:
        active = {alert.rule for alert in self.room.open() if alert.active}
        out = bool(active & {"confined-space-bad-air", "confined-space-evacuate"})
        if not self.inside:
            assert not active & {"confined-space-overstayed", "confined-space-inside-too-long"}
            assert not out
            return
        assert out == (self.permit.stage != "working")
        assert ("confined-space-overstayed" in active) == (self.t >= 1 + VALID)
        assert ("confined-space-inside-too-long" in active) == any(
            self.t - at >= LONGEST for at in self.inside.values()
        )

    @invariant()
    def nobody_works_in_air_that_was_not_tested(self) -> None:
        permit = self.permit
        if permit is None or permit.stage != "working":
            return
        last = {test.gas: test for test in permit.gas}
        assert {"oxygen", "lel", "co", "h2s"} <= last.keys()
        assert all(self.t - (test.at - START) / SECOND < RETEST for test in last.values())
        assert 19.5 <= last["oxygen"].value <= 23.5


TestSpace = pytest.mark.slow(Space.TestCase)
