"""Applying what a workflow moved: all of it or nothing, stamped with who it comes from, and what follows by itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.case import Case, Holds
from alerts.effects import Effects, ModeChanged
from alerts.facts import SUPPRESSION_BEGUN, SUPPRESSION_ENDED, Fact
from alerts.heard import ModeSet
from alerts.installation import DeviceOrders
from alerts.kernel import fire_watch
from alerts.kernel.fire_watch import FireWatches, Watch
from alerts.kernel.ground import Ground
from alerts.kernel.open_cases import OpenCases
from alerts.kernel.rounds import Chain, Rounds, circle, link_of
from alerts.kernel.services import NOTIFICATIONS, Unanswered
from alerts.moves import FireWatch, Notification, Receipt
from alerts.rules_in_force import RULES, RuleInForce, at_work, made, own_name
from alerts.workflow import Ask, Moves, Workflow
from devices.message import At, Text
from devices.orders import Change
from devices.reading import Instant, Origin

_ASKS_KEPT = 16


class Applying:
    """What is to be stored and told goes to the effects of the ground, what is to be heard to the rounds."""

    def __init__(
        self,
        workflows: Mapping[str, Workflow[Any]],
        cases: OpenCases,
        rounds: Rounds,
        watches: FireWatches,
        installation: DeviceOrders,
        failed: Callable[[str, str, Exception | Text], None],
    ) -> None:
        self._workflows, self._cases, self._rounds, self._instances = workflows, cases, rounds, watches
        self._installation, self._failed = installation, failed
        self.ground: Ground | None = None
        self._alerts = self._modes = 0
        self._hears_alerts = self._hears_modes = False
        self._is_turning = False

    @property
    def _stands(self) -> Ground:
        assert self.ground is not None
        return self.ground

    def begin(self, hears_alerts: bool, hears_modes: bool) -> None:
        """A turn: what the rules and people brought about is told first."""
        self._alerts = self._modes = 0
        self._hears_alerts, self._hears_modes = hears_alerts, hears_modes
        self._is_turning = True
        self.told(())

    def end(self) -> None:
        """What changes from now on is told at the beginning of the next turn."""
        self._is_turning = False

    def told(self, chain: Chain) -> None:
        """Alerts and modes that have changed since this was called last are heard in the next round."""
        if not self._is_turning:
            return
        effects = self._stands.effects
        for event in effects.alerts[self._alerts :] if self._hears_alerts else ():
            self._rounds.add(event, chain)
        for mode in effects.modes[self._modes :] if self._hears_modes else ():
            self._rounds.add(ModeSet(mode.area, mode.mode, mode.by, mode.workflow, mode.proof), chain)
        self._alerts, self._modes = len(effects.alerts), len(effects.modes)

    @property
    def effects(self) -> Effects:
        return self._stands.effects

    def failed(self, workflow: str, doing: str, error: Exception) -> None:
        self._failed(workflow, doing, error)

    # -- moves ---------------------------------------------------------------------------------------------

    def apply(
        self,
        workflow: Workflow[Any],
        moves: Moves,
        chain: Chain,
        now: Instant,
        *,
        origin: Origin = "real",
        ask: Ask | None = None,
    ) -> tuple[Change, ...]:
        """Raises whatever is wrong with the moves before any of it is applied; Refused for a mode or a device.

        Returns the changes of installed devices.
        """
        cases = [self._stamped(workflow, case, now, origin, ask) for case in moves.cases]
        origins = {case.id: case.origin for case in cases}
        facts = [self._fact(workflow, fact, origins, origin) for fact in moves.facts]
        if ask is not None and ask.done_at is not None:  # handed in later: it happened then, and is known from now on
            facts = [replace(fact, at=ask.done_at, recorded=now) if fact.at == now else fact for fact in facts]
        for mode in moves.modes:
            self._stands.check_mode(mode.area, mode.mode)
        self._stands.sees.handling.check(moves.verbs, now)
        changes = tuple(self._installation.carry_out(moves.devices, now)) if moves.devices else ()
        effects = self._stands.effects
        effects.devices.extend(changes)
        by = ask.by if ask is not None else ""
        its = next(iter(origins.values()), origin)
        for case in cases:
            self._put(workflow.name, case, now)
        for mode in moves.modes:
            change = ModeChanged(mode.area, mode.mode, mode.by or by, now, workflow.name, mode.proof)
            self._stands.set_mode(change, its)
        if moves.rules:
            self._set_rules(moves.rules, now)
        for fact in facts:
            self.state(fact, chain)
        holder = f"{workflow.name} {cases[0].id}" if cases else ""
        effects.outputs += [
            replace(order, origin=its if order.origin == "real" else order.origin, holder=order.holder or holder)
            for order in moves.orders
        ]
        for alert in moves.alerts:
            about = origins.get(alert.key) or self._origin(workflow.name, alert.key) or origin
            self._stands.says(f"workflow:{workflow.name}", alert, about, now)
        for note in moves.notes:
            self._stands.note(note, now)
        for grouped in moves.grouped:
            self._stands.sees.handling.group(grouped, now)
        for verb in moves.verbs:
            self._stands.sees.handling.carry_out(verb, now)
        for notification in moves.notifications:
            self._notify(workflow.name, notification, origins.get(notification.case, origin), now)
        for stimulus in moves.stimuli:
            self._stands.stimulate(stimulus, stimulus.origin if its == "real" else its, now)
        for shadow in moves.shadows_over:
            self._stands.end_shadow(shadow, now)
        if moves.real:
            self._stands.turned_out_real(moves.real)
        for order in moves.compensations:
            known = next((case for case in cases if case.id == order.case), None)
            source = known or self._cases.find(workflow.name, order.case) or cases[0]
            self._watch(workflow.name, order, source, now)
        for case in cases:
            if not case.is_open and workflow.name != fire_watch.NAME:
                self._end_watches(workflow.name, case, now)
        self.told(chain)
        return changes

    def _set_rules(self, versions: Sequence[RuleInForce], now: Instant) -> None:
        """Keep them, and let the engine run what follows; a rule that a workflow ships comes back when its own goes."""
        for version in versions:
            self.keep(RULES, version, now)
        kept = self._cases.of(RULES)
        running = at_work([rule for each in kept.values() if (rule := made(each.in_file)) is not None], kept)
        names = {rule.name for rule in running}
        shipped = [rule for flow in self._workflows.values() for rule in flow.rules()]
        of_gateway = [rule for rule in self._stands.rules if own_name(rule.name) not in kept]
        others = {rule.name: rule for rule in (*shipped, *of_gateway) if rule.name not in names}
        self._stands.set_rules([*running, *others.values()])

    def foreseen(self, moves: Moves, now: Instant) -> tuple[Change, ...]:
        """The changes of installed devices that it would make. Raises Refused."""
        for mode in moves.modes:
            self._stands.check_mode(mode.area, mode.mode)
        return tuple(change for order in moves.devices for change in self._installation.rehearse(order, now))

    def _stamped(self, workflow: Workflow[Any], case: Case, now: Instant, origin: Origin, ask: Ask | None) -> Case:
        if not isinstance(case, workflow.case) or not case.id:
            raise TypeError(f"{type(case).__name__} {case.id!r} is no case of {workflow.name}")
        before = self._cases.find(workflow.name, case.id)
        asks = before.asks if before is not None else ()
        if ask is not None and ask.id and ask.id not in asks:
            asks = (*asks, ask.id)[-_ASKS_KEPT:]
        stamped: Case = replace(
            case,
            opened=now if before is None else before.opened,
            revision=1 if before is None else before.revision + 1,
            version=workflow.case.VERSION,
            origin=before.origin if before is not None else case.origin if case.origin != "real" else origin,
            asks=asks,
        )
        return stamped

    def _fact(self, workflow: Workflow[Any], fact: Fact, origins: Mapping[str, Origin], origin: Origin) -> Fact:
        about = origins.get(fact.case) or self._origin(workflow.name, fact.case) or origin
        book = workflow.book if fact.book is None else fact.book
        return replace(fact, workflow=workflow.name, origin=about if fact.origin == "real" else fact.origin, book=book)

    def _origin(self, workflow: str, case: str) -> Origin | None:
        found = self._cases.find(workflow, case)
        return found.origin if found is not None else None

    def state(self, fact: Fact, chain: Chain) -> None:
        """It has happened; unless it comes from a circle, others hear of it."""
        self._stands.effects.facts.append(fact)
        other = circle(fact, chain)
        if other:
            names = sorted({fact.workflow, other})
            why = Text.of("workflow.circle", one=names[0], other=names[-1], fact=f"{fact.workflow}.{fact.step}")
            self._failed(fact.workflow, "listen", why)
            return
        self._rounds.add(fact, (*chain, link_of(fact)))

    # -- cases ---------------------------------------------------------------------------------------------

    def keep(self, workflow: str, case: Case, now: Instant) -> None:
        """One of the kernel's own."""
        self._put(workflow, self._stamped(self._workflows[workflow], case, now, "real", None), now)

    def _put(self, name: str, case: Case, now: Instant) -> None:
        before = self._cases.find(name, case.id)
        held = before.holds.devices if before is not None and before.holds is not None else ()
        holds = case.holds.devices if case.is_open and case.holds is not None else ()
        concerned = dict.fromkeys((*held, *holds))
        was_out = self._cases.out(concerned)
        self._cases.put(name, case)
        self._stands.effects.cases[name, case.id] = case
        if before is not None and case.is_open and _without_windows(before) == _without_windows(case):
            return
        if not concerned and _alerts(before) == _alerts(case):
            return
        is_out = self._cases.out(concerned)
        self._stands.held_changed(concerned, is_out - was_out, was_out - is_out)
        gone, new = [d for d in held if d not in holds], [d for d in holds if d not in held]
        for devices, step in ((gone, SUPPRESSION_ENDED), (new, SUPPRESSION_BEGUN)):
            if devices:
                self.state(_suppression(name, case, tuple(devices), step, now), ())

    def release(self, name: str, case: Case, now: Instant) -> Case:
        """What it holds back is over; the case may go on."""
        over = replace(case, holds=None, revision=case.revision + 1)
        self._put(name, over, now)
        return over

    # -- fire watches --------------------------------------------------------------------------------------

    def _watch(self, workflow: str, order: FireWatch, source: Case, now: Instant) -> None:
        whose = f"{workflow}.{order.area}" if order.is_shared else source.id
        order = replace(order, id=f"{whose}.{order.id}")
        before = self._cases.find(fire_watch.NAME, order.id)
        moves = self._instances.begin(order, workflow, source, before if isinstance(before, Watch) else None, now)
        self.apply(self._instances, moves, (), now, origin=source.origin)

    def _end_watches(self, workflow: str, source: Case, now: Instant) -> None:
        for patrol in list(self._cases.of(fire_watch.NAME).values()):
            if patrol.workflow == workflow and source.id in (patrol.for_case, *patrol.shared):
                self.apply(self._instances, self._instances.source_ended(patrol, source.id, now), (), now)

    # -- notifications -------------------------------------------------------------------------------------

    def _notify(self, workflow: str, notification: Notification, origin: Origin, now: Instant) -> None:
        if self._cases.find(NOTIFICATIONS, notification.id) is not None:
            return
        origin = origin if notification.origin == "real" else notification.origin
        stamped = replace(notification, workflow=workflow, origin=origin)
        self._stands.effects.notifications.append(stamped)
        self.keep(NOTIFICATIONS, Unanswered(id=stamped.id, area=stamped.area, origin=origin, notification=stamped), now)

    def notify_again(self) -> None:
        """After a start: what nobody has said anything of yet."""
        waiting = self._cases.of(NOTIFICATIONS).values()
        self._stands.effects.notifications.extend(each.notification for each in waiting)

    def answered(self, receipt: Receipt, now: Instant) -> None:
        found = self._cases.find(NOTIFICATIONS, receipt.notification)
        if found is not None and receipt.state != "retrying":
            self._put(NOTIFICATIONS, replace(found, is_open=False, revision=found.revision + 1), now)


def _alerts(case: Case | None) -> tuple[tuple[str, str], ...]:
    """Those that it holds back as a whole."""
    return case.holds.alerts if case is not None and case.is_open and case.holds is not None else ()


def _without_windows(case: Case) -> Holds | None:
    return replace(case.holds, windows=()) if case.holds is not None and case.holds.windows else case.holds


def _suppression(name: str, case: Case, devices: tuple[str, ...], step: str, now: Instant) -> Fact:
    until = case.holds.until if case.holds is not None else now
    return Fact(
        workflow=name,
        case=case.id,
        step=step,
        at=now,
        by=case.by,
        second=case.second,
        area=case.area,
        devices=devices,
        origin=case.origin,
        text=Text.of(f"workflow.{step}", devices=devices[:20], count=len(devices), until=At(until)),
        fields={"reason": name},
        topics=(step,),
        book="",
    )
