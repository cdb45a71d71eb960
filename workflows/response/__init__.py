"""Response 应急处置: what an alarm asks people to do, as a checklist whose clocks run from the first second.

An alarm of a class and area that has a procedure (alerts/response_plan.py) opens one response for its incident, not
one for each alert; an alarm that belongs to none, such as a silent one, has its own. Steps are ticked by people, *on
the scene* also by the next scan there. A step that is late is a fact, of which the rule shipped here makes an alert of
class duty beside the incident, and the next role is told. Whoever is sent is the nearest guard on duty. The response
ends with its incident; what was not done then is written so. docs/adr/0283, docs/adr/0288

A tick notes on the alerts what was done: their acknowledgement holds on. The case that opens is small; what is known of
place and people is looked up in the next turn, so that no alarm waits for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.contact import id_of
from alerts.facts import DISPATCH, SCAN, Fact
from alerts.heard import Installed, Listens
from alerts.key_area import key_area
from alerts.kinds import kinds
from alerts.lifecycle import Action
from alerts.moves import Notification, Receipt
from alerts.response_asks import Confirm, Dispatch, Tick, Undo
from alerts.response_case import Responding, begun, begun_again, merged, scheduled, with_step
from alerts.response_guards import candidates
from alerts.response_plan import DEFAULTS, Procedure, procedure_of, wrong
from alerts.response_words import fact, on_duty, step_fact, telling_next
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import NOTHING, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Name, Text
from devices.reading import Instant
from workflows.response.acts import check_person, check_step, confirmed, dispatched, ticked, undone
from workflows.response.arrivals import arrived, carried
from workflows.response.life import closed, ended, has_alerts, is_anew, quietly
from workflows.response.shown import Shown, in_lines, shown
from workflows.response.switching import kept_on

_BEGINS = frozenset({Action.RAISED, Action.BROUGHT_BACK, Action.CAUSE_AGAIN})
_MOST_OF_A_DRILL = 50


class ResponseConfig(Config, frozen=True, kw_only=True):
    """What alarms ask people to do, and what a call for help says.

    ``address``: where the site is, as a fire brigade is told it
    ``address_zh``: the same in Chinese
    ``phone``: the number on which the control room is called back
    ``procedures``: the site's own; for all other classes and areas those of docs/response.md stand
    """

    address: str = ""
    address_zh: str = ""
    phone: str = ""
    procedures: tuple[Procedure, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for index, procedure in enumerate(self.procedures):
            for path, text in wrong(procedure, site.areas, site.outputs):
                yield ConfigFault(("procedures", index, *path), text)


class Response(Workflow[Responding]):
    """One incident is one case, under its number."""

    name, book, case = "response", "responses", Responding
    asks = (Tick, Confirm, Dispatch, Undo)
    config_type = ResponseConfig
    listens = Listens(alerts=True, installed=True, receipts=True, topics=frozenset({DISPATCH, SCAN}))
    address = "responses"
    has_reports = True
    by_area = True

    config: ResponseConfig

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self._classes = {each for one in (*self.config.procedures, *DEFAULTS) for each in one.classes}
        """An alert of any other class costs one look-up."""

    def rules(self) -> Sequence[Rule[Any]]:
        return (LATE,)

    @classmethod
    def shown(cls, case: Responding) -> Shown:
        return shown(case)

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        procedures = (*self.config.procedures, *DEFAULTS)
        return {"step": list(dict.fromkeys(step.id for each in procedures for step in each.steps))}

    def waits_for(self, case: Responding, account: str, role: str) -> bool:
        """It stands beside its alarm in the control room; among what waits for people it would be said twice."""
        return False

    def shows(self, case: Responding, now: Instant) -> dict[str, Any]:
        return in_lines(case)

    # -- what people ask -------------------------------------------------------------------------------------

    def filled(self, ask: Any, cases: Mapping[str, Responding], world: World) -> Any:
        """The nearest who was not sent yet, where nobody is named."""
        case = cases.get(ask.case)
        if not isinstance(ask, Dispatch) or ask.person or case is None:
            return ask
        there = {each.person for each in case.sent}
        found = next((each.person for each in candidates(case, world, world.now) if each.person not in there), "")
        if not found:
            raise Refused(Text.of("response.nobody"))
        return replace(ask, person=found)

    def check(self, ask: Any, cases: Mapping[str, Responding], world: World, now: Instant) -> None:
        case = cases.get(ask.case)
        if case is None:
            raise Refused(Text.of("response.no_case"))
        match ask:
            case Tick() | Undo():
                check_step(case, ask, world)
            case Confirm():
                same = (case.verdict, case.burns, case.size)
                if same == (ask.verdict, ask.burns.strip() or case.burns, ask.size.strip() or case.size):
                    raise Refused(Text.of("response.said_already"))
            case Dispatch():
                check_person(case, id_of(world, ask.person.strip()), world, now)

    def step(self, event: Heard, cases: Mapping[str, Responding], world: World, now: Instant) -> Moves:
        match event:
            case AlertEvent():
                return self._alert(event, cases, world, now)
            case Receipt():
                return carried(event, cases, now)
            case Fact():
                return self._came(event, cases, world, now)
            case Installed():
                return self._looked(cases, world, now)
            case Tick():
                return ticked(cases[event.case], event, world, now)
            case Undo():
                return undone(cases[event.case], event, world, now)
            case Confirm():
                return confirmed(cases[event.case], event, world, now)
            case Dispatch():
                return dispatched(cases[event.case], event, world, now)
        return NOTHING

    # -- alarms ----------------------------------------------------------------------------------------------

    def _alert(self, event: AlertEvent, cases: Mapping[str, Responding], world: World, now: Instant) -> Moves:
        told = event.alert
        if told.state is State.CLOSED:
            return closed(told, cases, world, now)
        if event.action == Action.GROUPED:
            return self._regrouped(told, cases, world, now)
        if event.action not in _BEGINS or told.alert_class not in self._classes:
            return NOTHING
        if told.origin != "real":
            return self._drilled(told, cases, now) if told.origin == "drill" else NOTHING
        alert = world.alerts.find(told.id)  # with its incident, which it was given in this very turn
        return NOTHING if alert is None else self._opened(alert, cases, alert.newest, now)

    def _procedure(self, alert: Alert) -> Procedure | None:
        return procedure_of(alert.alert_class, alert.area, self.config.procedures)

    def _opened(self, alert: Alert, cases: Mapping[str, Responding], started: Instant, now: Instant) -> Moves:
        """A response is begun, or begins anew: for something worse, or for what was thought to be a false alarm."""
        case = cases.get(alert.incident or alert.id)
        if alert.suppression is not None or (case is not None and not is_anew(alert, case)):
            return NOTHING
        procedure = self._procedure(alert)
        if procedure is None:
            return NOTHING
        if case is None:
            case = begun(alert, procedure, alert.incident or alert.id, started, now)
            return Moves(cases=(case,), facts=(fact(case, "begun", now),))
        again = begun_again(case, alert, procedure, now)
        return Moves(cases=(again,), facts=(fact(again, "again", now),))

    def _drilled(self, alert: Alert, cases: Mapping[str, Responding], now: Instant) -> Moves:
        """Alarms of a drill belong to no incident: those of one class in one area are answered together."""
        running = (each for each in cases.values() if each.origin == alert.origin and each.area == alert.area)
        case = next((each for each in running if each.alert_class == alert.alert_class), None)
        procedure = self._procedure(alert)
        if alert.suppression is not None or procedure is None or (case is not None and alert.id in case.alerts):
            return NOTHING
        if case is None:
            case = begun(alert, procedure, alert.id, alert.newest, now)
            return Moves(cases=(case,), facts=(fact(case, "begun", now),))
        return Moves(cases=(replace(case, alerts=(*case.alerts, alert.id)[-_MOST_OF_A_DRILL:]),))

    def _regrouped(self, alert: Alert, cases: Mapping[str, Responding], world: World, now: Instant) -> Moves:
        """People joined or split incidents: what was begun goes on under the number of the other, or has its own."""
        left = [each for each in cases.values() if each.origin == "real" and not has_alerts(each, world)]
        moves = [ended(replace(case, into=alert.incident), world, now, "went") for case in left]
        kept = cases.get(alert.incident)
        for case in left:
            kept = merged(kept, case) if kept is not None else replace(case, id=alert.incident)
        if left and kept is not None:
            on = kept_on(kept, world, now)  # before it goes off for the other number
            moves.insert(0, Moves(cases=(scheduled(kept),), facts=(fact(kept, "goes_on", now),), orders=on))
        elif alert.alert_class in self._classes and alert.state is not State.CLOSED:
            moves.append(self._opened(alert, cases, now, now))
        return Moves.joined(moves)

    def _looked(self, cases: Mapping[str, Responding], world: World, now: Instant) -> Moves:
        """At a start: what is open has its response, and no response is without an open alert."""
        standing = world.alerts.open()
        ids = {alert.id for alert in standing}
        over = [each for each in cases.values() if not has_alerts(each, world) and ids.isdisjoint(each.alerts)]
        moves, known = [ended(each, world, now) for each in over], dict(cases)
        for alert in standing:
            if alert.origin != "real" or alert.alert_class not in self._classes or alert.state is State.ACKNOWLEDGED:
                continue
            if (alert.incident or alert.id) not in known:
                opened = self._opened(alert, known, now, now)
                known |= {case.id: case for case in opened.cases if isinstance(case, Responding)}
                moves.append(opened)
        return Moves.joined(moves)

    # -- the clock -------------------------------------------------------------------------------------------

    def turn(self, due: Sequence[Responding], world: World, now: Instant) -> Moves:
        return Moves.joined(self._due(case, world, now) for case in due)

    def _due(self, case: Responding, world: World, now: Instant) -> Moves:
        if not case.is_prepared:
            case = self._prepared(case, world, now)
        facts, notifications = list[Fact](), list[Notification]()
        for step in case.steps:
            at = case.due_at(step)
            if at is not None and at <= now and not step.is_late:
                case = with_step(case, replace(step, is_late=True))
                people = on_duty(step.escalate_to, case.area, world, now)
                notifications += telling_next(case, step, people, world)
                facts.append(step_fact(case, quietly(case, "overdue"), step, now, people=tuple(people)))
        for each in case.on_the_way:
            if each.due <= now and not each.is_late:
                sent = tuple(replace(one, is_late=True) if one == each else one for one in case.sent)
                case = replace(case, sent=sent, candidates=candidates(case, world, now))
                facts.append(fact(case, quietly(case, "not_arrived"), now, person=each.person))
        return Moves(cases=(scheduled(case),), facts=tuple(facts), notifications=tuple(notifications))

    def _prepared(self, case: Responding, world: World, now: Instant) -> Responding:
        """What the script of a call says of the place, and who could be sent."""
        place, known = world.site.areas.get(case.area), key_area(world, case.area)
        return replace(
            case,
            is_prepared=True,
            site=world.site.name,
            place=place.name if place is not None else Name(case.area),
            address=Name(self.config.address, self.config.address_zh),
            phone=self.config.phone,
            risk=known.risk if known is not None else "",
            candidates=candidates(case, world, now),
        )

    # -- who came --------------------------------------------------------------------------------------------

    def _came(self, event: Fact, cases: Mapping[str, Responding], world: World, now: Instant) -> Moves:
        """Somebody scanned there, or is said to be there; elsewhere it may change who is nearest."""
        if event.workflow == self.name or not event.by:
            return NOTHING
        is_there = SCAN in event.topics or bool(event.fields.get("is_there"))
        moves = []
        for case in cases.values():
            is_its = event.origin in ("real", case.origin)  # whoever is there in a drill is really there
            if case.area == event.area and is_its and case.started_at <= event.at and is_there:
                moves.append(arrived(case, event, world, now))
            elif case.is_prepared and not case.is_anybody_there and SCAN in event.topics:
                found = candidates(case, world, now)
                if found != case.candidates:
                    moves.append(Moves(cases=(replace(case, candidates=found),)))
        return Moves.joined(moves)


LATE = msgspec.convert(
    {
        "kind": "fact",
        "name": "response-late",
        "title": "Response",
        "title_zh": "警情处置",
        "alert_class": "duty",
        "priority": 2,
        "begins": ["response.overdue", "response.not_arrived", "response.not_told"],
        "ends": ["response.on_track", "response.ended", "response.again", "response.went"],
        "procedure": "1. Open the alarm: its checklist says which step is late.\n"
        "2. Nobody on the scene: send the next guard, and call them by radio or telephone.\n"
        "3. Do the step now, or have it done, and tick it.",
        "procedure_zh": "1. 打开该报警，查看处置清单中超时的步骤。\n"
        "2. 无人到场：改派下一名巡查人员，并用对讲机或电话联系。\n"
        "3. 立即完成该步骤并打勾确认。",
    },
    kinds()["fact"],
)
"""What it means that a step is late; a rule of this name in the site file takes its place."""

WORKFLOW = Response
