"""A bypass: devices taken out of service for work, by a person, with a reason and an end that comes by itself.

Who bypasses a detector of fire or gas answers for it for a shift at most, together with a second person who consents
to it (alerts/suppression/consent.py); others may be out for a day. What calls for help by hand is never bypassed.
docs/adr/0105 and
docs/adr/0134 say why.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import blake2b

import msgspec
from msgspec.structs import force_setattr, replace

from alerts.command import Bypass, EndBypass
from devices.detector_trigger import is_worked_by_hand
from devices.device import OWN_FAMILY, Device
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant

LONGEST: Instant = 86_400 * SECOND
LONGEST_FOR_LIFE: Instant = 28_800 * SECOND
"""For fire and gas detectors."""
REMIND_BEFORE: Instant = 900 * SECOND
REMIND_EVERY: Instant = 28_800 * SECOND
"""At least once in each shift."""
ROUND_EVERY: Instant = 1_800 * SECOND
"""While a fire or gas detector is out, somebody goes and looks in its stead."""
_MOST_STANDING = 500
_MOST_TEXT = 2_000
_NAMED = 20


class Bypassed(msgspec.Struct, frozen=True):
    """One bypass as it stands now. ``devices`` are those still in it; ``reminded``: when it last said so again.

    ``asked``: when it was asked for, if it takes a second person; nothing is out of service before ``consented_by`` is
    known. ``rounds``: when people were last sent to look in its stead. ``order``: it is no bypass, but
    another ask that waits for a second person, shown among the wishes. ``reason``: a person's words, or what such an
    ask takes away; ``note`` likewise, or why it ended by itself. ``change``: earlier releases kept the reason of an
    order there, with a sentence as ``reason``.
    """

    id: str
    area: str
    devices: tuple[str, ...]
    by: str
    reason: str | Text
    since: Instant
    until: Instant
    reminded: Instant | None = None
    ended: Instant | None = None
    ended_by: str = ""
    note: str | Text = ""
    asked: Instant | None = None
    consented_by: str = ""
    rounds: Instant | None = None
    order: str | dict[str, object] | None = ""
    change: Text | None = None

    def __post_init__(self) -> None:
        if self.change is not None:
            force_setattr(self, "reason", self.change)
            force_setattr(self, "change", None)
        if not isinstance(self.order, str):  # what was told of it before it was an ask like any other
            force_setattr(self, "order", str(self.order["type"]) if self.order else "")

    @property
    def is_wish(self) -> bool:
        """Whether it waits for a second person."""
        return self.asked is not None and not self.consented_by

    @property
    def round_at(self) -> Instant:
        """When somebody is next sent to look; the end, where no danger to life is out."""
        return (self.rounds or self.since) + ROUND_EVERY if self.consented_by else self.until

    @property
    def remind_at(self) -> Instant:
        """When people are told again that it stands: in each shift, and before it ends."""
        last = self.reminded if self.reminded is not None else self.since
        near = self.until - REMIND_BEFORE
        return min(last + REMIND_EVERY, near if near > last else self.until)


def begin(
    command: Bypass,
    devices: Mapping[str, Device],
    standing: Mapping[str, Bypassed],
    guards_life: Callable[[Device], bool],
    now: Instant,
) -> Bypassed:
    """The bypass that was asked for, or the wish for it; ``standing`` by device, wishes too.

    ``guards_life``: for which devices it takes two. Raises Refused with all that speaks against it.
    """
    check_words(command.by, command.reason)
    if not command.reason.strip():
        raise Refused(Text.of("bypass.no_reason"))
    if len({bypass.id for bypass in standing.values()}) >= _MOST_STANDING:
        raise Refused(Text.of("bypass.most_standing", most=_MOST_STANDING))
    chosen = choose(command.area, command.devices, devices)
    if not command.devices:
        chosen = [device for device in chosen if not is_worked_by_hand(device) and device.id not in standing]
    faults = [Text.of("bypass.by_hand", device=d.id) for d in chosen if is_worked_by_hand(d)]
    faults += [_already(d.id, standing[d.id]) for d in chosen if d.id in standing]
    areas = sorted({device.area for device in chosen})
    if len(areas) > 1:
        faults.append(Text.of("bypass.several_areas", areas=tuple(areas)))
    if not chosen:
        faults.append(Text.of("bypass.nothing_left", area=command.area))
    takes_two = any(guards_life(device) for device in chosen)
    longest = LONGEST_FOR_LIFE if takes_two else LONGEST
    if not now < command.until <= now + longest:
        key = "bypass.longest_for_life" if takes_two else "bypass.longest"
        faults.append(Text.of(key, hours=longest // (3_600 * SECOND)))
    if faults:
        raise Refused(united(faults))
    ids = tuple(device.id for device in chosen)
    return Bypassed(
        id=made_id("bypass", command.by, now, ids),
        area=areas[0],
        devices=ids,
        by=command.by,
        reason=command.reason.strip(),
        since=now,
        until=command.until,
        asked=now if takes_two else None,
    )


def _already(device: str, bypass: Bypassed) -> Text:
    return Text.of("bypass.asked_already" if bypass.is_wish else "bypass.already", device=device, by=bypass.by)


def united(faults: Sequence[Text]) -> Text:
    """All that speaks against it, as one text."""
    return faults[0] if len(faults) == 1 else Text.of("bypass.faults", faults=tuple(faults[:_NAMED]))


def end(command: EndBypass, bypass: Bypassed | None, now: Instant) -> tuple[Bypassed, tuple[str, ...]]:
    """The bypass without the devices that were named, or ended if none is left; and those devices."""
    check_words(command.by, command.note)
    if bypass is None:
        raise Refused(Text.of("bypass.gone"))
    out = command.devices or bypass.devices
    strangers = [device for device in out if device not in bypass.devices]
    if strangers:
        raise Refused(Text.of("bypass.not_in_it", devices=tuple(name[:64] for name in strangers[:_NAMED])))
    return without(bypass, out, now, command.by, command.note)


def without(
    bypass: Bypassed, out: Collection[str], now: Instant, by: str, note: str | Text
) -> tuple[Bypassed, tuple[str, ...]]:
    """The same without these devices; ended when none is left."""
    left = tuple(device for device in bypass.devices if device not in out)
    gone = tuple(device for device in bypass.devices if device in out)
    if left:
        return replace(bypass, devices=left), gone
    return replace(bypass, ended=now, ended_by=by, note=note), gone


def choose(area: str, named: Sequence[str], devices: Mapping[str, Device]) -> list[Device]:
    """The devices named, or all of the area. Raises Refused for what is not there."""
    if bool(area) == bool(named):
        raise Refused(Text.of("bypass.name_something"))
    if not named:
        found = [device for device in devices.values() if device.area == area and device.family != OWN_FAMILY]
        if not found:
            raise Refused(Text.of("bypass.no_device", area=area[:64]))
        return sorted(found, key=lambda device: device.id)
    known = [devices.get(name) for name in dict.fromkeys(named)]
    strangers = [name[:64] for name, device in zip(dict.fromkeys(named), known, strict=True) if not _may(device)]
    if strangers:
        raise Refused(Text.of("bypass.not_installed", devices=tuple(strangers[:_NAMED])))
    return [device for device in known if device is not None]


def _may(device: Device | None) -> bool:
    return device is not None and device.family != OWN_FAMILY


def check_words(by: str, words: str) -> None:
    """Raises Refused for words that cannot be stored, or that nobody said."""
    if not by:
        raise Refused(Text.of("bypass.who_asks"))
    if len(words) > _MOST_TEXT:
        raise Refused(Text.of("bypass.too_long", most=_MOST_TEXT))
    try:
        (by + words).encode()
    except UnicodeEncodeError:
        raise Refused(Text.of("bypass.no_characters")) from None


def made_id(what: str, by: str, now: Instant, devices: Sequence[str]) -> str:
    """The same command at the same time is the same thing."""
    return blake2b(msgspec.json.encode((what, by, now, devices)), digest_size=8).hexdigest()
