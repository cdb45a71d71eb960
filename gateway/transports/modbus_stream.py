"""Which answer belongs to which question, on a stream whose frames carry no number.

An RTU frame says its unit, its function and how much it holds, but not which question it answers. One that comes after
its time was over would answer the next question of its kind: a temperature would be read as the smoke bit. So what
lies on the line before a question is read away, what is of another unit, function or length is left out while an answer
is waited for, and after a silence a unit is left alone for a while and its first answer is not believed, but asked for
again when all is quiet. All that is left out is counted and told. No I/O and no clock.

The pause after a silence is 3 s (serial 1 s; twice the lateness that was seen, at most 60 s), then two timeouts of
quiet before the question is put again: a lost frame costs the unit's next reading about 4 s (serial 2 s). To close the
connection does not help: a device server gives what its bus brings to whoever is connected now. Modbus TCP pairs by its
number; there only the gateway's own "no answer from the target" raises the doubt.
"""

from collections import Counter

from pymodbus.framer.rtu import FramerRTU

from devices.message import Text

LATE_S, LATE_SERIAL_S = 3.0, 1.0
"""How late an answer may be, until a later one has been seen: a serial server on a slow network keeps some for long."""
MOST_LATE_S = 60.0
_SHORTEST = 5
_READS = (1, 2, 3, 4)
_ERROR = 0x80


def first_frame(data: bytes) -> bytes:
    """The RTU frame that the bytes begin with, if it is whole, its sum is right and it answers a read; else nothing."""
    if len(data) < _SHORTEST:
        return b""
    function = data[1]
    length = _SHORTEST + data[2] if function in _READS else _SHORTEST if function & ~_ERROR in _READS else 0
    frame = data[:length]
    is_whole = 0 < length <= len(data)
    is_good = is_whole and FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:], "big"))
    return frame if is_good else b""


class Pairing:
    """The question that is out, and what those that came to nothing still owe."""

    def __init__(self, late_s: float) -> None:
        """``late_s``: how late an answer may be."""
        self.late_s = late_s
        self.left_out = 0
        """Bytes, since the start."""
        self._question: tuple[int, int, int] = (0, 0, 0)
        self._sifted = b""
        self._gave_up: dict[int, float] = {}
        self._strays: Counter[Text] = Counter()

    def asks(self, unit: int, function: int, size: int) -> None:
        """``size`` is the bytes of registers or bits that its answer holds."""
        self._question, self._sifted = (unit, function, size), b""

    def gave_up(self, now: float) -> float:
        """Its time is over; until when its answer may yet come."""
        self._gave_up[self._question[0]] = now
        return now + self.late_s

    def sifted(self, data: bytes, now: float) -> bytes:
        """All that came since the question, without whole answers to other questions at its front."""
        data = data.removeprefix(self._sifted)
        while (frame := first_frame(data)) and not self._answers(frame):
            self._stray(frame, now)
            self._sifted += frame
            data = data[len(frame) :]
        return data

    def read_away(self, data: bytes, now: float) -> None:
        """What lay on the line before a question."""
        while data:
            frame = first_frame(data)
            self._stray(frame or data, now)
            data = data[len(frame) :] if frame else b""

    def told(self) -> list[Text]:
        """What was left out since the last time, in texts that stay the same."""
        told = list(self._strays)
        self._strays.clear()
        return told

    def _answers(self, frame: bytes) -> bool:
        unit, function, size = self._question
        return frame[0] == unit and (frame[1] == function | _ERROR or (frame[1] == function and frame[2] == size))

    def _stray(self, data: bytes, now: float) -> None:
        self.left_out += len(data)
        if not first_frame(data):
            self._strays[Text.of("modbus_bus.not_asked")] += 1
            return
        gave_up = self._gave_up.get(data[0])
        if gave_up is not None:
            self.late_s = min(MOST_LATE_S, max(self.late_s, 2 * (now - gave_up)))
        self._strays[Text.of("modbus_bus.late", unit=data[0])] += 1
