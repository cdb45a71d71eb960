"""Escalation 报警升级: who outside of the control room is told of an alert, step by step, until it is acknowledged.

One alert is one case, of its id. The kernel wakes it at the next step; whom that tells follows from the roster, from
who is known to be here, and from the ways on which each can be told. A step that reaches nobody, or whose messages all
fail, is a fact, and the next step is taken at once. The gateway carries messages and tries again; a Receipt says what
became of each. A person who answers (*received, on my way*) is told no more: the sound in the control room goes on, and
nothing is acknowledged by it. docs/adr/0267

What is not real is told to nobody; nor is a silent alarm, but by a chain that says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.ask import REPORTERS
from alerts.contact import id_of, ways_to
from alerts.escalation_case import Answered, Escalating, Told, begun, begun_again, next_step, scheduled
from alerts.escalation_chain import DEFAULTS, Chain, Step, chain_of, groups_of, ways_of, wrong
from alerts.escalation_words import fact, noted, notification, receipt_said, step_said
from alerts.facts import DISPATCH, ON_DUTY, PRESENT, Fact, FieldValue
from alerts.heard import Installed, Listens
from alerts.kinds import kinds
from alerts.moves import Notification, Receipt
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant

_NOT_AGAIN: Instant = 60 * SECOND
"""Nobody is told of the same alert twice on one channel within a minute."""
_TOLD_KEPT = 200
_MOST_SAW = 500


class Answer(Ask, tag="answer", frozen=True, kw_only=True):
    """Received, I am on my way: of the alert ``case``; ``saw``: what its reader had before their eyes."""

    ROLES = REPORTERS
    ADDRESS = "alerts/{case}/answer"

    saw: str = ""


class EscalationConfig(Config, frozen=True, kw_only=True):
    """Who is told of what happens.

    ``chains``: the first that fits an alert is taken; none at all: those of docs/notification.md
    """

    chains: tuple[Chain, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for index, chain in enumerate(self.chains):
            for path, text in wrong(chain, site.areas, site.channels):
                yield ConfigFault(("chains", index, *path), text)


class Escalation(Workflow[Escalating]):
    """One alert is one case."""

    name, book, case = "escalation", "notifications", Escalating
    asks = (Answer,)
    config_type = EscalationConfig
    by_area = True
    listens = Listens(alerts=True, receipts=True, installed=True, topics=frozenset({DISPATCH}))

    def rules(self) -> Sequence[Rule[Any]]:
        return (NOBODY_TOLD,)

    def check(self, ask: Any, cases: Mapping[str, Escalating], world: World, now: Instant) -> None:
        case = cases.get(ask.case)
        if case is None or case.is_over:
            raise Refused(Text.of("escalation.over"))
        if case.has_answered(id_of(world, ask.by)):
            raise Refused(Text.of("escalation.answered_already"))

    def step(self, event: Heard, cases: Mapping[str, Escalating], world: World, now: Instant) -> Moves:
        match event:
            case AlertEvent():
                return self._looked(event.alert, cases.get(event.alert.id), world, now)
            case Receipt():
                return self._carried(event, cases, world, now)
            case Answer():
                return self._answered(cases[event.case], event, world, now)
            case Fact():
                return self._arrived(event, cases, world, now)
            case Installed():
                return self._looked_anew(cases, world, now)
        return Moves()

    def turn(self, due: Sequence[Escalating], world: World, now: Instant) -> Moves:
        return Moves.joined(self._advanced(case, world, now) for case in due)

    def waits_for(self, case: Escalating, account: str, role: str) -> bool:
        return False

    def shows(self, case: Escalating, now: Instant) -> dict[str, Any]:
        return {"next": next_step(case), "next_at": case.wake_at}

    # -- the alert ------------------------------------------------------------------------------------------

    def _looked(self, alert: Alert, case: Escalating | None, world: World, now: Instant) -> Moves:
        """An alert as it stands after one more step of its life."""
        is_told = alert.origin == "real" and alert.rule != NOBODY_TOLD.name and bool(world.site.channels)
        if alert.state is State.CLOSED or alert.suppression is not None or not is_told:
            return _ended(case, now) if case is not None else Moves()
        if case is None:
            chain = chain_of(alert, self.config.chains or DEFAULTS)
            if chain is None or alert.state is State.ACKNOWLEDGED:
                return Moves()
            return Moves(cases=(begun(alert, chain, now),))
        if alert.state is State.ACKNOWLEDGED and not case.is_seen:
            return Moves(cases=(scheduled(replace(case, is_seen=True), now),))
        if alert.state is not State.ACKNOWLEDGED and (case.is_seen or case.is_over):
            restarted = fact(case, "restarted", Text.of("escalation.restarted"), now)
            return Moves(cases=(begun_again(case, alert, now),), facts=(restarted,) if case.is_exhausted else ())
        return Moves()

    def _looked_anew(self, cases: Mapping[str, Escalating], world: World, now: Instant) -> Moves:
        """After a start: whoever is to be told of what stands open already, is."""
        standing = {alert.id: alert for alert in world.alerts.open()}
        moves = [self._looked(alert, cases.get(alert.id), world, now) for alert in standing.values()]
        return Moves.joined([*moves, *(_ended(case, now) for case in cases.values() if case.id not in standing)])

    # -- steps ----------------------------------------------------------------------------------------------

    def _advanced(self, case: Escalating, world: World, now: Instant, *, is_hurried: bool = False) -> Moves:
        """Every step that is due; ``is_hurried``: the next one at once, whatever its time."""
        moves = []
        while case.taken < len(case.steps):
            step = case.steps[case.taken]
            if not is_hurried and case.start + int(step.after_s * SECOND) > now:
                break
            number, case = case.taken, replace(case, taken=case.taken + 1)
            if case.still_has(step.condition):
                case, notifications, is_reached = self._tell(case, number, step, world, now)
                is_hurried = not is_reached
                moves.append(step_said(case, number, notifications, now, is_reached=is_reached))
        case, exhausted = _exhausted(scheduled(case, now), now)
        return Moves.joined([Moves(cases=(case,)), *moves, exhausted])

    def _tell(
        self, case: Escalating, number: int, step: Step, world: World, now: Instant
    ) -> tuple[Escalating, list[Notification], bool]:
        """Who is told, and whether anybody is: also who was told a moment ago, or has answered."""
        targets = [("", channel) for channel in groups_of(step, world.site.channels)]
        people = _meant(step, case, world, now)
        for person in people:
            if not case.has_answered(person):
                targets += [(person, channel) for channel in ways_of(step, ways_to(world, person))]
        since = now - _NOT_AGAIN
        lately = {(each.who, each.channel) for each in case.told if each.at > since and each.state != "failed"}
        new = tuple(
            Told(
                id=f"{case.id}.{case.run}.{number + 1}.{channel}.{who}",
                run=case.run,
                step=number,
                who=who,
                channel=channel,
                at=now,
            )
            for who, channel in dict.fromkeys(targets)
            if (who, channel) not in lately
        )
        case = replace(case, told=(*case.told, *new)[-_TOLD_KEPT:])
        messages = [notification(case, each, step.condition, world) for each in new]
        return case, messages, bool(targets) or any(map(case.has_answered, people))

    # -- what comes back ------------------------------------------------------------------------------------

    def _carried(self, receipt: Receipt, cases: Mapping[str, Escalating], world: World, now: Instant) -> Moves:
        case = cases.get(receipt.notification.partition(".")[0])
        told = next((each for each in case.told if each.id == receipt.notification), None) if case is not None else None
        if case is None or told is None or receipt.state == "read" or told.is_settled or told.state == receipt.state:
            return Moves()
        new = replace(told, state=receipt.state, state_at=receipt.at, note=receipt.note)
        case = replace(case, told=tuple(new if each.id == told.id else each for each in case.told))
        said = receipt_said(case, new, world, now)
        if case.is_over:
            return Moves.joined([_ended(case, now), said])
        own = [each for each in case.told if (each.run, each.step) == (told.run, told.step)]
        is_last = told.run == case.run and told.step == case.taken - 1
        if is_last and all(each.is_bad for each in own):
            return Moves.joined([said, self._advanced(case, world, now, is_hurried=True)])
        case, exhausted = _exhausted(case, now)
        return Moves.joined([Moves(cases=(case,)), said, exhausted])

    def _answered(self, case: Escalating, ask: Answer, world: World, now: Instant) -> Moves:
        who, saw = id_of(world, ask.by), ask.saw[:_MOST_SAW]
        case = replace(case, answers=(*case.answers, Answered(run=case.run, who=who, at=now, saw=saw)))
        text = Text.of("escalation.answered", who=who, saw=saw or "-")
        said = noted(case, "answered", text, now, by=ask.by, person=who, saw=saw, proof=ask.proof)
        return Moves.joined([Moves(cases=(scheduled(case, now),)), said])

    def _arrived(self, arrived: Fact, cases: Mapping[str, Escalating], world: World, now: Instant) -> Moves:
        """Somebody is on the scene: of the alerts that the fact names, or of its incident; else of those in its area.

        A response to one alarm is no arrival at another that happens to be in the same area.
        """
        if not arrived.fields.get("is_there") or arrived.origin != "real":
            return Moves()
        named, who = arrived.fields.get("alerts"), str(arrived.fields.get("person", "") or arrived.by)
        first = arrived.fields.get("alert", "")
        ids = [str(id_) for id_ in named] if isinstance(named, tuple) else _in_area(arrived.area, cases)
        meant = [cases[id_] for id_ in ids if id_ in cases and (not first or _is_of(id_, first, arrived.case, world))]
        there = [replace(case, on_scene=(*case.on_scene, who)) for case in meant if who not in case.on_scene]
        return Moves(cases=tuple(scheduled(case, now) for case in there))


# -- small parts --------------------------------------------------------------------------------------------------


def _in_area(area: str, cases: Mapping[str, Escalating]) -> list[str]:
    return [case.id for case in cases.values() if case.area == area]


def _is_of(id_: str, first: FieldValue | Text, incident: str, world: World) -> bool:
    """Whether that alert is the ``first``, or belongs to its incident."""
    alert = world.alerts.find(id_)
    return id_ == first or (alert is not None and alert.incident == incident)


def _meant(step: Step, case: Escalating, world: World, now: Instant) -> list[str]:
    """Ids of people, each once."""
    rosters = [world.ask_of(ON_DUTY, role=role, area=case.area, at=now) for role in step.roles]
    here = world.ask_of(PRESENT, area=case.area) if step.present else ()
    on_duty = [name for answers in rosters for found in answers for name in found]
    names = (*on_duty, *step.people, *(name for found in here for name in found))
    return list(dict.fromkeys(id_of(world, name) for name in names))


def _exhausted(case: Escalating, now: Instant) -> tuple[Escalating, Moves]:
    """Nothing more will be tried, and nobody was reached: said once."""
    is_so = case.taken >= len(case.steps) and all(each.state == "failed" for each in case.mine)
    if not is_so or case.is_seen or case.is_exhausted or case.is_answered or case.on_scene:
        return case, Moves()
    said = noted(case, "exhausted", Text.of("escalation.exhausted", text=case.text), now)
    if case.silent:  # the alert that follows from the fact would stand on every screen
        said = replace(said, facts=())
    return replace(case, is_exhausted=True), said


def _ended(case: Escalating, now: Instant) -> Moves:
    """The alert is over, or set aside; what was sent is waited for. Facts say so only where an alert hangs on it."""
    facts = (fact(case, "ended", Text.of("escalation.ended"), now),) if case.is_exhausted else ()
    is_open = any(not each.is_settled for each in case.told)
    if case.is_over and is_open and not facts:
        return Moves(cases=(case,))
    return Moves(cases=(replace(case, is_open=is_open, is_over=True, is_exhausted=False, wake_at=None),), facts=facts)


NOBODY_TOLD = msgspec.convert(
    {
        "kind": "fact",
        "name": "nobody-told",
        "title": "Nobody outside of the control room could be told",
        "title_zh": "报警未能通知到任何人",
        "alert_class": "duty",
        "priority": 2,
        "begins": ["escalation.exhausted"],
        "ends": ["escalation.ended", "escalation.restarted", "escalation.answered", "escalation.sent"],
        "procedure": "1. Call by telephone or radio whoever has to know.\n"
        "2. Look in the roster who is on duty, and at the channels: network, keys, addresses.",
        "procedure_zh": "1. 用电话或对讲机直接通知相关人员。\n2. 检查排班表和通知渠道：网络、密钥、地址。",
    },
    kinds()["fact"],
)
"""What it means that nobody is told; a rule of this name in the site file takes its place."""

WORKFLOW = Escalation
