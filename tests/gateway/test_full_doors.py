"""A door with too many callers is a fault of that part, told once and over once, and its line stays up."""

from devices.message import plain
from gateway.full_doors import is_told_full
from gateway.transports.socket_line import FULL
from tests.words import english


def test_a_full_door_is_a_fault_and_no_lost_line() -> None:
    died = plain("died")
    faults = {"socket other": died}
    said: list[tuple[str, bool]] = []

    def say(device: str, *, fault: bool) -> None:
        said.append((device, fault))

    assert not is_told_full("panels", "up", faults, say)
    assert is_told_full("panels", f"{FULL}64 callers", faults, say)
    assert english(faults["socket panels"]).startswith("64 callers are as many as it may have")
    assert not is_told_full("panels", "lost: x", faults, say)
    assert not is_told_full("other", "up", faults, say)
    assert not is_told_full("panels", "up", faults, say)
    assert ({"socket other": died}, [("part:socket panels", True), ("part:socket panels", False)]) == (faults, said)
