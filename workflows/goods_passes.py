"""Goods passes 物品出门证: what leaves the site, carried by whom, approved by another before it passes the gate.

Whoever wants something out writes down each item with its number; a second person approves it, and only then there is a
pass. The gatekeeper compares, and lets it pass or turns it back. A pass that nobody showed by its time is over. One
that was used is used: the same goods do not leave twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.case import Case
from alerts.facts import Fact
from alerts.plates import plate_of
from alerts.workflow import Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from ledger.timestamp import text_of

_LONGEST, _MOST_GOODS = 200, 50
_VALID: Instant = 24 * 3_600 * SECOND
_LONGEST_VALID: Instant = 31 * _VALID
_PARTED = re.compile(r"\s*[,，;；|]\s*")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


class Goods(msgspec.Struct, frozen=True):
    """``number`` of an item, in ``unit``."""

    item: str
    number: float
    unit: str = ""


class Pass(Case, frozen=True, kw_only=True):
    """Approved by ``second``; it counts until ``until``."""

    carrier: str = ""
    organisation: str = ""
    purpose: str = ""
    plate: str = ""
    goods: tuple[Goods, ...] = ()
    until: Instant = 0


class Issue(Ask, tag="issue", frozen=True, kw_only=True):
    """Something is to leave. ``goods``: a line each, as *steel plate, 12, t*; ``until``: how long the pass counts."""

    ROLES = REPORTERS
    SECOND = True
    SECOND_ROLES = frozenset({"technician", "manager", "admin"})
    ADDRESS = "gate/passes"
    PERSONAL = frozenset({"carrier", "plate"})

    goods: tuple[str, ...]
    carrier: str
    purpose: str
    organisation: str = ""
    plate: str = ""


class LetPass(Ask, tag="let_pass", frozen=True, kw_only=True):
    """The gatekeeper compared goods and pass, and they left."""

    ROLES = REPORTERS
    ADDRESS = "gate/passes/{case}/pass"


class TurnBack(Ask, tag="turn_back", frozen=True, kw_only=True):
    """What is carried is not what the pass says; the note says what differs. The pass counts no more."""

    ROLES = REPORTERS


class Withdraw(Ask, tag="withdraw", frozen=True, kw_only=True):
    """It shall not leave after all."""

    ROLES = EVERYBODY


class GoodsPasses(Workflow[Pass]):
    """One pass is one case."""

    name, book, case = "goods_passes", "gate", Pass
    asks = (Issue, LetPass, TurnBack, Withdraw)
    personal = ("carrier", "plate")
    page = "/console/gate"

    def waits_for(self, case: Pass, account: str, role: str) -> bool:
        return False

    def wanted(self, ask: Any, world: World) -> Text | None:
        if not isinstance(ask, Issue):
            return None
        lines = tuple(line.strip() for line in ask.goods[:_MOST_GOODS])
        return Text.of("goods_passes.wanted", goods=lines, purpose=ask.purpose)

    def check(self, ask: Any, cases: Mapping[str, Pass], world: World, now: Instant) -> None:
        faults = [(0, name, text) for name, text in _faults(ask, cases, now)]
        if faults:
            raise Refused(faults[0][2], faults)

    def step(self, event: Heard, cases: Mapping[str, Pass], world: World, now: Instant) -> Moves:
        match event:
            case Issue():
                until = event.until or now + _VALID
                made = Pass(
                    id=event.id,
                    by=event.by,
                    second=event.second,
                    carrier=event.carrier.strip(),
                    organisation=event.organisation.strip(),
                    purpose=event.purpose.strip(),
                    plate=plate_of(event.plate),
                    goods=tuple(found for line in event.goods if (found := goods_in(line)) is not None),
                    until=until,
                    wake_at=until,
                )
                return _told(made, "approved", now, event)
            case LetPass():
                return _told(_over(cases[event.case]), "passed", now, event)
            case TurnBack():
                return _told(_over(cases[event.case]), "turned_back", now, event)
            case Withdraw():
                return _told(_over(cases[event.case]), "withdrawn", now, event)
        return Moves()

    def turn(self, due: Sequence[Pass], world: World, now: Instant) -> Moves:
        return Moves.joined(_told(_over(case), "lapsed", now) for case in due)


def goods_in(line: str) -> Goods | None:
    """An item, its number and, if there is one, the unit; None: that is not what the line says."""
    parts = _PARTED.split(line.strip())
    if not 2 <= len(parts) <= 3 or not parts[0] or not _NUMBER.fullmatch(parts[1]) or float(parts[1]) <= 0:
        return None
    return Goods(parts[0], float(parts[1]), parts[2] if len(parts) == 3 else "")


def _faults(ask: Any, cases: Mapping[str, Pass], now: Instant) -> Iterator[tuple[str, Text]]:
    if not isinstance(ask, Issue):
        if ask.case not in cases:
            yield "case", Text.of("goods_passes.none_such")
        if isinstance(ask, TurnBack) and not ask.note.strip():
            yield "note", Text.of("goods_passes.say_what")
        return
    for name in ("carrier", "purpose", "organisation"):
        value = getattr(ask, name).strip()
        if not value and name != "organisation":
            yield name, Text.of("form.wanting")
        if len(value) > _LONGEST:
            yield name, Text.of("gate.too_long", most=_LONGEST)
    if ask.plate.strip() and not plate_of(ask.plate):
        yield "plate", Text.of("gate.bad_plate")
    if not 0 < len(ask.goods) <= _MOST_GOODS:
        yield "goods", Text.of("goods_passes.how_many", most=_MOST_GOODS)
    for line in ask.goods[:_MOST_GOODS]:
        if goods_in(line) is None or len(line) > _LONGEST:
            yield "goods", Text.of("goods_passes.bad_line", line=line[:60])
            break
    if ask.until is not None and not now < ask.until <= now + _LONGEST_VALID:
        yield "until", Text.of("goods_passes.bad_until")


def _over(case: Pass) -> Pass:
    return replace(case, is_open=False, wake_at=None)


def _told(case: Pass, step: str, now: Instant, ask: Ask | None = None) -> Moves:
    rows = tuple(
        {name: value for name, value in msgspec.structs.asdict(each).items() if value != ""} for each in case.goods
    )
    said: dict[str, Any] = {
        "number": case.id[:8],
        "action": {"passed": "out", "turned_back": "refused"}.get(step, ""),
        "carrier": case.carrier,
        "organisation": case.organisation,
        "purpose": case.purpose,
        "plate": case.plate,
        "goods": rows,
        "approver": case.second,
        "until": text_of(case.until),
        "note": ask.note if ask is not None else "",
    }
    fact = Fact(
        workflow="goods_passes",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        text=Text.of(f"goods_passes.{step}", number=case.id[:8], goods=tuple(each.item for each in case.goods)),
        fields={name: value for name, value in said.items() if value},
        personal=tuple(name for name in ("carrier", "plate") if said[name]),
    )
    return Moves(cases=(case,), facts=(fact,))


WORKFLOW = GoodsPasses
