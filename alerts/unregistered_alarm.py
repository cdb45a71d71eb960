"""What an unregistered device says of a danger: an alert, long before a technician has looked at the device.

One alert for each line and for each registered panel, whoever speaks there: it names the first and counts the others,
so that a thousand invented names are one alert. It is told again for each that joins; beyond twenty at most once a
minute. It ends by itself: when each has said that it is over, or was adopted or rejected. A word counts for a day, so
that a message that a broker keeps of a device long gone does not stand for ever; whoever says it after that is told
again. Nobody can switch these rules off (docs/adr/0120).
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec
from msgspec.structs import replace

from alerts.event import Event, Identified, PanelReset, Stranger, Tick
from alerts.rule import Breach, Memory, Rule
from devices.device import SenderKey
from devices.message import SignalName, Text
from devices.panel_reset import is_behind
from devices.reading import SECOND, Instant
from devices.signals import base_name

_MOST = 200
_MOST_SIGNALS = 40
_NAMED = 5
"""Of the first and again of the newest: who joins a flood of invented names is among the newest."""
_SIGNALS_NAMED = 3
_AT_ONCE = 20
_LEAST: Instant = 60 * SECOND
_LONGEST: Instant = 86_400 * SECOND
_LONGEST_ADDRESS = 200


class Danger(msgspec.Struct, frozen=True):
    """One sender: all that it said of danger, what of it stands, and until when that counts at the latest."""

    sender: SenderKey
    said: tuple[str, ...]
    standing: tuple[str, ...]
    since: Instant
    until: Instant


class UnregisteredAlarms(Memory, frozen=True):
    """``dangers`` by sender, in the order in which they began.

    ``is_full``: there were more than the 200 senders that are remembered. ``told`` counts how often the breach
    was told, last at ``told_at``; ``has_news``: somebody has joined since.
    """

    dangers: dict[str, Danger] = {}
    is_full: bool = False
    told: int = 0
    told_at: Instant = 0
    has_news: bool = False


class UnregisteredAlarmRule(Rule[UnregisteredAlarms], frozen=True, tag="stranger"):
    """``signals``: the dangers that it is about."""

    listens = (Stranger, Identified, PanelReset)

    signals: tuple[str, ...]

    def hears(self, topic: str) -> bool:
        return base_name(topic) in self.signals

    def longest_delay_s(self) -> float:
        return 0

    def start(self) -> UnregisteredAlarms:
        return UnregisteredAlarms()

    def step(self, memory: UnregisteredAlarms, event: Event, now: Instant) -> UnregisteredAlarms:
        match event:
            case Stranger(is_active=True):
                changed = _begun(memory, event, now)
            case Stranger():
                changed = _over(memory, event, now)
            case Identified(sender=sender):
                changed = _without(memory, _kept(sender))
            case PanelReset(panel=panel):
                changed = _reset(memory, panel, now)
            case Tick():
                return _judged(memory, now)
            case _:
                return memory
        return memory if changed is memory else _judged(changed, now)


def standing(memories: Iterable[Memory]) -> dict[SenderKey, tuple[str, ...]]:
    """Who has told a danger, and what of it stands; several rules may each remember a part of what one said."""
    found: dict[SenderKey, tuple[str, ...]] = {}
    for memory in memories:
        for danger in memory.dangers.values() if isinstance(memory, UnregisteredAlarms) else ():
            found[danger.sender] = (*found.get(danger.sender, ()), *danger.standing)
    return found


def _begun(memory: UnregisteredAlarms, event: Stranger, now: Instant) -> UnregisteredAlarms:
    sender, signal = _kept(event.sender), event.signal
    known = memory.dangers.get(_key(sender))
    if known is None and len(memory.dangers) >= _MOST:
        return memory if memory.is_full and memory.has_news else replace(memory, is_full=True, has_news=True)
    if known is None:
        return _with(memory, Danger(sender, (signal,), (signal,), now, now + _LONGEST), has_news=True)
    if signal in known.standing and event.is_event:
        return _with(memory, replace(known, until=now + _LONGEST), has_news=True)
    if signal in known.standing or len(known.said) >= _MOST_SIGNALS:
        return memory
    said = known.said if signal in known.said else (*known.said, signal)
    danger = replace(known, said=said, standing=(*known.standing, signal), until=now + _LONGEST)
    return _with(memory, danger, has_news=said is not known.said)


def _over(memory: UnregisteredAlarms, event: Stranger, now: Instant) -> UnregisteredAlarms:
    """A danger stands for a minute at least: a button that is pressed and let go is told before it is over."""
    known = memory.dangers.get(_key(_kept(event.sender)))
    if known is None or event.signal not in known.standing or len(known.said) >= _MOST_SIGNALS:
        return memory
    standing = tuple(signal for signal in known.standing if signal != event.signal)
    until = known.until if standing else max(now, known.since + _LEAST)
    return _with(memory, replace(known, standing=standing, until=until))


def _reset(memory: UnregisteredAlarms, panel: SenderKey, now: Instant) -> UnregisteredAlarms:
    """All that stood behind the panel is over, each after its minute."""
    its = {
        name: replace(danger, standing=(), until=max(now, danger.since + _LEAST))
        for name, danger in memory.dangers.items()
        if (danger.sender.line, danger.sender.family) == (panel.line, panel.family)
        and is_behind(danger.sender.address, panel.address)
        and danger.standing
    }
    return replace(memory, dangers={**memory.dangers, **its}) if its else memory


def _with(memory: UnregisteredAlarms, danger: Danger, *, has_news: bool = False) -> UnregisteredAlarms:
    dangers = {**memory.dangers, _key(danger.sender): danger}
    return replace(memory, dangers=dangers, has_news=memory.has_news or has_news)


def _without(memory: UnregisteredAlarms, sender: SenderKey) -> UnregisteredAlarms:
    key = _key(sender)
    if key not in memory.dangers:
        return memory
    return replace(memory, dangers={name: danger for name, danger in memory.dangers.items() if name != key})


def _judged(memory: UnregisteredAlarms, now: Instant) -> UnregisteredAlarms:
    dangers = {name: danger for name, danger in memory.dangers.items() if danger.until > now}
    if not dangers:
        return memory if memory == UnregisteredAlarms() else UnregisteredAlarms()
    old, wake_at = memory.breach, min(danger.until for danger in dangers.values())
    told_again_at = memory.told_at + _LEAST
    if old is not None and not (memory.has_news and (memory.told < _AT_ONCE or now >= told_again_at)):
        wake_at = min(wake_at, told_again_at) if memory.has_news else wake_at
        return replace(memory, dangers=dangers, wake_at=wake_at)
    # Two that join at the same instant are told one after the other.
    since = max(now, old.since + 1) if old is not None else now
    breach = Breach(since=since, text=_text([*dangers.values()], is_full=memory.is_full))
    return UnregisteredAlarms(breach, wake_at, dangers, memory.is_full, memory.told + 1, now)


def _text(dangers: Sequence[Danger], *, is_full: bool) -> Text:
    more = len(dangers) - 2 * _NAMED
    named = dangers if more <= 0 else (*dangers[:_NAMED], *dangers[-_NAMED:])
    told = [report for danger in named for report in _reports(danger)]
    if more > 0:
        told.append(Text.of("unregistered_alarm.at_least" if is_full else "unregistered_alarm.more", count=more))
    return Text.of("unregistered_alarm.reports", reports=tuple(told))


def _reports(danger: Danger) -> list[Text]:
    signals = list(dict.fromkeys(map(base_name, danger.said)))[:_SIGNALS_NAMED]
    sender = _printable(str(danger.sender))
    return [Text.of("unregistered_alarm.report", signal=SignalName(signal), sender=sender) for signal in signals]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _key(sender: SenderKey) -> str:
    return f"{sender.line}\n{sender.family}\n{sender.address}"


def _kept(sender: SenderKey) -> SenderKey:
    """Short enough to be remembered, and in characters that can be stored; still nobody else's."""
    address = sender.address.encode("utf-8", "backslashreplace").decode()
    if len(address) > _LONGEST_ADDRESS:
        digest = blake2b(address.encode(), digest_size=8).hexdigest()
        address = f"{address[: _LONGEST_ADDRESS - 20]}…{digest}"
    return sender if address == sender.address else replace(sender, address=address)
