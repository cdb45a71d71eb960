"""A device list as CSV, in and out: a spreadsheet of devices becomes devices, or every fault by row and column.

RFC 4180. In: UTF-8 with or without a byte order mark, else GB18030, which is what spreadsheets here write; commas,
or semicolons or tabs if the row of titles has those. Out: UTF-8 with a byte order mark, so that spreadsheets see it.
A cell that a spreadsheet would run as a formula gets an apostrophe in front; the same is taken off again.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

import msgspec

from devices.device import Device
from devices.message import Text
from devices.orders import Import, RowFault
from devices.payloads.boolean_words import NO, YES

LARGEST_LIST = 4 * 1024 * 1024
"""Bytes."""
MOST_ROWS = 10_000
_MOST_CELL = 4_000
_MOST_FAULTS = 1_000
_RUN = tuple("=+-@\t\r\n＝＋－＠")
_BREAK = re.compile(r"\r\n|\n|\r")
_NEEDED = ("id", "family", "address", "area")
COLUMNS = (
    *("id", "name", "name_zh", "area", "kind", "family", "address", "line", "model"),
    *("signals", "interval_s", "position", "rename", "tags"),
    *("installed", "test_every_days", "calibrate_every_days", "restores"),
)
"""The titles, in the order in which they are written. Lists in a cell are parted by semicolons."""


class _NotSo(Exception):
    """A cell that cannot be read; says what was expected."""

    def __init__(self, name: str, **params: str | int) -> None:
        super().__init__(name)
        self.text = Text.of(f"device_list.{name}", **params)


def write(devices: Sequence[Device]) -> bytes:
    """The list of these devices."""
    rows = [COLUMNS, *([harmless(_shown(getattr(device, key))) for key in COLUMNS] for device in devices)]
    return "".join(",".join(map(quoted, row)) + "\r\n" for row in rows).encode("utf-8-sig", "replace")


def read(content: bytes, by: str, note: str = "") -> Import:
    """The order to import that list, with the faults of whatever in it is no device."""
    faults: list[RowFault] = []
    devices: list[Device] = []
    rows: list[int] = []
    columns: list[str] = []
    for number, (_, cells) in enumerate(rows_of(content, faults), 1):
        if number == 1:
            columns = [cell.strip().lower() for cell in cells]
            faults += _title_faults(columns)
            if faults:
                break
        elif len(rows) >= MOST_ROWS or len(faults) > _MOST_FAULTS:
            faults.append(RowFault(number, "", Text.of("device_list.too_many_rows", most=MOST_ROWS)))
            break
        elif any(cell.strip() for cell in cells):
            device, wrong = _device(dict(zip(columns, cells, strict=False)), number)
            if len(cells) > len(columns):
                too_many = Text.of("device_list.too_many_cells", cells=len(cells), titles=len(columns))
                wrong.append(RowFault(number, "", too_many))
            faults += wrong
            if device is not None and not wrong:
                devices.append(device)
                rows.append(number)
    if not faults and not devices:
        faults.append(RowFault(0, "", Text.of("device_list.no_device")))
    return Import(tuple(devices), by, tuple(rows), tuple(faults), tuple(columns), note)


# -- cells out -------------------------------------------------------------------------------------------------


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() | int():
            return str(int(value)) if value == int(value) else repr(value)
        case dict():
            parts, plain = [f"{key}={part}" for key, part in value.items()], [*value, *value.values()]
        case tuple():
            parts = plain = [part if isinstance(part, str) else _shown(part) for part in value]
        case _:
            return str(value)
    if any(re.search(r"[;=]|^[\s\[{]|\s$|^$", part) for part in plain):
        return msgspec.json.encode(value).decode("utf-8", "replace")
    return ";".join(parts)


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs, in whatever list it stands (OWASP: CSV injection)."""
    return "'" + text if text.startswith((*_RUN, "'")) else text


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",;\t\r\n]|^\s|\s$', text) else text


# -- cells in --------------------------------------------------------------------------------------------------


