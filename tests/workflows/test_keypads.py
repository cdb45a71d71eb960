"""Keypads: who armed, what they show, and what nobody learns from them."""

from typing import Any

import pytest

from alerts.effects import Effects
from alerts.route import Route
from alerts.site_facts import Place, SiteFacts
from devices.keypad import PERSON, Presented
from devices.message import Name
from tests.alerts.kernel.room import GATE, KernelRoom
from tests.alerts.timeline import device, rule
from workflows.arming import Arming
from workflows.keypads import Keypads, KeypadsConfig

INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["away"])
PAD = device("pad", kind="keypad", signals=("action", "arm_request"))
PANEL = device("panel", signals=("arm_request", "action"), tags=("arming",))
FOB = device("fob", signals=("arm_request",))


class Store(KernelRoom):
    """A door, a keypad, a panel that arms by itself."""

    def __init__(self, exit_s: float = 0) -> None:
        site = SiteFacts(
            areas={"store": Place("store", Name("Store"), modes=("disarmed", "away", "home"))},
            routes=(Route(name="front", devices=("d1",), exit_s=exit_s),),
        )
        flow = Keypads(KeypadsConfig(users={"panel": {"user 3": "li"}}))
        super().__init__(Arming(), flow, rules=(INTRUSION,), devices=(GATE, PAD, PANEL, FOB), site=site)

    def present(self, at: float, action: str = "", verdict: str = "known", **how: Any) -> Effects:
        fields = {"who": "li", "role": "operator"} if verdict in ("known", "duress") else {}
        return self.step(at, Presented("pad", action, **{**fields, "verdict": verdict, **how}))


def shown(effects: Effects) -> list[tuple[str, str]]:
    return [(str(order.value), order.channel) for order in effects.outputs if order.device == "pad"]


@pytest.mark.parametrize(("card", "proof"), [(False, "code"), (True, "card")])
def test_a_code_or_a_card_arms_under_a_name_and_the_keypad_shows_it(card: bool, proof: str) -> None:
    room = Store()
    effects = room.present(1, "armed", is_card=card, transaction=7)
    assert ({"store": "away"}, [("away", "7"), ("away", "")]) == (room.engine.modes, sorted(shown(effects))[::-1])
    (said,) = [fact for fact in effects.facts if fact.step == "set"]
    assert ("li", proof) == (said.by, said.fields["proof"])
    assert [("disarmed", "")] == shown(room.present(2))
    assert {"store": "disarmed"} == room.engine.modes


def test_a_person_without_an_account_arms_under_their_id() -> None:
    effects = (room := Store()).present(1, "armed", who="w17", role=PERSON)
    assert ({"store": "away"}, ["w17"]) == (
        room.engine.modes,
        [fact.by for fact in effects.facts if fact.step == "set"],
    )


def test_a_duress_code_does_and_shows_what_the_own_code_would() -> None:
    told = []
    for verdict in ("known", "duress"):
        room = Store()
        room.present(1, "armed")
        effects = room.present(2, "disarmed", verdict, transaction=9)
        told.append((room.engine.modes, shown(effects), [(fact.by, fact.fields) for fact in effects.facts]))
    assert told[0] == told[1]


@pytest.mark.parametrize("verdict", ["wrong", "locked", "locked_duress"])
def test_what_is_not_taken_is_answered_alike(verdict: str) -> None:
    room = Store()
    room.present(1, "armed")
    assert [("invalid_code", "")] == shown(room.present(2, "disarmed", verdict))
    assert {"store": "away"} == room.engine.modes


def test_a_keypad_that_was_locked_is_an_alert() -> None:
    room = Store()
    room.present(1, "disarmed", "wrong", locks=True)
    assert ["keypad-locked"] == [alert.rule for alert in room.open()]


def test_nobody_arms_over_an_open_door_and_an_account_that_only_watches_not_at_all() -> None:
    room = Store()
    room.site = SiteFacts(areas=room.site.areas)
    room.restart()
    room.step(1, "d1.door=on")
    assert [("not_ready", "")] == shown(room.present(2, "armed"))
    assert [("invalid_code", "")] == shown(room.present(3, "disarmed", role="kiosk"))
    assert {"store": "disarmed"} == room.engine.modes


@pytest.mark.parametrize(("user", "by"), [("user 3", "li"), ("user 9", "panel user 9"), ("", "panel")])
def test_a_panel_that_armed_itself_is_believed_under_a_name(user: str, by: str) -> None:
    room = Store()
    words = [f"panel.action.operator={user}"] if user else []
    effects = room.step(1, *words, "panel.arm_request=armed")
    assert {"store": "away"} == room.engine.modes
    assert [(by, "machine")] == [(fact.by, fact.fields["proof"]) for fact in effects.facts if fact.step == "set"]


def test_who_is_not_tagged_for_it_arms_nothing() -> None:
    room = Store()
    room.step(1, "fob.arm_request=armed", "pad.arm_request=armed", "~panel.arm_request=armed")
    assert {"store": "disarmed"} == room.engine.modes


