"""Duty roster 值班排班: who is planned for which post, by lines with a recurrence rule; and swaps, which are approved.

A line (ledger/roster.py) is a case; what overlaps, never ends, goes without a break for too long, or names somebody who
left is refused by its field. A swap gives one stint to somebody else, or two stints against each other; a leader who is
none of the two approves it before it begins, else it lapses. What was given away does not come back to whoever had it:
in a circle nobody would know whose it is.

When a stint begins or is over a fact says so (``shift``), so that whoever is really there can be looked at by others
without a clock of their own. Standard: posts of the fire control room day and night by two certified people at least,
8 h each at most (GB 25506, GB 25201); a site file that asks for less is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from alerts.case import Case
from alerts.duty_asks import LEADERS, Approve, AskSwap, Decline, End, Plan
from alerts.facts import ON_DUTY, POSTS, PRESENT, ROSTER, ROSTERED, SHIFT, Fact
from alerts.person import Person, is_certified, person_of
from alerts.schedule import minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError, Refused
from devices.message import At, Text
from devices.people import people
from devices.reading import SECOND, Instant
from ledger.posts import Post, wrong
from ledger.recurrence import LONGEST_DAYS, days_of
from ledger.roster import (
    Line,
    Stint,
    Swap,
    all_stints,
    doubles,
    given_to,
    had_it,
    holder,
    next_edge,
    stints_of,
    too_long,
)

_DAY = 86_400 * SECOND


class Planned(Case, frozen=True, kw_only=True):
    """``swaps`` wait for approval. ``told``: until when it was told which shifts begin and are over."""

    line: Line
    swaps: tuple[Swap, ...] = ()
    told: Instant = 0


class DutyConfig(Config, frozen=True, kw_only=True):
    """What must be staffed.

    ``posts``: its posts
    """

    posts: tuple[Post, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        shifts = {shift.name for shift in site.calendar.shifts}
        for index, post in enumerate(self.posts):
            for field, what in wrong(post, shifts, site.areas):
                yield ConfigFault(("posts", index, field), Text.of(f"duty.post_{what}", post=post.id[:64]))
            if post.id in [each.id for each in self.posts[:index]]:
                yield ConfigFault(("posts", index, "id"), Text.of("duty.post_twice", post=post.id[:64]))


class Duty(Workflow[Planned]):
    """One line of the roster is one case."""

    name, book, case = "duty", "duty_roster", Planned
    asks = (Plan, AskSwap, Approve, Decline, End)
    config_type = DutyConfig

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self.provides = {
            POSTS: lambda about, _cases, _world, _now: tuple(
                post for post in self.config.posts if post.is_meant(about.get("role", ""), about.get("area", ""))
            ),
            ROSTERED: _rostered,
            ON_DUTY: self._on_duty,
        }

    def check(self, ask: Any, cases: Mapping[str, Planned], world: World, now: Instant) -> None:
        if isinstance(ask, Plan):
            self._check_line(_line(ask), cases, world, now)
            return
        planned = cases.get(ask.case)
        if planned is None:
            raise Refused(Text.of("duty.no_line"))
        if isinstance(ask, End):
            _day("last", ask.last)
            if ask.last < world.site.calendar.day(now - _DAY).isoformat():
                raise _refused("last", Text.of("duty.is_past"))
        elif isinstance(ask, AskSwap):
            self._check_swap(planned, _asked(ask), cases, world, now)
            pair = {name for each in (ask.person, holder(planned.line, ask.day)) for name in _names(world, each)}
            if ask.role not in LEADERS and not people(ask.by) & {name.casefold() for name in pair}:
                raise Refused(Text.of("duty.not_yours"))
        else:
            swap = _waiting(planned, ask.day)
            if isinstance(ask, Approve):
                pair = {name for each in (swap.person, holder(planned.line, ask.day)) for name in _names(world, each)}
                if people(ask.by) & {name.casefold() for name in {swap.by, *pair}}:
                    raise Refused(Text.of("duty.approves_himself"))
                self._check_swap(replace(planned, swaps=()), swap, cases, world, now)

    def step(self, event: Heard, cases: Mapping[str, Planned], world: World, now: Instant) -> Moves:
        match event:
            case Plan():
                planned = Planned(id=event.id, by=event.by, line=replace(_line(event), id=event.id), told=now)
                return self._moved(planned, "planned", event, world, now)
            case End():
                case = cases[event.case]
                return self._moved(replace(case, line=replace(case.line, last=event.last)), "ended", event, world, now)
            case AskSwap():
                case = replace(cases[event.case], swaps=(*cases[event.case].swaps, _asked(event)))
                return self._moved(case, "swap_asked", event, world, now, _asked(event))
            case Approve():
                return self._approved(cases[event.case], event, cases, world, now)
            case Decline():
                case, swap = cases[event.case], _waiting(cases[event.case], event.day)
                return self._moved(_without(case, swap), "swap_declined", event, world, now, swap)
        return Moves()

    def turn(self, due: Sequence[Planned], world: World, now: Instant) -> Moves:
        return Moves.joined(self._turned(case, world, now) for case in due)

    def waits_for(self, case: Planned, account: str, role: str) -> bool:
        """A swap that is to be approved."""
        return any(swap.by != account for swap in case.swaps) and role in Approve.ROLES

    def shows(self, case: Planned, now: Instant) -> dict[str, Any]:
        return {"post": self._post(case.line.post).called, "told": None}

    # -- answers -------------------------------------------------------------------------------------------

    def _on_duty(self, about: Mapping[str, Any], cases: Mapping[str, Planned], world: World, now: Instant) -> Any:
        """Accounts, of who has none the person's id; whoever is known to be there in front."""
        at = about.get("at", now)
        meant = {post.id for post in self.config.posts if post.is_meant(about.get("role", ""), about.get("area", ""))}
        stints = all_stints((case.line for case in cases.values()), world.site.calendar, at, at + 1)
        found = list(dict.fromkeys(each.person for each in stints if each.post in meant))
        found.sort(key=lambda person: not any(world.ask_of(PRESENT, person=person)))
        return tuple(name for person in found for name in _names(world, person)[-1:])

    # -- what speaks against it ----------------------------------------------------------------------------

    def _post(self, name: str) -> Post:
        return next((post for post in self.config.posts if post.id == name), Post(id=name))

    def _check_line(self, line: Line, cases: Mapping[str, Planned], world: World, now: Instant) -> None:
        if line.post not in [post.id for post in self.config.posts]:
            known = tuple(post.id for post in self.config.posts)
            raise _refused("post", Text.of("duty.no_post", post=line.post[:64], posts=known))
        first, today = _day("first", line.first), world.site.calendar.day(now)
        if not today - timedelta(days=1) <= first <= today + timedelta(days=LONGEST_DAYS):
            raise _refused("first", Text.of("duty.is_past"))
        _known(line.person, "person", first, world)
        for name in ("start", "end"):
            try:
                minutes(getattr(line, name))
            except ConfigError:
                raise _refused(name, Text.of("duty.no_time")) from None
        try:
            days_of(first, line.rule)
        except Refused as refused:
            raise _refused("rule", refused.text) from None
        others = [case.line for case in cases.values()]
        self._check_rest([*others, line], (line.person,), ("rule" if line.rule else "first", "end"), world, now)

    def _check_rest(
        self, lines: Sequence[Line], persons: Sequence[str], fields: tuple[str, str], world: World, now: Instant
    ) -> None:
        """Nobody at two places at once, nobody without a break for too long. ``fields`` to name for each."""
        until = now + 2 * LONGEST_DAYS * _DAY
        theirs = [line for line in lines if {line.person, *dict(line.given).values()} & set(persons)]
        own = [
            each for each in all_stints(theirs, world.site.calendar, now - 2 * _DAY, until) if each.person in persons
        ]
        for found in doubles(own):
            raise _refused(fields[0], Text.of("duty.double", at=At(found.begins), post=self._post(found.post).called))
        for found in too_long(own, lambda post: self._post(post).longest_h):
            if found.ends > now:
                post = self._post(found.post)
                raise _refused(
                    fields[1], Text.of("duty.too_long", at=At(found.begins), hours=post.longest_h, post=post.called)
                )

    def _check_swap(
        self, planned: Planned, swap: Swap, cases: Mapping[str, Planned], world: World, now: Instant
    ) -> None:
        stint = _stint(planned, swap.day, "day", world, now)
        if any(each.day == swap.day for each in planned.swaps):
            raise _refused("day", Text.of("duty.waits_already"))
        pairs = [("person", planned, stint, swap.person)]
        if swap.other:
            other = cases.get(swap.other)
            if other is None:
                raise _refused("other", Text.of("duty.no_line"))
            back = _stint(other, swap.other_day, "other_day", world, now)
            if back.person != swap.person or other.id == planned.id:
                raise _refused("other", Text.of("duty.not_theirs", person=swap.person))
            pairs.append(("other", other, back, stint.person))
        for field, case, each, person in pairs:
            day = date.fromisoformat(each.day)
            _known(person, field, day, world)
            if had_it(case.line, each.day, person):
                raise _refused(field, Text.of("duty.circle", person=person))
            post = self._post(each.post)
            if post.certificate and not is_certified(world, person, post.certificate, day):
                raise _refused(field, Text.of("duty.uncertified", person=person, post=post.called))
        changed = _swapped(planned, swap, cases)
        lines = [changed.get(case.id, case).line for case in cases.values()]
        self._check_rest(lines, (swap.person, stint.person), ("person", "person"), world, now)

    # -- what follows --------------------------------------------------------------------------------------

    def _approved(
        self, planned: Planned, ask: Approve, cases: Mapping[str, Planned], world: World, now: Instant
    ) -> Moves:
        swap = _waiting(planned, ask.day)
        changed = _swapped(_without(planned, swap), swap, cases)
        moves = self._moved(changed.pop(planned.id), "swap_approved", ask, world, now, swap)
        others = tuple(_next(case, world, now) for case in changed.values())
        return replace(moves, cases=(*moves.cases, *others))

    def _turned(self, planned: Planned, world: World, now: Instant) -> Moves:
        """Of what fell into an outage only how it stands now is told."""
        stints = list(stints_of(planned.line, world.site.calendar, planned.told - 2 * _DAY, now + 1))
        facts = [
            _shift(each, self._post(each.post), is_on=each.ends > now, now=now)
            for each in stints
            if (planned.told < each.begins <= now) != (planned.told < each.ends <= now)
        ]
        begun = {each.day for each in stints if each.begins <= now}
        lapsed = [swap for swap in planned.swaps if swap.day in begun]
        for swap in lapsed:
            planned = _without(planned, swap)
            facts.append(self._fact(planned, "swap_lapsed", None, world, now, swap))
        return Moves(cases=(_next(replace(planned, told=now), world, now),), facts=tuple(facts))

    def _moved(
        self, planned: Planned, step: str, ask: Ask, world: World, now: Instant, swap: Swap | None = None
    ) -> Moves:
        return Moves(cases=(_next(planned, world, now),), facts=(self._fact(planned, step, ask, world, now, swap),))

    def _fact(
        self, planned: Planned, step: str, ask: Ask | None, world: World, now: Instant, swap: Swap | None = None
    ) -> Fact:
        line, post = planned.line, self._post(planned.line.post)
        said: dict[str, Any] = {"post": post.called, "start": line.start, "end": line.end, "person": line.person}
        said |= {"day": swap.day, "to": swap.person} if swap is not None else {"day": line.last or line.first}
        fields = {name: getattr(line, name) for name in ("post", "person", "first", "start", "end", "rule", "last")}
        if swap is not None:
            fields |= {"day": swap.day, "to": swap.person, "other": swap.other, "other_day": swap.other_day}
        return Fact(
            workflow="duty",
            case=planned.id,
            step=step,
            at=now,
            by=ask.by if ask is not None else "",
            area=post.area,
            text=Text.of(f"duty.{step}", **said),
            fields={**fields, "note": ask.note if ask is not None else ""},
            topics=(ROSTER,),
        )


