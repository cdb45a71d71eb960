"""What a condition is called at an alarm receiving centre: Contact ID (SIA DC-05) and SIA codes (DC-03), as data.

A line is: condition, Contact ID code and the general one for a centre that does not know it, SIA code when it begins
and when it is over, whether the last number counts a zone (Z), a user (U) or nothing (-).
"""

import msgspec

from devices.centre import Condition

_TABLE = """
call_point      115 110  FA FH  Z
fire            110 110  FA FH  Z
smoke           111 110  FA FH  Z
heat            114 110  KA KH  Z
flame           117 110  FA FH  Z
water_flow      113 110  SA SH  Z
gas             151 150  GA GH  Z
co              162 151  GA GH  Z
hold_up         120 120  PA PH  Z
silent_hold_up  122 120  HA HH  Z
duress          121 120  HA HH  U
intrusion       130 130  BA BH  Z
perimeter       131 130  BA BH  Z
interior        132 130  BA BH  Z
forced_door     423 130  DF DR  Z
access          421 421  DD DD  U
tamper          144 137  TA TR  Z
leak            154 150  WA WH  Z
supervisory     200 300  FS FV  Z
fault           380 300  UT UJ  Z
battery_low     384 380  XT XR  Z
mains           301 301  AT AR  -
lost            381 380  UY UJ  Z
gateway         300 300  YX YZ  -
transmission    354 350  YC YK  -
opening         401 401  OP OP  U
closing         401 401  CL CL  U
drill_begun     601 601  RX RX  -
drill_over      601 601  TX TX  -
test            602 602  RP RP  -
"""


ENDS = frozenset[Condition]({"closing", "drill_over"})
"""What Contact ID says with the qualifier of an end (3) though it happened: a closing, and that a manual test is over.

A drill is told by the code of a manual test (601; RX, then a test report TX). Neither 607 nor TS and TE are used, which
put the account into test at a receiver: what is real must be worked on as ever."""


class ReportingCode(msgspec.Struct, frozen=True):
    """One line of the table."""

    contact_id: str
    general: str
    begins: str
    ends: str
    counts: str


def _read(table: str) -> dict[Condition, ReportingCode]:
    """Raises ValidationError for a condition that there is not."""
    rows = (line.split() for line in table.strip().splitlines())
    fields = ReportingCode.__struct_fields__
    told = {name: dict(zip(fields, columns, strict=True)) for name, *columns in rows}
    return msgspec.convert(told, dict[Condition, ReportingCode])


REPORTING_CODES = _read(_TABLE)
"""By condition."""
