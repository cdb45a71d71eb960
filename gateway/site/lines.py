"""Where in a TOML text a key stands: tomllib reads values but keeps no positions.

A scanner of headers and keys only; values are passed over, strings and brackets respected. It never judges the
text (tomllib has done so before), it only remembers lines.
"""

import re
from collections import Counter

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*\.?""")


def positions(text: str) -> dict[str, int]:
    """Line (from 1) of each table and key, by path: ``$.rules[2].hold_s``."""
    found: dict[str, int] = {"$": 1}
    arrays: Counter[str] = Counter()
    table = "$"
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _table_path(_parts(header.group(2)), header.group(1) == "[[", arrays)
            found.setdefault(table, number + 1)
        elif key:
            path = table
            for part in _parts(key.group(1)):
                path = f"{path}.{part}"
                found.setdefault(path, number + 1)
            number = _end_of_value(lines, number, key.end())
        number += 1
    return found


def line_of(found: dict[str, int], path: str) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path not in found:
        shorter = re.sub(r"(\.[^.\[\]]*|\[[^\[\]]*\])$", "", path)
        if shorter == path:
            return 1
        path = shorter
    return found[path]


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _table_path(parts: list[str], is_array: bool, arrays: Counter[str]) -> str:
    path = "$"
    for place, part in enumerate(parts):
        path = f"{path}.{part}"
        if is_array and place == len(parts) - 1:
            arrays[path] += 1
        if arrays[path]:
            path = f"{path}[{arrays[path] - 1}]"
    return path


def _end_of_value(lines: list[str], number: int, start: int) -> int:
    """The line on which the value that begins at (number, start) ends."""
    depth, quote = 0, ""
    column = start
    while number < len(lines):
        line = lines[number]
        while column < len(line):
            character = line[column]
            if quote:
                if line.startswith(quote, column):
                    column += len(quote)
                    quote = ""
                    continue
                column += 2 if character == "\\" and quote[0] == '"' else 1
                continue
            if character == "#":
                break
            if character in "\"'":
                quote = character * 3 if line.startswith(character * 3, column) else character
                column += len(quote)
                continue
            depth += (character in "[{") - (character in "]}")
            column += 1
        if depth <= 0 and len(quote) != 3:
            return number
        number, column = number + 1, 0
        quote = quote if len(quote) == 3 else ""
    return number
