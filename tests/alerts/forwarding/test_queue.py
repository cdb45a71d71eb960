"""What waits for a centre: the order, the resends, and that nothing is lost, over centres that answer as they like."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.forwarding import queue as queue_module
from alerts.forwarding.queue import Became, CentreQueue, Limits, Send, Step
from devices.centre import RANK, CentreEvent, Condition
from devices.message import Text
from devices.reading import SECOND, Instant

T0: Instant = 1_000 * SECOND
WHY = Text.of("gbt26875.refused")


def event(
    name: str, condition: Condition = "smoke", *, at: Instant = T0, over: bool = False, **more: Any
) -> CentreEvent:
    return CentreEvent(id=name, condition=condition, at=at, point=more.pop("point", name), is_restore=over, **more)


def queue(paths: int = 1, **limits: Any) -> CentreQueue:
    made = CentreQueue(Limits(**limits), paths)
    for path in range(paths):
        made.path_is(path, up=True, now=T0)
    return made


def sent(steps: list[Step]) -> list[tuple[int, str]]:
    return [(step.path, step.event.id) for step in steps if isinstance(step, Send)]


def became(steps: list[Step]) -> list[tuple[str, str]]:
    return [(step.event.id, step.state) for step in steps if isinstance(step, Became)]


def test_one_at_a_time_and_the_next_when_it_is_confirmed() -> None:
    waits = queue()
    assert [(0, "a")] == sent(waits.push(event("a"), T0))
    assert [] == waits.push(event("b", at=T0 + 1), T0)
    assert [] == waits.push(event("a"), T0), "told twice it is one"
    steps = waits.confirmed("a", T0 + SECOND)
    assert ([("a", "confirmed")], [(0, "b")]) == (became(steps), sent(steps))
    assert [] == waits.confirmed("a", T0 + SECOND)


def test_fire_interrupts_what_is_being_sent_and_goes_before_all_that_waits() -> None:
    waits = queue()
    waits.push(event("fault", "fault"), T0)
    waits.push(event("burglary", "intrusion"), T0)
    waits.push(event("over", over=True), T0)
    assert [(0, "fire")] == sent(waits.push(event("fire"), T0 + SECOND))
    assert [] == waits.push(event("second", at=T0 + 2), T0 + SECOND), "no fire interrupts another"
    assert ["fire", "second", "burglary", "fault", "over"] == _drained(waits, T0)


def _drained(waits: CentreQueue, now: Instant) -> list[str]:
    names = []
    while waits.waiting:
        names.append(waits.waiting[0].id)
        waits.confirmed(names[-1], now)
    return names


def test_they_go_in_the_order_of_their_rank() -> None:
    waits = queue()
    names: list[Condition] = sorted(RANK)
    for condition in names:
        waits.push(event(condition, condition), T0)
    waits.push(event("over", "call_point", over=True), T0 - SECOND)
    ranks = [each.rank for each in waits.waiting]
    assert sorted(ranks) == ranks
    assert ("call_point", "over") == (waits.waiting[0].id, waits.waiting[-1].id)
    assert len(names) + 1 == len(_drained(waits, T0))


def test_a_fire_whose_first_message_is_lost_is_told_within_ten_seconds() -> None:
    """One resend included (GB 26875.1-2011, 4.1.1), over the other path if there is one."""
    waits = queue(2)
    waits.push(event("fire"), T0)
    assert waits.wake_at is not None
    steps = waits.tick(waits.wake_at)
    assert waits.wake_at - T0 <= 10 * SECOND
    assert ([("fire", "sending")], [(1, "fire")]) == (became(steps), sent(steps))
    waits.heard(1)
    waits.push(event("next"), T0)
    steps = waits.confirmed("fire", T0 + 5 * SECOND)
    assert [(1, "next")] == sent(steps), "the next goes by the path that answered"


def test_three_resends_in_vain_have_failed_and_it_goes_on() -> None:
    waits, said, states, now = queue(), list[str](), list[tuple[str, str]](), T0
    waits.push(event("fire"), T0)
    waits.push(event("fault", "fault"), T0)
    for _ in range(4):
        assert waits.wake_at is not None
        now = waits.wake_at
        steps = waits.tick(now)
        said += [name for _, name in sent(steps)]
        states += became(steps)
    assert [("fire", "sending"), ("fire", "failed"), ("fault", "failed")] == states
    assert now - T0 == 16 * SECOND
    assert waits.is_failing
    assert ["fire"] * 3 + ["fault"] == said, "what waits behind it is tried, too"
    assert now + 4 * SECOND == waits.wake_at
    waits.tick(now + 4 * SECOND)
    assert now + 5 * SECOND == waits.wake_at
    assert [(0, "fire")] == sent(waits.tick(now + 5 * SECOND)), "and fire interrupts it"
    waits.confirmed("fire", now + 6 * SECOND)
    assert waits.is_failing
    waits.confirmed("fault", now + 6 * SECOND)
    assert (0, False, None) == (len(waits), waits.is_failing, waits.wake_at)


def test_in_a_storm_nobody_walks_over_all_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand are told and confirmed: each is placed once or twice, and not compared with every other."""
    placed = list[str]()

    def counted(item: Any) -> Any:
        placed.append(item.event.id)
        return order(item)

    order = queue_module._order
    monkeypatch.setattr(queue_module, "_order", counted)
    waits, told = queue(), 1_000
    for number in range(told):
        waits.push(event(f"{number}", "intrusion", at=T0 + number), T0 + number)
    confirmed = 0
    while waits._flight is not None:
        confirmed += 1
        waits.confirmed(waits._flight.event.id, T0 + told)
    assert (confirmed, len(waits)) == (told, 0)
    assert told <= len(placed) <= 3 * told


