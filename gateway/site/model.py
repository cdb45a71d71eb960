"""A site as its file describes it: frozen, and checked whole by gateway.site.load before anything sees it."""

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Literal

import msgspec

from alerts.rule import Rule
from devices.device import Device


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Area(_Table, frozen=True):
    """A key area. ``risk`` 1 (highest) to 4; ``mode`` is the armed mode it starts in.

    ``plan`` is relative to the site file; a loaded site names it by its whole path.
    """

    id: str
    name: str
    name_zh: str = ""
    risk: Literal[1, 2, 3, 4] = 3
    responsible: str = ""
    modes: tuple[str, ...] = ("disarmed", "armed")
    mode: str = "disarmed"
    plan: str = ""


class Schedule(_Table, frozen=True):
    """When something applies: weekdays (1 Monday .. 7 Sunday) and a span of local time that may pass midnight."""

    name: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    start: str = "00:00"
    end: str = "24:00"


class Mqtt(_Table, frozen=True):
    """The broker. Credentials come from KEYAREA_MQTT_USERNAME and KEYAREA_MQTT_PASSWORD, never from this file.

    The files for TLS are relative to the site file; a loaded site names them by their whole path.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    client_id: str = "keyarea"
    keep_alive_s: int = 30
    tls: bool = False
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    families: dict[str, str] = {}
    """family name -> topic base ("": its usual one); empty table: every MQTT family at its usual base."""
    listen_to_all: bool = False
    """Hear every topic, so that what no family speaks on is seen under "Not understood"."""


class SerialLine(_Table, frozen=True):
    """A serial line: ``family`` is the codec that speaks on it."""

    name: str
    port: str
    family: str = "ndjson"
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    options: dict[str, Any] = {}
    """The family's own settings (the ``Options`` of its codec)."""


class SocketLine(_Table, frozen=True):
    """A door for panels and transmitters that call in, over TCP, UDP or both (0: not over that one).

    ``allow`` are the networks that may speak; nobody else is answered. A peer silent for ``silence_s`` seconds is
    dropped. One more than ``most_peers`` takes the place of one who has said nothing yet, or else of the one silent
    longest. ``peers``: from which addresses or networks a panel calls, by its own address (source, account).
    """

    name: str
    family: str
    host: str = "127.0.0.1"
    tcp: int = 0
    udp: int = 0
    allow: tuple[str, ...] = ()
    peers: dict[str, tuple[str, ...]] = {}
    most_peers: int = 256
    silence_s: float = 300
    options: dict[str, Any] = {}


class ModbusLine(_Table, frozen=True):
    """A Modbus bus that the gateway polls: RTU on a serial ``port``, or Modbus TCP to ``host``.

    ``framing = "rtu"``: to ``host`` go RTU frames as they stand, for a serial device server that only passes bytes on.
    Its devices say their unit (``address``; ``7/3`` is channel 3 of unit 7) and the register map that describes
    them (``model``). ``maps`` is a
    folder beside the site file with maps of one's own.
    """

    name: str
    port: str = ""
    host: str = ""
    tcp_port: int = 502
    framing: Literal["tcp", "rtu"] = "tcp"
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    poll_s: float = 5
    timeout_s: float = 0.5
    maps: str = ""


class OsdpLine(_Table, frozen=True):
    """A bus of OSDP readers. A reader without a key in the key file is refused, unless ``plain`` lists its address.

    ``install`` lists readers that are new: taken under the key that everybody knows, once, and given their own.
    """

    name: str
    port: str
    baud: int = 9600
    plain: tuple[int, ...] = ()
    install: tuple[int, ...] = ()
    scan: bool = False


class Influx(_Table, frozen=True):
    """An InfluxDB 2 server; its token comes from KEYAREA_INFLUX_TOKEN."""

    url: str
    org: str = "keyarea"
    bucket: str = "keyarea"
    spool_megabytes: int = 512


class Storage(_Table, frozen=True):
    """Where things are kept. ``folder`` is relative to the site file.

    The relational store is SQLite in it, unless KEYAREA_DATABASE names a server: its address holds a password.
    """

    folder: str = "data"
    influx: Influx | None = None
    keep_readings_days: int = 400


class Web(_Table, frozen=True):
    """Where the API and the console listen. ``url`` is where people reach the console: labels lead there.

    ``trusted_proxies``: addresses or networks of web servers in front; their X-Forwarded-For is believed, no other.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    url: str = ""
    trusted_proxies: tuple[str, ...] = ()

    def is_proxy(self, address: str) -> bool:
        """Whether what that peer says of others' addresses is believed."""
        return _is_within(address, self.trusted_proxies)

    def address(self) -> str:
        """Where people reach the console, without a slash at the end."""
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")


@lru_cache(1024)
def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
        return any(found in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


class Site(_Table, frozen=True):
    """The whole site file."""

    id: str
    name: str
    time_zone: str = "Asia/Shanghai"
    allowed_skew_s: float = 300
    silent_alarm_screens: tuple[str, ...] = ()
    """The accounts on whose screens a silent hold-up or duress sounds and shows."""
    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()
    rules: tuple[Rule[Any], ...] = ()
    schedules: tuple[Schedule, ...] = ()
    mqtt: Mqtt | None = None
    serial: tuple[SerialLine, ...] = ()
    socket: tuple[SocketLine, ...] = ()
    modbus: tuple[ModbusLine, ...] = ()
    osdp: tuple[OsdpLine, ...] = ()
    storage: Storage = Storage()
    web: Web = Web()

    def line_families(self) -> dict[str, str]:
        """What is spoken on each line, by the line's name."""
        return {
            **{line.name: line.family for line in self.serial},
            **{door.name: door.family for door in self.socket},
            **{line.name: "modbus" for line in self.modbus},
            **{line.name: "osdp" for line in self.osdp},
        }
