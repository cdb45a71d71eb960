"""The key file: what readers and panels encrypt with, by name, apart from the site file that many may read.

A TOML file, named by KEYAREA_KEYS, that only the gateway's user may read. Each line is a name and the key in
hexadecimal digits: ``"dc09/1234" = "000102..."`` for a panel's account, ``"osdp/gate/1" = "..."`` for a reader. What
stands under ``notify/`` and the id of a channel is no digits but text: the address of a service, or what messages are
signed with.

Whoever asks gets the key that stands there now: the file is read again when its time, size, number or rights have
changed. One that is gone or wrong changes nothing and is said in the log. A gateway that guards people is not started
anew for a card reader, and a command to read keys would be forgotten at night. ``osdp/codes`` is read at the start
only: it must not change with what was typed before.
"""

import logging
import stat
import tomllib
from pathlib import Path

from devices.errors import ConfigError

_LARGEST_FILE = 1024 * 1024
_TEXTS, _SHORTEST_TEXT, _LONGEST_TEXT = "notify/", 8, 4_000

log = logging.getLogger("keyarea")


class Keys:
    """Secrets by name. Does not print them."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    def __call__(self, name: str) -> bytes | None:
        return self._keys.get(name)

    def __repr__(self) -> str:
        return f"Keys({len(self._keys)} of them)"


class KeyFile:
    """The keys in a file as it stands now, from any thread: what is written to it counts without a new start.

    A file that can no longer be read, or is wrong, changes nothing; that is said in the log once for each change of it.
    """

    def __init__(self, file: str) -> None:
        """Raises ConfigError as read_keys does."""
        self._file = file
        self._seen = self._stamp()
        self._keys = read_keys(file)

    def __call__(self, name: str) -> bytes | None:
        seen = self._stamp()
        if seen != self._seen:
            self._seen = seen
            try:
                self._keys = read_keys(self._file)
            except ConfigError as error:
                log.warning("the keys stay as they were: %s", error)
            else:
                log.info("the key file has changed: %r", self._keys)
        return self._keys(name)

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = Path(self._file).stat() if self._file else None
        except OSError:
            found = None
        return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode) if found is not None else ()


def read_keys(file: str) -> Keys:
    """The keys in that file, none if no file is named. Raises ConfigError, which never quotes a key."""
    if not file:
        return Keys({})
    try:
        with Path(file).open("rb") as stream:
            mode = stat.S_IMODE(Path(file).stat().st_mode)
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError(f"the key file cannot be read: {error.strerror}", file=file) from error
    if mode & 0o077:
        raise ConfigError(f"others may read the key file: chmod 600 {file}", file=file)
    if len(content) > _LARGEST_FILE:
        raise ConfigError("is larger than 1 MiB; is this a key file?", file=file)
    try:
        written = tomllib.loads(content.decode())
    except ValueError as error:  # its own text may quote what it stumbled over
        raise ConfigError('the key file is not TOML: one line a key, "name" = "hex digits"', file=file) from error
    return Keys({name: _key(name, value, file) for name, value in written.items()})


def _key(name: str, value: object, file: str) -> bytes:
    if name.startswith(_TEXTS):
        if not isinstance(value, str) or not _SHORTEST_TEXT <= len(value) <= _LONGEST_TEXT or not value.isprintable():
            wrong = f"{name[:60]!r} must be one line of {_SHORTEST_TEXT} to {_LONGEST_TEXT} characters"
            raise ConfigError(wrong, file=file)
        return value.encode()
    try:
        key = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        key = b""
    if len(key) not in (16, 24, 32):
        raise ConfigError(f"the key of {name[:60]!r} must be 32, 48 or 64 hexadecimal digits", file=file)
    return key
