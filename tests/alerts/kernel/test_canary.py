"""A canary goes the way of an alarm, and is nobody's alert."""

from typing import Any

from alerts.alert import AlertEvent
from alerts.canary import POINT, POINT_KIND, Canary
from alerts.command import Acknowledge
from alerts.heard import Listens
from alerts.lifecycle import Action
from alerts.workflow import Moves
from tests.alerts.kernel.room import FIRE, SMOKE, KernelRoom
from tests.alerts.kernel.toy import Toy
from tests.alerts.timeline import device, rule

POINT_DEVICE = device(POINT, kind=POINT_KIND, signals=("fault",))
RULE = rule("state", name="gateway-canary", alert_class="information", device_kinds=[POINT_KIND], signals=["fault"])


class Ear(Toy):
    """Hears every step of every alert."""

    name, asks, listens = "ear", (), Listens(alerts=True)
    heard: list[AlertEvent] = []

    def step(self, event: Any, cases: Any, world: Any, now: int) -> Moves:
        if isinstance(event, AlertEvent):
            self.heard.append(event)
        return Moves()


def room(*workflows: Any) -> KernelRoom:
    return KernelRoom(*workflows, rules=(FIRE, RULE), devices=(SMOKE, POINT_DEVICE))


def test_it_is_decided_and_published_and_nobodys_to_see_or_to_handle() -> None:
    ear = Ear()
    ear.heard.clear()
    at = room(ear)
    effects = at.step(1, Canary("1", is_on=True, channel="mail"))
    ((raised,),) = ([canary.alert for canary in effects.canaries],)
    assert ("canary", "gateway-canary", True) == (raised.origin, raised.rule, raised.active)
    assert [] == effects.alerts == at.engine.open_alerts() == ear.heard
    assert {} == effects.memories == effects.cases
    assert at.engine.open_alert(raised.id) is None
    assert [("canary.1", "canary", "mail", True)] == [
        (each.id, each.origin, each.channel, each.is_urgent) for each in effects.notifications
    ]
    refused = at.step(2, Acknowledge(raised.id, "li")).refused
    assert 1 == len(refused), "there is no such alert"


def test_it_is_over_with_its_cause_and_the_next_one_is_new() -> None:
    at = room()
    seen = []
    for second in (1, 10, 20):
        seen += [each.alert.id for each in at.step(second, Canary(str(second), is_on=True)).canaries]
        over = at.step(second + 5, Canary(str(second), is_on=False))
        assert [] == over.canaries == over.alerts
        assert not over.changes_records()
    assert 3 == len(set(seen))


def test_one_that_was_cut_off_by_a_restart_does_not_hide_the_next() -> None:
    at = room()
    at.step(1, Canary("1", is_on=True))
    at.restart(60)
    assert 1 == len(at.step(70, Canary("2", is_on=True)).canaries)


def test_a_real_fire_is_as_loud_beside_it() -> None:
    at = room()
    effects = at.step(1, Canary("1", is_on=True), "s1.smoke=on")
    assert [("raised", "fire", "real", None)] == [
        (each.action, each.alert.rule, each.alert.origin, each.alert.suppression) for each in effects.alerts
    ]
    assert 1 == len(effects.canaries)


def test_what_the_point_itself_says_is_an_alert_like_any_other() -> None:
    """Nobody lets it say anything; if somebody does, it is seen."""
    effects = room().step(1, f"{POINT}.fault=on")
    assert [Action.RAISED] == [each.action for each in effects.alerts]
