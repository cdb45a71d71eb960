"""The armed modes of a key area, as the field calls them, and which rules count in them.

``armed`` is the word of earlier releases for an area that is armed as a whole. It goes on: a rule that names it counts
in every mode of a whole area, and to whoever still asks for it, it is the first of these that the area has.
"""

from collections.abc import Collection, Iterable

DISARMED, ARMED, MAINTENANCE = "disarmed", "armed", "maintenance"
MODES = (DISARMED, "away", "home", "night", "holiday", MAINTENANCE)
"""Nobody is guarded against; nobody is in; people are in; they sleep; nobody is in for days; people work on it."""
WHOLE = (ARMED, "away", "holiday")
"""Nobody is in: each of its sensors counts."""
DELAYS = "arming"
"""The workflow whose cases, one an area, say until when its delays run: ``exit_until`` and ``entry_until``."""
OPEN = (DISARMED, MAINTENANCE)
"""People go in and out. No mode takes a fire, gas, hold-up, tamper, call-point or 24-hour sensor out."""


def order_of(mode: str) -> tuple[int, str]:
    """By which people read modes: those of the field in their order, then a site's own by name."""
    return MODES.index(mode) if mode in MODES else len(MODES), mode


def counts_in(modes: Collection[str], mode: str) -> bool:
    """Whether a rule with these modes counts in that one; without any it always does."""
    return not modes or mode in modes or (ARMED in modes and mode in WHOLE)


def is_armed(mode: str) -> bool:
    """Whether people are not to go in and out; a mode of the site's own arms it."""
    return mode not in OPEN


def meant(mode: str, choices: Iterable[str]) -> str:
    """The mode of these that is meant: what an earlier release called ``armed``, or itself."""
    choices = tuple(choices)
    if mode == ARMED and mode not in choices:
        return next((each for each in choices if each in WHOLE), mode)
    return mode
