"""gbt26875: GB/T 26875.3-2011, how fire alarm transmission devices (用户信息传输装置) speak to a monitoring centre.

Firmware seen: none by name; recorded frames of several makers and the standard's own tables. This is the edition of
2011, which all deployed devices speak (GB 26875.9-2026 and GB/T 26875.1-2026 rewrite the family; a new part 3 will be
a family of its own). Source of the format: the standard's tables 1 to 6 and figures 5 to 14, and what makers do beside
it. Example, a photoelectric smoke detector in alarm (``..`` stands for the padding of the text)::

    40 40 01 00 01 00 0F 1E 08 18 0B 1A E9 03 00 00 00 00 01 00 00 00 00 00 30 00 02
    02 01 01 01 2A 02 00 11 00 03 00 41 B6 B0 33 B2 E3 .. 00 0F 1E 08 18 0B 1A C3 23 23

Addresses: the transmission device is its source address as it stands in the frame, ``e90300000000``; a system
``e90300000000/1.1`` (system type and address); a component ``e90300000000/1.1.02001100``, or ``.2-17`` (zone and
point) with ``split_address``. Every good frame says ``online`` of the transmission device; give it an ``interval_s``.
What bit 1 of a component means follows its type: ``smoke``, ``heat``, ``flame``, ``call_point``, ``water_flow``,
``gas_alarm``, ``supervisory.electrical`` (electrical fire monitors warn), else ``fire``. Operations are ``action``
(``reset``, ``silence``, ``duty_check_reply`` ...) with ``action.operator``; a manual alarm is ``call_point`` until
reset or cleared.

An upload is confirmed after it is stored, denied at once when its check fails; sent twice, it is confirmed twice and
reported once. Types of makers are confirmed and noted, types without a reading (configuration, version) name the model
and the firmware. An upload that fits no layout is denied, and ``fault.message`` of the device until the next that does.
A reserved command is denied (6.5.3), but for 0 and 7 with ``register_first``; reserved bits are noted.

An alarm with another time than before is a new one, which sounds again. A system's bit 13, and the operations ``reset``
and ``alarm_cleared`` of a system or of the device, end the cause of all alarms behind it, whatever its components say;
one from before the newest alarm ends nothing.
"""

from collections.abc import Callable

from devices.codec import Key, Line
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.reporting import ReportingCentre
from devices.codecs.gbt26875.session import Gbt26875Line
from devices.codecs.gbt26875.shared import Shared


class Gbt26875Codec:
    """GB/T 26875.3-2011 on a line, as devices.families finds it."""

    family = "gbt26875"
    options = Options
    answers_for_parts = True
    centre = ReportingCentre()
    one_caller = True

    def open_line(self, name: str, options: Options, key: Key) -> Callable[[], Line]:
        shared = Shared()
        return lambda: Gbt26875Line(options, shared)


CODEC = Gbt26875Codec()