def _rostered(about: Mapping[str, Any], cases: Mapping[str, Planned], world: World, _now: Instant) -> tuple[Stint, ...]:
    """Of ``post`` and ``person``, where they are named."""
    post, person = about.get("post"), about.get("person")
    lines = [case.line for case in cases.values() if post is None or case.line.post == post]
    if person is not None:  # each alert that somebody handles and each scan asks for theirs
        lines = [line for line in lines if line.person == person or person in dict(line.given).values()]
    found = all_stints(lines, world.site.calendar, about["since"], about["until"])
    return tuple(each for each in found if person in (None, each.person))


def _names(world: World, person: str) -> tuple[str, ...]:
    """The id and, if there is one, the account."""
    found = person_of(world, person=person)
    return (person, found.account) if found is not None and found.account else (person,)


def _known(person: str, field: str, day: date, world: World) -> Person:
    found = person_of(world, person=person)
    if found is None:
        raise _refused(field, Text.of("duty.no_person", person=person[:64]))
    if not found.is_here(day):
        raise _refused(field, Text.of("duty.has_left", person=person))
    return found


def _refused(field: str, text: Text) -> Refused:
    return Refused(text, ((0, field, text),))


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise _refused(field, Text.of("duty.no_day")) from None


def _line(ask: Plan) -> Line:
    said = {name: getattr(ask, name).strip() for name in ("post", "person", "first", "start", "end", "rule")}
    return Line(id="", **said)


