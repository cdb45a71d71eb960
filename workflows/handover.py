"""Handover 交接班: two people sign from their own accounts, with a list made by the system that both have read.

Each post has a case. ``prepare`` makes the list of what the next shift must know: alerts that are open or shelved,
faults, bypasses, tests, what waits for a second person, rounds with missed checkpoints, hazards that are due, what is
wrong with the roster, coverage under its goal. At its end stands a check word, made of all that is on it; who signs
writes it down, so nobody signs a list they have not had before them. The list counts for a quarter of an hour. Where
the roster knows who is on duty, only they hand over and only who comes takes over, never one person both. A shift that
begins without a handover is a fact after half an hour, with the rule shipped here. The duty log holds giver, taker and
the list (house rules after GA/T 594-2006; forms of the control room after GB 25201); the times are our choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.acknowledgements import shift_end
from alerts.alert import AlertClass, State
from alerts.case import Case
from alerts.facts import COVERAGE, HAZARDS_DUE, MISSED_ROUNDS, POSTS, PRESENCE, ROSTER_FAULTS, ROSTERED, SHIFT, Fact
from alerts.hazards import HazardsDue
from alerts.heard import Listens
from alerts.incident_asks import HANDLERS
from alerts.kinds import kinds
from alerts.moves import AlertNote
from alerts.person import person_of
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import EVERYBODY, Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Text, as_text
from devices.people import people
from devices.reading import SECOND, Instant
from ledger.posts import Post
from ledger.roster import Stint

_MINUTE, _DAY = 60 * SECOND, 86_400 * SECOND
_MOST_ITEMS, _MOST_HAZARDS = 300, 100
_CHECK_LENGTH = 6
_ALERTS = frozenset({"alert", "fault"})
_ALL = EVERYBODY | {"guard"}


class Item(msgspec.Struct, frozen=True):
    """One line of the list: what kind of thing, which one, and in words."""

    kind: str
    id: str
    said: Text


class Handover(Case, frozen=True, kw_only=True):
    """A post. ``items`` of the list made at ``made_at``; ``giver`` has signed it; ``due_at``: when it is missed."""

    post: Post
    items: tuple[Item, ...] = ()
    left_out: int = 0
    made_at: Instant | None = None
    check_word: str = ""
    giver: str = ""
    giver_at: Instant | None = None
    taken_at: Instant | None = None
    due_at: Instant | None = None
    is_missed: bool = False


class Prepare(Ask, tag="prepare", frozen=True, kw_only=True):
    """Make the list for the handover of a post."""

    ROLES = _ALL

    post: str


class HandOver(Ask, tag="hand_over", frozen=True, kw_only=True):
    """I hand over; ``check_word``: it stands at the end of the list."""

    ROLES = _ALL

    check_word: str


class TakeOver(Ask, tag="take_over", frozen=True, kw_only=True):
    """I take over; ``check_word``: it stands at the end of the list. ``equipment``: what of it is wanting."""

    ROLES = _ALL

    check_word: str
    equipment: str = ""


class HandoverConfig(Config, frozen=True, kw_only=True):
    """What it takes.

    ``posts``: posts of the roster that are handed over; none named: those that are staffed day and night
    ``due_after_min``: minutes after the begin of a shift until which it was handed over
    ``early_min``: so many minutes before its begin it may be
    ``list_min``: for so many minutes a list counts
    """

    posts: tuple[str, ...] = ()
    due_after_min: float = 30
    early_min: float = 60
    list_min: float = 15

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("due_after_min", "early_min", "list_min"):
            if not 1 <= getattr(self, name) <= 240:
                yield ConfigFault((name,), Text.of("handover.minutes", field=name))


class Handovers(Workflow[Handover]):
    """One post is one case, under its id."""

    name, book, case = "handover", "handovers", Handover
    asks = (Prepare, HandOver, TakeOver)
    config_type = HandoverConfig
    listens = Listens(topics=frozenset({SHIFT}))

    def rules(self) -> Sequence[Rule[Any]]:
        return (MISSED,)

    def check(self, ask: Any, cases: Mapping[str, Handover], world: World, now: Instant) -> None:
        if isinstance(ask, Prepare):
            if _post(ask.post, world) is None:
                text = Text.of("handover.no_post", post=ask.post[:64])
                raise Refused(text, ((0, "post", text),))
            return
        case = cases.get(ask.case)
        if case is None or case.made_at is None:
            raise Refused(Text.of("handover.no_list"))
        if ask.proof != "session":
            raise Refused(Text.of("handover.own_account"))
        if case.made_at + int(self.config.list_min * _MINUTE) <= now:
            raise Refused(Text.of("handover.list_old", minutes=self.config.list_min))
        if ask.check_word.strip().upper() != case.check_word:
            text = Text.of("handover.wrong_word")
            raise Refused(text, ((0, "check_word", text),))
        self._check_who(ask, case, world, now)

    def step(self, event: Heard, cases: Mapping[str, Handover], world: World, now: Instant) -> Moves:
        match event:
            case Prepare():
                return self._prepared(event, cases, world, now)
            case HandOver():
                given = replace(cases[event.case], giver=event.by, giver_at=now, by=event.by)
                return Moves(cases=(given,), facts=(_fact(given, "handed_over", event, now),))
            case TakeOver():
                return self._taken(cases[event.case], event, world, now)
            case Fact():
                return self._shift(event, cases, world, now)
        return Moves()

    def turn(self, due: Sequence[Handover], world: World, now: Instant) -> Moves:
        missed = [replace(case, is_missed=True, due_at=None, wake_at=None) for case in due]
        return Moves(cases=tuple(missed), facts=tuple(_fact(case, "missed", None, now) for case in missed))

    def waits_for(self, case: Handover, account: str, role: str) -> bool:
        """It is due, or a list is made and waits for its signatures."""
        is_theirs = case.due_at is not None or case.is_missed or case.made_at is not None
        return is_theirs and super().waits_for(case, account, role)

    def shows(self, case: Handover, now: Instant) -> dict[str, Any]:
        lines = tuple(item.said for item in case.items)
        nothing = Text.of("handover.nothing") if case.made_at is not None else None
        return {"post": case.post.called, "items": lines or nothing}

    # -- who may -------------------------------------------------------------------------------------------

    def _check_who(self, ask: Ask, case: Handover, world: World, now: Instant) -> None:
        early = int(self.config.early_min * _MINUTE)
        stints = _stints(case.id, world, now - early, now + early)
        person = person_of(world, account=ask.by)
        mine = [each for each in stints if each.person in (ask.by, person.id if person is not None else ask.by)]
        if isinstance(ask, HandOver):
            if stints and not any(each.begins <= now for each in mine):
                raise Refused(Text.of("handover.not_on_duty", post=case.post.called))
            return
        if not case.giver or case.giver_at is None or case.giver_at < (case.made_at or 0):
            raise Refused(Text.of("handover.giver_first"))
        if people(ask.by) & people(case.giver):
            raise Refused(Text.of("handover.somebody_else", giver=case.giver))
        if stints and not any(each.ends > now for each in mine):
            raise Refused(Text.of("handover.not_coming", post=case.post.called))

    # -- what follows --------------------------------------------------------------------------------------

    def _prepared(self, ask: Prepare, cases: Mapping[str, Handover], world: World, now: Instant) -> Moves:
        post = _post(ask.post, world)
        assert post is not None
        items = list(_items(post, world))
        before = cases.get(post.id) or Handover(id=post.id, area=post.area, post=post)
        kept, left_out = tuple(items[:_MOST_ITEMS]), max(0, len(items) - _MOST_ITEMS)
        case = replace(before, post=post, items=kept, left_out=left_out, made_at=now, giver="", giver_at=None)
        case = replace(case, check_word=seal_of(case)[:_CHECK_LENGTH].upper())
        return Moves(cases=(case,), facts=(_fact(case, "prepared", ask, now),))

    def _taken(self, case: Handover, ask: TakeOver, world: World, now: Instant) -> Moves:
        """Whoever takes over knows what the list named: it need not sound anew for them at the end of the shift.

        Where they are one who handles alerts: what a guard at the gate has read, the control room has not.
        """
        moves = _taken(case, ask, now)
        if ask.role not in HANDLERS:
            return moves
        known_until = self._ends(case, ask, world, now)
        text = Text.of("handover.known", giver=case.giver, taker=ask.by, until=At(known_until))
        found = (world.alerts.find(item.id) for item in case.items if item.kind in _ALERTS)
        known = [alert.id for alert in found if alert is not None and alert.state is State.ACKNOWLEDGED]
        return replace(moves, notes=tuple(AlertNote(alert, text, ask.by, known_until) for alert in known))

    def _ends(self, case: Handover, ask: TakeOver, world: World, now: Instant) -> Instant:
        """When the shift of whoever takes over ends; a site without a roster asks its ``[[shifts]]``."""
        begins_by = now + int(self.config.early_min * _MINUTE)
        person = person_of(world, account=ask.by)
        who = {ask.by, *([person.id] if person is not None else [])}
        stints = [each for each in _stints(case.id, world, now, begins_by) if each.person in who]
        ends = [each.ends for each in stints if each.ends > begins_by]
        return min(ends, default=shift_end(world.site.calendar, begins_by))

    def _shift(self, fact: Fact, cases: Mapping[str, Handover], world: World, now: Instant) -> Moves:
        """A shift begins where somebody was before: it is handed over by then, or was just before."""
        post = _post(str(fact.fields.get("post")), world)
        if post is None or not fact.fields.get("is_on") or not self._is_meant(post):
            return Moves()
        case = cases.get(post.id) or Handover(id=post.id, area=post.area, post=post)
        early = int(self.config.early_min * _MINUTE)
        is_done = case.taken_at is not None and case.taken_at > now - early
        if is_done or case.due_at is not None or not _stints(post.id, world, now - early, now - 1):
            return Moves()
        due_at = now + int(self.config.due_after_min * _MINUTE)
        return Moves(cases=(replace(case, due_at=due_at, wake_at=due_at),))

    def _is_meant(self, post: Post) -> bool:
        return post.id in self.config.posts if self.config.posts else post.cover == "always"


def seal_of(case: Handover) -> str:
    """The SHA-256 of the list; the check word is its beginning."""
    return sha256(msgspec.json.encode((case.id, case.made_at, case.left_out, case.items))).hexdigest()


def _post(name: str, world: World) -> Post | None:
    return next((post for found in world.ask_of(POSTS) for post in found if post.id == name), None)


def _stints(post: str, world: World, since: Instant, until: Instant) -> list[Stint]:
    return [each for found in world.ask_of(ROSTERED, since=since, until=until, post=post) for each in found]


def _items(post: Post, world: World) -> Iterable[Item]:
    """Of the post's area, or of the whole site; a silent alarm stands on no list."""
    for alert in world.alerts.open():
        if alert.silent or alert.origin != "real" or (post.area and alert.area not in ("", post.area)):
            continue
        is_fault = alert.alert_class is AlertClass.FAULT
        kind = "shelved" if alert.suppression is not None else "fault" if is_fault else "alert"
        yield Item(kind, alert.id, as_text(alert.text))
    for held in world.alerts.suppressions():
        if not held.holds.devices:
            continue  # an alert that is shelved stands among the alerts
        kind = "test" if held.holds.is_test else "bypass"
        devices = held.holds.devices
        if post.area and not any(name in world.devices and world.devices[name].area == post.area for name in devices):
            continue
        yield Item(kind, held.case, Text.of(f"handover.{kind}", devices=devices[:10], count=len(devices), by=held.by))
    for waiting in world.alerts.waiting():
        yield Item("waiting", waiting.id, Text.of("handover.waiting", by=waiting.by))
    about = {"area": post.area} if post.area else {}
    for texts in world.ask_of(MISSED_ROUNDS, **about):
        yield from (Item("rounds", "", text) for text in texts)
    for due in world.ask_of(HAZARDS_DUE, **about):
        yield from _hazards(due, world.now)
    for texts in world.ask_of(ROSTER_FAULTS, **about):
        yield from (Item("roster", "", text) for text in texts)
    for area in [post.area] if post.area else sorted(world.site.areas):
        shares = [share for share in world.ask_of(COVERAGE, area=area) if isinstance(share, int | float)]
        if shares and min(shares) < 1:
            share = round(min(shares) * 100)
            yield Item("coverage", area, Text.of("handover.coverage", area=world.site.areas[area].name, share=share))


