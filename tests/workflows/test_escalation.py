"""Escalation: who outside of the control room is told of an alert, step by step, until somebody has seen to it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Disposition, State
from alerts.case import Case
from alerts.command import Acknowledge, Close, Comment, Reset
from alerts.effects import Effects
from alerts.escalation_chain import Chain, Step
from alerts.event import Tick
from alerts.facts import DISPATCH, ON_DUTY, PRESENT, Fact
from alerts.moves import Receipt
from alerts.person import Person
from alerts.site_facts import Channel, Place, SiteFacts
from alerts.workflow import Moves, Workflow
from devices.message import Name, Text
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START, device, rule
from tests.workflows.register import Register
from workflows.contacts import Contacts, Give, Take
from workflows.escalation import NOBODY_TOLD, Answer, Escalation, EscalationConfig

SITE = SiteFacts(
    areas={"store": Place("store", Name("Store", "库房"))},
    channels={
        "mail": Channel("mail", Name("e-mail", "邮件"), is_personal=True),
        "sms": Channel("sms", Name("SMS", "短信"), is_personal=True),
        "group": Channel("group", Name("DingTalk", "钉钉")),
    },
)
LI, WANG = Person(id="li", name="Li", account="li.account"), Person(id="wang", name="Wang", language="zh")


class Roster(Workflow[Case]):
    """Who is on duty as which role, and who is here."""

    name, book, case = "roster", "", Case

    def __init__(self, on_duty: Mapping[str, tuple[str, ...]], here: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.provides = {
            ON_DUTY: lambda about, *_rest: on_duty.get(about["role"], ()),
            PRESENT: lambda about, *_rest: here if about.get("area") == "store" else None,
        }

    def step(self, event: Any, cases: Any, world: Any, now: Any) -> Moves:
        return Moves()


class Scene(Workflow[Case]):
    """States facts as a guard's arrival does."""

    name, book, case = "scene", "", Case


def chain(*steps: Step, **more: Any) -> EscalationConfig:
    return EscalationConfig(chains=(Chain(name="test", steps=steps, **more),))


def room(
    config: EscalationConfig | None = None,
    on_duty: Mapping[str, tuple[str, ...]] | None = None,
    *,
    here: tuple[str, ...] = (),
    site: SiteFacts = SITE,
    told_by: Mapping[str, str] | None = None,
) -> KernelRoom:
    roster = Roster(on_duty if on_duty is not None else {"guard": ("wang",), "leader": ("li.account",)}, here)
    flows = (Escalation(config), Contacts(), roster, Register(LI, WANG))
    a_room = KernelRoom(*flows, site=site)
    for person, channel in (told_by if told_by is not None else {"li": "mail", "wang": "sms"}).items():
        a_room.ask(0.5, Give(person=person, channel=channel, address=f"{person}@x", by="boss", role="manager"))
    return a_room


def fire(a_room: KernelRoom, at: float = 1) -> str:
    a_room.step(at, "s1.smoke=on")
    return a_room.open("fire")[0].id


def told(effects: Effects) -> list[tuple[str, str]]:
    return [("".join(each.to), each.channel) for each in effects.notifications]


def run(a_room: KernelRoom, until: float) -> list[tuple[float, str, str]]:
    """(seconds, person, channel) of every message until then."""
    found: list[tuple[float, str, str]] = []
    for _ in range(200):
        wake_at = a_room.engine.wake_at
        if wake_at is None or wake_at > START + int(until * SECOND):
            return found
        effects = a_room._step([Tick(max(a_room.now, wake_at))], max(a_room.now, wake_at))
        found += [((a_room.now - START) / SECOND, who, channel) for who, channel in told(effects)]
    raise AssertionError("the engine wants to be woken again and again")


def receipt(a_room: KernelRoom, at: float, id_: str, state: Any) -> Effects:
    return a_room.step(at, Receipt(id_, state, START, note=""))


def ids(a_room: KernelRoom) -> list[str]:
    (case,) = a_room.kernel.cases.of("escalation").values()
    return [each.id for each in case.told]


