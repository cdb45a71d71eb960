"""One board for all consoles: every open alert as bytes, made once when it changes and handed to everybody who looks.

A beat of 100 ms joins what has changed to one block, the same object for each link: 30 pages cost one encoding. While
changes keep coming every second beat does: what a page costs is what is sent to it, and nobody reads faster. Blocks
have numbers with the epoch of this process; who comes back names the newest that it has, and gets what it missed, or
the whole board, packed. A link that does not take what it is given is emptied and starts anew. Silent alarms go apart,
by what each may know of them. Timers and queues of their own for each page cost three times as much.
"""

import asyncio
import gzip
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from alerts.alert import Alert
from api.board_rows import Row, Rows
from api.board_state import BoardState
from api.ports import Gateway
from api.silent_alarm_view import Sight

BEAT_S = 0.1
_BEATS_BETWEEN = 2
"""From one block of changes to the next; the first after a calm goes at the next beat."""
_BEATS_KEPT = 600
"""A minute: whoever was away for longer gets the board anew."""
_QUEUE = 256
_TIMES_A_SECOND = round(1 / BEAT_S)
_VALUES_A_BEAT = 100
_NONE = (None, False)
_encode = msgspec.json.Encoder().encode


class Link:
    """One page's end of it. ``sight`` may change while it is open."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.silent = b""
        self.is_behind = False
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()

    def give(self, block: bytes) -> None:
        """Never waits: a link that has fallen behind drops all it holds, and is told to start anew."""
        if len(self._waiting) >= _QUEUE:
            self.is_behind = True
            self._waiting.clear()
        self._waiting.append(block)
        self._news.set()

    async def take(self) -> bytes:
        """The next block."""
        while not self._waiting:
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()


class Board:
    """Lives in the event loop; ``run`` is its one clock."""

    def __init__(self, views: Mapping[Sight, Gateway], state: BoardState, epoch: str) -> None:
        """``views``: the gateway as each sight may see it; ``epoch``: another one for each process."""
        self._views, self._state, self._epoch = views, state, epoch
        self._gateway = views[Sight.NAMED]
        self._rows = Rows(self._gateway)
        self._links: set[Link] = set()
        self._discreet: set[str] = set()
        self._alerts: dict[str, tuple[Alert, bool, Row]] = {}
        """With whether it is not recorded yet."""
        self._encoded: dict[str, bytes] = {}
        self._revision: int | None = None
        self._number = self._beats = 0
        self._given_at = -_BEATS_BETWEEN
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=_BEATS_KEPT)
        self._told_state = b"{}"
        self._packed: tuple[int, bytes] | None = None
        self._turn: Iterator[str] = iter(())
        self._canary: Alert | None = None
        self._running: asyncio.Task[None] | None = None
        self.encodings = 0
        """How many rows were encoded so far."""

    # -- who looks -----------------------------------------------------------------------------------------

    async def join(self, sight: Sight, after: str) -> tuple[Link, bytes | None]:
        """A new link, which already holds all that it missed; or the board, to be sent first."""
        if self._running is None or self._running.done():
            self.look()
            self._running = asyncio.get_running_loop().create_task(self.run(), name="the board's beat")
        link = Link(sight)
        self._links.add(link)
        missed = self._missed(after)
        for block in missed or ():
            link.give(block)
        self._give_silent(link, self._silent())
        return link, None if missed is not None else await self.snapshot()

    def leave(self, link: Link) -> None:
        self._links.discard(link)
        if not self._links and self._running is not None:
            self._running.cancel()
            self._running = None

    async def snapshot(self) -> bytes:
        """The whole board, packed once for all who ask at the same number."""
        number = self._number
        if self._packed is None or self._packed[0] != number:
            rows = list(self._encoded.values())
            block = self._block(rows, (), self._told_state, is_reset=True)
            self._packed = (number, await asyncio.to_thread(gzip.compress, block, 1))
        return self._packed[1]

    def _missed(self, after: str) -> list[bytes] | None:
        epoch, _, text = after.partition(".")
        if epoch != self._epoch or not text.isdecimal():
            return None
        number = int(text)
        oldest = self._kept[0][0] if self._kept else self._number + 1
        if not oldest - 1 <= number <= self._number:
            return None
        return [block for at, block in self._kept if at > number]

    # -- the clock -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look until nobody looks any more."""
        while True:
            await asyncio.sleep(BEAT_S)
            self.look()

    def look(self) -> None:
        """What has changed since, to everybody; once a second that this still lives."""
        self._beats += 1
        is_second = self._beats % _TIMES_A_SECOND == 1
        is_time = self._beats - self._given_at >= _BEATS_BETWEEN
        put, drop = self._changes() if is_time else ([], [])
        state = self._state.encoded() if is_second else self._told_state
        if put or drop or state != self._told_state:
            self._given_at = self._beats if put or drop else self._given_at
            self._number += 1
            block = self._block(put, drop, state if state != self._told_state else b"")
            self._told_state = state
            self._kept.append((self._number, block))
            self._give(block)
        silent = self._silent()
        for link in self._links:
            self._give_silent(link, silent)
        if is_second:
            self._give(self._state.pulse())
        if (canary := self._gateway.live.canary) is not self._canary and canary is not None:
            self._canary = canary
            self._give(b'{"canary":' + _encode(self._rows.row(canary, is_unrecorded=False)) + b"}")

    def _give(self, block: bytes) -> None:
        for link in self._links:
            link.give(block)

    def _block(self, put: Sequence[bytes], drop: Sequence[str], state: bytes, *, is_reset: bool = False) -> bytes:
        parts = [f'"at":"{self._epoch}.{self._number}"'.encode()]
        if is_reset:
            parts.append(b'"reset":true')
        if put:
            parts.append(b'"put":[' + b",".join(put) + b"]")
        if drop:
            parts.append(b'"drop":' + _encode(drop))
        if state:
            parts.append(b'"state":' + state)
        return b"{" + b",".join(parts) + b"}"

    # -- rows ----------------------------------------------------------------------------------------------

    def _changes(self) -> tuple[list[bytes], list[str]]:
        live = self._gateway.live
        revision, since = live.revision, self._revision
        changed = live.changed_since(since) if since is not None and revision != since else None
        self._revision = revision
        if revision == since:
            return self._fresh_values(), []
        if changed is None:
            changed = frozenset({alert.id for alert in self._gateway.alerts.open_alerts()} | self._alerts.keys())
        unrecorded = live.unrecorded()
        put: list[bytes] = []
        drop: list[str] = []
        for alert_id in sorted(changed):
            alert = live.open_alert(alert_id)
            if alert is None:
                drop += self._forget(alert_id)
            elif self._alerts.get(alert_id, _NONE)[:2] != (alert, alert_id in unrecorded):
                put += self._encode_row(alert, is_unrecorded=alert_id in unrecorded)
        return put + self._fresh_values(), drop

    def _forget(self, alert_id: str) -> list[str]:
        """It is closed; of one that was silent nobody needs to be told."""
        self._alerts.pop(alert_id, None)
        self._discreet.discard(alert_id)
        return [alert_id] if self._encoded.pop(alert_id, None) is not None else []

    def _encode_row(self, alert: Alert, *, is_unrecorded: bool) -> list[bytes]:
        row = self._rows.row(alert, is_unrecorded=is_unrecorded)
        self._alerts[alert.id] = (alert, is_unrecorded, row)
        if alert.silent:  # goes apart
            self._discreet.add(alert.id)
            return []
        self.encodings += 1
        made = self._encoded[alert.id] = _encode(row)
        return [made]

    def _fresh_values(self) -> list[bytes]:
        """Rows whose sensor says something else by now; a few at each beat, all of them in turn."""
        fresh: list[bytes] = []
        for _ in range(min(_VALUES_A_BEAT, len(self._alerts))):
            alert_id = next(self._turn, None)
            if alert_id is None:
                self._turn = iter(list(self._alerts))
                break
            known = self._alerts.get(alert_id)
            if known is not None and self._rows.live_value(known[0]) != known[2].now:
                fresh += self._encode_row(known[0], is_unrecorded=known[1])
        return fresh

    def _silent(self) -> dict[Sight, bytes]:
        """The silent alarms that each sight may see now."""
        if not self._discreet:
            return dict.fromkeys(self._views, b"[]")
        silent = [self._alerts[alert_id][2] for alert_id in sorted(self._discreet)]
        return {
            sight: _encode([row for row in silent if view.live.open_alert(row.id) is not None])
            for sight, view in self._views.items()
        }

    def _give_silent(self, link: Link, silent: Mapping[Sight, bytes]) -> None:
        rows = silent[link.sight]
        if rows != (link.silent or b"[]"):
            link.give(b'{"silent":' + rows + b"}")
        link.silent = rows
