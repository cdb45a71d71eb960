"""sia_dc09: ANSI/SIA DC-09, how alarm panels report over TCP and UDP, in Contact ID or in SIA codes, perhaps with AES.

Firmware seen: none by name; frames recorded in the field and of two independent senders. Source of the format: what is
published of DC-09 (2007 to 2026), DC-05 and DC-03, and what panels do beside them. Example, a fire alarm in zone 17::

    <LF>62A8003B"ADM-CID"0042L0#1234[#1234|1111 01 017]_08:30:15,11-24-2026<CR>

Addresses: the panel is its account, ``1234``; a partition ``1234/1``; a zone ``1234/1.17`` (numbers without leading
zeros; ``1234/0.17`` where no partition is told); a door ``1234/1.door3``. Each is a device of its own, and one that is
not registered waits in quarantine like any other: register every zone, or set ``zones = "panel"``, which says all of
them as channels of the panel (``smoke.1-17``).

Every message, also a link test (``NULL``, ``XNM``), says ``online`` of the panel; give it an ``interval_s``. What an
event comes to follows its code: 111 and FA are ``smoke`` and ``fire``, 130 and BA ``intrusion``, 301 and AT ``mains``
false, 570 and BB ``disabled``, 401 and OP or CL ``arm_request``; what is no state is an ``action``. An alarm whose code
is in no table keeps its class (1 ``alarm``, 2 ``supervisory``, 3 ``fault``) and is noted. An alarm that is told again
is a new one, which sounds again. Its cause ends by its restore (3130, BR, BH, FR ...); burglary also by a cancel (406,
BC, OC), a fire by FC or XI, panic by 465, all of them by a reset of the panel (305, 313, RN). With ``zones = "panel"``
only the reset of the whole panel does so.

Nothing is silently gone. A message that is refused for its time shows as ``fault.clock`` of the panel, yet an alarm in
it is believed if the panel has no key; an event that nobody can read, or a frame whose sum or length is wrong twice in
turn, is ``fault.message`` until the next that can be read; a message that is not of the panel's key is ``fault.key``
until the next that is. Who is not registered waits in quarantine, with the reason; who does not even say his account,
as ``no account``.

Keys: ``"dc09/1234"`` in the key file, the account in capitals. An event is confirmed (ACK) after it is stored; said
twice within a minute, or with the same time, it is confirmed twice and reported once. NAK tells a panel with a wrong
clock the time, DUH that it was not understood. What fails its sum is not answered, so that the panel sends it again.
"""

from collections.abc import Callable

from devices.codec import Key, Line
from devices.codecs.sia_dc09.options import Options
from devices.codecs.sia_dc09.reporting import ReportingCentre
from devices.codecs.sia_dc09.session import SiaDc09Line
from devices.codecs.sia_dc09.shared import Shared
from devices.reading import SECOND


class SiaDc09Codec:
    """SIA DC-09 on a line, as devices.families finds it."""

    family = "sia_dc09"
    options = Options
    answers_for_parts = True
    centre = ReportingCentre()

    def open_line(self, name: str, options: Options, key: Key) -> Callable[[], Line]:
        shared = Shared(int(options.repeated_within_s * SECOND))
        return lambda: SiaDc09Line(options, key, shared)


CODEC = SiaDc09Codec()
