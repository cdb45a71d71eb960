"""What the lines of a site file must hold: ports and doors that can work, settings that their family knows."""

import re
from collections.abc import Collection, Hashable, Iterator, Sequence
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath

from devices.families import line_families
from devices.message import Text
from gateway.site.fault import Fault, Path, found, found_text, near_to, some_of
from gateway.site.model import ModbusLine, OsdpLine, SerialLine, Site, SocketLine
from gateway.site.shape import table_faults

OWN_NAMES = ("gateway", "mqtt")
"""Names the gateway uses for itself: its own area, the broker's line."""
_ID = re.compile(r"[\w.-]{1,64}")
_PORT = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_TABLES = ("serial", "socket", "modbus", "osdp")


def line_faults(site: Site) -> Iterator[Fault]:
    """Everything that is wrong with the lines of a site of the right shape."""
    names: set[str] = set()
    for table in _TABLES:
        for index, line in enumerate(getattr(site, table)):
            path: Path = (table, index)
            yield from word(line.name, (*path, "name"))
            if line.name in OWN_NAMES:
                yield Fault((*path, "name"), f"{line.name!r} is the gateway's own; choose another name")
            if line.name in names:
                yield Fault((*path, "name"), f"{line.name!r} is used twice: an earlier line has that name already")
            names.add(line.name)
    for index, serial in enumerate(site.serial):
        yield from _port(serial.port, serial.baud, ("serial", index))
        yield from _family(serial, ("serial", index))
    for index, door in enumerate(site.socket):
        yield from _family(door, ("socket", index))
        yield from _door(door, ("socket", index))
    for index, bus in enumerate(site.modbus):
        yield from _modbus(bus, ("modbus", index))
    for index, readers in enumerate(site.osdp):
        yield from _osdp(readers, ("osdp", index))
    for index, door in enumerate(site.socket):
        panels = {device.address.partition("/")[0] for device in site.devices if device.line == door.name}
        if len(panels) > door.most_peers:
            problem = f"must be at least {len(panels)}, as many panels are registered here; found {door.most_peers}"
            yield Fault(("socket", index, "most_peers"), f"{problem}: they would cut each other off")
    for table in ("serial", "osdp"):
        yield from twice(table, "port", [line.port for line in getattr(site, table)])
    for protocol in ("tcp", "udp"):
        yield from twice("socket", protocol, [getattr(door, protocol) or object() for door in site.socket])


def unknown(
    noun: str, name: str, known: Collection[str], path: Path, lookup: str = "", wanted: str = "", **params: str
) -> Fault:
    """A name that is not among those known, with the nearest of them. ``noun`` is a key of the table ``noun``."""
    near, what = near_to(name, known), Text.of(f"noun.{noun}", **params)
    problem = (
        Text.of("fault.unknown_near", noun=what, name=name[:60], near=near)
        if near
        else Text.of("fault.unknown", noun=what, name=name[:60], known=some_of(known))
    )
    return Fault(path, problem, lookup, wanted)


def word(text: str, path: Path) -> Iterator[Fault]:
    """An id: it stands in addresses and in the ledger, so it must be one plain word."""
    if not _ID.fullmatch(text):
        yield Fault(path, Text.of("fault.no_word", found=found_text(text)))


def twice(table: str, key: str, values: Sequence[Hashable]) -> Iterator[Fault]:
    """Values that stand twice in one table."""
    seen: set[Hashable] = set()
    for index, value in enumerate(values):
        if value in seen:
            shown = value[-1] if isinstance(value, tuple) else value
            yield Fault((table, index, key), f"{shown!r} is used twice: an earlier [[{table}]] has it already")
        seen.add(value)


def _family(line: SerialLine | SocketLine, path: Path) -> Iterator[Fault]:
    known = line_families()
    if line.family not in known:
        yield unknown("line_family", line.family, known, (*path, "family"))
    else:
        yield from table_faults(line.options, known[line.family].options, (*path, "options"))