def _hazards(due: HazardsDue, now: Instant) -> Iterable[Item]:
    """How many stand; and one by one those that are major, overdue, or due within a day."""
    if due.open:
        yield Item("hazards", "", Text.of("handover.hazards", open=due.open, overdue=due.overdue))
    for each in due.hazards[:_MOST_HAZARDS]:
        is_soon = each.due is not None and each.due <= now + _DAY
        if is_soon or each.level == "major":
            key = "overdue" if each.is_overdue else "due" if each.due is not None else "major"
            said: dict[str, Any] = {"number": each.number, "place": each.place, "what": each.description}
            said |= {"due": At(each.due)} if each.due is not None else {}
            yield Item("hazards", each.number, Text.of(f"handover.hazard_{key}", **said))


def _taken(case: Handover, ask: TakeOver, now: Instant) -> Moves:
    step = "taken_over_late" if case.is_missed else "taken_over"
    fact = _fact(case, step, ask, now)
    taken = replace(
        case,
        items=(),
        left_out=0,
        made_at=None,
        check_word="",
        giver="",
        giver_at=None,
        taken_at=now,
        due_at=None,
        wake_at=None,
        is_missed=False,
    )
    left = Fact(
        workflow="handover",
        case=case.id,
        step="relieved",
        at=now,
        by=case.giver,
        area=case.area,
        text=Text.of("handover.relieved", giver=case.giver, post=case.post.called),
        fields={"person": case.giver, "is_present": False},
        topics=(PRESENCE,),
        book="",
    )
    return Moves(cases=(taken,), facts=(left, fact))