def test_a_fire_that_nobody_acknowledges_is_told_step_by_step() -> None:
    """The chain that stands where the site file says nothing."""
    a_room = room()
    fire(a_room)
    expected = [(31, "", "group"), (31, "wang", "sms"), (121, "li", "mail"), (181, "wang", "sms"), (181, "li", "mail")]
    assert expected == run(a_room, 4_000)


def test_what_is_acknowledged_is_told_to_nobody_more() -> None:
    a_room = room(chain(Step(after_s=30, roles=("guard",)), Step(after_s=120, roles=("leader",))))
    alert = fire(a_room)
    assert [(31, "wang", "sms")] == run(a_room, 60)
    a_room.step(61, Acknowledge(alert=alert, by="op"))
    assert [] == run(a_room, 360)
    assert [(391, "wang", "sms"), (481, "li", "mail")] == run(a_room, 600), "nobody did anything: it expired"
    a_room.step(601, Acknowledge(alert=alert, by="op"))
    a_room.step(602, Comment(alert=alert, by="op", note="going there"))
    assert [] == run(a_room, 9_000)
    a_room.step(9_001, "s1.smoke=off")
    a_room.step(9_002, "s1.smoke=on")
    assert [(9_032, "wang", "sms"), (9_122, "li", "mail")] == run(a_room, 20_000), "it came back, and counts anew"


@pytest.mark.parametrize(
    ("condition", "what", "expected"),
    [
        ("unacknowledged", "acknowledged", 0),
        ("unacknowledged", "answered", 1),
        ("unanswered", "answered", 0),
        ("unanswered", "acknowledged", 0),
        ("not_on_scene", "acknowledged", 1),
        ("not_on_scene", "arrived", 0),
        ("not_on_scene", "arrived at it", 0),
        ("not_on_scene", "arrived at another", 1),
        ("open", "acknowledged", 1),
        ("open", "answered", 1),
        ("open", "closed", 0),
    ],
)
def test_a_step_is_taken_on_its_condition(condition: Any, what: str, expected: int) -> None:
    steps = (Step(after_s=0, roles=("guard",)), Step(after_s=60, condition=condition, roles=("leader",)))
    a_room = room(chain(*steps))
    alert = fire(a_room)
    run(a_room, 1)
    match what:
        case "answered":
            a_room.ask(2, Answer(case=alert, by="wang", role="guard", proof="link", saw="smoke"))
        case "arrived" | "arrived at it" | "arrived at another":
            about = {"arrived at it": {"alert": alert}, "arrived at another": {"alert": "a9"}}.get(what, {})
            happened = Fact(
                workflow="scene", case="x", step="y", at=START, text=Text.of("plain.words", words="there"),
                area="store", topics=(DISPATCH,), fields={"is_there": True, "person": "wang", **about},
            )  # fmt: skip
            a_room.step(2, happened)
        case _:
            a_room.step(2, Acknowledge(alert=alert, by="op"))
            if what == "closed":
                a_room.step(3, "s1.smoke=off", Reset(alert=alert, by="op"))
                a_room.step(4, Close(alert=alert, by="op", disposition=Disposition.CONFIRMED, note="x"))
                assert State.CLOSED is a_room.alerts[alert].state
    assert expected == len(run(a_room, 250)), "before the acknowledgement expires"


def test_who_answers_is_told_no_more_and_the_alert_goes_on() -> None:
    """Received and on my way is no acknowledgement."""
    steps = [Step(after_s=after, roles=("guard", "leader")) for after in (10, 100, 200)]
    a_room = room(chain(*steps))
    alert = fire(a_room)
    assert 2 == len(run(a_room, 50))
    effects = a_room.step(60, Answer(case=alert, by="wang", role="guard", proof="link", saw="smoke"))
    (said,) = [fact for fact in effects.facts if fact.step == "answered"]
    assert ("wang", "smoke", "link") == tuple(said.fields[name] for name in ("person", "saw", "proof"))
    assert [(101, "li", "mail"), (201, "li", "mail")] == run(a_room, 1_000)
    assert State.UNACKNOWLEDGED is a_room.open("fire")[0].state
    again = a_room.step(1_001, Answer(case=alert, by="wang", role="guard"))
    assert ["escalation.answered_already"] == keys(again)


