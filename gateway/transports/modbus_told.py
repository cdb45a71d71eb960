"""What a bus tells of its units, in the families' words; each part of a unit under its own address."""

import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace
from pymodbus.exceptions import ConnectionException
from pymodbus.pdu import ModbusPDU

from devices.codec import Decoded, Report
from devices.device import Device
from devices.modbus_map import BIT_KINDS, RegisterMap, channels
from devices.reading import Value
from gateway.transports.modbus_polls import Poll

Values: TypeAlias = list[tuple[str, Value]]
_OF_THE_UNIT = frozenset({"online", "fault.registers"})
"""What holds for all parts of a unit."""


class Parts:
    """Who hangs on which unit: ``7`` is all of it, ``7/3`` what its map calls channel 3 (``smoke.3``), and no more.

    What an installed part says is not said of its unit once more. Where the unit itself is not installed, each part
    hears of its presence.
    """

    def __init__(self, devices: Sequence[Device], maps: Mapping[str, RegisterMap]) -> None:
        """``maps`` are the register maps by model."""
        self.units = tuple(dict.fromkeys((unit_of(device.address), device.model) for device in devices))
        self._addresses: dict[tuple[str, str], set[str]] = {}
        for device in devices:
            self._addresses.setdefault((str(unit_of(device.address)), device.model), set()).add(device.address)
        self._channels = {model: channels(maps[model]) for _, model in self.units if model in maps}

    def told(self, report: Report) -> list[Report]:
        """A unit's report as those of who is installed there."""
        addresses = self._addresses.get((report.address, report.model), set())
        parts = {address.partition("/")[2] for address in addresses} - {""}
        if not parts:
            return [report]
        known = self._channels.get(report.model, {})
        own: Values = []
        theirs: dict[str, Values] = {part: [] for part in sorted(parts)}
        is_unit_installed = report.address in addresses
        for signal, value in report.values:
            part, name = known.get(signal, ("", signal))
            if part in theirs:
                theirs[part].append((name, value))
            elif signal in _OF_THE_UNIT and not is_unit_installed:
                for values in theirs.values():
                    values.append((signal, value))
            else:
                own.append((signal, value))
        is_told = own or is_unit_installed
        return [replace(report, values=tuple(own))] * bool(is_told) + [
            replace(report, address=f"{report.address}/{part}", values=tuple(values))
            for part, values in theirs.items()
            if values
        ]


def unit_of(address: str) -> int:
    """The number of the unit that an address names."""
    return int(address.partition("/")[0])


def payload(poll: Poll, answer: ModbusPDU) -> bytes | None:
    """The registers, high byte first, or the bits, lowest first; None if they are not as many as asked for."""
    count = poll.request.count
    if poll.request.kind in BIT_KINDS:
        if len(answer.bits) != (count + 7) // 8 * 8:
            return None
        number = sum(1 << place for place, bit in enumerate(answer.bits[:count]) if bit)
        return number.to_bytes((count + 7) // 8, "little")
    return struct.pack(f">{count}H", *answer.registers) if len(answer.registers) == count else None


def online(poll: Poll, *, is_online: bool) -> Decoded:
    return Decoded((Report(str(poll.unit.number), (("online", is_online),), model=poll.unit.model),))


def unreadable(poll: Poll, *, is_unread: bool) -> Decoded:
    """Some registers of a unit that lives cannot be read: whoever believes it is well does not see what they hold."""
    return Decoded((Report(str(poll.unit.number), (("fault.registers", is_unread),), model=poll.unit.model),))


def reason(error: Exception) -> str:
    """Why the line is lost, without what changes from one time to the next."""
    if isinstance(error, ConnectionException):
        cause = error.__context__
        return str(cause) if isinstance(cause, OSError) else "the other end has closed it"
    return str(error)


def nothing() -> None:
    """A poll needs no answer after the commit: the next one is due anyway."""


def nothing_for(_reason: str) -> None:
    """Nor a denial."""
