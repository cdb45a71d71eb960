"""What an unknown sender probably is: a description that a technician only has to look over and give an area."""

import re
from collections.abc import Collection

from devices.device import Device
from devices.kinds import KINDS
from devices.quarantine import Sender
from devices.signals import SIGNALS, base_name, rank

_WORD = re.compile(r"[\w.-]{1,64}")
_TAIL = 6
_SPELT, _HEX = re.compile(r"[^\W\d_]{3,}|[\u4e00-\u9fff]+"), re.compile(r"[0-9A-Fa-f]+")
_PLAIN, _PARTS = re.compile(r"[\w ./-]{1,60}"), re.compile(r"[_\s./-]+")


def propose(sender: Sender, taken: Collection[str], area: str = "") -> Device:
    """A device from the shape of what it sends; ``taken`` are the ids in use. The area is the technician's to say."""
    kind = KINDS.get(sender.guess_kind)
    told = dict.fromkeys((*sender.signals, *sender.announced))
    signals = [signal for signal in told if base_name(signal) in SIGNALS]
    called = _words(sender.address)
    tail = called or sender.address[-_TAIL:]
    return Device(
        id=_free_id(sender, taken),
        family=sender.family,
        address=sender.address,
        area=area,
        name=called[:1].upper() + called[1:] or (f"{kind.name} {tail}" if kind is not None else ""),
        name_zh=f"{kind.name_zh} {tail}" if kind is not None else "",
        kind=sender.guess_kind,
        model=sender.guess_model,
        signals=tuple(sorted(signals, key=rank)),
        line=sender.line,
    )


def _words(address: str) -> str:
    """What it calls itself, if there are words in that: ``Hall_smoke``, and no ``0x00124bbbccdd``."""
    spelt = [word for word in _SPELT.findall(address) if not _HEX.fullmatch(word)]
    return " ".join(_PARTS.split(address)).strip() if spelt and _PLAIN.fullmatch(address) else ""


def _free_id(sender: Sender, taken: Collection[str]) -> str:
    """What it calls itself if that can be an id, else its kind and a number."""
    if _WORD.fullmatch(sender.address) and not sender.address.isdigit() and sender.address not in taken:
        return sender.address
    stem = (sender.guess_kind or sender.family).replace("_", "-")
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
