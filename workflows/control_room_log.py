"""Control-room log 消防控制室值班记录: somebody looks at the equipment every two hours and says so.

Each post of the fire control room has a case. ``log`` writes a line with the state of the controller; the gateway adds
what it counts itself: fires, faults and supervisory alerts that are open, points that are held back. A record that
people write in the book ``control_room`` by its own form counts as well. When no line came for two hours and a quarter
a fact says so, and the rule shipped here makes it an alert until the next line. What fell into an outage of the gateway
was not observed: the two hours begin anew after it.

Standard: the equipment of a fire control room is logged every 2 h (GB 25506-2010, GB 25201-2010 form A.1); the quarter
of an hour is our choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case
from alerts.event import Recorded
from alerts.facts import POSTS, PRESENCE, ROSTER, Fact
from alerts.heard import Installed, Listens
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import EVERYBODY, Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant
from ledger.posts import FIRE_CONTROL_ROOM, Post

BOOK = "control_room"
_MINUTE = 60 * SECOND
_HOUR = 60 * _MINUTE
State = Literal["normal", "fault"]


class LogKept(Case, frozen=True, kw_only=True):
    """A post of the fire control room. ``logged_at``: when its log was written last, or the first was waited for."""

    post: Post
    logged_at: Instant
    is_missed: bool = False


class Log(Ask, tag="log", frozen=True, kw_only=True):
    """What the equipment shows. ``systems``: of other systems what is in manual or at fault, and why."""

    ROLES = EVERYBODY
    ADDRESS = "control-room/log"

    controller: State
    mains: State = "normal"
    systems: str = ""
    handling: str = ""


class LogConfig(Config, frozen=True, kw_only=True):
    """How often.

    ``every_h``: a line at least every so many hours; GB 25201: 2
    ``tolerance_min``: so many minutes later it is missed
    """

    every_h: float = 2
    tolerance_min: float = 15

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 0 < self.every_h <= 2:
            yield ConfigFault(("every_h",), Text.of("control_room_log.hours"))
        if not 0 <= self.tolerance_min <= 60:
            yield ConfigFault(("tolerance_min",), Text.of("control_room_log.minutes"))


class ControlRoomLog(Workflow[LogKept]):
    """One post of the fire control room is one case, under its id."""

    name, book, case = "control_room_log", BOOK, LogKept
    asks = (Log,)
    config_type = LogConfig
    listens = Listens(topics=frozenset({ROSTER}), books=frozenset({BOOK}), installed=True)

    def rules(self) -> Sequence[Rule[Any]]:
        return (MISSED,)

    def check(self, ask: Any, cases: Mapping[str, LogKept], world: World, now: Instant) -> None:
        if not cases:
            raise Refused(Text.of("control_room_log.no_room"))
        if ask.case not in cases and (ask.case or len(cases) > 1):
            raise Refused(Text.of("control_room_log.which", posts=tuple(cases)))
        if "fault" in (ask.controller, ask.mains) and not ask.handling.strip():
            text = Text.of("control_room_log.no_handling")
            raise Refused(text, ((0, "handling", text),))

    def step(self, event: Heard, cases: Mapping[str, LogKept], world: World, now: Instant) -> Moves:
        match event:
            case Log():
                case = self._next(replace(cases[event.case or next(iter(cases))], logged_at=now, is_missed=False), now)
                return Moves(cases=(case,), facts=(_logged(case, event, world, now),))
            case Recorded() if event.fields.get("action") in ("round", "daily_check", "handover"):
                here = [case for case in cases.values() if event.area in ("", case.area) or not case.area]
                written = [self._next(replace(case, logged_at=now, is_missed=False), now) for case in here]
                seen = [
                    _fact(case, "seen", now) for case, before in zip(written, here, strict=True) if before.is_missed
                ]
                return Moves(cases=tuple(written), facts=tuple(seen))
            case Fact() | Installed():
                return self._looked(cases, world, now)
        return Moves()

    def turn(self, due: Sequence[LogKept], world: World, now: Instant) -> Moves:
        return Moves.joined(self._late(case, world, now) for case in due)

    def shows(self, case: LogKept, now: Instant) -> dict[str, Any]:
        return {"post": case.post.called}

    def _next(self, case: LogKept, since: Instant) -> LogKept:
        late = int(self.config.every_h * _HOUR) + int(self.config.tolerance_min * _MINUTE)
        return replace(case, wake_at=since + late)

    def _looked(self, cases: Mapping[str, LogKept], world: World, now: Instant) -> Moves:
        """The posts that the site has now."""
        posts = {post.id: post for found in world.ask_of(POSTS, role=FIRE_CONTROL_ROOM) for post in found}
        new = [
            self._next(LogKept(id=name, area=post.area, post=post, logged_at=now), now)
            for name, post in posts.items()
            if name not in cases
        ]
        gone = [replace(case, is_open=False, wake_at=None) for name, case in cases.items() if name not in posts]
        return Moves(cases=(*new, *gone), facts=tuple(_fact(case, "seen", now) for case in gone if case.is_missed))

    def _late(self, case: LogKept, world: World, now: Instant) -> Moves:
        heard_again = max((end for _, end in world.outages(case.logged_at)), default=0)
        again = self._next(case, max(heard_again, case.logged_at))
        if again.wake_at is not None and again.wake_at > now:
            return Moves(cases=(again,))
        missed = replace(case, is_missed=True, wake_at=None)
        return Moves(cases=(missed,), facts=() if case.is_missed else (_fact(missed, "missed", now),))


def _fact(case: LogKept, step: str, now: Instant) -> Fact:
    return Fact(
        workflow="control_room_log",
        case=case.id,
        step=step,
        at=now,
        area=case.area,
        text=Text.of(f"control_room_log.{step}", post=case.post.called, since=At(case.logged_at)),
        book="",
    )


def _logged(case: LogKept, ask: Log, world: World, now: Instant) -> Fact:
    alerts = [alert for alert in world.alerts.open() if not alert.silent and alert.origin == "real"]
    counts = {
        name: sum(alert.alert_class is each for alert in alerts)
        for name, each in (
            ("fires", AlertClass.FIRE),
            ("faults", AlertClass.FAULT),
            ("supervisory", AlertClass.SUPERVISORY),
        )
    }
    shielded = len({name for held in world.alerts.suppressions() for name in held.holds.devices})
    return Fact(
        workflow="control_room_log",
        case=case.id,
        step="logged",
        at=now,
        by=ask.by,
        area=case.area,
        text=Text.of("control_room_log.logged", post=case.post.called, **counts, shielded=shielded),
        fields={
            "action": "round",
            "controller": ask.controller,
            "mains": ask.mains,
            "cause": ask.systems,
            "handling": ask.handling,
            "note": ask.note,
        },
        topics=(PRESENCE,),
    )


MISSED = msgspec.convert(
    {
        "kind": "fact",
        "name": "control-room-log-missed",
        "title": "Control-room log not written",
        "title_zh": "消防控制室未按时记录",
        "alert_class": "duty",
        "priority": 3,
        "begins": ["control_room_log.missed"],
        "ends": ["control_room_log.logged", "control_room_log.seen"],
        "procedure": "1. Call the fire control room: is anybody there?\n2. Look at the equipment and write the log.",
        "procedure_zh": "1. 联系消防控制室，确认有人在岗。\n2. 检查设备并填写值班记录。",
    },
    kinds()["fact"],
)
WORKFLOW = ControlRoomLog
