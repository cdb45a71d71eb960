"""What cures an alarm that comes too often, by what raises it: the one table that all who suggest a cure share.

Deadbands and delays are the starting values of ISA-18.2-2016 and EEMUA 191. On what guards life none is ever suggested.
"""

DEADBANDS = {"temperature": (1, 60), "pressure": (2, 15), "level": (5, 60), "flow": (5, 15)}
"""By signal: share of the range in percent, and seconds of delay."""
OTHER_DEADBAND = (5, 15)
CONTACTS = frozenset({"door", "lock", "tamper"})
LINKS = frozenset({"online", "fault", "mains", "battery_low"})
