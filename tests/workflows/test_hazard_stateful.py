"""Whatever people, clocks and restarts do: where each hazard stands, who is told that it is late, who verified it."""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.ask import Ask
from alerts.hazard_asks import Reopen, Report
from alerts.hazards import Hazard
from alerts.kernel.consent import Give
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START
from tests.workflows.test_hazard import DAY, active, assign, find, publish, rectify, room, verify

PEOPLE = ("ann", "bo", "cy")
CLIMBS = (0, DAY, 3 * DAY)
TERMS = {"found": DAY, "rectified": 3 * DAY, "verified": 7 * DAY}


class Model:
    """What the words of docs/hazards.md say of one hazard."""

    def __init__(self, level: str, at: int) -> None:
        self.level, self.due, self.by = level, 0, ""
        self.known: set[str] = set()
        self.enter("found", at)

    def enter(self, stage: str, at: int) -> None:
        self.stage, self.told = stage, 0
        self.deadline = self.due if stage == "assigned" else at + TERMS.get(stage, 0)

    @property
    def is_over(self) -> bool:
        return self.stage == "closed"

    def settle(self, at: int) -> None:
        if self.stage == "verified" and self.known >= (
            {"all", "authority", "staff_assembly"} if self.is_major else {"all"}
        ):
            self.enter("closed", at)
        if not self.is_over:
            self.told = max(self.told, sum(self.deadline + after <= at for after in CLIMBS))

    @property
    def is_major(self) -> bool:
        return self.level == "major"


class HazardHouse(RuleBasedStateMachine):
    """A model beside the kernel, asked after each step whether both agree."""

    @initialize()
    def build(self) -> None:
        self.room: KernelRoom = room()
        self.t = 1
        self.models: dict[str, Model] = {}
        self.spans: list[tuple[str, str]] = []

    # -- helpers -------------------------------------------------------------------------------------------

    def ask(self, ask: Ask, *, is_allowed: bool) -> str:
        """Carried out if the model allows it, refused if not."""
        self.t += 1
        if is_allowed:
            return self.room.ask(self.t, ask)
        assert self.room.step(self.t, ask).refused
        return ""

    def settle(self) -> None:
        self.room.run_until(self.t)
        for model in self.models.values():
            model.settle(self.t)

    def pick(self, draw: st.DataObject) -> tuple[str, Model]:
        case = draw.draw(st.sampled_from(sorted(self.models)))
        return case, self.models[case]

    # -- what happens --------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.models) < 4)
    @rule(level=st.sampled_from(["general", "major"]))
    def somebody_finds_one(self, level: str) -> None:
        case = self.ask(find(level=level), is_allowed=True)
        self.models[case] = Model(level, self.t)
        self.settle()

    @precondition(lambda self: self.models)
    @rule(draw=st.data(), days=st.sampled_from([1, 5, 30]))
    def it_is_assigned(self, draw: st.DataObject, days: int) -> None:
        case, model = self.pick(draw)
        until = self.t + days * DAY
        is_allowed = model.stage in ("found", "assigned")
        waits = self.ask(assign(case, until, interim="fence", responsible="Li"), is_allowed=is_allowed)
        if is_allowed and model.due:
            assert (waits != case) == (until > model.due)
        if is_allowed and waits != case:
            self.ask(Give(case=waits, by="dee", role="manager"), is_allowed=True)
        if is_allowed:
            model.due = until
            model.enter("assigned", self.t)
        self.settle()

    @precondition(lambda self: self.models)
    @rule(draw=st.data(), by=st.sampled_from(PEOPLE))
    def it_is_rectified(self, draw: st.DataObject, by: str) -> None:
        case, model = self.pick(draw)
        is_allowed = model.stage == "assigned" or (model.stage == "found" and not model.is_major)
        self.ask(rectify(case, by=by), is_allowed=is_allowed)
        if is_allowed:
            model.by = by
            model.enter("rectified", self.t)
        self.settle()

    @precondition(lambda self: self.models)
    @rule(draw=st.data(), by=st.sampled_from(PEOPLE), result=st.sampled_from(["accepted", "returned"]))
    def it_is_verified(self, draw: st.DataObject, by: str, result: str) -> None:
        case, model = self.pick(draw)
        is_allowed = model.stage == "rectified" and by != model.by
        self.ask(verify(case, result, by=by, role="manager", note="seen"), is_allowed=is_allowed)
        if is_allowed:
            stage = "verified" if result == "accepted" else "assigned" if model.due else "found"
            model.enter(stage, self.t)
        self.settle()

    @precondition(lambda self: self.models)
    @rule(draw=st.data(), whom=st.sampled_from(["all", "authority", "staff_assembly"]))
    def people_are_told(self, draw: st.DataObject, whom: Any) -> None:
        case, model = self.pick(draw)
        report = Report(case=case, to=whom, reference="7", by="boss", role="manager") if whom != "all" else None
        is_allowed = not model.is_over and (report is None or model.is_major)
        self.ask(report or publish(case), is_allowed=is_allowed)
        if is_allowed:
            model.known.add(whom)
        self.settle()

    @precondition(lambda self: self.models)
    @rule(draw=st.data())
    def it_is_back(self, draw: st.DataObject) -> None:
        case, model = self.pick(draw)
        is_allowed = model.stage in ("verified", "closed")
        self.ask(Reopen(case=case, note="back", by="boss", role="manager"), is_allowed=is_allowed)
        if is_allowed:
            model.due, model.known = 0, set()
            model.enter("found", self.t)
        self.settle()

    @rule(hours=st.sampled_from([1, 25, 80, 24 * 12]))
    def time_passes(self, hours: int) -> None:
        self.t += hours * 3_600
        self.settle()

    @rule(hours=st.sampled_from([0, 2, 30, 24 * 9]))
    def the_gateway_is_off(self, hours: int) -> None:
        self.room.restart(self.t + hours * 3_600 - (self.room.now - START) / SECOND)
        self.t += hours * 3_600 + 1
        self.room.step(self.t)
        self.settle()

    # -- what holds ----------------------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        cases: dict[str, Hazard] = dict(self.room.kernel.cases.of("hazard")) if hasattr(self, "room") else {}
        if not cases:
            return
        assert {case: (model.stage, model.told) for case, model in self.models.items()} == {
            case: (found.stage, found.told) for case, found in cases.items()
        }
        assert len(cases) == len({found.number for found in cases.values()})
        assert all(found.verified_by != found.rectified_by for found in cases.values() if found.verified_at is not None)
        late = {case for case, model in self.models.items() if model.told}
        assert late == set(active(self.room, "hazard-overdue"))
        stands = {c for c, m in self.models.items() if m.is_major and m.stage in ("found", "assigned", "rectified")}
        assert stands == set(active(self.room, "hazard-major"))


TestHazardHouse = pytest.mark.slow(HazardHouse.TestCase)