def test_where_nobody_is_on_duty_the_next_step_comes_at_once_and_it_is_said() -> None:
    steps = (Step(after_s=10, roles=("guard",)), Step(after_s=600, roles=("leader",)))
    a_room = room(chain(*steps), {"leader": ("li",)})
    fire(a_room)
    effects = a_room.step(11)
    assert [("li", "mail")] == told(effects)
    assert ["escalation.nobody", "escalation.told"] == [f for f in facts(effects) if f.startswith("escalation")]


def test_who_has_no_way_is_nobody() -> None:
    a_room = room(
        chain(Step(after_s=10, roles=("guard",)), Step(after_s=600, roles=("leader",))), told_by={"li": "mail"}
    )
    fire(a_room)
    assert [("li", "mail")] == told(a_room.step(11))


def test_what_fails_brings_the_next_step_forward() -> None:
    a_room = room(chain(Step(after_s=10, roles=("guard",)), Step(after_s=600, roles=("leader",))))
    fire(a_room)
    run(a_room, 11)
    effects = receipt(a_room, 20, ids(a_room)[0], "retrying")
    assert [("li", "mail")] == told(effects)
    assert [] == told(receipt(a_room, 30, ids(a_room)[0], "failed")), "and only once"
    assert "escalation.failed" in facts(a_room.effects)


def test_that_nobody_could_be_told_is_an_alert_until_somebody_is() -> None:
    a_room = room(chain(Step(after_s=10, roles=("guard",))))
    alert = fire(a_room)
    run(a_room, 11)
    receipt(a_room, 20, ids(a_room)[0], "retrying")
    assert not a_room.open(NOBODY_TOLD.name)
    receipt(a_room, 30, ids(a_room)[0], "failed")
    assert [True] == [each.active for each in a_room.open(NOBODY_TOLD.name)]
    assert [] == run(a_room, 5_000), "which is told to nobody itself"
    a_room.step(5_001, Answer(case=alert, by="li", role="guard"))
    assert [False] == [each.active for each in a_room.open(NOBODY_TOLD.name)]


@pytest.mark.parametrize("silent", [False, True])
def test_a_silent_alarm_is_told_by_a_chain_that_says_so_and_by_no_other_alert(*, silent: bool) -> None:
    """That nobody could be told of it would give it away."""
    config = chain(Step(after_s=10, roles=("nobody",)), Step(after_s=20, roles=("guard",)), silent=silent)
    flows = (Escalation(config), Contacts(), Roster({"guard": ("wang",)}), Register(WANG))
    panic = rule("state", name="hold-up", alert_class="hold_up", priority=1, signals=["panic"])
    a_room = KernelRoom(*flows, site=SITE, rules=(panic,), devices=(device("p1", signals=("panic",)),))
    a_room.ask(0.5, Give(person="wang", channel="sms", address="1", by="boss", role="manager"))
    a_room.step(1, "p1.panic=on")
    assert a_room.open("hold-up")[0].silent
    assert ([(11, "wang", "sms")] if silent else []) == run(a_room, 100)
    if silent:
        receipt(a_room, 101, ids(a_room)[0], "failed")
        assert not a_room.open(NOBODY_TOLD.name)


def test_nobody_is_told_twice_on_one_channel_within_a_minute() -> None:
    steps = [Step(after_s=after, roles=("guard",)) for after in (10, 40, 69.9, 70.1)]
    a_room = room(chain(*steps))
    fire(a_room)
    assert [(11, "wang", "sms"), (71.1, "wang", "sms")] == run(a_room, 1_000)


def test_who_is_present_is_told_and_named_people_are() -> None:
    a_room = room(chain(Step(after_s=10, present=True, people=("li",), channels=("mail",))), here=("wang",))
    a_room.ask(0.6, Give(person="wang", channel="mail", address="w@x", by="boss", role="manager"))
    fire(a_room)
    assert [(11, "li", "mail"), (11, "wang", "mail")] == run(a_room, 100), "by the ways that the step names"


@pytest.mark.parametrize("chains", [chain(Step(after_s=5, groups=("*",)), classes=("gas",)), None])
def test_without_a_chain_that_fits_nobody_is_told(chains: EscalationConfig | None) -> None:
    a_room = room(chains)
    a_room.step(1, "d1.door=on")
    assert [] == run(a_room, 5_000)


