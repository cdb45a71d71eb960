"""Arming: who may, what is written of it, and that no change of a mode is without a name."""

from typing import Any

import pytest

from alerts.effects import Effects, ModeChanged
from alerts.facts import Fact
from alerts.moves import Stimulus
from alerts.site_facts import Place, SiteFacts
from alerts.workflow import Moves
from api.catalogue import language
from devices.message import Name
from gateway.stores.books import read_books
from ledger.journal import drafts_of
from tests.alerts.kernel.room import GATE, KernelRoom, facts, keys
from tests.alerts.kernel.toy import Close, Toy
from tests.alerts.timeline import START, rule
from workflows.arming import ArmedArea, Arming, ChangeMode

SITE = SiteFacts(areas={"store": Place("store", Name("Chemical store", "化学品库"))})
INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["armed"])


class Store(KernelRoom):
    """A store with a door."""

    choices = {"store": ("disarmed", "armed")}

    def __init__(self, *others: Any) -> None:
        super().__init__(Arming(), *others, rules=(INTRUSION,), devices=(GATE,), site=SITE)


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


@pytest.mark.parametrize(("code", "text"), [("en", "Chemical store: armed"), ("zh", "化学品库：布防")])
def test_the_ledger_says_it_in_the_sites_language_with_fields_of_its_book(code: str, text: str) -> None:
    room = Store()
    room.ask(1, change(note="closing time"))
    (draft,) = drafts_of(room.effects, START, render=language(code).show)
    assert ("arming", "li", "store", text) == (draft.book, draft.by, draft.area, draft.fields["text"])
    assert draft.fields.keys() <= {field.name for field in read_books()["arming"].fields}


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


def test_arming_finds_what_is_open_and_disarming_ends_it() -> None:
    room = Store()
    room.step(1, "d1.door=on")
    room.ask(2, change())
    (alert,) = room.open("intrusion")
    assert alert.active
    room.ask(3, change("disarmed"))
    assert not room.open("intrusion")[0].active


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
