"""Arming 布撤防: the armed mode of a key area, who set it last, and how it was shown that they are who they say.

A case is an area: it stands from the first time that its mode is set and holds how it stands now, so that what follows
from a mode (an exit delay, an entry way, a keypad's lamp) has a place to stand. What other workflows set is noted here
too; so each change of a mode has one entry with a name, whoever made it. What a drill sets concerns its shadow only
(docs/adr/0178), and is in no case of this one.

An area in a mode is one thing and a rule that applies in it another: ``modes`` of a rule (alerts/rule.py) says in which
it counts, and no mode takes fire, gas, hold-up or tamper out (gateway/site/safety.py).
"""

from collections.abc import Mapping
from typing import Any

from alerts.case import Case
from alerts.facts import Fact
from alerts.heard import Listens, ModeSet
from alerts.moves import SetMode
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Name, Text
from devices.reading import Instant


class ArmedArea(Case, frozen=True, kw_only=True):
    """Its ``mode``, set at ``since`` after ``before``; ``proof``: how the one who set it was known."""

    mode: str
    since: Instant
    before: str = ""
    proof: str = ""
    note: str = ""


class ChangeMode(Ask, tag="set_mode", frozen=True, kw_only=True):
    """Arm or disarm.

    ``mode``: one of those that the area has in the site file.
    """

    ROLES = frozenset({"operator", "admin"})
    ADDRESS = "areas/{area}/mode"

    area: str
    mode: str


class Arming(Workflow[ArmedArea]):
    """One area is one case, under the area's id."""

    name, book, case = "arming", "arming", ArmedArea
    asks = (ChangeMode,)
    listens = Listens(modes=True)

    def check(self, ask: Any, cases: Mapping[str, ArmedArea], world: World, now: Instant) -> None:
        if ask.area not in world.modes:
            raise Refused(Text.of("applicability.no_area", area=ask.area))
        if ask.origin != "real":
            raise Refused(Text.of("arming.only_real"))

    def step(self, event: Heard, cases: Mapping[str, ArmedArea], world: World, now: Instant) -> Moves:
        match event:
            case ChangeMode():
                mode = SetMode(event.area, event.mode)
                before = world.modes[event.area]
                area = _area(event.area, event.mode, before, now, event.by, event.proof, event.note)
                return Moves(cases=(area,), facts=(_fact(area, event.mode, world, now),), modes=(mode,))
            case ModeSet() if event.workflow != self.name:  # the case is as things stand, should more than one set it
                before = cases[event.area].mode if event.area in cases else ""
                area = _area(event.area, world.modes[event.area], before, now, event.by)
                return Moves(cases=(area,), facts=(_fact(area, event.mode, world, now),))
        return Moves()


def _area(area: str, mode: str, before: str, now: Instant, by: str, proof: str = "", note: str = "") -> ArmedArea:
    return ArmedArea(id=area, area=area, mode=mode, since=now, before=before, by=by, proof=proof, note=note)


def _fact(area: ArmedArea, mode: str, world: World, now: Instant) -> Fact:
    place = world.site.areas.get(area.id)
    fields = {"mode": mode, "before": area.before, "proof": area.proof, "note": area.note}
    return Fact(
        workflow="arming",
        case=area.id,
        step="set",
        at=now,
        by=area.by,
        area=area.id,
        text=Text.of("arming.set", area=place.name if place is not None else Name(area.id), mode=mode),
        fields={name: value for name, value in fields.items() if value},
    )


WORKFLOW = Arming
