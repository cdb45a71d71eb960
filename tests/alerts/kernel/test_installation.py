"""What workflows order on devices is done whole or not; an ask may be only looked at; a case may hear a device."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.case import Case
from alerts.heard import Installed as InstalledAnew
from alerts.heard import Listens, Spoken
from alerts.kernel.consent import Give
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.device import Device
from devices.device_service import DeviceService
from devices.installed import Check, Installed
from devices.message import Text, plain
from devices.orders import Retire
from devices.reading import Instant
from tests.alerts.kernel.room import BUTTON, GATE, SMOKE, KernelRoom, keys

WRONG = (0, "area", plain("there is no such area"))


class Listening(Case, frozen=True, kw_only=True):
    """``words``: what its device said since."""

    words: int = 0


class TakeDown(Ask, tag="take_down", frozen=True, kw_only=True):
    """Retire these."""

    ROLES = frozenset({"technician"})

    devices: tuple[str, ...]


class Listen(Ask, tag="listen", frozen=True, kw_only=True):
    """Hear a device."""

    ROLES = frozenset({"technician"})

    device: str


class Hands(Workflow[Listening]):
    """Not for use."""

    name, book, case = "hands", "", Listening
    asks = (TakeDown, Listen)
    listens = Listens(installed=True)
    installs = True

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, TakeDown) and any(world.is_danger_point(world.devices[name]) for name in ask.devices)

    def wanted(self, ask: Any, world: World) -> Text:
        return plain(f"down with {', '.join(ask.devices)}")

    def check(self, ask: Any, cases: Mapping[str, Listening], world: World, now: Instant) -> None:
        for device in getattr(ask, "devices", ()):
            world.installation.in_service(device)

    def step(self, event: Heard, cases: Mapping[str, Listening], world: World, now: Instant) -> Moves:
        match event:
            case TakeDown():
                return Moves(devices=tuple(Retire(device, f"{event.by} + {event.second}") for device in event.devices))
            case Listen():
                return Moves(cases=(Listening(id=event.device, hears=(event.device,)),))
            case Spoken():
                case_ = cases[event.device]
                return Moves(cases=(replace(case_, words=case_.words + len(event.readings)),))
            case InstalledAnew():
                return Moves(
                    cases=tuple(replace(c, is_open=False) for c in cases.values() if c.id not in world.devices)
                )
        return Moves()


def _fits(_device: Device) -> list[tuple[str, Text]]:
    return []


@pytest.fixture
def room() -> KernelRoom:
    check: Check = _fits
    service = DeviceService(Installed({device.id: device for device in (SMOKE, BUTTON, GATE)}), check)
    return KernelRoom(Hands(), installation=service)


def ask(*devices: str, **more: Any) -> TakeDown:
    return TakeDown(by="li", role="technician", devices=devices, **more)


def test_what_is_ordered_is_done_and_told_with_the_answer(room: KernelRoom) -> None:
    effects = room.step(1, ask("d1"))
    (answer,) = effects.answered
    assert [("retired", "d1")] == [(change.action, change.device) for change in effects.devices]
    assert tuple(effects.devices) == answer.changes


def test_one_order_that_cannot_be_leaves_the_others_undone(room: KernelRoom) -> None:
    effects = room.step(1, ask("d1", "d1"))
    assert (["registration.retired"], []) == (keys(effects), effects.devices)
    assert not room.step(2, ask("d1")).refused


def test_an_ask_that_is_only_looked_at_says_what_would_follow_and_does_nothing(room: KernelRoom) -> None:
    for _ in range(2):
        effects = room.step(1, ask("s1", only_check=True))
        (answer,) = effects.answered
        assert (True, "retired", []) == (answer.waits, answer.changes[0].action, effects.devices)
        assert {} == effects.cases
    assert keys(room.step(2, ask("nobody", only_check=True)))


def test_a_second_person_reads_the_workflows_own_words(room: KernelRoom) -> None:
    effects = room.step(1, ask("s1"))
    (alert,) = (event.alert for event in effects.alerts)
    assert ("consent.waits", plain("down with s1")) == (alert.text.key, alert.text.params["what"])
    case = effects.answered[0].case
    assert room.kernel.installs(Give(case=case))
    done = room.step(2, Give(case=case, by="wang", role="operator"))
    assert ["li + wang"] == [change.by for change in done.devices]


def test_what_waits_and_was_never_told_is_told_at_a_start(room: KernelRoom) -> None:
    room.step(1, ask("s1"))
    room.alerts.clear()
    room.restart(5)
    room.step(6)
    assert ["workflow:consent"] == [alert.rule for alert in room.open()]
    room.restart(5)
    assert [] == room.step(12).alerts


def test_a_case_hears_all_that_its_device_says_and_nothing_else(room: KernelRoom) -> None:
    room.step(1, Listen(by="li", role="technician", device="d1"))
    effects = room.step(2, "d1.door=on", "d1.battery=1", "s1.smoke=on")
    assert {("hands", "d1"): 2} == {name: case.words for name, case in effects.cases.items()}  # type: ignore[attr-defined]
    room.engine.set_devices([SMOKE, BUTTON], room.now)
    room.step(3)
    assert not room.kernel.cases.hearing


def test_what_is_wrong_with_the_fields_of_an_ask_is_told_by_field() -> None:
    service = DeviceService(Installed({}), lambda _device: [("area", plain("there is no such area"))])

    class Adopting(Hands):
        def check(self, ask: Any, cases: Mapping[str, Listening], world: World, now: Instant) -> None:
            from devices.orders import Adopt

            world.installation.rehearse(Adopt(GATE, "li"), now)

    room = KernelRoom(Adopting(), installation=service)
    effects = room.step(1, ask("d1"))
    assert {0: (WRONG,)} == effects.faults
