"""The last ten minutes of alerts, to the second: how many there were, and when a flood begins and ends (EEMUA 191)."""

import msgspec

WINDOW_S = 600
STARTS, ENDS = 10, 5
"""A flood: more than ten in ten minutes, until there are fewer than five; as screens count it (alerts/flood.py)."""


class Window(msgspec.Struct):
    """``seconds``: (second, how many) of the last ten minutes, oldest first; ``since``: when the flood began."""

    seconds: list[tuple[int, int]] = []
    count: int = 0
    since: int | None = None

    def over_at(self) -> int | None:
        """When the flood ends if nothing more is raised; None: there is none."""
        if self.since is None:
            return None
        newest = 0
        for second, count in reversed(self.seconds):
            newest += count
            if newest >= ENDS:
                return second + WINDOW_S
        return self.since

    def raised(self, second: int) -> tuple[int, int] | None:
        """One more. The flood that had ended before it, from when until when."""
        over, over_at = None, self.over_at()
        if self.since is not None and over_at is not None and over_at <= second:
            over, self.since = (self.since, over_at), None
        forgotten = 0
        while forgotten < len(self.seconds) and second - self.seconds[forgotten][0] >= WINDOW_S:
            self.count -= self.seconds[forgotten][1]
            forgotten += 1
        del self.seconds[:forgotten]
        if self.seconds and self.seconds[-1][0] == second:
            self.seconds[-1] = (second, self.seconds[-1][1] + 1)
        else:
            self.seconds.append((second, 1))
        self.count += 1
        if self.since is None and self.count > STARTS:
            self.since = second
        return over