def rows_of(content: bytes, faults: list[RowFault]) -> Iterator[tuple[int, list[str]]]:
    """The line of the file on which each row begins, from 1, and its cells; what stops is added to ``faults``.

    A cell may hold breaks of lines, so rows, which a spreadsheet counts, and lines, which an editor does, may differ.
    """
    try:
        text = _text(content)
    except _NotSo as reason:
        faults.append(RowFault(0, "", reason.text))
        return
    title = text.partition("\n")[0]
    comma = max(",;\t", key=title.count)
    cell = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^{comma}"\r\n]*))({comma}|\r\n|\n|\r|\Z)')
    place, number, line, began, cells = 0, 1, 1, 1, list[str]()
    while place < len(text) or cells:
        found = cell.match(text, place)
        if found is None:
            faults.append(RowFault(number, "", Text.of("device_list.quotation_mark"), began))
            return
        quoted, plain, end = found.groups()
        cells.append(_typed(quoted.replace('""', '"') if quoted is not None else plain))
        place, line = found.end(), line + len(_BREAK.findall(found.group()))
        if end != comma:
            yield began, cells
            number, began, cells = number + 1, line, []


def _text(content: bytes) -> str:
    if len(content) > LARGEST_LIST:
        raise _NotSo("too_large", most_mib=LARGEST_LIST >> 20)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise _NotSo("no_csv")


def _typed(cell: str) -> str:
    """What was meant: without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith((*_RUN, "'")) else cell


def _title_faults(titles: Sequence[str]) -> list[RowFault]:
    needed = Text.of("device_list.column_needed")
    faults = [RowFault(1, name, needed) for name in _NEEDED if name not in titles]
    for title in dict.fromkeys(titles):
        if title not in COLUMNS:
            near = get_close_matches(title[:40], COLUMNS, 1)
            problem = (
                Text.of("device_list.no_such_column_near", near=near[0])
                if near
                else Text.of("device_list.no_such_column", columns=COLUMNS)
            )
            faults.append(RowFault(1, title[:40], problem))
        elif titles.count(title) > 1:
            faults.append(RowFault(1, title, Text.of("device_list.column_twice")))
    return faults


def _device(cells: Mapping[str, str], row: int) -> tuple[Device | None, list[RowFault]]:
    values: dict[str, Any] = {}
    faults: list[RowFault] = []
    for column, cell in cells.items():
        text = cell.strip()
        try:
            if len(text) > _MOST_CELL:
                raise _NotSo("too_long", count=len(text), most=_MOST_CELL)
            if text:
                values[column] = _READ.get(column, str)(text)
        except _NotSo as reason:
            faults.append(RowFault(row, column, reason.text))
    empty = Text.of("device_list.empty")
    faults += [RowFault(row, name, empty) for name in _NEEDED if not cells.get(name, "").strip()]
    return (None, faults) if faults else (Device(**values), [])


def _words(text: str) -> tuple[str, ...]:
    if text.startswith("["):
        return tuple(_json(text, list[str]))
    return tuple(part for word in text.split(";") if (part := word.strip()))


def _renames(text: str) -> dict[str, str]:
    if text.startswith("{"):
        return dict(_json(text, dict[str, str]))
    pairs = [word.partition("=") for word in _words(text)]
    if not all(equals and theirs.strip() and ours.strip() for theirs, equals, ours in pairs):
        raise _NotSo("expected_pairs", found=text[:40])
    return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e9:
        raise _NotSo("expected_number", found=text[:40])
    return number


def _yes(text: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise _NotSo("expected_yes_no", found=text[:40])
    return word in YES


def _whole(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise _NotSo("expected_whole", found=text[:40])
    return int(number)


def _day(text: str) -> date:
    """2026-05-01, and as spreadsheets turn it: 2026/5/1."""
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII)
    try:
        return date(*map(int, parts.groups())) if parts is not None else date.fromisoformat(text)
    except ValueError:
        raise _NotSo("expected_day", found=text[:40]) from None


def _position(text: str) -> tuple[float, float]:
    parts = [_number(part) for part in re.split(r"[;\s]+", text)]
    if len(parts) != 2:
        raise _NotSo("expected_position", found=text[:40])
    return parts[0], parts[1]


def _json(text: str, shape: Any) -> Any:
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"), type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _NotSo("expected_words", found=text[:40]) from error


_READ: dict[str, Callable[[str], Any]] = {
    "signals": _words,
    "tags": _words,
    "rename": _renames,
    "interval_s": _number,
    "position": _position,
    "installed": _day,
    "test_every_days": _whole,
    "calibrate_every_days": _whole,
    "restores": _yes,
}
