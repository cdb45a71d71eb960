"""A site as its file describes it: frozen, and checked whole by gateway.site.load before anything sees it."""

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Literal

import msgspec

from alerts.acknowledgements import AcknowledgementTimes
from alerts.calendar import Shift
from alerts.output import Output
from alerts.route import Route
from alerts.rule import Rule
from alerts.schedule import Only
from devices.device import Device
from gateway.site.channel import Channel
from gateway.site.outside import AlarmPathCheck, Forwarding, Heartbeat


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Area(_Table, frozen=True):
    """A key area.

    ``id``: one word; ``gateway`` and ``mqtt`` are the gateway's own
    ``name``: for people
    ``name_zh``: the name on the Chinese console
    ``risk``: 1 (highest) to 4
    ``responsible``: who answers for the area
    ``modes``: the armed modes that it knows: ``disarmed``, ``away``, ``home``, ``night``, ``holiday``,
    ``maintenance``; ``armed`` is the word of earlier releases for a whole area, and goes on
    ``mode``: the armed mode that it starts in; later, people change it and the gateway remembers
    ``plan``: a picture of its floor plan, beside the site file; a loaded site names it by its whole path
    ``around_the_clock``: true of a 24-hour area: no schedule and no mode of its ``intrusion`` and ``duty`` rules may
    leave a gap there
    """

    id: str
    name: str
    name_zh: str = ""
    risk: Literal[1, 2, 3, 4] = 3
    responsible: str = ""
    modes: tuple[str, ...] = ("disarmed", "armed")
    mode: str = "disarmed"
    plan: str = ""
    around_the_clock: bool = False


class Schedule(_Table, frozen=True):
    """When something applies: a span of local time that may pass midnight.

    ``name``: what rules call it
    ``days``: weekdays, 1 is Monday
    ``start``: local time
    ``end``: local time; an end before the start is on the next day
    ``shifts``: names of ``[[shifts]]``: it is on in those, instead of from ``start`` to ``end``
    ``only``: of these days only those that are worked (``"workdays"``), or only holidays and weekends that are not
    (``"holidays"``)
    """

    name: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    start: str = "00:00"
    end: str = "24:00"
    shifts: tuple[str, ...] = ()
    only: Only = ""


class Holiday(_Table, frozen=True):
    """Days on which the site does not work, beside the public holidays, or of a year whose these are not known yet.

    ``name``: for people
    ``first``: its first day, like ``"2026-10-01"``
    ``last``: its last day; empty: the first is the only one
    ``workdays``: weekend days that are worked for it (调休)
    ``name_zh``: the name on the Chinese console
    """

    name: str
    first: str
    last: str = ""
    workdays: tuple[str, ...] = ()
    name_zh: str = ""


