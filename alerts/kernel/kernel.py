"""The kernel: what people ask, what is due and what is heard, in this order, after the rules were stepped.

Theory of operation. The engine collects asks, facts and what workflows listen to while it steps the rules; when all
alarms of the turn are in its effects, ``step`` moves the workflows. Whatever a workflow raises is its own loss: nothing
of that move is applied, a fault alert names it, and the turn goes on. At most 500 due cases and 8 rounds of facts are
dealt with in one turn; ``wake_at`` asks for the next one at once. docs/adr/0177.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from alerts.alert import Alert
from alerts.case import Case, Hold
from alerts.event import Event, Recorded
from alerts.facts import Fact
from alerts.heard import Installed, InTest, Pending, Slot, Spoken
from alerts.installation import DeviceOrders, NothingInstalled
from alerts.kernel import consent, fire_watch
from alerts.kernel.applying import Applying
from alerts.kernel.asking import Asking
from alerts.kernel.ground import Ground
from alerts.kernel.guard import may_hold
from alerts.kernel.listening import Listening
from alerts.kernel.open_cases import OpenCases, read
from alerts.kernel.outlook import Outlook
from alerts.kernel.rounds import MOST_ROUNDS, Chain, Item, Rounds
from alerts.kernel.services import (
    SLOTS,
    UNHEARD,
    Kept,
    LastSlot,
    Notifications,
    RulesInForce,
    Slots,
    Unheard,
    Unheards,
)
from alerts.moves import Receipt
from alerts.site_facts import SiteFacts
from alerts.workflow import NOTHING, Ask, Moves, Workflow
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name

RULE = "workflow:"
"""What the rule of an alert is called that a workflow or the kernel raises; the workflow's name follows."""
_FAULTS = ("failed:", "unreadable:")
_MOST_DUE = 500
_NOT_SO_FAST: Instant = SECOND
_AFTER_A_FAULT: Instant = 60 * SECOND