# -- swaps -----------------------------------------------------------------------------------------------------


def _asked(ask: AskSwap) -> Swap:
    return Swap(ask.day, ask.person, ask.by, ask.other, ask.other_day)


def _waiting(planned: Planned, day: str) -> Swap:
    swap = next((each for each in planned.swaps if each.day == day), None)
    if swap is None:
        raise _refused("day", Text.of("duty.no_swap"))
    return swap


def _without(planned: Planned, swap: Swap) -> Planned:
    return replace(planned, swaps=tuple(each for each in planned.swaps if each != swap))


def _stint(planned: Planned, day: str, field: str, world: World, now: Instant) -> Stint:
    """One that is yet to begin. Raises Refused."""
    at = world.site.calendar.at(_day(field, day), 0)
    found = stints_of(planned.line, world.site.calendar, at, at + 3 * _DAY)
    stint = next((each for each in found if each.day == day), None)
    if stint is None:
        raise _refused(field, Text.of("duty.no_stint", day=day))
    if stint.begins <= now:
        raise _refused(field, Text.of("duty.is_past"))
    return stint


def _swapped(planned: Planned, swap: Swap, cases: Mapping[str, Planned]) -> dict[str, Planned]:
    """The lines as they are after it."""
    other = cases[swap.other] if swap.other else None
    changed = {planned.id: replace(planned, line=given_to(planned.line, swap.day, swap.person))}
    if other is not None:
        changed[other.id] = replace(other, line=given_to(other.line, swap.other_day, holder(planned.line, swap.day)))
    return changed


# -- shifts ----------------------------------------------------------------------------------------------------


def _next(planned: Planned, world: World, now: Instant) -> Planned:
    """Woken at the next begin or end of a stint; over with the last of them."""
    wake_at = next_edge(planned.line, world.site.calendar, now)
    return replace(planned, wake_at=wake_at, is_open=wake_at is not None)


def _shift(stint: Stint, post: Post, *, is_on: bool, now: Instant) -> Fact:
    return Fact(
        workflow="duty",
        case=stint.line,
        step="shift_begun" if is_on else "shift_over",
        at=now,
        area=post.area,
        text=Text.of("duty.shift_begun" if is_on else "duty.shift_over", person=stint.person, post=post.called),
        fields={
            "post": stint.post,
            "person": stint.person,
            "begins": stint.begins,
            "until": stint.ends,
            "is_on": is_on,
        },
        topics=(SHIFT,),
        book="",
    )


WORKFLOW = Duty