class Mqtt(_Table, frozen=True):
    """The broker. Without this table no MQTT is spoken.

    Credentials come from KEYAREA_MQTT_USERNAME and KEYAREA_MQTT_PASSWORD, never from this file. The files for TLS are
    relative to the site file; a loaded site names them by their whole path.

    ``host``: where it listens
    ``port``: where it listens
    ``protocol``: 5 costs more processor time
    ``client_id``: the broker keeps the gateway's session under this name: one gateway, one name, never changed
    ``keep_alive_s``: 5 to 65535; a dead line is noticed after one and a half times this
    ``tls``: whether the line to the broker is encrypted
    ``ca_file``: the authority that signed the broker's certificate; empty: the system's. Beside the site file, or a
    whole path
    ``cert_file``: the gateway's own certificate, where the broker asks for one
    ``key_file``: the key of that certificate
    ``families``: family = topic base (``""``: its usual one). Empty: every MQTT family, each at its usual base
    ``listen_to_all``: true: hear every topic of the broker, so that a device whose topic no family knows shows under
    *Not understood*. For the days of installation: it costs what everybody else says there, and a broker that delivers
    a message once for each subscription (EMQX) delivers all of them twice
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
    listen_to_all: bool = False


class SerialLine(_Table, frozen=True):
    """A serial line.

    ``name``: what devices call it in ``line``; no two lines share a name
    ``port``: the whole path; ``/dev/serial/by-id/...`` stays the same when adapters change places
    ``family``: what is spoken on it (docs/families.md)
    ``baud``: symbols a second
    ``parity``: of a character
    ``stop_bits``: of a character
    ``options``: the family's own settings (docs/families.md)
    """

    name: str
    port: str
    family: str = "ndjson"
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    options: dict[str, Any] = {}


class SocketLine(_Table, frozen=True):
    """A door for panels and transmission devices that call in, over TCP, UDP or both.

    ``name``: what devices call it in ``line``
    ``family``: what is spoken there
    ``host``: the address to listen on; ``"0.0.0.0"`` for all of this machine's, and then ``allow`` is needed
    ``tcp``: port; 0: not over TCP
    ``udp``: port; 0: not over UDP
    ``allow``: networks that may call in, like ``"192.168.10.0/24"``; nobody else is answered
    ``peers``: a panel's own address (source, account) = the addresses or networks that it calls from (below)
    ``most_peers``: callers at one time; one more takes the place of one who has said nothing, else of the one silent
    longest
    ``silence_s``: a caller silent for longer is dropped (its devices are supervised by their own ``interval_s``)
    ``options``: the family's own settings
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
    """A Modbus bus that the gateway polls: RTU on a serial port, or Modbus TCP.

    ``name``: what devices call it in ``line``
    ``port``: Modbus RTU: the whole path of the serial port
    ``host``: Modbus TCP: the machine to call; one of ``port`` and ``host``
    ``tcp_port``: where that machine listens
    ``framing``: ``"rtu"``: RTU frames to ``host``, for a serial device server that only passes bytes on
    ``baud``: symbols a second
    ``parity``: of a character
    ``stop_bits``: of a character
    ``poll_s``: each device is asked this often, unless its map says otherwise
    ``timeout_s``: how long a device may take to answer
    ``maps``: a folder beside the site file with register maps of one's own
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
    """A bus of OSDP card readers.

    ``name``: what devices call it in ``line``
    ``port``: the whole path of the serial port
    ``baud``: symbols a second
    ``plain``: readers without a key that may speak unencrypted: their cards can be read off the cable, and forged
    ``install``: new readers: taken under the key that everybody knows, and given their own. Take each out when it is
    ``online``
    ``scan``: look for readers that nobody has registered, one address every two seconds; they wait in quarantine
    """

    name: str
    port: str
    baud: int = 9600
    plain: tuple[int, ...] = ()
    install: tuple[int, ...] = ()
    scan: bool = False


class Influx(_Table, frozen=True):
    """An InfluxDB 2 server that the readings are sent to; its token comes from KEYAREA_INFLUX_TOKEN.

    ``url``: like ``"http://127.0.0.1:8086"``
    ``org``: the organization there
    ``bucket``: the bucket there
    ``spool_megabytes``: what may wait on this machine's disk while the server is away
    """

    url: str
    org: str = "keyarea"
    bucket: str = "keyarea"
    spool_megabytes: int = 512


class Storage(_Table, frozen=True):
    """Where things are kept.

    The relational store is SQLite in the folder, unless KEYAREA_DATABASE names a server: its address holds a password.

    ``folder``: beside the site file, or a whole path; ``keyarea serve --data`` overrides it
    ``influx``: sends the readings to an InfluxDB 2 server instead
    ``keep_readings_days``: readings older than this, in days on which the gateway ran, are forgotten; alerts and ledger
    never are
    """

    folder: str = "data"
    influx: Influx | None = None
    keep_readings_days: int = 400


LocalRole = Literal["guard", "operator", "technician", "manager", "auditor", "admin"]


class Web(_Table, frozen=True):
    """Where the API and the console listen.

    ``host``: the address. Put a web server with TLS in front before anybody comes from another machine
    (deploy/README.md)
    ``port``: where they listen
    ``url``: where people reach the console, like ``"https://keyarea.works.example"``: the QR codes of device labels
    lead there. Empty is ``http://host:port``, or ``https`` with a certificate
    ``cert_file``: a certificate (PEM, with its chain): the gateway speaks HTTPS itself. ``keyarea certificate`` makes
    one. Beside the site file, or a whole path
    ``key_file``: the key of that certificate, readable by the gateway's user only
    ``trusted_proxies``: addresses or networks of the web servers in front, for instance ``["127.0.0.1"]``: their
    ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed, nobody else's. Without it nobody who comes through a
    proxy has an address, so that wrong sign-ins are paced for all of them together
    ``local_users``: what other users of the gateway's machine are to it on the command line, for instance
    ``{ guard = "operator" }``; they must be in the group of the data folder. Who owns the data folder, and root, may do
    everything
    """

    host: str = "127.0.0.1"
    port: int = 8080
    url: str = ""
    cert_file: str = ""
    key_file: str = ""
    trusted_proxies: tuple[str, ...] = ()
    local_users: dict[str, LocalRole] = {}

    def is_proxy(self, address: str) -> bool:
        """Whether what that peer says of others' addresses is believed."""
        return _is_within(address, self.trusted_proxies)

    def address(self) -> str:
        """Where people reach the console, without a slash at the end."""
        scheme = "https" if self.cert_file else "http"
        return (self.url or f"{scheme}://{self.host}:{self.port}").rstrip("/")


