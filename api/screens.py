"""Which pages of the console are open, and what each says of its own sound: a screen that cannot sound is a fault.

Sound needs a permission that a page may lose without anybody noticing, so each page sends a receipt of what it can do,
at once when it changes, else every 10 s. A browser (a sign-in) none of whose pages could sound for 30 s is named on all
others; a fault for each page would be raised by an operator's second tab. In Firefox and Safari each load needs a
click. A page knows its audio device, not the loudspeaker behind it, and a browser that is shut is gone, not mute.
"""

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from api.alarm_receipts import AlarmReceipts, Shown
from devices.reading import SECOND, Instant

RUNNING, SILENCED, BLOCKED = "running", "silenced", "blocked"
SOUNDS = (RUNNING, SILENCED, BLOCKED)
_LIVE_NS, _MUTE_AFTER_NS = 30 * SECOND, 30 * SECOND


class OpenPage(msgspec.Struct, frozen=True):
    """A page that is open somewhere. ``browser`` is the same for the tabs of one sign-in.

    ``sounds``: it is there to be heard. ``sound`` is its newest word (one of SOUNDS, "" before the first), said at
    ``told``; ``able_at`` is when it could last sound, or when it was opened.
    """

    browser: str
    account: str
    path: str
    sounds: bool
    able_at: Instant
    told: Instant = 0
    sound: str = ""


class Screens:
    """Written and read in the event loop; it forgets what has been shut."""

    def __init__(self, now: Callable[[], Instant] = lambda: 0) -> None:
        self._pages: dict[str, OpenPage] = {}
        self.receipts = AlarmReceipts(now)
        """Of each alert, and of the checks of the alarm path."""

    def opened(self, page: str, what: OpenPage) -> None:
        self._pages[page] = what

    def told(self, page: str, sound: str, now: Instant) -> None:
        """A page's receipt: it is alive, and this is what it can do."""
        known = self._pages.get(page)
        if known is not None and sound in SOUNDS:
            able_at = known.able_at if sound == BLOCKED else now
            self._pages[page] = replace(known, sound=sound, told=now, able_at=able_at)

    def shown(self, page: str, what: Iterable[Shown], now: Instant) -> None:
        """A page's receipt: these alerts it has shown, and what its sound did."""
        known = self._pages.get(page)
        if known is not None:
            self.receipts.shown(page, known.account, known.path, what, now)

    def to_sound(self, now: Instant) -> dict[str, OpenPage]:
        """The pages that are there to be heard and have said something of late, each by its key."""
        return {
            key: page for key, page in self._pages.items() if page.sounds and page.told and now - page.told <= _LIVE_NS
        }

    def moved(self, page: str, path: str) -> None:
        """It shows something else now."""
        known = self._pages.get(page)
        if known is not None:
            self._pages[page] = replace(known, path=path)

    def shut(self, page: str) -> None:
        self._pages.pop(page, None)

    def shift(self, by: Instant) -> None:
        """So much time has passed in which nobody could have said anything."""
        for name, page in self._pages.items():
            self._pages[name] = replace(page, able_at=page.able_at + by, told=page.told + by if page.told else 0)

    def live(self, now: Instant) -> list[OpenPage]:
        """Those that have said something within the last 30 s, in the order of account and page."""
        found = [page for page in self._pages.values() if page.told and now - page.told <= _LIVE_NS]
        return _in_order(found)

    def mute(self, now: Instant) -> list[OpenPage]:
        """One page of each browser that is there to be heard and for 30 s no page of which was able to sound."""
        newest: dict[str, OpenPage] = {}
        for page in self._pages.values():
            if page.sounds and (page.browser not in newest or newest[page.browser].able_at < page.able_at):
                newest[page.browser] = page
        return _in_order(page for page in newest.values() if now - page.able_at > _MUTE_AFTER_NS)


def _in_order(pages: Iterable[OpenPage]) -> list[OpenPage]:
    return sorted(pages, key=lambda page: (page.account, page.path))
