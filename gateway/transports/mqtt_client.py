"""paho's client as the gateway needs it: a persistent session, manual acknowledgements, bursts read in one go."""

import socket
import ssl
from typing import Any, Protocol

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateway.transports.burst_socket import BurstSocket

_SESSION_EXPIRY_S = 7 * 24 * 3600


class Broker(Protocol):
    """Where to connect and how (gateway.site.model.Mqtt has this shape)."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def protocol(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def keep_alive_s(self) -> int: ...
    @property
    def tls(self) -> bool: ...
    @property
    def ca_file(self) -> str: ...
    @property
    def cert_file(self) -> str: ...
    @property
    def key_file(self) -> str: ...


class BurstClient(Client):
    """paho's client over a BurstSocket.

    Of each message paho asks first, under two locks, which callbacks there are for its topic: 9 % of all that a message
    costs the gateway, which has one for all. Without this private method it would ask again, and nothing be lost.
    """

    burst: BurstSocket | None = None

    def _create_socket(self) -> Any:
        self.burst = BurstSocket(super()._create_socket())  # type: ignore[arg-type]
        return self.burst

    def _handle_on_message(self, message: MQTTMessage) -> None:
        if self.on_message is not None:
            self.on_message(self, None, message)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        context = self._ssl_context
        if context is None:
            raise ValueError("TLS is not set up")
        secure = context.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            secure.settimeout(self._connect_timeout)
            secure.do_handshake()  # checks certificate and name: the context of tls_set says so
        except BaseException:
            secure.close()  # paho leaves it open, one descriptor for each attempt
            raise
        return secure


def build(broker: Broker, username: str, password: str) -> BurstClient:
    """One that has the broker keep each QoS 1 message until we acknowledge it; it is not connected yet."""
    is_v5 = broker.protocol == "5"
    client = BurstClient(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client_id,
        clean_session=None if is_v5 else False,
        protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
        manual_ack=True,
    )
    if username:
        client.username_pw_set(username, password)
    if broker.tls:
        client.tls_set(
            ca_certs=broker.ca_file or None,
            certfile=broker.cert_file or None,
            keyfile=broker.key_file or None,
        )
    connect: dict[str, Any] = {}
    if is_v5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _SESSION_EXPIRY_S
        properties.ReceiveMaximum = 65535
        connect = {"clean_start": False, "properties": properties}
    client.connect_async(broker.host, broker.port, broker.keep_alive_s, **connect)
    return client
