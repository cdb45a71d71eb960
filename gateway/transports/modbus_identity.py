"""Who a Modbus unit says it is: function 0x2B, MEI type 0x0E (Modbus Application Protocol V1.1b3, 6.21)."""

import struct

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.exceptions import ModbusException

IDENTIFY = 0x2B
_BASIC, _REVISION = 1, 2
"""The objects that each must have, and the one of them that is the revision."""
_LONGEST = 64
_FAULTS_ON_HOSTILE_BYTES = (AttributeError, IndexError, TypeError, ValueError, struct.error)
"""Of the library, which must not stop the others."""


def revision_of(client: ModbusSerialClient | ModbusTcpClient, unit: int) -> str:
    """The revision of its firmware, "" if it says none. Raises ModbusException: no answer, or no sense in it."""
    try:
        answer = client.read_device_information(read_code=_BASIC, object_id=0, device_id=unit)
        objects: dict[int, bytes] = getattr(answer, "information", {})
        revision = objects.get(_REVISION, b"").decode("ascii").strip()[:_LONGEST]
    except _FAULTS_ON_HOSTILE_BYTES as error:
        raise ModbusException(repr(error)[:_LONGEST]) from error
    return revision if revision.isprintable() else ""