def test_after_a_start_and_in_an_entry_keypads_show_how_it_stands() -> None:
    room = Store()
    room.present(1, "armed")
    room.restart(5)
    assert [("away", "")] == shown(room.step(7))
    assert [("entry_delay", "")] == shown(room.step(8, "d1.door=on"))
    room.restart(5)
    assert [("entry_delay", "")] == shown(room.step(15))
    assert [] == shown(room.step(37.9))
    assert [("away", "")] == shown(room.step(38))
    room.step(39, "d1.door=off")
    room.step(40, "d1.door=on")


def test_who_disarms_in_an_entry_ends_what_keypads_show_of_it() -> None:
    room = Store()
    room.present(1, "armed")
    room.step(2, "d1.door=on")
    assert [("disarmed", "")] == shown(room.present(3, "disarmed", "duress"))
    assert [] == shown(room.step(40))


def test_while_people_may_leave_keypads_show_that_and_then_how_it_stands() -> None:
    room = Store(exit_s=30)
    assert [("exit_delay", "")] == shown(room.present(1, "armed"))
    room.restart(5)
    assert [("exit_delay", "")] == shown(room.step(7))
    room.step(30.9)
    assert [("away", "")] == shown(room.step(31))
    assert [("disarmed", "")] == shown(room.present(40, "disarmed"))
    assert [("exit_delay", "")] == shown(room.present(50, "armed"))
    assert [("disarmed", "")] == shown(room.present(60, "disarmed"))
    assert [] == shown(room.step(90))


WINDOW = device("w1", "office", kind="window", signals=("window",))
BREAK_IN = rule("state", name="break-in", alert_class="intrusion", signals=["door", "window"], modes=["away"])


class Building(KernelRoom):
    """A keypad in the store that arms the office, too; one in the office for the office alone."""

    def __init__(self) -> None:
        modes = ("disarmed", "away", "home")
        areas = {name: Place(name, Name(name.title()), modes=modes) for name in ("store", "office")}
        self.modes_of_both = {"store": "disarmed", "office": "disarmed"}
        flow = Keypads(KeypadsConfig(areas={"pad": ("office",)}))
        inner = device("inner", "office", kind="keypad", signals=("action",))
        site = SiteFacts(areas=areas, routes=(Route(name="front", devices=("d1",), exit_s=0),))
        super().__init__(Arming(), flow, rules=(BREAK_IN,), devices=(GATE, WINDOW, PAD, PANEL, inner), site=site)

    def begin(self) -> None:
        self.modes = {**self.modes_of_both, **self.modes} if "office" not in self.modes else self.modes
        super().begin()

    def present(self, at: float, action: str = "", pad: str = "pad", verdict: str = "known") -> Effects:
        return self.step(at, Presented(pad, action, who="li", role="operator", verdict=verdict))  # type: ignore[arg-type]

    def shows(self, effects: Effects) -> dict[str, str]:
        """What each keypad shows last."""
        return {order.device: str(order.value) for order in effects.outputs}


def test_a_keypad_of_several_areas_arms_all_of_them_under_one_name() -> None:
    room = Building()
    effects = room.present(1, "armed")
    assert {"store": "away", "office": "away"} == room.engine.modes
    assert [("store", "li"), ("office", "li")] == [(one.area, one.by) for one in effects.facts if one.step == "set"]
    assert {"pad": "away", "inner": "away"} == room.shows(effects)
    effects = room.present(2, verdict="duress")
    assert {"store": "disarmed", "office": "disarmed"} == room.engine.modes
    assert {"pad": "disarmed", "inner": "disarmed"} == room.shows(effects)


def test_it_arms_none_where_one_is_not_ready() -> None:
    room = Building()
    room.step(1, "w1.window=on")
    assert {"pad": "not_ready"} == room.shows(room.present(2, "armed"))
    assert {"store": "disarmed", "office": "disarmed"} == room.engine.modes


def test_it_shows_armed_once_all_are_and_a_code_alone_disarms_what_is_armed() -> None:
    room = Building()
    assert {"pad": "disarmed", "inner": "away"} == room.shows(room.present(1, "armed", "inner"))
    room.restart(5)
    assert {"pad": "disarmed", "inner": "away"} == room.shows(room.step(7))
    room.present(8)
    assert {"store": "disarmed", "office": "disarmed"} == room.engine.modes
    room.present(9, "armed", "inner")
    effects = room.present(10, "armed")
    assert {"store": "away", "office": "away"} == room.engine.modes
    assert ["store"] == [one.area for one in effects.facts if one.step == "set"]
    assert "away" == room.shows(effects)["pad"]


def test_an_entry_in_any_of_its_areas_is_shown() -> None:
    room = Building()
    room.present(1, "armed")
    assert {"pad": "entry_delay"} == room.shows(room.step(2, "d1.door=on"))
    assert {"pad": "disarmed", "inner": "disarmed"} == room.shows(room.present(3))


@pytest.mark.parametrize(
    ("areas", "place"), [({"nobody": ("store",)}, ("areas", "nobody")), ({"pad": ("cellar",)}, ("areas", "pad", 0))]
)
def test_what_it_arms_must_be_there(areas: dict[str, tuple[str, ...]], place: tuple[str | int, ...]) -> None:
    site = SiteFacts(areas={"store": Place("store", Name("Store"))}, devices=(PAD,))
    assert [place] == [fault.path for fault in KeypadsConfig(areas=areas).check(site)]
