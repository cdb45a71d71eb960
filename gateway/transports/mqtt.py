"""MQTT: paho's loop run by the pipeline's own thread, so that a burst is read, committed and acknowledged there.

Theory of operation. A persistent session (clean session off, a fixed client id) and manual acknowledgement mean
that the broker keeps each QoS 1 message until we say PUBACK, which the pipeline says only after the commit.
The pipeline calls ``take`` when the socket is readable, commits, calls ``acknowledge``, and calls ``upkeep``
at least once a second. Connecting can block for seconds (DNS, TCP, TLS), so it runs in a thread of its own and
the client is not touched until it has ended.
"""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

from gateway.transports.mqtt_client import Broker, build
from gateway.transports.rivalry import Rivalry

log = logging.getLogger("keyarea.mqtt")

_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 30.0
_LONGEST_GOODBYE_S = 2.0
_MOST_NAMED = 5
_SUCCESS = MQTTErrorCode.MQTT_ERR_SUCCESS


class MqttTransport:
    """One connection to one broker. All methods but the constructor belong to the pipeline's thread."""

    def __init__(
        self,
        broker: Broker,
        topics: Sequence[str],
        *,
        monotonic: Callable[[], float],
        on_state: Callable[[str], None],
        on_connecting: Callable[[], None] = lambda: None,
        on_session: Callable[[bool], None] = lambda is_known: None,
        username: str = "",
        password: str = "",
    ) -> None:
        """``on_connecting``: the broker may hear of us now; ``on_session``: it has, and whether it knew our session.

        The latter before any message is taken, and before it is told what to send.
        """
        self._broker = broker
        self._topics = list(topics)
        self._monotonic = monotonic
        self._on_state, self._on_connecting, self._on_session = on_state, on_connecting, on_session
        self._arrived: list[MQTTMessage] = []
        self._connecting: threading.Thread | None = None
        self._connect_error = ""
        self._refusal = ""
        self._is_closed = False
        self._may_have_heard = True
        """Whether the broker may have heard of us since ``on_connecting`` was called last."""
        self._retry_at = 0.0
        self._retry_s = _FIRST_RETRY_S
        self._up = False
        self._asked: dict[int, Sequence[str]] = {}
        self._is_heard = False
        self._connection = 0
        self._rivalry = Rivalry(broker.client_id)
        self._client = client = build(broker, username, password)
        client.on_message, client.on_connect = self._on_message, self._on_connect
        client.on_subscribe, client.on_disconnect = self._on_subscribe, self._on_disconnect

    # -- what the pipeline calls ---------------------------------------------------------------------------

    @property
    def connection(self) -> int:
        """Counts connections: an acknowledgement belongs to the one that its message came on."""
        return self._connection

    @property
    def is_up(self) -> bool:
        """Whether the broker has taken us in."""
        return self._up

    def fileno(self) -> int | None:
        """The descriptor to wait on, None while there is no connection."""
        if self._connecting is not None or self._client.burst is None or self._client.socket() is None:
            return None
        return self._client.burst.fileno()

    def take(self, most: int, until: float) -> Sequence[Any]:
        """Read what is there: at most ``most`` messages, and no new packet after ``until`` (monotonic seconds)."""
        client, burst = self._client, self._client.burst
        arrived = self._arrived
        loop_read, monotonic = client.loop_read, self._monotonic
        if burst is None or self._connecting is not None:
            return []
        while True:
            if loop_read() is not _SUCCESS or not burst.has_more():
                break
            if len(arrived) >= most or monotonic() >= until:
                break
        self._arrived = []
        if burst.has_unsent() or client.want_write():
            self._flush()
        return arrived

    def has_more(self) -> bool:
        """Whether a further ``take`` would find something without waiting."""
        burst = self._client.burst
        return self._connecting is None and burst is not None and burst.has_more()

    def acknowledge(self, messages: Sequence[Any], connection: int) -> None:
        """PUBACK (QoS 1) to each message of that connection; a lost one is repeated by the broker anyway."""
        if connection != self._connection or self._connecting is not None:
            return
        ack = self._client.ack
        for message in messages:
            if message.qos:
                ack(message.mid, message.qos)
        self._flush()

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a command or a family's answer at QoS 1; nothing if there is no connection."""
        if self._up:
            self._client.publish(topic, payload, qos=1)
            self._flush()

    def subscribe(self, topics: Sequence[str]) -> None:
        """Listen to further topics, now and after each reconnection."""
        new = [topic for topic in topics if topic not in self._topics]
        self._topics += new
        if new and self._up:
            self._ask_for(new)
            self._flush()

    def upkeep(self) -> None:
        """Keep alive, flush, notice a finished or due connection attempt. Call at least once a second."""
        now = self._monotonic()
        if self._connecting is not None:
            if self._connecting.is_alive():
                return
            self._connecting.join()
            self._connecting = None
            self._may_have_heard = not self._connect_error
            if self._connect_error or self._client.socket() is None:
                self._lost(self._connect_error or "the connection ended at once")
                return
            self._flush()
        if self._client.socket() is None:
            if now >= self._retry_at:
                self._connect()
            return
        self._client.loop_misc()
        self._flush()
        if self._is_heard and self._rivalry.is_over(now):
            self._on_state("up")

    def close(self) -> None:
        """Say goodbye; the session and its unacknowledged messages stay at the broker."""
        self._is_closed = True
        if self._connecting is not None:
            self._connecting.join(_LONGEST_GOODBYE_S)
            if self._connecting.is_alive():
                return  # a name server that does not answer; ``attempt`` hangs up when it comes back
            self._connecting = None
        if self._client.socket() is not None:
            self._client.disconnect()
            self._flush()
            if self._client.burst is not None:
                self._client.burst.close()

    # -- inside --------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        def attempt() -> None:
            try:
                self._client.reconnect()
                self._connect_error = ""
            except Exception as error:  # noqa: BLE001 - whatever it was, the line must be tried again
                self._connect_error = f"cannot reach {self._broker.host}:{self._broker.port}: {error}"
            if self._is_closed and self._client.burst is not None:
                self._client.burst.close()

        # Until upkeep has seen the outcome, a second attempt must not start.
        self._retry_at = float("inf")
        if self._may_have_heard:
            self._on_connecting()
        self._arrived.clear()
        self._refusal = ""
        self._connecting = threading.Thread(target=attempt, name="mqtt-connect", daemon=True)
        self._connecting.start()

    def _flush(self) -> None:
        burst = self._client.burst
        if burst is None or self._client.socket() is None:
            return
        try:
            # What a callback asked to send (subscriptions) still waits in paho's own queue.
            while self._client.want_write():
                if self._client.loop_write() is not _SUCCESS:
                    return
            burst.flush()
        except OSError as error:
            burst.close()
            # Reading from the closed socket lets paho notice and clean up in its own way.
            self._client.loop_read()
            if self._up:
                self._lost(f"write failed: {error}")

    def _lost(self, reason: str) -> None:
        self._up = False
        self._retry_at = self._monotonic() + max(self._retry_s, self._rivalry.pause_s) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        self._retry_s = min(self._retry_s * 2, _LONGEST_RETRY_S)
        self._on_state(self._rivalry.said or f"lost: {reason}")

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        self._arrived.append(message)

    def _on_connect(self, client: Client, _userdata: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._refusal = f"the broker refused the connection: {reason}"
            return
        self._on_session(flags.session_present)
        self._up = True
        self._connection += 1
        self._retry_s = _FIRST_RETRY_S
        self._rivalry.connected(self._monotonic())
        self._asked.clear()
        self._is_heard = False
        if self._topics:
            self._ask_for(self._topics)
        else:
            self._on_state("up")

    def _ask_for(self, topics: Sequence[str]) -> None:
        _, number = self._client.subscribe([(topic, 1) for topic in topics])
        if number is not None:
            self._asked[number] = tuple(topics)

    def _on_subscribe(self, _client: Client, _userdata: Any, number: int, reasons: Any, _properties: Any) -> None:
        """The line is up when the broker has said what it will tell us, and lost if that is nothing.

        Some topics denied is no loss: a site that uses two families may well let its gateway read only these.
        """
        asked = self._asked.pop(number, ())
        denied = [topic for topic, reason in zip(asked, reasons, strict=False) if reason.is_failure]
        if denied:
            log.warning("the broker does not let us listen to %r", denied[:_MOST_NAMED])
        if self._is_heard or not asked:
            return
        self._is_heard = len(denied) < len(asked)
        self._on_state(
            (self._rivalry.said or "up") if self._is_heard else "lost: the broker does not let us listen to any topic"
        )

    def _on_disconnect(self, _client: Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not self._is_closed:
            if self._up:
                self._rivalry.cut(self._monotonic(), str(reason))
            self._lost(self._refusal or str(reason))