def test_an_answer_to_what_was_interrupted_counts() -> None:
    waits = queue()
    waits.push(event("fault", "fault"), T0)
    waits.push(event("fire"), T0)
    assert [("fault", "confirmed")] == became(waits.confirmed("fault", T0))
    assert ["fire"] == [each.id for each in waits.waiting]


def test_what_fires_interrupt_again_and_again_has_not_failed_by_that() -> None:
    waits = queue()
    waits.push(event("fault", "fault"), T0)
    for number in range(6):
        waits.push(event(f"fire-{number}"), T0)
        assert [(0, "fault")] == sent(waits.confirmed(f"fire-{number}", T0))
    assert [("fault", "sending")] == became(waits.tick(T0 + 4 * SECOND))
    assert not waits.is_failing


def test_what_is_refused_is_said_again_and_holds_up_nobody() -> None:
    """At once, then after as long as an answer may take, in rounds with growing pauses."""
    waits = queue(most_refusals=2)
    waits.push(event("fire"), T0)
    assert [(0, "fire")] == sent(waits.denied("fire", WHY, T0))
    assert [] == sent(waits.denied("fire", WHY, T0))
    assert [(0, "fault")] == sent(waits.push(event("fault", "fault"), T0)), "others go in between"
    assert [(0, "fire")] == sent(waits.tick(T0 + 4 * SECOND))
    waits.denied("fire", WHY, T0 + 4 * SECOND)
    assert [(0, "fire")] == sent(waits.tick(T0 + 8 * SECOND))
    steps = waits.denied("fire", WHY, T0 + 8 * SECOND)
    assert ([("fire", "failed")], [(0, "fault")]) == (became(steps), sent(steps))
    waits.confirmed("fault", T0 + 8 * SECOND)
    assert waits.is_failing
    assert [(0, "fire")] == sent(waits.tick(T0 + 13 * SECOND))
    now, states = T0 + 13 * SECOND, list[tuple[str, str]]()
    while waits.waiting:
        states += became(waits.denied("fire", WHY, now))
        now = waits.wake_at or now
        waits.tick(now)
    assert ([("fire", "refused")], False) == (states, waits.is_failing)


def test_an_end_that_waits_is_dropped_when_the_same_begins_again() -> None:
    waits = queue()
    waits.push(event("first", point="s"), T0)
    waits.push(event("over", point="s", over=True), T0)
    waits.push(event("other", "fault", point="s", over=True), T0)
    assert [("over", "superseded")] == became(waits.push(event("again", point="s", at=T0 + 1), T0))
    assert ["first", "again", "other"] == [each.id for each in waits.waiting]


def test_an_end_that_is_on_its_way_is_not_said_again_after_it() -> None:
    waits = queue()
    waits.push(event("over", point="s", over=True), T0)
    steps = waits.push(event("again", point="s"), T0)
    assert ([("over", "superseded")], [(0, "again")]) == (became(steps), sent(steps))


