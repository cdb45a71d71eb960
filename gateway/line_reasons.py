"""Why a line was lost, in words with a key: what the system, a broker or the line itself said, by its number or name.

The number of an error is the same everywhere (POSIX errno, as Python writes it: ``[Errno 111]``); a broker's reasons
have the names of MQTT 5.0, section 2.4. What nobody foresaw is quoted as it was said.
"""

import errno
import re

from devices.message import Text

_NUMBER = re.compile(r"\[Errno (-?\d+)\]")
_BY_NUMBER = {
    errno.ECONNREFUSED: Text.of("line_reason.refused"),
    errno.EHOSTUNREACH: Text.of("line_reason.no_route"),
    errno.ENETUNREACH: Text.of("line_reason.no_route"),
    errno.EHOSTDOWN: Text.of("line_reason.no_route"),
    errno.ETIMEDOUT: Text.of("line_reason.timed_out"),
    errno.ECONNRESET: Text.of("line_reason.closed"),
    errno.EPIPE: Text.of("line_reason.closed"),
    errno.ENOENT: Text.of("line_reason.no_port"),
    errno.ENODEV: Text.of("line_reason.no_port"),
    errno.ENXIO: Text.of("line_reason.no_port"),
    errno.EIO: Text.of("line_reason.unplugged"),
    errno.EACCES: Text.of("line_reason.not_allowed"),
    errno.EPERM: Text.of("line_reason.not_allowed"),
    errno.EBUSY: Text.of("line_reason.in_use"),
    errno.EADDRINUSE: Text.of("line_reason.in_use"),
    errno.EADDRNOTAVAIL: Text.of("line_reason.not_our_address"),
}
_BY_WORDS = {
    "name or service not known": Text.of("line_reason.no_such_host"),
    "name resolution": Text.of("line_reason.no_such_host"),
    "no address associated": Text.of("line_reason.no_such_host"),
    "timed out": Text.of("line_reason.timed_out"),
    "keep alive timeout": Text.of("line_reason.timed_out"),
    "does not let us listen": Text.of("line_reason.hears_nothing"),
    "not authorized": Text.of("line_reason.bad_sign_in"),
    "bad user name or password": Text.of("line_reason.bad_sign_in"),
    "certificate": Text.of("line_reason.bad_certificate"),
    "does not answer": Text.of("line_reason.no_answer"),
    "units answers": Text.of("line_reason.no_answer"),
    "server busy": Text.of("line_reason.busy"),
    "server unavailable": Text.of("line_reason.busy"),
    "has closed it": Text.of("line_reason.closed"),
    "ended at once": Text.of("line_reason.closed"),
    "server shutting down": Text.of("line_reason.closed"),
    "multiple access on port": Text.of("line_reason.in_use"),
    "could not exclusively lock": Text.of("line_reason.in_use"),
    "no serial port that can be used": Text.of("line_reason.in_use"),
    "returned no data": Text.of("line_reason.unplugged"),
}


def line_reason(said: str) -> Text:
    """What ``said`` means; ``line_reason.said`` quotes what has no key."""
    number = _NUMBER.search(said)
    found = _BY_NUMBER.get(int(number[1])) if number else None
    if found is not None:
        return found
    words = said.lower()
    return next((text for part, text in _BY_WORDS.items() if part in words), Text.of("line_reason.said", words=said))
