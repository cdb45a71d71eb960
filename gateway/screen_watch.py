"""Looks at the screens of the console: one that cannot sound is a fault; so is it if none may show a silent alarm."""

import asyncio
from collections.abc import Callable

from api.screens import Screens
from devices.reading import SECOND, Instant
from gateway.own_devices import MUTE_SCREENS, SILENT_SCREENS

_EVERY_S = 1.0
_NO_SCREEN_AFTER, _STOOD_STILL = 60 * SECOND, 5 * SECOND


class ScreenWatch:
    """``waits``: the site counts on a screen for silent alarms; ``is_watched`` says whether one is open.

    ``say`` is told each device whose fault has come or gone. The first word is always said: the last process may have
    known otherwise.
    """

    def __init__(
        self,
        screens: Screens,
        *,
        waits: bool,
        is_watched: Callable[[], bool],
        say: Callable[[str, bool], None],
    ) -> None:
        self._screens, self._waits, self._is_watched, self._say = screens, waits, is_watched, say
        self._looked_at: Instant | None = None
        self._watched_at: Instant = 0
        self._told: dict[str, bool] = {}

    async def run(self, now: Callable[[], Instant]) -> None:
        """Look once a second until cancelled."""
        self._looked_at = None
        while True:
            self.look(now())
            await asyncio.sleep(_EVERY_S)

    def look(self, now: Instant) -> None:
        """How it is now."""
        self._screens.receipts.settle()
        if self._looked_at is None:
            self._watched_at = now
        elif abs(gone_by := now - self._looked_at - int(_EVERY_S * SECOND)) > _STOOD_STILL:
            # The process stood still, or its clock was set: no screen is to blame.
            self._screens.shift(gone_by)
            self._watched_at += gone_by
        self._looked_at = now
        if not self._waits or self._is_watched():
            self._watched_at = now
        found = {
            MUTE_SCREENS: bool(self._screens.mute(now)),
            SILENT_SCREENS: now - self._watched_at > _NO_SCREEN_AFTER,
        }
        for device, is_fault in found.items():
            if self._told.get(device) != is_fault:
                self._told[device] = is_fault
                self._say(device, is_fault)