def test_what_stands_is_told_as_it_stands_when_it_is_sent() -> None:
    """A fault that was told of before the fire, and goes after it, must not say that there is none."""
    waits = queue()
    waits.push(event("fault", "fault", point="s", standing=("fault",)), T0)
    waits.push(event("fire", point="s", standing=("smoke", "fault")), T0)
    found = [step.event for step in waits.confirmed("fire", T0) if isinstance(step, Send)]
    assert [("fault", ("smoke", "fault"))] == [(each.id, each.standing) for each in found]


def test_without_a_path_it_waits_and_goes_by_the_first_that_is_there() -> None:
    waits = CentreQueue(Limits(), 2)
    assert [] == sent(waits.push(event("fire"), T0))
    assert [(1, "fire")] == sent(waits.path_is(1, up=True, now=T0 + SECOND))
    assert [] == sent(waits.path_is(0, up=True, now=T0 + SECOND))
    assert [(0, "fire")] == sent(waits.path_is(1, up=False, now=T0 + SECOND))


def test_a_path_that_is_connected_again_counts_as_good_when_it_has_answered() -> None:
    """A datagram finds its way into nothing as well as anywhere."""
    waits = queue(2)
    waits.push(event("a"), T0)
    waits.tick(T0 + 4 * SECOND)
    waits.path_is(0, up=False, now=T0 + 5 * SECOND)
    waits.path_is(0, up=True, now=T0 + 5 * SECOND)
    waits.confirmed("a", T0 + 6 * SECOND)
    assert [(1, "b")] == sent(waits.push(event("b"), T0 + 6 * SECOND))
    waits.confirmed("b", T0 + 6 * SECOND)
    waits.heard(0)
    assert [(0, "c")] == sent(waits.push(event("c"), T0 + 6 * SECOND))


def test_without_a_path_it_has_failed_as_soon() -> None:
    waits, now = CentreQueue(Limits(), 1), T0
    waits.push(event("fire"), T0)
    while not waits.is_failing:
        assert waits.wake_at is not None
        now = waits.wake_at
        waits.tick(now)
    assert 16 * SECOND == now - T0


CONDITION = st.sampled_from(sorted(RANK))
HAPPENS = st.one_of(
    st.tuples(st.just("push"), CONDITION, st.booleans(), st.integers(0, 3)),
    st.tuples(st.sampled_from(["confirm", "deny", "tick", "up", "down", "late"]), st.integers(0, 5)),
)


@given(st.lists(HAPPENS, max_size=60), st.integers(1, 2))
def test_whatever_a_centre_does_nothing_is_lost_and_fire_is_never_behind(happens: list[Any], paths: int) -> None:
    """An event is over once: confirmed, superseded by its own return, or refused; until then it waits."""
    waits, now, pushed, over = queue(paths, most_refusals=1), T0, dict[str, CentreEvent](), dict[str, str]()
    last: Send | None = None
    for number, (what, *more) in enumerate(happens):
        now += SECOND
        match what:
            case "push":
                condition, is_over, point = more
                told = event(str(number), condition, at=now, over=is_over, point=str(point))
                pushed[told.id] = told
                steps = waits.push(told, now)
            case "confirm":
                steps = waits.confirmed(last.event.id, now) if last is not None else []
            case "late":
                steps = waits.confirmed(str(more[0]), now)
            case "deny":
                steps = waits.denied(last.event.id, WHY, now) if last is not None else []
            case "tick":
                now = max(now, waits.wake_at or now) if more[0] else now
                steps = waits.tick(now)
            case _:
                steps = waits.path_is(more[0] % paths, up=what == "up", now=now)
        for step in steps:
            if isinstance(step, Send):
                last = step
                standing = waits.waiting
                if standing and not step.event.is_urgent:
                    ready = [each for each in standing if each.is_urgent and each.id not in over]
                    assert all(each.id in _failed_or_refused(waits) for each in ready), "a fire waited behind it"
            elif step.is_over:
                assert step.event.id not in over
                over[step.event.id] = step.state
    left = {each.id for each in waits.waiting}
    assert pushed.keys() == left | over.keys()
    assert not left & over.keys()
    assert all(pushed[name].is_restore for name, state in over.items() if state == "superseded")
    if left:
        assert waits.wake_at is not None


def _failed_or_refused(waits: CentreQueue) -> set[str]:
    """Those that are between two rounds."""
    return {name for name, item in waits._items.items() if item.retry_at > 0}
