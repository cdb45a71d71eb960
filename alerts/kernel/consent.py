"""The second person: an ask that takes two waits until somebody else consents, and is then looked at anew.

It lapses by itself, whoever asked cannot consent but can take it back, and nothing happens before. docs/adr/0134 says
why, and who is somebody else.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case
from alerts.facts import Fact
from alerts.moves import StandingAlert
from alerts.workflow import EVERYBODY, Ask, Heard, Moves, Workflow
from alerts.world import World
from devices.errors import Refused
from devices.message import At, Duration, Text
from devices.people import people
from devices.reading import SECOND, Instant

NAME = "consent"
WAITS: Instant = 1_800 * SECOND
"""How long an ask waits for the second person."""


class Waiting(Case, frozen=True, kw_only=True):
    """``ask`` as plain values, of that ``workflow`` and with that ``tag``; ``until``: when it lapses.

    ``what``: what the workflow itself says of it.
    """

    workflow: str
    tag: str
    ask: dict[str, Any]
    until: Instant
    devices: tuple[str, ...] = ()
    what: Text | None = None


class Give(Ask, tag="give", frozen=True, kw_only=True):
    """I am the second person, and agree: it begins now."""

    ROLES = EVERYBODY


class Decline(Ask, tag="decline", frozen=True, kw_only=True):
    """It shall not be; also for whoever asked."""

    ROLES = EVERYBODY


class Consent(Workflow[Waiting]):
    """``Give`` is carried out by the kernel, which has the ask; the rest is here."""

    name, book, case = NAME, "consents", Waiting
    asks = (Give, Decline)

    def wait(
        self, workflow: Workflow[Any], ask: Ask, plain: dict[str, Any], what: Text | None, world: World, now: Instant
    ) -> Moves:
        """The case of an ask that waits, with the id of the ask; ``what`` it is, in the workflow's own words."""
        tag = str(ask.__struct_config__.tag)
        named = [plain["device"]] if "device" in plain else plain.get("devices", ())
        devices = tuple(str(device) for device in named)
        places = [world.devices[device].area for device in devices if device in world.devices]
        area = next(iter(places), "") or str(plain.get("area", ""))
        waiting = Waiting(
            id=ask.id,
            area=area,
            by=ask.by,
            origin=ask.origin,
            workflow=workflow.name,
            tag=tag,
            ask=plain,
            devices=devices,
            what=what,
            until=min(now + WAITS, ask.until) if ask.until is not None else now + WAITS,
        )
        waiting = replace(waiting, wake_at=waiting.until)
        return Moves(cases=(waiting,), facts=(_fact(waiting, "asked", now, ask.by),), alerts=(_alert(waiting),))

    def says(self, cases: Mapping[str, Waiting]) -> Iterable[StandingAlert]:
        """The alert of each that waits, told of anew only if nobody was told."""
        return (replace(_alert(waiting), is_loud=False) for waiting in cases.values())

    def given(self, waiting: Waiting, by: str, note: str, now: Instant) -> Moves:
        """What is told when it has been carried out."""
        return _over(waiting, "given", now, by, note, second=by)

    def changed(self, waiting: Waiting, now: Instant) -> Moves:
        """What it is about is no longer as it was."""
        return _over(waiting, "changed", now)

    def step(self, event: Heard, cases: Mapping[str, Waiting], world: World, now: Instant) -> Moves:
        if isinstance(event, Decline):
            return _over(found(cases, event.case), "declined", now, event.by, event.note)
        raise Refused(Text.of("workflow.not_understood", ask=type(event).__name__))

    def waits_for(self, case: Waiting, account: str, role: str) -> bool:
        return not people(account) & people(case.by) and role in Give.ROLES

    def turn(self, due: Sequence[Waiting], world: World, now: Instant) -> Moves:
        return Moves.joined(_over(waiting, "lapsed", now) for waiting in due)


def found(cases: Mapping[str, Waiting], case: str) -> Waiting:
    """The one that waits under that id. Raises Refused."""
    waiting = cases.get(case)
    if waiting is None:
        raise Refused(Text.of("consent.nobody_waits"))
    return waiting


def check_somebody_else(waiting: Waiting, by: str) -> None:
    """Raises Refused for whoever asked."""
    if people(by) & people(waiting.by):
        raise Refused(Text.of("consent.somebody_else", by=waiting.by))


def _what(waiting: Waiting) -> Text:
    """In few words, or in the workflow's own."""
    return waiting.what if waiting.what is not None else Text.of(f"{waiting.workflow}.ask_{waiting.tag}")


def _described(waiting: Waiting) -> Text:
    if waiting.what is not None:
        return waiting.what
    note = str(waiting.ask.get("note", ""))[:200]
    return Text.of("consent.described", what=_what(waiting), devices=waiting.devices[:20], note=note)


Step = Literal["asked", "given", "declined", "lapsed", "changed"]


def _over(waiting: Waiting, step: Step, now: Instant, by: str = "", note: str = "", second: str = "") -> Moves:
    over = replace(waiting, is_open=False, second=second)
    kept = replace(over, ask={})  # what it said of people stands in the ledger, where it can be erased
    return Moves(cases=(kept,), facts=(_fact(over, step, now, by, note),), alerts=(_alert(over),))


def _fact(waiting: Waiting, step: Step, now: Instant, by: str, note: str = "") -> Fact:
    return Fact(
        workflow=NAME,
        case=waiting.id,
        step=step,
        at=now,
        by=by,
        second=waiting.second,
        area=waiting.area,
        devices=waiting.devices,
        origin=waiting.origin,
        text=Text.of(f"consent.{step}", by=waiting.by, what=_what(waiting), second=by, until=At(waiting.until)),
        fields={"asked_by": waiting.by, "what": f"{waiting.workflow}.{waiting.tag}", "note": note},
    )


def _alert(waiting: Waiting) -> StandingAlert:
    return StandingAlert(
        key=waiting.id,
        area=waiting.area,
        text=Text.of("consent.waits", by=waiting.by, what=_described(waiting)),
        procedure=Text.of("consent.procedure", waits=Duration(WAITS / SECOND)),
        alert_class=AlertClass.SUPERVISORY,
        is_loud=waiting.is_open,
        is_active=waiting.is_open,
    )
