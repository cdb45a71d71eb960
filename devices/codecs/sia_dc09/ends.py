"""What ends the cause of alarms besides their own restore: a user's cancel, a reset.

A cancel at the keypad says that the alarm was none of burglary; it puts out no fire, so that a fire's cause ends by its
own restore, a fire cancel or a reset alone. A hold-up ends by its restore or its own reset: whoever is held up may be
made to cancel. The alert stays latched here whatever the panel says, until a person resets it.

Many panels send no restore, only a cancel and an opening. A restore ends what its zone had told by any code of that
signal; a cancel (406, BC, OC) ends burglary and plain alarms of its partition; FC and XI the fire of their zone; 465
panic; 305, 313 and RN all. An opening (401, OP) ends nothing. The price: with ``zones = "panel"`` a cancel ends
nothing (its zones are channels of one device), and a person ends the alert.
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
