"""What ends the cause of alarms besides their own restore: a user's cancel, a reset.

A cancel at the keypad says that the alarm was none of burglary; it puts out no fire, so that a fire's cause ends by its
own restore, a fire cancel or a reset alone. A hold-up ends by its restore or its own reset: whoever is held up may be
made to cancel. The alert stays latched here whatever the panel says, until a person resets it (docs/adr/0167).
"""

from devices.codecs.sia_dc09.event import EVERYTHING

_FIRE = ("fire", "smoke", "heat", "flame", "water_flow", "call_point")

ENDS: dict[str, tuple[str, ...]] = {
    "!reset": EVERYTHING,
    "!cancel": ("intrusion", "alarm"),
    "!panic": ("panic",),
    "!fire": _FIRE,
}
"""By the effect that a table of codes names."""
