"""How a condition stands in the state of a component (GB/T 26875.3-2011, table 5 and figure 7), as data.

A line is: condition, type of the component, the bit that it sets. Bit 1 is fire, 2 fault, 3 shielded, 4 supervised,
8 power fault. The table of components knows no door, no burglary and no hold-up: a fire centre is told of none.
"""

import msgspec

from devices.centre import Condition

_TABLE = """
call_point   23  1
fire         25  1
smoke        40  1
heat         30  1
flame        69  1
water_flow   96  1
gas          10  1
co           74  1
leak         92  4
supervisory   0  4
tamper        0  2
fault         0  2
battery_low   0  8
mains         0  8
lost          0  2
"""


def _read(table: str) -> dict[Condition, tuple[int, int]]:
    """Raises ValidationError for a condition that there is not."""
    rows = (line.split() for line in table.strip().splitlines())
    told = {name: (int(component), int(bit)) for name, component, bit in rows}
    return msgspec.convert(told, dict[Condition, tuple[int, int]])


COMPONENT_STATES = _read(_TABLE)
"""By condition: type of component, bit."""

DEVICE_STATES: dict[Condition, int] = {"gateway": 2, "transmission": 5}
"""By condition, the bit in the state of the transmission device itself (figure 13)."""
NORMAL = 1
"""Bit 0: it runs; 0 would say that it is being tested."""
OPERATIONS: dict[Condition, int] = {"duty_answer": 5, "test": 6, "drill_begun": 6, "drill_over": 6}
"""By condition, the bit of an operation of the transmission device (figure 14): the duty check was answered; test.

A drill is told as a test when it begins and when it is over. The state of the device keeps its bit 0 (normal): a centre
that reads it as "in test" would take no fire in earnest that comes meanwhile."""
