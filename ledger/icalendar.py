"""Stints as a calendar file (iCalendar, RFC 5545) for whatever calendar a person keeps. Pure.

Times are UTC, so no reader needs to know the site's zone; each stint keeps its UID, so a newer file changes it and does
not double it. Lines end with CRLF and are folded at 75 octets (sections 3.1 and 3.3.11).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from devices.reading import SECOND, Instant
from ledger.roster import Stint

_LONGEST = 75


def calendar_file(
    stints: Iterable[Stint], called: Callable[[str], str], now: Instant, person: Callable[[str], str] = str
) -> str:
    """A file with an event for each; ``called`` names a post, ``person`` whoever is there."""
    return "".join(f"{line}\r\n" for text in _lines(stints, called, now, person) for line in _folded(text))


def _lines(
    stints: Iterable[Stint], called: Callable[[str], str], now: Instant, person: Callable[[str], str]
) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//keyarea//duty roster//EN", "CALSCALE:GREGORIAN")
    for stint in stints:
        yield "BEGIN:VEVENT"
        yield f"UID:{_escaped(stint.line)}-{stint.day}@keyarea"
        yield f"DTSTAMP:{_utc(now)}"
        yield f"DTSTART:{_utc(stint.begins)}"
        yield f"DTEND:{_utc(stint.ends)}"
        yield f"SUMMARY:{_escaped(called(stint.post))} · {_escaped(person(stint.person))}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _utc(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return "".join(letter for letter in text if letter.isprintable())


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, never within a letter; each after the first begins with a space."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > _LONGEST:
            yield piece
            piece = " "
        piece += letter
    yield piece
