"""Which address a panel calls from: who else speaks in its name may raise an alarm, and end none.

A source address in a frame is a number that anybody can write. Where nothing proves it, the address of the peer is the
only thing that tells two callers apart: the site file says it (``peers`` of the line), or it is learnt from the first
who speaks. From any other a danger is believed at once, and nothing else is.

A second caller once ended another's fire with one frame. The address moves after five minutes of silence, but not while
a danger stands there: then a person ends it, or the site file names the network. What is refused is not confirmed, so a
real panel says it again. Connections are not refused: the real panel may be the one that moved, and its fire counts.
DC-09 learns none, because its panels report over two ways and a key proves more.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from devices.codec import Report
from devices.message import Reason, Text
from devices.reading import SECOND, Instant, Value
from devices.signals import is_danger

MOVES_AFTER = 300 * SECOND
"""So long the known caller must have been silent before another may take its place."""
CLAIM_STANDS = 600 * SECOND
_CALLER = "action.caller-"
_MOST_PINS = 10_000
_MOST_CLAIMS = 100

Network = IPv4Network | IPv6Network


class Claim(msgspec.Struct, frozen=True):
    """``host`` speaks as ``source``, which is known to call from ``known``."""

    line: str
    source: str
    host: str
    known: str

    @property
    def signal(self) -> str:
        """Names both, for whoever reads the alert."""
        return f"tamper.{self.source}-called-from-{self.host}-and-{self.known}".replace("/", "-")

    def words(self) -> Text:
        return Text.of("callers.elsewhere", source=self.source, host=self.host, known=self.known)


class Believed(msgspec.Struct, frozen=True):
    """What of a caller's reports is believed, what the line says of its callers (signal, value), and why not all is."""

    reports: tuple[Report, ...]
    told: tuple[tuple[str, Value], ...] = ()
    why: Reason = ""


class _Pin(msgspec.Struct):
    host: str
    heard: Instant
    is_told: bool = False


class Callers:
    """Bounded; the oldest pin is forgotten beyond 10,000."""

    def __init__(self, peers: Mapping[str, Mapping[str, Sequence[str]]], learning: Collection[str]) -> None:
        """``peers``: line -> source -> networks, as the site file says. ``learning``: families that have one caller."""
        self._said = {
            (line, source.casefold()): tuple(ip_network(network) for network in networks)
            for line, sources in peers.items()
            for source, networks in sources.items()
        }
        self._learning = frozenset(learning)
        self._pins: OrderedDict[tuple[str, str], _Pin] = OrderedDict()
        self._claims: OrderedDict[Claim, Instant] = OrderedDict()
        self._stale: dict[str, list[str]] = {}
        """By line: claims that stood when the gateway ended."""

    def recall(self, line: str, signal: str, value: Value, time: Instant) -> None:
        """What the line was last known to say of its callers: who a panel is outlives the gateway."""
        if signal.startswith(_CALLER):
            self._pins[line, signal.removeprefix(_CALLER)] = _Pin(str(value), time, is_told=True)
        elif signal.startswith("tamper.") and value is True:
            self._stale.setdefault(line, []).append(signal)

    def believed(
        self,
        line: str,
        family: str,
        host: str,
        reports: Sequence[Report],
        now: Instant,
        is_in_danger: Callable[[str], bool],
        is_installed: Callable[[str], bool] = lambda source: False,
    ) -> Believed:
        """Of these reports. ``is_in_danger(source)``: something stands that a word of that source could end.

        Where an installed panel calls from is told, so that it is known again after a start.
        """
        kept: list[Report] = []
        told: list[tuple[str, Value]] = []
        why: Reason = ""
        for report in reports:
            source = report.address.partition("/")[0]
            claim = self._claim(line, family, source, host, now, is_in_danger)
            pin = self._pins.get((line, source))
            if pin is not None and not pin.is_told and is_installed(source):
                pin.is_told = True
                told.append((_CALLER + source, pin.host))
            if claim is None:
                kept.append(report)
                continue
            why = why or claim.words()
            if self._is_new(claim, now):
                told.append((claim.signal, True))
            danger = _dangers_in(report)
            if danger is not None:
                kept.append(danger)
        told += [(claim.signal, False) for claim in self._over(now)]
        standing = {claim.signal for claim in self._claims if claim.line == line}
        told += [(signal, False) for signal in self._stale.pop(line, ()) if signal not in standing]
        return Believed(tuple(kept), tuple(told), why)

    def _claim(
        self, line: str, family: str, source: str, host: str, now: Instant, is_in_danger: Callable[[str], bool]
    ) -> Claim | None:
        """None if that caller is believed."""
        said = self._said.get((line, source.casefold()))
        if said is not None:
            return None if _is_in(host, said) else Claim(line, source, host, " or ".join(map(str, said)))
        if family not in self._learning:
            return None
        key = (line, source)
        pin = self._pins.get(key)
        may_move = pin is not None and pin.host != host and now - pin.heard >= MOVES_AFTER
        if pin is None or (may_move and not is_in_danger(source)):
            pin = self._pins[key] = _Pin(host, now)
        self._pins.move_to_end(key)
        if len(self._pins) > _MOST_PINS:
            self._pins.popitem(last=False)
        if pin.host != host:
            return Claim(line, source, host, pin.host)
        pin.heard = now
        return None

    def _is_new(self, claim: Claim, now: Instant) -> bool:
        """True if that is new, and not one of too many: then it is to be told."""
        is_new = claim not in self._claims
        if is_new and len(self._claims) >= _MOST_CLAIMS:
            return False
        self._claims[claim] = now
        return is_new

    def _over(self, now: Instant) -> list[Claim]:
        """Claims that nobody has made for ten minutes; each is told once."""
        gone = [claim for claim, at in self._claims.items() if abs(now - at) >= CLAIM_STANDS]
        for claim in gone:
            del self._claims[claim]
        return gone


def _dangers_in(report: Report) -> Report | None:
    """What of it is believed from anybody; None if nothing is."""
    values = tuple((signal, value) for signal, value in report.values if is_danger(signal, value))
    return msgspec.structs.replace(report, values=values, reset=False, reset_of=()) if values else None


def _is_in(host: str, networks: Sequence[Network]) -> bool:
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
