"""What a person asks of a workflow: once for each id, by the right role, of the case as they saw it, by two if it must.

Every answer is one of three: ``answered`` (with the case that it is about), ``refused``, or it waits for a second
person, and then the case that it is about is the one that waits.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.effects import Answered
from alerts.kernel.applying import Applying
from alerts.kernel.consent import Consent, Give, Waiting, check_somebody_else, found
from alerts.kernel.open_cases import OpenCases
from alerts.kernel.outlook import Outlook
from alerts.workflow import Ask, Workflow
from devices.errors import Refused
from devices.message import Text
from devices.orders import Change
from devices.reading import Instant

_T = TypeVar("_T")
_Done: TypeAlias = tuple[str, tuple[Change, ...]]
"""The case that it is about, and what was changed of installed devices."""
_REMEMBERED = 10_000
_MOST_TEXT = 2_000
_OF_THE_DOOR = ("ask", "id", "by", "role", "proof", "origin", "second", "seen", "only_check")


class Asking:
    """Carries out asks, each by itself: one that fails costs no other."""

    def __init__(
        self,
        workflows: Mapping[str, Workflow[Any]],
        cases: OpenCases,
        world: Outlook,
        applying: Applying,
        consent: Consent,
    ) -> None:
        self._workflows, self._cases, self._world = workflows, cases, world
        self._applying, self._consent = applying, consent
        self._of_type = {ask: workflow for workflow in workflows.values() for ask in workflow.asks}
        self._done: OrderedDict[tuple[str, str], str] = OrderedDict()
        """The case of each ask that was carried out, by workflow and id."""

    def remember(self, workflow: str, case: Case) -> None:
        """What was asked before a restart."""
        for ask in case.asks:
            self._done[workflow, ask] = case.id

    def carry_out(self, place: int, ask: Ask, now: Instant) -> None:
        effects = self._applying.effects
        try:
            workflow = self._of_type.get(type(ask))
            if workflow is None:
                raise Refused(Text.of("workflow.not_understood", ask=type(ask).__name__))
            ask = _named(workflow.name, ask, now)
            if ask.only_check:
                effects.answered.append(self._checked(place, workflow, ask, now))
                return
            changes: tuple[Change, ...] = ()
            case = self._done.get((workflow.name, ask.id))
            if case is None:
                case, changes = self._new(workflow, ask, now)
                self._keep(workflow.name, ask.id, case)
            waits = case in self._cases.of(self._consent.name) and workflow is not self._consent
            effects.answered.append(Answered(place, workflow.name, case, waits, changes))
        except Refused as refusal:
            effects.refused.append((place, refusal.text))
            if refusal.faults:
                effects.faults[place] = refusal.faults

    def installs(self, ask: Ask) -> bool:
        """Whether installed devices may be changed by it."""
        waiting = self._cases.find(self._consent.name, ask.case) if isinstance(ask, Give) else None
        if isinstance(waiting, Waiting):
            return waiting.workflow in self._workflows and self._workflows[waiting.workflow].installs
        workflow = self._of_type.get(type(ask))
        return workflow is not None and workflow.installs

    def _keep(self, workflow: str, ask: str, case: str) -> None:
        self._done[workflow, ask] = case
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    def _new(self, workflow: Workflow[Any], ask: Ask, now: Instant) -> _Done:
        self._admit(workflow, ask, now)
        if isinstance(ask, Give):
            return self._consented(ask, now)
        ask = self._filled(workflow, ask)
        if self._guarded(workflow, lambda: self._takes_two(workflow, ask, now)):
            return self._wait(workflow, ask, now), ()
        return self._do(workflow, ask, now)

    def _checked(self, place: int, workflow: Workflow[Any], ask: Ask, now: Instant) -> Answered:
        """What would come of it. Raises Refused as it would."""
        self._admit(workflow, ask, now)
        if isinstance(ask, Give):
            workflow, ask = self._consented_ask(found(self._cases.of(self._consent.name), ask.case), ask)
        else:
            ask = self._filled(workflow, ask)
        waits = bool(self._guarded(workflow, lambda: self._takes_two(workflow, ask, now)))

        def foresee() -> tuple[Change, ...]:
            moves = workflow.step(ask, self._cases.of(workflow.name), self._world, now)
            return self._applying.foreseen(moves, now)

        return Answered(place, workflow.name, ask.case, waits, self._guarded(workflow, foresee))

    def _admit(self, workflow: Workflow[Any], ask: Ask, now: Instant) -> None:
        """Raises Refused for what is wrong with it, whatever the workflow says."""
        _check_words(ask)
        if ask.role not in ask.ROLES:
            raise Refused(Text.of("workflow.not_your_role", role=ask.role or "-"))
        if ask.done_at is not None and ask.done_at > now:
            raise Refused(Text.of("workflow.not_done_yet"))
        self._check_seen(workflow, ask)

    def who_consents(self, ask: Ask) -> Collection[str]:
        """The roles of which somebody else has to consent; none where one person is enough. Raises Refused."""
        workflow = self._of_type.get(type(ask))
        if workflow is None or isinstance(ask, Give):
            return ()
        try:
            filled = workflow.filled(ask, self._cases.of(workflow.name), self._world)
            return ask.SECOND_ROLES if workflow.takes_two(filled, self._world) else ()
        except Refused:
            raise
        except Exception:  # noqa: BLE001 - asked from another thread; when it is asked for, its failure is told
            return ()

    def _filled(self, workflow: Workflow[Any], ask: Ask) -> Ask:
        """Raises Refused."""
        filled: Ask = self._guarded(workflow, lambda: workflow.filled(ask, self._cases.of(workflow.name), self._world))
        return filled

    def _takes_two(self, workflow: Workflow[Any], ask: Ask, now: Instant) -> bool:
        workflow.check(ask, self._cases.of(workflow.name), self._world, now)
        return bool(not ask.second and workflow.takes_two(ask, self._world))

    def _guarded(self, workflow: Workflow[Any], look: Callable[[], _T]) -> _T:
        """Raises Refused, also where the workflow fails: then nothing was done."""
        try:
            return look()
        except Refused:
            raise
        except Exception as error:
            self._applying.failed(workflow.name, "step", error)
            raise Refused(Text.of("workflow.cannot", workflow=workflow.name)) from error

    def _check_seen(self, workflow: Workflow[Any], ask: Ask) -> None:
        case = self._cases.find(workflow.name, ask.case)
        if ask.seen is not None and case is not None and case.revision != ask.seen:
            raise Refused(Text.of("workflow.moved_on"))

    def _do(self, workflow: Workflow[Any], ask: Ask, now: Instant) -> _Done:
        def move() -> _Done:
            moves = workflow.step(ask, self._cases.of(workflow.name), self._world, now)
            changes = self._applying.apply(workflow, moves, (), now, origin=ask.origin, ask=ask)
            return ask.case or next((case.id for case in moves.cases), ""), changes

        return self._guarded(workflow, move)

    # -- the second person ---------------------------------------------------------------------------------

    def _wait(self, workflow: Workflow[Any], ask: Ask, now: Instant) -> str:
        plain = _plain(ask)
        for waiting in self._cases.of(self._consent.name).values():
            is_its = (waiting.workflow, waiting.tag) == (workflow.name, ask.__struct_config__.tag)
            if is_its and {**waiting.ask, "note": ""} == {**plain, "note": ""}:
                raise Refused(Text.of("consent.waits_already", by=waiting.by))
        what = self._guarded(workflow, lambda: workflow.wanted(ask, self._world))
        moves = self._consent.wait(workflow, ask, plain, what, self._world, now)
        self._applying.apply(self._consent, moves, (), now, origin=ask.origin)
        return ask.id

    def _consented(self, give: Give, now: Instant) -> _Done:
        waiting = found(self._cases.of(self._consent.name), give.case)
        workflow, ask = self._consented_ask(waiting, give)
        self._guarded(workflow, lambda: self._takes_two(workflow, ask, now))
        case, changes = self._do(workflow, ask, now)
        self._keep(workflow.name, ask.id, case)
        moves = self._consent.given(waiting, give.by, give.note, now)
        self._applying.apply(self._consent, moves, (), now, ask=give)
        return case, changes

    def _consented_ask(self, waiting: Waiting, give: Give) -> tuple[Workflow[Any], Ask]:
        """The ask that two people stand behind. Raises Refused for the wrong second person."""
        check_somebody_else(waiting, give.by)
        workflow, ask = self._asked(waiting)
        if give.role not in ask.SECOND_ROLES:
            raise Refused(Text.of("workflow.not_your_role", role=give.role))
        return workflow, replace(ask, id=waiting.id, by=waiting.by, second=give.by, origin=waiting.origin)

    def _asked(self, waiting: Waiting) -> tuple[Workflow[Any], Ask]:
        """The ask that waits. Raises Refused if nobody knows it any more."""
        workflow = self._workflows.get(waiting.workflow)
        kinds = {kind.__struct_config__.tag: kind for kind in workflow.asks} if workflow is not None else {}
        kind = kinds.get(waiting.tag)
        if workflow is None or kind is None:
            raise Refused(Text.of("workflow.not_understood", ask=f"{waiting.workflow}.{waiting.tag}"))
        try:
            return workflow, msgspec.convert({**waiting.ask, "ask": waiting.tag}, kind)
        except msgspec.ValidationError as error:
            raise Refused(Text.of("workflow.not_understood", ask=f"{waiting.workflow}.{waiting.tag}")) from error

    def look_again(self, now: Instant, *, is_start: bool = False) -> None:
        """What waits is looked at anew, and lapses if it could not be asked for any more.

        At a start only what was asked for at a time that is yet to come, or whose devices are not as they were.
        """
        for waiting in list(self._cases.of(self._consent.name).values()):
            try:
                if is_start:
                    self._check_there(waiting, now)
                    continue
                workflow, ask = self._asked(waiting)
                ask = replace(ask, id=waiting.id, by=waiting.by)
                self._guarded(workflow, partial(self._takes_two, workflow, ask, now))
            except Refused:
                self._applying.apply(self._consent, self._consent.changed(waiting, now), (), now)

    def _check_there(self, waiting: Waiting, now: Instant) -> None:
        """Raises Refused."""
        found_ = [self._world.devices.get(device) for device in waiting.devices]
        is_moved = any(device is None or device.area != waiting.area for device in found_)
        if waiting.opened > now or (is_moved and not self._workflows[waiting.workflow].installs):
            raise Refused(Text.of("consent.nobody_waits"))


def _named(workflow: str, ask: Ask, now: Instant) -> Ask:
    """With an id of its own: what one person asks under one id is one ask, whoever else uses that id."""
    what = (ask.id,) if ask.id else (now, ask.__struct_config__.tag, ask.case, _plain(ask))
    name = blake2b(repr((workflow, ask.by, what)).encode("utf-8", "replace"), digest_size=8).hexdigest()
    return replace(ask, id=name)


def _plain(ask: Ask) -> dict[str, Any]:
    """What is asked for, without who asks and through which door."""
    found_ = msgspec.to_builtins(ask)
    return {name: value for name, value in found_.items() if name not in _OF_THE_DOOR}


def _check_words(ask: Ask) -> None:
    if not ask.by:
        raise Refused(Text.of("workflow.who_asks"))
    for name in ask.__struct_fields__:
        value = getattr(ask, name)
        if isinstance(value, str):
            if len(value) > _MOST_TEXT:
                raise Refused(Text.of("workflow.too_long", most=_MOST_TEXT))
            try:
                value.encode()
            except UnicodeEncodeError:
                raise Refused(Text.of("workflow.no_characters")) from None
