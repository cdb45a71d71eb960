"""What a good site file comes to: the summary and the notes that ``keyarea check`` prints."""

from collections import Counter
from collections.abc import Iterator, Sequence

from devices.detector_trigger import detects_fire
from devices.kinds import KINDS
from devices.supervision import FIRE_KINDS, LONGEST_FIRE_S
from gateway.site.fault import nearest
from gateway.site.model import Site, SocketLine
from gateway.site.remarks import detected, looks_at
from gateway.site.silent_alarms import has_silent_alarms

_LISTED = 8


def summary(site: Site) -> list[str]:
    """The site in a few lines."""
    families = Counter(device.family for device in site.devices)
    kinds = Counter(str(rule.__struct_config__.tag) for rule in site.rules)
    lines = [f"broker {site.mqtt.host}:{site.mqtt.port}"] if site.mqtt else []
    lines += [f"{line.name} ({line.family} on {line.port})" for line in site.serial]
    lines += [f"{door.name} ({door.family} on {_doors(door)})" for door in site.socket]
    lines += [f"{bus.name} (modbus on {bus.port or f'{bus.host}:{bus.tcp_port}'})" for bus in site.modbus]
    lines += [f"{bus.name} (osdp on {bus.port})" for bus in site.osdp]
    return [
        f"{site.name} ({site.id}), local time {site.time_zone}",
        f"  areas    {len(site.areas)}",
        f"  devices  {len(site.devices)}{_counted(families)}",
        f"  rules    {len(site.rules)}{_counted(kinds)}",
        f"  lines    {', '.join(lines) or 'none'}",
        f"  console  http://{site.web.host}:{site.web.port}/",
    ]


def notes(site: Site) -> Iterator[str]:
    """What is allowed, but somebody should know of it: things that are installed and not watched."""
    housed = {device.area for device in site.devices}
    yield from _note(
        "nothing watches these areas, they have no device", [a.id for a in site.areas if a.id not in housed]
    )
    supervising = [rule for rule in site.rules if rule.supervises]
    others = [rule for rule in site.rules if not rule.supervises]
    unwatched = [
        d.id for d in site.devices if (signals := detected(d)) and not any(looks_at(r, d, signals) for r in others)
    ]
    yield from _note("no rule looks at what these devices detect", unwatched)
    strange = {d.kind: nearest(d.kind, KINDS) for d in site.devices if d.kind and d.kind not in KINDS}
    yield from _note("nobody knows these kinds of device", [f"{kind!r}{meant}" for kind, meant in strange.items()])
    yield from _note(
        "these rules have no title, so the operator reads a signal's name instead of a sentence",
        [rule.name for rule in site.rules if not rule.title],
    )
    unsupervised = [d.id for d in site.devices if not any(rule.selects(d) for rule in supervising)]
    yield from _note("nobody notices when these devices fall silent, no supervision rule selects them", unsupervised)
    slow = [
        f"{d.id} ({d.interval_s:g} s)"
        for d in site.devices
        if (d.kind in FIRE_KINDS or detects_fire(d)) and (d.interval_s or 0) > LONGEST_FIRE_S
    ]
    yield from _note(f"the loss of these fire devices shows later than the {LONGEST_FIRE_S} s of EN 54-2", slow)
    addressed = {device.line for device in site.devices}
    if not site.channels:
        yield "no channel is configured: nobody outside of the control room is told of an alert (docs/notification.md)"
    elif has_silent_alarms(site) and not _tells_silent(site):
        yield "no chain of escalation has silent = true: silent alarms are told to nobody outside of the control room"
    yield from _note("no device is on these lines", [name for name in site.line_families() if name not in addressed])


def _tells_silent(site: Site) -> bool:
    chains = (chain for config in site.workflows.values() for chain in getattr(config, "chains", ()))
    return any(chain.silent for chain in chains)


def _doors(door: SocketLine) -> str:
    ports = [f"{protocol} {port}" for protocol, port in (("tcp", door.tcp), ("udp", door.udp)) if port]
    return f"{door.host}, {' and '.join(ports)}"


def _note(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        yield f"{what}: {', '.join(names[:_LISTED])}{more}"


def _counted(counts: Counter[str]) -> str:
    shown = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    return f" ({shown})" if shown else ""
