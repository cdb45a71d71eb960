"""Another client that uses our client id: the broker then ends our connection for its, and its for ours, without end.

MQTT 5 says so in so many words (reason 0x8E, session taken over). MQTT 3.1.1 says nothing and just hangs up: three
connections in a row that the broker ended within a minute of their beginning are taken for the same. What such a rival
acknowledges we never hear of, so this is a fault until a connection has lasted; we come back every few seconds all the
same, because what we are given meanwhile may be a fire.
"""

CONTENDED = "contended"
"""How the state of a line begins that another client is contending for."""

_LASTS_S = 60.0
_CUTS = 3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 5.0


class Rivalry:
    """What became of our connections to one broker; times are monotonic seconds."""

    def __init__(self, client_id: str) -> None:
        self._client_id = client_id
        self._since: float | None = None
        self._cuts = 0
        self.pause_s = 0.0
        """How long to stay away before the next attempt."""
        self.said = ""
        """The state of the line while another uses our client id, else nothing."""

    def connected(self, now: float) -> None:
        self._since = now

    def cut(self, now: float, reason: str) -> None:
        """The broker, or the way to it, has ended an established connection."""
        is_short = self._since is not None and now - self._since < _LASTS_S
        self._since = None
        if "taken over" in reason.lower():
            self._cuts = max(self._cuts + 1, _CUTS)
        else:
            self._cuts = self._cuts + 1 if is_short else 1
        self.pause_s = min(_FIRST_PAUSE_S * 2 ** min(self._cuts - 1, 8), _LONGEST_PAUSE_S)
        if self._cuts >= _CUTS:
            self.said = (
                f"{CONTENDED}: the broker ends each connection soon after it began; "
                f"another client uses our client id {self._client_id!r}, or the broker is ill"
            )

    def is_over(self, now: float) -> bool:
        """Once, when a connection has lasted: nobody contends any more."""
        if not self.said or self._since is None or now - self._since < _LASTS_S:
            return False
        self._cuts, self.said, self.pause_s = 0, "", 0.0
        return True