def _fact(case: Handover, step: str, ask: Ask | None, now: Instant) -> Fact:
    by = ask.by if ask is not None else ""
    is_sign = isinstance(ask, HandOver | TakeOver)
    giver = case.giver if step != "prepared" else ""
    lines = tuple(item.said for item in case.items)
    said: dict[str, Any] = {"post": case.post.called, "giver": giver, "taker": by, "count": len(case.items)}
    return Fact(
        workflow="handover",
        case=case.id,
        step=step,
        at=now,
        by=by,
        second=giver if isinstance(ask, TakeOver) else "",
        area=case.area,
        text=Text.of(f"handover.{step}", **said),
        fields={
            "post": case.id,
            "giver": giver,
            "taker": by if isinstance(ask, TakeOver) else "",
            "list": tuple({"kind": item.kind, "id": item.id, "what": item.said.key} for item in case.items),
            **({"in_words": Text.of("handover.in_words", items=lines)} if lines else {}),
            "left_out": case.left_out,
            "equipment": ask.equipment if isinstance(ask, TakeOver) else "",
            "note": ask.note if ask is not None else "",
            "person": by,
            "is_present": True,
        }
        if is_sign
        else {"post": case.id, "note": ask.note if ask is not None else ""},
        topics=(PRESENCE,) if is_sign else (),
        seal=seal_of(case) if is_sign else "",
        book="" if step == "prepared" else None,
    )


MISSED = msgspec.convert(
    {
        "kind": "fact",
        "name": "handover-missed",
        "title": "No handover",
        "title_zh": "未交接班",
        "alert_class": "duty",
        "priority": 3,
        "begins": ["handover.missed"],
        "ends": ["handover.taken_over_late"],
        "procedure": "1. Call the post: who is there?\n2. Have the handover signed by both, page Work, Handover.",
        "procedure_zh": "1. 联系岗位，确认在岗人员。\n2. 请双方在工作页面的交接班中签字。",
    },
    kinds()["fact"],
)
WORKFLOW = Handovers
