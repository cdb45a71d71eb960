"""What stands in a frame: who sends which kind of message, its data, extended blocks and time; and how to answer.

``"ID" SEQ [R] [L] #account [data] [x...] _timestamp``. The answer repeats sequence, receiver and line as they came:
they are decimal by the standard, yet there are senders that count in hexadecimal digits or leave the line out.

Panels write it in their own ways: a line ``L`` without digits, an account without ``#`` or only inside, data without
an end or with rubbish behind it. The sum says that a frame is whole, so everything around the data is read leniently.
What stands where the account belongs is no code, unless it is another's and nothing else speaks (FA17 without its
``#`` was read as a fire). What still cannot be read is ``fault.message`` of the account, ``fault.key`` for a wrong
key, and the caller waits in quarantine with the reason. A sum that is wrong in a maker's own way is not accepted: it
is the one thing that tells noise. The price: anybody who may call in can raise a fault in the name of a panel without
a key.
"""

import re
from datetime import UTC, datetime, timedelta

import msgspec

from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import SECOND, Instant

ANSWERS = frozenset(("ACK", "NAK", "DUH", "RSP"))

_HEAD = re.compile(
    rb'"(\*?)([A-Za-z0-9_-]{1,12})" ?([0-9A-Fa-f]{0,8}) ?(R[0-9A-Fa-f]{0,8})? ?(L[0-9A-Fa-f]{0,8})? ?'
    rb"(?:#([0-9A-Za-z]{0,24}))? ?\["
)
"""Numbers may be missing, shorter or longer than the standard has them: they are only said back."""
_ACCOUNT = re.compile(rb"#([0-9A-Za-z]{1,24}) ?[\[|\]]")
_OTHER = re.compile(rb"#([0-9A-Fa-f]{3,16})(?![0-9A-Za-z])|SR\d{4}L\d{4}[\s\0]+([0-9A-Fa-f]{3,16})X*[\s\0]")
"""Osborne-Hoffman panels send ``SR0001L0001    001234XX    [ID00000000]`` as their link test."""
_CONTENT = re.compile(rb"([^\[\]]*)\]((?:\[[^\[\]]*\])*)(.*)", re.DOTALL)
_NO_END = re.compile(rb"([^\[\]_]*)()(.*)", re.DOTALL)
_EXTENDED = re.compile(rb"\[([^\[\]]*)\]")
_TIME = re.compile(rb"_?(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})")
_MORE_DATA = b"#"
"""No kind of block, but an account: some panels put each event between brackets of its own."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_EXTENDED = 32
_LONGEST_TEXT = 200


class Envelope(msgspec.Struct, frozen=True):
    """The outside of a message, readable by everybody. ``content`` is all behind the first bracket."""

    token: str
    is_encrypted: bool
    sequence: bytes
    receiver: bytes
    line: bytes
    account: str
    content: bytes

    def answer(self, token: bytes, content: bytes = b"]") -> bytes:
        """The body of an answer to it."""
        account = b"#" + (self.account.encode() or b"000")
        return b'"' + token + b'"' + self.sequence + self.receiver + (self.line or b"L0") + account + b"[" + content


class Content(msgspec.Struct, frozen=True):
    """The inside of a message. ``extended`` are the blocks behind the data, without their brackets.

    ``has_time`` is false where there is no timestamp at all; ``time`` is None also for one that cannot be. ``odd`` says
    what is wrong with the end of the message, though its data are whole.
    """

    data: bytes
    extended: tuple[bytes, ...]
    time: Instant | None
    has_time: bool
    odd: Text | None = None

    def block(self, kind: bytes) -> bytes:
        """The first extended block of that kind, without its letter; empty if there is none."""
        return next((block[1:] for block in self.extended if block[:1] == kind), b"")

    def text(self) -> str:
        """What somebody wrote about it: I is the alarm's text, S, O, R and L say site, building, room and place."""
        texts = (text_of(self.block(kind)) for kind in (b"I", b"S", b"O", b"R", b"L"))
        return ", ".join(text for text in texts if text)[:_LONGEST_TEXT]


def envelope_of(body: bytes) -> Envelope:
    """Raises MalformedMessage for a body with another head. An account that it leaves out may stand in the data."""
    head = _HEAD.match(body)
    if head is None:
        raise MalformedMessage(Text.of("sia_dc09.no_head"))
    star, token, sequence, receiver, line, account = head.groups()
    if not account and not star:
        account = account_in(body[head.end() :])
    return Envelope(
        token.decode().upper(),
        bool(star),
        sequence,
        receiver or b"",
        line or b"",
        (account or b"").decode().upper(),
        body[head.end() :],
    )


def account_in(body: bytes) -> bytes:
    """The first account that anything like a message names, empty if there is none."""
    named = _ACCOUNT.search(body)
    return named[1] if named is not None else b""


def caller_in(noise: bytes) -> bytes:
    """Whoever calls himself by an account in what is no frame: in an older protocol, or in a broken one."""
    named = _ACCOUNT.search(noise) or _OTHER.search(noise)
    return next((name for name in named.groups() if name), b"") if named is not None else b""


def content_of(text: bytes, *, was_sealed: bool = False) -> Content:
    """What is inside, in the clear. Raises MalformedMessage if the brackets make no sense.

    ``was_sealed``: no sum says that this is what was meant, so that a spoilt end means another key.
    """
    inside, odd = _CONTENT.fullmatch(text), None
    if inside is None and not was_sealed:
        inside, odd = _NO_END.fullmatch(text), Text.of("sia_dc09.no_end")
    if inside is None:
        raise MalformedMessage(Text.of("sia_dc09.no_end"))
    data, extended, stamp = inside.groups()
    blocks = tuple(_EXTENDED.findall(extended))
    if len(blocks) > _MOST_EXTENDED:
        raise MalformedMessage(Text.of("sia_dc09.most_blocks", count=len(blocks), most=_MOST_EXTENDED))
    data = b"|".join((data, *(block for block in blocks if block.startswith(_MORE_DATA))))
    stamp = stamp.rstrip(b"\0 ")
    if stamp and not stamp.startswith(b"_"):
        if was_sealed:
            raise MalformedMessage(Text.of("sia_dc09.behind"))
        stamp, odd = b"", odd or Text.of("sia_dc09.behind")
    return Content(data, blocks, instant_of(stamp), bool(stamp), odd)


def instant_of(stamp: bytes) -> Instant | None:
    """``_HH:MM:SS,MM-DD-YYYY``, UTC, with the underline or without; None for a time that cannot be."""
    told = _TIME.fullmatch(stamp)
    if told is None:
        return None
    hour, minute, second, month, day, year = map(int, told.groups())
    try:
        since = datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _EPOCH
    except ValueError:
        return None
    return (since.days * 86_400 + since.seconds) * SECOND


def stamp_of(now: Instant) -> bytes:
    """The timestamp of an instant."""
    time = _EPOCH + timedelta(seconds=now // SECOND)
    return f"_{time:%H:%M:%S,%m-%d-%Y}".encode()


def text_of(raw: bytes, longest: int = 120) -> str:
    """What somebody wrote, in the first of two codes that it fits, without what cannot be printed."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(character for character in text if character.isprintable())[:longest].strip()