def test_without_channels_nothing_stands_and_nobody_is_told() -> None:
    a_room = room(site=SiteFacts(areas=SITE.areas), told_by={})
    fire(a_room)
    assert [] == run(a_room, 5_000)
    assert not a_room.kernel.cases.of("escalation")


@given(st.lists(st.floats(0.5, 60), min_size=1, max_size=8))
def test_restarts_forget_nobody_and_tell_nobody_twice(pauses: list[float]) -> None:
    """Wherever it is started anew, everybody is told once: what was not answered is handed out again by its id."""
    steps = [Step(after_s=after, roles=("guard", "leader")) for after in (10, 100, 200)]
    a_room = room(chain(*steps))
    fire(a_room)
    seen: list[str] = []
    at = 1.0
    for pause in [*pauses, 400]:
        at += pause
        a_room.restart(max(0.0, START / SECOND + at - a_room.now / SECOND))
        effects = a_room.step(at)
        seen += [each.id for each in effects.notifications]
        for id_ in [each.id for each in effects.notifications]:
            receipt(a_room, at, id_, "sent")
    expected = {"wang": 3, "li": 3}
    by_step = {(id_.split(".")[2], id_.split(".")[-1]) for id_ in seen}
    assert {("1", "wang"), ("1", "li")} <= by_step
    assert len(seen) == len(set(seen)), "a receipt ends it"
    assert max(expected.values()) >= max(sum(one == who for _, one in by_step) for who in expected)


def test_what_is_not_answered_for_is_handed_out_again_after_a_restart_and_no_step_is_lost() -> None:
    a_room = room(chain(Step(after_s=10, roles=("guard",)), Step(after_s=100, roles=("leader",))))
    fire(a_room)
    assert [("wang", "sms")] == told(a_room.step(11))
    a_room.restart(5)
    assert [("wang", "sms")] == told(a_room.step(20)), "the same, by its id"
    receipt(a_room, 21, ids(a_room)[0], "retrying")
    a_room.restart(5)
    assert ("wang", "sms") in told(a_room.step(30)), "an attempt that failed is no end"
    receipt(a_room, 31, ids(a_room)[0], "sent")
    a_room.restart(300)
    assert [] == [each for each in told(a_room.step(400)) if each[0] == "wang"]


def test_contacts_are_of_channels_of_the_site_and_stand_in_no_fact() -> None:
    a_room = room(told_by={})
    boss: dict[str, Any] = {"by": "boss", "role": "manager"}
    assert ["contacts.no_channel"] == keys(a_room.step(1, Give(person="li", channel="group", address="x", **boss)))
    for bad in ("", " ", "a b", "a\nb", "x" * 201):
        assert ["contacts.bad_address"] == keys(a_room.step(1, Give(person="li", channel="mail", address=bad, **boss)))
    effects = a_room.step(2, Give(person="li.account", channel="mail", address="li@secret", **boss))
    (fact,) = effects.facts
    assert ("li", "secret" in repr(fact)) == (fact.case, False)
    assert ["contacts.no_way"] == keys(a_room.step(3, Take(person="li", channel="sms", **boss)))
    a_room.ask(4, Take(person="li", channel="mail", **boss))
    assert not a_room.kernel.cases.of("contacts")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), "escalation.steps"),
        ((Step(after_s=9, roles=("x",)), Step(after_s=8, roles=("x",))), "escalation.order"),
        ((Step(after_s=1),), "escalation.nobody_named"),
        ((Step(after_s=1, groups=("mail",)),), "escalation.no_groups"),
        ((Step(after_s=1, roles=("x",), channels=("*",)),), "escalation.no_channels"),
        ((Step(after_s=1, groups=("*",), channels=("sms",)),), None),
    ],
)
def test_a_chain_of_the_site_file_is_checked(steps: tuple[Step, ...], expected: str | None) -> None:
    found = [fault.text.key for fault in chain(*steps).check(SITE)]
    assert ([expected] if expected else []) == found


def test_a_chain_for_an_area_that_is_not_there_is_refused() -> None:
    config = chain(Step(after_s=1, roles=("x",)), areas=("moon",))
    assert [("chains", 0, "areas", 0)] == [fault.path for fault in config.check(SITE)]