class Kernel:
    """Owns the open cases. ``stored``: by (workflow, id), as they were stored (JSON)."""

    def __init__(
        self,
        workflows: Sequence[Workflow[Any]] = (),
        stored: Mapping[tuple[str, str], bytes] | None = None,
        site: SiteFacts | None = None,
        installation: DeviceOrders | None = None,
    ) -> None:
        self._consent, self._instances = consent.Consent(), fire_watch.FireWatches()
        own = (self._consent, self._instances, Notifications(), Slots(), Unheards(), RulesInForce())
        every: list[Workflow[Any]] = [*own, *workflows]
        self.workflows = {workflow.name: workflow for workflow in every}
        if len(self.workflows) < len(every):
            raise ValueError("two workflows have one name; rename one of them")
        self.cases = OpenCases()
        self.failures: dict[str, int] = {}
        """How often each workflow raised an exception."""
        self.unreadable: dict[tuple[str, str], str | Text] = {}
        """Stored cases that nobody can read, and why: they stay stored, and hold nothing back."""
        self._rounds = Rounds()
        self._asked: list[tuple[int, Ask]] = []
        self._now: Instant = 0
        self._ground: Ground | None = None
        devices = installation if installation is not None else NothingInstalled()
        self.world = Outlook(site or SiteFacts(), self.cases, self.workflows, devices, self._failed)
        self._applying = Applying(self.workflows, self.cases, self._rounds, self._instances, devices, self._failed)
        self._asking = Asking(self.workflows, self.cases, self.world, self._applying, self._consent)
        self._clocked = [flow for flow in every if type(flow).opens is not Workflow.opens]
        self._hears_alerts = any(flow.listens.alerts for flow in every)
        self._hears_modes = any(flow.listens.modes for flow in every)
        self._hears_presence = any(flow.listens.presence for flow in every)
        self.signals = frozenset(signal for flow in every for signal in flow.listens.signals)
        """What any workflow listens to, without channels."""
        self._listening = Listening(every, self.cases)
        self._is_started = False
        for (name, case_id), content in (stored or {}).items():
            self._restore(name, case_id, content)

    def _restore(self, name: str, case_id: str, content: bytes) -> None:
        workflow = self.workflows.get(name)
        if workflow is None:
            self.unreadable[name, case_id] = Text.of("workflow.gone")
            return
        try:
            case = read(workflow, content)
        except Exception as error:  # noqa: BLE001 - it may be the workflow's own upgrade that fails
            self.unreadable[name, case_id] = f"{type(error).__name__}: {error}"[:200]
            return
        if case.is_open:
            self.cases.put(name, case)
            self._asking.remember(name, case)
        for kept in case.items if isinstance(case, Unheard) else ():
            self._rounds.add(kept.item, kept.chain)

    def stand_on(self, ground: Ground) -> None:
        """The engine that it works in."""
        self._ground = self._applying.ground = ground
        self.world.sight = ground.sees

    # -- what the engine tells -----------------------------------------------------------------------------

    @property
    def wake_at(self) -> Instant | None:
        return self._now if self._asked or self._rounds else self.cases.wake_at

    def who_consents(self, ask: Ask) -> Collection[str]:
        """The roles of which somebody else has to consent; none where one person is enough. Raises Refused."""
        return self._asking.who_consents(ask)

    def read(self, workflow: str, content: bytes) -> Case:
        """A stored case of that workflow, open or not. Raises whatever is wrong with it."""
        return read(self.workflows[workflow], content)

    def ask(self, place: int, ask: Ask) -> None:
        """A person asks; ``place`` is where it stands among the events of this turn."""
        self._asked.append((place, ask))

    def tell(self, item: Item) -> None:
        """Something that workflows may listen to."""
        if isinstance(item, Reading):
            self.world.note(item)
        if not isinstance(item, Recorded) or item.book in self._listening.books:
            self._rounds.add(item)

    def overhear(self, events: Iterable[Event]) -> None:
        """What devices that a case hears have just said."""
        hearing, said = self.cases.hearing, dict[str, list[Reading]]()
        for event in events:
            if type(event) is Reading and event.device in hearing:
                said.setdefault(event.device, []).append(event)
        for device, readings in said.items():
            self._rounds.add(Spoken(device, tuple(readings)))

    def in_test(self, reading: Reading, now: Instant) -> None:
        """A device in test says something: its workflow hears it before the rules do, and may open a window for it.

        One that fails over it opens none, and the rules step all the same.
        """
        self._now = self.world.now = max(now, self._now)
        for name, case in self.cases.holding(reading.device):
            if case.holds.is_test:
                workflow, heard = self.workflows[name], InTest(case.id, reading)
                move = partial(workflow.step, heard, self.cases.of(name), self.world, now)
                self._moves(workflow, "listen", move, (), now, reading)
        self._stands.settle(now)

    def installs(self, ask: Ask) -> bool:
        """Whether installed devices may be changed by it; from the engine's thread."""
        return self._asking.installs(ask)

    @property
    def windows(self) -> dict[str, Instant]:
        """How far back ``World.recent`` is wanted after a start, by signal."""
        listens = [flow.listens for flow in self.workflows.values()]
        signals = {signal for each in listens for signal in each.signals if each.window_s > 0}
        return {
            signal: int(max(each.window_s for each in listens if signal in each.signals) * SECOND) for signal in signals
        }

    def recall(self, readings: Iterable[Reading]) -> None:
        """What was stored of them before a start, in time order; told to nobody."""
        for reading in readings:
            if base_name(reading.signal) in self.signals:
                self.world.recall(reading)

    @property
    def hears_presence(self) -> bool:
        return self._hears_presence

    def has_work(self, now: Instant) -> bool:
        """Whether a step would do anything at all."""
        if self._asked or self._rounds or not self._is_started:
            return True
        at = self.cases.wake_at
        if at is not None and at <= now:
            return True
        effects = self._stands.effects
        return bool((self._hears_alerts and effects.alerts) or (self._hears_modes and effects.modes))

    @property
    def _stands(self) -> Ground:
        assert self._ground is not None
        return self._ground

    def step(self, now: Instant) -> None:
        """Everything that follows now; the rules were stepped before."""
        self._now = self.world.now = now
        self._applying.begin(self._hears_alerts, self._hears_modes)
        if not self._is_started:
            self._start(now)
        self._turn_due(now)
        asked, self._asked = self._asked, []
        for place, ask in asked:
            self._asking.carry_out(place, ask, now)
        self._settle(now)
        for _ in range(MOST_ROUNDS):
            if not self._rounds:
                break
            for item, chain in self._rounds.take():
                self._pass_on(item, chain, now)
            self._settle(now)
        self._keep_unheard(now)
        self._applying.end()

    def _keep_unheard(self, now: Instant) -> None:
        """What waits for the next turn is stored with this one: a crash between them loses nothing."""
        waiting = [(item, chain) for item, chain in self._rounds.waiting() if type(item) in Kept.KINDS]
        if waiting or self.cases.find(UNHEARD, UNHEARD) is not None:
            items = tuple(Kept(chain=chain, **{Kept.KINDS[type(item)]: item}) for item, chain in waiting)  # type: ignore[arg-type]
            self._applying.keep(UNHEARD, Unheard(id=UNHEARD, items=items, is_open=bool(items)), now)

    def _settle(self, now: Instant) -> None:
        """Alerts whose devices are held back no more, or from now on, are looked at anew, once for all of them."""
        self._stands.settle(now)
        self._applying.told(())

    def _start(self, now: Instant) -> None:
        self._is_started = True
        for (name, case_id), why in self.unreadable.items():
            text = Text.of("workflow.unreadable", workflow=name, case=case_id, reason=why)
            self._stands.fault(f"workflow:{name}", f"unreadable:{case_id}", text, now)
        self._asking.look_again(now, is_start=True)
        for alert in self._consent.says(self.cases.of(consent.NAME)):
            self._stands.says(f"{RULE}{consent.NAME}", alert, "real", now)
        self._rounds.add(Installed())
        self._applying.notify_again()
        for workflow in self._clocked:
            self._next_slot(workflow, now)

    # -- the clock -----------------------------------------------------------------------------------------

    def _turn_due(self, now: Instant) -> None:
        due: dict[str, list[Case]] = {}
        for name, case_id in self.cases.due(now, _MOST_DUE):
            if name == SLOTS:
                self._slot(self.workflows[case_id], now)
                continue
            case = self.cases.find(name, case_id)
            if case is None:
                continue
            if case.holds is not None and case.holds.until <= now:
                case = self._applying.release(name, case, now)
            if case.wake_at is not None and case.wake_at <= now:
                due.setdefault(name, []).append(case)
            else:
                self.cases.wake((name, case_id), case.next_at)
        for name, cases in due.items():
            stand = [self.cases.find(name, case.id) for case in cases]  # another's turn may have ended or moved it
            still = [case for case in stand if case is not None and case.wake_at is not None and case.wake_at <= now]
            if still:
                self._turn(self.workflows[name], still, now)

    def _turn(self, workflow: Workflow[Any], due: list[Case], now: Instant) -> None:
        """All of one workflow together; if that fails each by itself, so that one costs no other."""
        if self._moves(workflow, "turn", partial(workflow.turn, due, self.world, now), (), now, is_told=len(due) == 1):
            pause = _NOT_SO_FAST
        elif len(due) > 1:
            for case in due:
                self._turn(workflow, [case], now)
            return
        else:
            pause = _AFTER_A_FAULT
        for case in due:
            stands = self.cases.find(workflow.name, case.id)
            if stands is not None and stands.next_at is not None and stands.next_at <= now:
                self.cases.wake((workflow.name, case.id), now + pause)

    def _slot(self, workflow: Workflow[Any], now: Instant) -> None:
        last = self._last_slot(workflow.name)
        slot = Slot(now, last, self._stands.sees.outages(last) if last else ())
        move = partial(workflow.step, slot, self.cases.of(workflow.name), self.world, now)
        self._moves(workflow, "open", move, (), now)
        self._applying.keep(SLOTS, LastSlot(id=workflow.name, at=now), now)
        self._next_slot(workflow, now)

    def _next_slot(self, workflow: Workflow[Any], now: Instant) -> None:
        try:
            at = workflow.opens(self._last_slot(workflow.name), self.world, now)
        except Exception as error:  # noqa: BLE001 - a workflow's bug costs its own slots
            self._failed(workflow.name, "open", error)
            at = now + _AFTER_A_FAULT
        self.cases.wake((SLOTS, workflow.name), None if at is None else max(at, now + _NOT_SO_FAST))

    def _last_slot(self, name: str) -> Instant:
        case = self.cases.find(SLOTS, name)
        return case.at if isinstance(case, LastSlot) else 0

    # -- what is heard -------------------------------------------------------------------------------------

    def _pass_on(self, item: Item, chain: Chain, now: Instant) -> None:
        if isinstance(item, Fact):
            self._stands.hear(item, now)
            self._applying.told(chain)
        if isinstance(item, Receipt):
            self._applying.answered(item, now)
        for workflow in self._listening.to(item):
            move = partial(workflow.step, item, self.cases.of(workflow.name), self.world, now)
            self._moves(workflow, "listen", move, chain, now, item)
            if type(item) is Fact and workflow in self._clocked and not self.cases.is_due((SLOTS, workflow.name), now):
                self._next_slot(workflow, now)  # what it has heard may bring it forward, or put it off

    # -- moving --------------------------------------------------------------------------------------------

    def _moves(
        self,
        workflow: Workflow[Any],
        doing: str,
        move: Callable[[], Moves],
        chain: Chain,
        now: Instant,
        item: Item | None = None,
        *,
        is_told: bool = True,
    ) -> bool:
        """Whether it could be done; if not, nothing of it was."""
        try:
            if (moves := move()) != NOTHING:
                self._applying.apply(workflow, moves, chain, now, origin=getattr(item, "origin", "real"))
        except Exception as error:  # noqa: BLE001 - docs/adr/0177: a workflow's bug must not cost an alarm
            if is_told:
                self._failed(workflow.name, doing, error)
            return False
        return True

    def _failed(self, name: str, doing: str, error: Exception | Text) -> None:
        self.failures[name] = self.failures.get(name, 0) + 1
        reason = error if isinstance(error, Text) else f"{type(error).__name__}: {error}"[:200]
        text = Text.of("workflow.failed", workflow=name, doing=doing, reason=reason)
        self._stands.fault(f"workflow:{name}", f"failed:{name}", text, self._now)

    def stands_behind(self, alert: Alert) -> bool:
        """Whether a workflow says it, and goes on saying it after a start; that it failed is said anew if it is so."""
        name = alert.rule.removeprefix(RULE)
        is_said = alert.rule.startswith(RULE) and name in self.workflows and (name, alert.key) not in self.unreadable
        return is_said and not alert.key.startswith(_FAULTS)

    # -- what is held back ---------------------------------------------------------------------------------

    def held(self, pending: Pending) -> tuple[str, Case, Hold] | None:
        """The case that holds this part of an alert back, and how; None: it is shouted."""
        for name, case in self.cases.holding(pending.device.id):
            if not may_hold(case, pending):
                continue
            try:
                hold = self.workflows[name].sets_aside(case, pending, self.world)
                if hold is not None and pending.now < min(hold.until, case.holds.until):
                    return name, case, replace(hold, until=min(hold.until, case.holds.until))
            except Exception as error:  # noqa: BLE001 - docs/adr/0177: in doubt it is shouted
                self._now = max(self._now, pending.now)
                self._failed(name, "hold", error)
        return None

    def installed(self, now: Instant) -> None:
        """Other devices are installed: what waits for a second person is looked at anew."""
        self._now = self.world.now = max(now, self._now)
        self._asking.look_again(now)
        self._rounds.add(Installed())
