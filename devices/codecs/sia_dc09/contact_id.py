"""Contact ID inside DC-09 (``ADM-CID``): ``#1234|1111 01 017``, account, qualifier, code, partition, zone or user."""

import re

from devices.codecs.sia_dc09.contact_id_codes import CLASSES, CODES, Code
from devices.codecs.sia_dc09.ends import ENDS
from devices.codecs.sia_dc09.envelope import text_of
from devices.codecs.sia_dc09.event import Event, Heard, Values, channel, number, of_part
from devices.kinds import ABOUT_ITSELF
from devices.message import Text
from devices.signals import base_name

_EVENT = re.compile(
    rb" *(?:[19]8 ?)?([0-9A-FRPS])([0-9A-F]{3})(?: ?([0-9A-F]{2}) ?([0-9A-F]{3})| +([0-9A-F]{1,2}) +([0-9A-F]{1,5})) *"
    rb"|[0-9A-F]{4}[19]8([136])([0-9A-F]{3})([0-9A-F]{2})([0-9A-F]{3})[0-9A-F]",
    re.IGNORECASE,
)
"""Between blanks, numbers may be shorter or longer than the standard has them; some panels keep the message type, or
all that DC-05 has on a telephone line: account, message type, event, check digit."""
_NEW, _RESTORE, _STATUS = "1", "3", "6"
_LETTERS = {"E": _NEW, "R": _RESTORE, "P": _STATUS, "S": _STATUS}
"""Event, restore, previous or status: how people write them, and some panels."""
_LIKE_AN_EVENT = re.compile(rb" *[0-9A-FRPS] ?[0-9A-F]{3}[^0-9A-F]", re.IGNORECASE)


def events(blocks: list[bytes], account: str) -> Heard:
    """What the blocks between the bars say, and what is odd about them."""
    told: list[Event] = []
    notes: list[Text] = []
    is_unread = False
    for block in blocks:
        found = _EVENT.fullmatch(block)
        if found is None:
            notes.append(Text.of("sia_dc09.no_contact_id", block=repr(text_of(block, 40))))
            is_unread = is_unread or bool(_LIKE_AN_EVENT.match(block))
            continue
        qualifier, code, partition, point = (part.decode().upper() for part in found.groups() if part is not None)
        qualifier = _LETTERS.get(qualifier, qualifier)
        if qualifier not in (_NEW, _RESTORE, _STATUS):
            notes.append(Text.of("sia_dc09.qualifier", qualifier=qualifier))
            said = f"{qualifier}{code} {partition} {point}"
            told.append(Event(account, (("action", said),), "event of an unknown qualifier", number(partition)))
            is_unread = True
            continue
        if code not in CODES:
            notes.append(Text.of("sia_dc09.contact_id_code", code=code))
        told.append(_event(qualifier, code, account, number(partition), number(point)))
    return Heard(told, notes, is_unread)


def _event(qualifier: str, code: str, account: str, partition: str, counted: str) -> Event:
    is_known = code in CODES
    known = CODES.get(code) or CLASSES.get(code[:2]) or CLASSES.get(code[:1]) or CLASSES[""]
    if not is_known:
        effect = known.effect if known.effect.startswith("!") else channel(known.effect, code)
        known = Code(
            known.counts, effect, f"{known.name}, {code}" if not known.effect.startswith("!") else f"event {code}"
        )
    is_restore = qualifier == _RESTORE
    values = _values(known, is_restore=is_restore)
    status = qualifier == _STATUS
    ends = _ends(known, values, qualifier)
    match known.counts:
        case "Z":
            return Event(account, values, known.name, partition, counted, status, ends=ends)
        case "U":
            by = "credential" if known.effect.startswith("access:") else "action.operator"
            who: Values = ((by, f"user {counted}"),) if counted else ()
            return Event(account, who + values, known.name, partition, is_status=status, ends=ends)
        case _:
            values = tuple(of_part(signal, value, counted) for signal, value in values)
            return Event(account, values, known.name, partition if ends else "", is_status=status, ends=ends)


def _ends(code: Code, values: Values, qualifier: str) -> tuple[str, ...]:
    """A restore ends what its zone had told by any code of the kind; cancels and resets, what their place had."""
    if qualifier == _RESTORE and code.counts == "Z":
        return tuple({base_name(signal) for signal, value in values if value is False} - ABOUT_ITSELF)
    return ENDS.get(code.effect, ()) if qualifier == _NEW else ()


def _values(code: Code, *, is_restore: bool) -> Values:
    effect, _, word = code.effect.partition(":")
    if effect.startswith("!"):
        return (("action", f"{code.name}, restored" if is_restore else code.name),)
    if effect == "arm":
        return (("arm_request", word if is_restore else "disarmed"),)
    if effect == "access":
        return (("access", word.strip()),)
    if effect.startswith("-"):
        return ((effect[1:], is_restore),)
    return ((effect, not is_restore),)
