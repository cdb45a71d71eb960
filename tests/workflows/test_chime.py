"""A chime: a door opens while its area is disarmed."""

import pytest

from tests.alerts.kernel.room import GATE, KernelRoom
from tests.alerts.timeline import device
from workflows.chime import Bell, Chime, ChimeConfig

BELL = ChimeConfig(bells=(Bell(devices=("d1",), outputs=("bell",), for_s=2),))


def room_of(mode: str) -> KernelRoom:
    room = KernelRoom(Chime(BELL), rules=(), devices=(GATE, device("w", signals=("door",)), device("bell")))
    room.modes["store"] = mode
    room.restart()
    room.step(1, "d1.door=off", "w.door=off")
    return room


@pytest.mark.parametrize(("mode", "sounds"), [("disarmed", 1), ("maintenance", 1), ("away", 0), ("home", 0)])
def test_a_door_that_opens_chimes_where_nobody_is_guarded_against(mode: str, sounds: int) -> None:
    room = room_of(mode)
    orders = room.step(2, "d1.door=on").outputs
    assert [("bell", "buzzer", True, 2)] * sounds == [(o.device, o.what, o.value, o.duration_s) for o in orders]
    assert not room.step(3, "d1.door=on").outputs  # told again, it has not opened again


def test_others_do_not_chime_nor_what_is_found_open() -> None:
    room = room_of("disarmed")
    assert not room.step(2, "w.door=on").outputs
    assert not room.step(3, "d1.door=off").outputs
    room.restart(5)
    assert not room.step(9, "~d1.door=on").outputs