@lru_cache(1024)
def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
        return any(found in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


class Site(_Table, frozen=True):
    """The whole site file.

    ``id``: the site's id; stands in the ledger's chain, so it never changes
    ``name``: the site's name for people
    ``name_zh``: the name on the Chinese console
    ``time_zone``: for schedules and reports; stored times are UTC
    ``public_holidays``: whose public holidays count where a schedule says ``only``: ``"china"``, with the weekend days
    that are worked for them (调休), or ``""``: nobody's, only those under ``[[holidays]]``
    ``language``: of the sentences in the ledger, ``"en"`` or ``"zh"``; screens and callers of the API choose their own
    ``allowed_skew_s``: a device's clock that is off by more is noted on its readings and not used; at least 1
    ``silent_alarm_screens``: the accounts on whose screens a silent hold-up or duress sounds and shows
    ([console.md](console.md#silent-alarms)); needed where a hold-up is silent
    ``workflows``: by name, a table with the own settings of each workflow
    ``areas``: key areas
    ``devices``: what is installed
    ``rules``: what must hold
    ``outputs``: what alerts switch on: sirens, strobes, relays, locks
    ``channels``: how people outside of the control room are told
    ``routes``: ways in and out, with their entry and exit delays
    ``schedules``: when something applies
    ``shifts``: the parts of a day in which people work
    ``holidays``: days on which they do not
    ``mqtt``: the broker
    ``serial``: serial lines
    ``socket``: doors for panels that call in
    ``modbus``: buses that the gateway polls
    ``osdp``: card readers
    ``acknowledgements``: how long they count
    ``forwarding``: receiving centres outside that are told of alerts
    ``heartbeat``: somebody outside who misses the gateway when it falls silent
    ``alarm_path``: how it is tried all day whether an alarm gets through
    ``storage``: where things are kept
    ``web``: API and console
    """

    id: str
    name: str
    name_zh: str = ""
    time_zone: str = "Asia/Shanghai"
    public_holidays: Literal["china", ""] = "china"
    language: Literal["en", "zh"] = "en"
    allowed_skew_s: float = 300
    silent_alarm_screens: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()
    rules: tuple[Rule[Any], ...] = ()
    outputs: tuple[Output, ...] = ()
    channels: tuple[Channel, ...] = ()
    routes: tuple[Route, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    shifts: tuple[Shift, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    mqtt: Mqtt | None = None
    serial: tuple[SerialLine, ...] = ()
    socket: tuple[SocketLine, ...] = ()
    modbus: tuple[ModbusLine, ...] = ()
    osdp: tuple[OsdpLine, ...] = ()
    forwarding: tuple[Forwarding, ...] = ()
    heartbeat: Heartbeat | None = None
    alarm_path: AlarmPathCheck = AlarmPathCheck()
    workflows: dict[str, Any] = {}
    acknowledgements: AcknowledgementTimes = AcknowledgementTimes()
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