def _port(port: str, baud: int, path: Path) -> Iterator[Fault]:
    place = PurePosixPath(port)
    if not place.is_absolute() or ".." in place.parts or not _PORT.fullmatch(port):
        problem = f"must be the whole path of a serial port, like '/dev/serial/by-id/...'; found {found(port)}"
        yield Fault((*path, "port"), problem)
    if not 50 <= baud <= 4_000_000:
        yield Fault((*path, "baud"), f"must be from 50 to 4000000 bits a second; found {baud}")


def _door(door: SocketLine, path: Path) -> Iterator[Fault]:
    for protocol in ("tcp", "udp"):
        port = getattr(door, protocol)
        if not 0 <= port < 65536:
            yield Fault((*path, protocol), f"must be a port from 1 to 65535; found {port}")
    if not door.tcp and not door.udp:
        yield Fault(path, "must listen on something: give a port in 'tcp', in 'udp' or in both")
    try:
        is_open = not ip_address(door.host).is_loopback
    except ValueError:
        is_open = False
        problem = f"must be an address of this machine, like '0.0.0.0' for all of them; found {found(door.host)}"
        yield Fault((*path, "host"), problem)
    for place, network in enumerate(door.allow):
        try:
            ip_network(network)
        except ValueError:
            problem = f"must be a network like '192.168.10.0/24' or one address; found {found(network)}"
            yield Fault((*path, "allow", place), problem)
    for source, networks in door.peers.items():
        for place, network in enumerate(networks):
            try:
                ip_network(network)
            except ValueError:
                problem = f"must be a network like '192.168.10.0/24' or one address; found {found(network)}"
                yield Fault((*path, "peers", source, place), problem)
        if not networks:
            yield Fault((*path, "peers", source), "say at least one address or network from which it calls")
    if is_open and not door.allow:
        problem = "say who may call in, for instance allow = [\"192.168.10.0/24\"] ('0.0.0.0/0': anybody)"
        yield Fault(path, f"listens to the network: {problem}")
    if not 1 <= door.most_peers <= 10_000:
        yield Fault((*path, "most_peers"), f"must be from 1 to 10000; found {door.most_peers}")
    if door.silence_s < 10:
        yield Fault((*path, "silence_s"), f"must be at least 10 seconds; found {door.silence_s:g}")


def _modbus(bus: ModbusLine, path: Path) -> Iterator[Fault]:
    if bool(bus.port) == bool(bus.host):
        yield Fault(path, "give 'port' (a serial port, RTU) or 'host' (Modbus TCP), one of the two")
    if bus.port:
        yield from _port(bus.port, bus.baud, path)
        if bus.framing != "tcp":
            yield Fault((*path, "framing"), "goes with 'host'; on a serial port RTU is spoken anyway")
    if not 0 < bus.tcp_port < 65536:
        yield Fault((*path, "tcp_port"), f"must be a port from 1 to 65535; found {bus.tcp_port}")
    for key, least in (("poll_s", 0.1), ("timeout_s", 0.05)):
        if getattr(bus, key) < least:
            yield Fault((*path, key), f"must be at least {least:g} seconds; found {getattr(bus, key):g}")
    if ".." in PurePosixPath(bus.maps).parts or "\0" in bus.maps:
        yield Fault((*path, "maps"), f"may not lead out of the site file's folder ('..'); found {found(bus.maps)}")


def _osdp(readers: OsdpLine, path: Path) -> Iterator[Fault]:
    yield from _port(readers.port, readers.baud, path)
    for key in ("plain", "install"):
        for place, address in enumerate(getattr(readers, key)):
            if not 0 <= address <= 126:
                yield Fault((*path, key, place), f"must be a reader's address from 0 to 126; found {address}")
    for place, address in enumerate(readers.install):
        if address in readers.plain:
            yield Fault((*path, "install", place), f"reader {address} is to have a key, so it can't stand in 'plain'")
