"""Arming: who may, what is written of it, and that no change of a mode is without a name."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.effects import Effects, ModeChanged
from alerts.facts import Fact
from alerts.moves import Stimulus
from alerts.route import Route
from alerts.site_facts import Place, SiteFacts
from alerts.workflow import Moves
from api.catalogue import language
from devices.message import Name
from ledger.journal import drafts_of
from tests.alerts.kernel.room import GATE, KernelRoom, facts, keys
from tests.alerts.kernel.toy import Close, Toy
from tests.alerts.timeline import START, device, rule
from tests.shipped import shipped_books
from workflows.arming import ArmedArea, Arming, ArmingConfig, ChangeMode, ChangeModes

SITE = SiteFacts(areas={"store": Place("store", Name("Chemical store", "化学品库"))})
INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["armed"])


class Store(KernelRoom):
    """A store with a door."""

    def __init__(self, *others: Any, more: Sequence[Any] = (), modes: Sequence[str] = ("disarmed", "armed")) -> None:
        self.choices = {"store": modes}
        gate = replace(GATE, signals=("door", "glass_break"))
        place = replace(SITE.areas["store"], modes=tuple(modes))
        site = replace(SITE, areas={"store": place})
        super().__init__(Arming(), *others, rules=(INTRUSION, *more), devices=(gate,), site=site)


def change(mode: str = "armed", **how: Any) -> ChangeMode:
    return ChangeMode(**{"area": "store", "mode": mode, "by": "li", "role": "operator"} | how)


def case_of(room: KernelRoom) -> ArmedArea:
    (found,) = room.kernel.cases.of("arming").values()
    assert isinstance(found, ArmedArea)
    return found


@pytest.mark.parametrize("proof", ["session", "code", "card", "machine"])
def test_a_mode_is_set_with_who_when_and_how_it_was_known(proof: str) -> None:
    room = Store()
    assert "store" == room.ask(1, change(proof=proof, note="closing time"))
    now = START + 10**9
    assert [ModeChanged("store", "armed", "li", now, "arming")] == room.effects.modes
    assert {"store": "armed"} == room.engine.modes
    (said,) = room.effects.facts
    told = {"mode": "armed", "before": "disarmed", "proof": proof, "note": "closing time"}
    assert ("li", "store", now, told) == (said.by, said.area, said.at, said.fields)
    stands = case_of(room)
    assert ("armed", now, "li", proof) == (stands.mode, stands.since, stands.by, stands.proof)


@pytest.mark.slow
@pytest.mark.parametrize(("code", "text"), [("en", "Chemical store: armed"), ("zh", "化学品库：布防")])
def test_the_ledger_says_it_in_the_sites_language_with_fields_of_its_book(code: str, text: str) -> None:
    room = Store()
    room.ask(1, change(note="closing time"))
    (draft,) = drafts_of(room.effects, START, render=language(code).show)
    assert ("arming", "li", "store", text) == (draft.book, draft.by, draft.area, draft.fields["text"])
    assert draft.fields.keys() <= {field.name for field in shipped_books()["arming"].fields}


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ({"area": "attic"}, "applicability.no_area"),
        ({"mode": "night"}, "applicability.no_mode"),
        ({"role": "technician"}, "workflow.not_your_role"),
        ({"role": "kiosk"}, "workflow.not_your_role"),
        ({"role": "", "proof": "machine"}, "workflow.not_your_role"),
        ({"by": "", "proof": "code"}, "workflow.who_asks"),
        ({"origin": "drill"}, "arming.only_real"),
    ],
)
def test_what_is_refused_changes_nothing(how: dict[str, Any], key: str) -> None:
    room = Store()
    assert [key] == keys(room.step(1, change(**how)))
    assert ({"store": "disarmed"}, [], []) == (room.engine.modes, room.effects.modes, room.effects.facts)
    assert not room.kernel.cases.of("arming")


def test_the_same_ask_twice_is_one_and_so_it_is_after_a_restart() -> None:
    room = Store()
    for restarts in (False, True):
        if restarts:
            room.restart(5)
        room.ask(7 if restarts else 1, change(id="a"))
    assert [] == room.effects.modes
    assert {"store": "armed"} == room.engine.modes
    assert "arming" in {workflow for workflow, _ in room.cases}


def test_who_saw_the_area_before_it_was_set_anew_is_told_so() -> None:
    room = Store()
    room.ask(1, change())
    room.ask(2, change("disarmed"))
    assert ["workflow.moved_on"] == keys(room.step(3, change(case="store", seen=1)))


def test_nobody_arms_over_an_open_door_without_being_told() -> None:
    room = Store()
    room.step(1, "d1.door=on")
    for only_check in (True, False):
        assert ["arming.not_ready"] == keys(room.step(2, change(only_check=only_check)))
    assert ({"store": "disarmed"}, []) == (room.engine.modes, room.open("intrusion"))
    assert "d1" in str(room.effects.refused[0][1])


def test_by_force_what_is_open_is_held_back_until_it_is_closed_and_stands_in_the_record() -> None:
    room = Store()
    room.step(1, "d1.door=on")
    room.ask(2, change(force=True))
    (said,) = [fact for fact in room.effects.facts if fact.step == "set"]
    assert ("d1", "arming.set_by_force", ("d1",)) == (said.fields["bypassed"], said.text.key, said.devices)
    (alert,) = room.open("intrusion")
    assert alert.suppression is not None
    assert "arming" == alert.suppression.why
    room.step(3, "d1.door=off")
    assert "arming.closed" in facts(room.effects)
    room.step(4, "d1.door=on")
    assert any(alert.suppression is None and alert.active for alert in room.open("intrusion"))


def test_what_was_open_by_force_alarms_a_day_later_if_it_still_is() -> None:
    room = Store()
    room.step(1, "d1.door=on")
    room.ask(2, change(force=True))
    room.restart(10)
    room.run_until(86_390)
    assert all(alert.suppression is not None for alert in room.open("intrusion"))
    room.run_until(86_410)
    assert [None] == [alert.suppression for alert in room.open("intrusion")]


def test_force_holds_back_no_fire_no_tamper_and_no_other_signal_of_the_same_device() -> None:
    tamper = rule("state", name="tamper", alert_class="tamper", signals=["tamper"])
    fire = rule("state", name="fire", signals=["smoke"])
    broken = rule("state", name="glass", alert_class="intrusion", signals=["glass_break"], modes=["armed"])
    room = Store(more=(tamper, fire, broken))
    room.step(1, "d1.door=on")
    room.ask(2, change(force=True))
    room.step(3, "d1.tamper=on", "d1.smoke=on", "d1.glass_break=on")
    open_ = {alert.rule: alert.suppression is None for alert in room.open()}
    assert {"intrusion": False, "tamper": True, "fire": True, "glass": True} == open_


def test_what_is_an_alarm_by_itself_is_held_back_by_no_force_whatever_rule_looks_at_it() -> None:
    room = Store(more=(rule("state", name="case", alert_class="intrusion", signals=["tamper"], modes=["armed"]),))
    room.site = replace(room.site, routes=(Route(name="front", devices=("d1",), exit_s=60),))
    room.restart()
    room.step(1, "d1.door=off", "d1.tamper=on")
    assert ["arming.not_ready"] == keys(room.step(2, change()))
    room.ask(3, change(force=True))
    (said,) = [fact for fact in room.effects.facts if fact.step == "set"]
    assert (None, ()) == (said.fields.get("bypassed"), case_of(room).bypassed)
    assert [("case", None)] == [(alert.rule, alert.suppression) for alert in room.open() if alert.active]


def test_armed_of_an_earlier_release_is_the_whole_area_and_its_rules_count_in_each_such_mode() -> None:
    room = Store(modes=("disarmed", "away", "home", "holiday"))
    room.ask(1, change("armed"))
    assert ({"store": "away"}, "away") == (room.engine.modes, case_of(room).mode)
    for at, mode, counts in ((10, "away", True), (20, "home", False), (30, "holiday", True)):
        room.ask(at, change(mode))
        room.step(at + 1, "d1.door=on")
        assert counts == any(alert.active for alert in room.open("intrusion")), mode
        room.ask(at + 2, change("disarmed"))
        room.step(at + 3, "d1.door=off")


def test_what_another_workflow_sets_has_its_entry_too() -> None:
    room = Store(Toy())
    room.ask(1, Close(by="tom", role="technician", mode="armed"))
    assert "arming.set" in facts(room.effects)
    said = next(fact for fact in room.effects.facts if fact.workflow == "arming")
    assert ("tom", {"mode": "armed"}) == (said.by, said.fields)
    assert ("armed", "tom") == (case_of(room).mode, case_of(room).by)


def test_each_of_several_changes_in_one_turn_is_written_and_the_case_is_as_things_stand() -> None:
    room = Store(Toy())
    effects = room.step(1, Close(by="tom", role="technician", mode="armed"), change("disarmed"))
    assert ["armed", "disarmed"] == [each.mode for each in effects.modes]
    assert {"armed", "disarmed"} == {each.fields["mode"] for each in effects.facts if each.workflow == "arming"}
    assert (room.engine.modes["store"], "disarmed") == ("disarmed", case_of(room).mode)


class Drill(Toy):
    """Arms the store in earnest or not, and opens its door; what was set heard by itself."""

    name, listens, book = "drill", Toy.listens.__class__(), "drills"

    def step(self, event: Any, cases: Any, world: Any, now: int) -> Moves:
        moves = super().step(event, cases, world, now)
        return Moves(cases=moves.cases, modes=moves.modes, stimuli=(Stimulus("d1", "door", True),))


def test_what_a_drill_arms_is_its_shadow_and_nothing_real() -> None:
    room = Store(Drill())
    effects: Effects = room.step(1, Close(by="tom", role="technician", mode="armed", origin="drill"))
    assert ({"store": "disarmed"}, []) == (room.engine.modes, effects.modes)
    (alert,) = room.open("intrusion")
    assert "drill" == alert.origin
    assert not [fact for fact in effects.facts if isinstance(fact, Fact) and fact.workflow == "arming"]
    room.step(2, "d1.door=on")
    assert ["drill"] == [alert.origin for alert in room.open("intrusion")]


def test_what_is_armed_in_earnest_goes_for_drills_too() -> None:
    room = Store(Drill())
    room.step(1, Close(by="tom", role="technician", mode="armed", origin="drill"))
    room.ask(2, change("disarmed"))
    room.step(3, Close(by="tom", role="technician", origin="drill"))
    assert not any(alert.active for alert in room.open("intrusion"))


def test_areas_that_belong_together_are_armed_together_or_none_of_them() -> None:
    room = KernelRoom(
        Arming(ArmingConfig(groups={"building": ("store", "hall")})),
        rules=(INTRUSION,),
        devices=(GATE, device("d2", "hall", signals=("door",))),
    )
    room.modes |= {"hall": "disarmed"}
    room.restart()
    room.step(1, "d1.door=off", "d2.door=off", "d2.door=on")
    both = ChangeModes(group="building", mode="armed", by="li", role="operator")
    assert ["arming.not_ready"] == keys(room.step(2, both))
    assert {"disarmed"} == set(room.engine.modes.values())
    room.step(3, "d2.door=off")
    room.ask(4, both)
    assert {"armed"} == set(room.engine.modes.values())
    assert ["li", "li"] == [fact.by for fact in room.effects.facts if fact.step == "set"]
    assert ["arming.no_group"] == keys(room.step(5, replace(both, group="yard")))


def test_modes_are_chosen_in_the_order_of_the_field_and_groups_by_name() -> None:
    modes = {"store": ("away", "our own", "disarmed"), "hall": ("disarmed", "maintenance", "home")}
    site = SiteFacts(areas={area: Place(area, Name(area), modes=its) for area, its in modes.items()})
    offered = Arming(ArmingConfig(groups={"b": ("hall",), "a": ("store",)})).choices(site)
    expected = {"mode": ["disarmed", "away", "home", "maintenance", "our own"], "group": ["a", "b"]}
    assert expected == offered
    assert {"mode": [], "group": []} == Arming().choices(SiteFacts())


def test_an_area_that_the_site_file_has_no_more_keeps_no_case() -> None:
    room = Store()
    room.ask(1, change())
    room.modes = {"hall": "disarmed"}
    room.restart(10)
    room.step(12)
    assert ["arming.removed"] == facts(room.effects)
    assert {} == room.kernel.cases.of("arming")
    room.restart(10)
    room.step(24)
    assert [] == facts(room.effects)
