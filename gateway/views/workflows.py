"""What people ask of workflows, and the cases that are open."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.ask import Ask
from alerts.attachment import ids_in
from alerts.case import Case, HeldBack
from alerts.effects import Answered, CaseChanged
from alerts.facts import Fact
from alerts.kernel.open_cases import read
from alerts.rules_in_force import RULES, made
from alerts.trial_result import TrialResult
from alerts.workflow import Workflow
from api.live import Live
from devices.message import Text
from devices.reading import Instant
from gateway.area_rights import AreaRights
from gateway.change_trial import RuleTrial, versions
from gateway.clock import Clock
from gateway.inbox import Inbox
from gateway.running import Running
from gateway.site.workflow_tables import site_facts
from gateway.stores.site_stores import SiteStores
from gateway.views.handing_in import hand_in
from gateway.views.somebody_else import check_somebody_else


class WorkflowsView:
    """Implements api.ports.workflows. ``kinds``: the workflows by name, the kernel's services among them."""

    def __init__(
        self,
        running: Running,
        live: Live,
        inbox: Inbox,
        clock: Clock,
        *,
        stores: SiteStores,
        kinds: Mapping[str, Workflow[Any]],
        rights: AreaRights,
    ) -> None:
        self._running, self._live, self._inbox, self._clock, self._kinds = running, live, inbox, clock, kinds
        self._trials = RuleTrial(running.site, stores.series, lambda most: stores.records.alerts(limit=most))
        self._users, self._records, self._series = stores.users, stores.records, stores.series
        self._attachments, self._rights = stores.attachments, rights
        self._read: dict[tuple[str, str], tuple[CaseChanged, Case | None]] = {}
        """Each as it was read last: cases change seldom, and pages ask again and again."""

    async def ask(self, ask: Ask) -> Answered:
        """Hand in what a person asks of a workflow; returns once it is stored.

        Raises Refused, NotAllowed, StoreUnavailable.
        """
        answers: list[Answered] = []
        if ask.proof != "link":  # who was told of it may answer, wherever else their account may act
            await asyncio.to_thread(self._rights.check, ask.by, ask)
        if ask.WITH_UP:
            ask = await asyncio.to_thread(self._with_up, ask)
        if ask.WITH_TRIAL and not ask.only_check:
            ask = replace(ask, trial=await self.trial(ask))
        self._attachments.check(ids_in(msgspec.json.encode(ask)))
        await asyncio.to_thread(self._check_who_consents, ask)
        await hand_in(self._inbox, ask, answered=answers.append)
        return answers[0]

    async def trial(self, ask: Ask) -> TrialResult | None:
        """What came of a trial of the rule that it, or its case, is about. Raises StoreUnavailable."""
        return await asyncio.to_thread(self._trial, ask)

    def _trial(self, ask: Any) -> TrialResult | None:
        case: Any = next((each for name in self._kinds for each in self.cases(name) if each.id == ask.case), None)
        rule: Any = getattr(ask, "rule", None) or made(getattr(case, "rule", None))
        name = rule.name if rule is not None else getattr(ask, "rule_name", "") or getattr(case, "rule_name", "")
        if not name:
            return None
        old = versions(self.cases(RULES), name)
        return self._trials.of(old, rule, self._running.devices(), self._live.modes(), self._clock.now())

    def _check_who_consents(self, ask: Ask) -> None:
        """Raises Refused where nobody could be the second person."""
        engine = self._running.engine
        roles = engine.kernel.who_consents(ask) if engine is not None and not ask.only_check else ()
        if roles:
            check_somebody_else(self._users, ask.by, roles, Text.of("second_person.for_an_ask"))

    def _with_up(self, ask: Any) -> Ask:
        """With the flags that are up now on the devices that it is about: they must come down first."""
        named = ask.devices or [device.id for device in self._running.devices() if device.area == ask.area]
        latest = [reading for device in named for reading in self._series.latest_of(device)]
        made: Ask = replace(ask, up=tuple((read.device, read.signal) for read in latest if read.value is True))
        return made

    def case(self, workflow: str, case: str) -> Case | None:
        """One that is open or has ended. Raises StoreUnavailable."""
        live = next((each for each in self.cases(workflow) if each.id == case), None)
        stored = self._records.case(workflow, case) if live is None else None
        return live if stored is None else next(iter(self._stored(workflow, {case: stored})), None)

    def past_cases(self, workflow: str, limit: int = 50) -> list[Case]:
        """Those that have ended, newest first. Raises StoreUnavailable."""
        return self._stored(workflow, self._records.ended_cases(workflow, limit))

    def _stored(self, workflow: str, contents: Mapping[str, bytes]) -> list[Case]:
        kind = self._kinds.get(workflow)
        return self._records.read_cases(partial(read, kind), contents) if kind is not None else []

    def newest_facts(self, topic: str) -> dict[str, Fact]:
        """The newest that was kept of that topic, by device. Raises StoreUnavailable."""
        return self._records.newest_facts(topic)

    def suppressions(self) -> list[HeldBack]:
        """What cases hold back now."""
        found = [(name, case) for name in self._kinds for case in self.cases(name)]
        return [
            HeldBack(name, case.id, case.by, case.second, case.holds, case.opened, case.area)
            for name, case in found
            if case.holds is not None
        ]

    def choices(self, workflow: str) -> Mapping[str, Sequence[str]]:
        """From what a field of its asks is chosen."""
        kind = self._kinds.get(workflow)
        return kind.choices(site_facts(self._running.site)) if kind is not None else {}

    def cases(self, workflow: str) -> list[Case]:
        """Its open cases, the oldest on top, without those that nobody can read."""
        told = self._live.cases(workflow)
        known = {(case.workflow, case.id): case for case in told}
        for name in [name for name in list(self._read) if name[0] == workflow and name not in known]:
            self._read.pop(name, None)
        found = [self._typed(case) for case in told]
        return [case for case in found if case is not None]

    def shown(self, workflow: str, now: Instant) -> list[dict[str, Any]]:
        """What people are shown of its open cases beside their fields."""
        kind = self._kinds.get(workflow)
        return [kind.shows(case, now) for case in self.cases(workflow)] if kind is not None else []

    def _typed(self, told: CaseChanged) -> Case | None:
        name = (told.workflow, told.id)
        before = self._read.get(name)
        if before is not None and before[0] is told:
            return before[1]
        case = None
        kind = self._kinds.get(told.workflow)
        if kind is not None:
            try:
                case = read(kind, msgspec.json.encode(told.case))
            except Exception:  # noqa: BLE001 - it may be the workflow's own upgrade that fails; the kernel says so
                case = None
        self._read[name] = (told, case)
        return case
