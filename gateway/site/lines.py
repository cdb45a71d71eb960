"""Where in a TOML text each value stands: tomllib reads values but keeps no positions.

The text has been read by tomllib before, so this scanner never judges it; it walks over the same grammar
(TOML 1.0) and remembers the line of each table, key and array element. Only files with faults are scanned.

A property test compares what is found here with what tomllib reads, for thousands of odd documents. tomlkit keeps the
form of a text but tells no lines; should tomllib learn positions one day, ``positions(text)`` is the border.
"""

import contextlib
import re
import tomllib
from bisect import bisect_right
from typing import NoReturn

from gateway.site.fault import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:\\.|(?!""").)*"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_OTHER = re.compile(r"[^,\]}#\r\n]+")


def positions(text: str) -> dict[Path, int]:
    """Line (from 1) of each table, key and element of a text that tomllib accepts."""
    scan = _Scan(text)
    with contextlib.suppress(_NotUnderstood, RecursionError):  # some lines are better than none
        scan.document()
    return scan.found


def line_of(places: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


class _NotUnderstood(Exception):
    pass


class _Scan:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Path, int] = {(): 1}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._arrays: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> Path:
        start = self.at
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        names = self._key()
        self._expect("]" * brackets)
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            if brackets == 2 and place == len(names) - 1:
                self._note(path, start)
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
            self._note(path, start)
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        path = table
        for name in self._key():
            path = (*path, name)
            self._note(path, start)
        self._expect("=")
        self._value(path)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            quoted = self.text[self.at : self.at + 1] in ('"', "'")
            written = self._take(_STRING if quoted else _BARE)
            parts.append(_unquoted(written) if quoted else written)
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        match self.text[self.at : self.at + 1]:
            case "[":
                self.at += 1
                index = 0
                while not self._closes("]"):
                    self._note((*path, index), self.at)
                    self._value((*path, index))
                    index += 1
            case "{":
                self.at += 1
                while not self._closes("}"):
                    self._pair(path)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_OTHER)

    def _closes(self, bracket: str) -> bool:
        """Pass over blanks and one comma; whether the bracket followed (it is passed over then)."""
        self._skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
            self._skip(_BLANK)
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return False

    def _note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, bisect_right(self._starts, at))

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            self._give_up()
        self.at = match.end()
        return match.group()

    def _expect(self, mark: str) -> None:
        self._skip(_SPACE)
        if not self.text.startswith(mark, self.at):
            self._give_up()
        self.at += len(mark)

    def _give_up(self) -> NoReturn:
        raise _NotUnderstood(self.at)


def _unquoted(written: str) -> str:
    return str(tomllib.loads(f"key = {written}")["key"]) if "\\" in written else written[1:-1]
