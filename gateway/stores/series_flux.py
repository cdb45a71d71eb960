"""What is asked of an InfluxDB 2 server in Flux, and its answers (annotated CSV) as points."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime

from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant, Reading, Value
from gateway.ports import Aggregate, Point
from gateway.stores.series_lines import FLAG, NUMBER, QUALITY, TEXT, name, unnamed

_LATEST_DAYS = 30

Row = dict[str, Value | None]


def range_query(bucket: str, device: str, signal: str, start: Instant, end: Instant) -> str:
    """Every reading of one series with start <= time < end."""
    return f'{_series(bucket, device, signal, start, end)} |> keep(columns: ["_time", "_value", "_field"])'


def steps_query(
    bucket: str, device: str, signal: str, start: Instant, end: Instant, step: Instant, aggregate: Aggregate
) -> str:
    """One value for each step from ``start`` that holds a reading, put together by the server.

    Of a quality the server gives the largest, not all bits.
    """
    if step <= 0:
        raise ValueError(f"a step is at least one nanosecond; found {step}")

    def part(field: str, how: str, before: str = "") -> str:
        window = f'every: {step}ns, offset: {start % step}ns, fn: {how}, createEmpty: false, timeSrc: "_start"'
        return (
            f"series |> filter(fn: (r) => r._field == {literal(field)}){before} |> aggregateWindow({window})"
            f' |> keep(columns: ["_time", "_value", "_field"]) |> yield(name: {literal(field)})'
        )

    numeric = aggregate not in {"last", "count"}
    return "\n".join(
        (
            f"series = {_series(bucket, device, signal, start, end)}",
            part(NUMBER, aggregate),
            part(FLAG, aggregate, " |> toFloat()" if numeric else ""),
            part(TEXT, "last" if numeric else aggregate),
            part(QUALITY, "max"),
        )
    )


def latest_query(bucket: str) -> str:
    """The newest reading of every series of the last thirty days."""
    fields = " or ".join(f"r._field == {literal(field)}" for field in (NUMBER, FLAG, TEXT))
    return (
        f"from(bucket: {literal(bucket)}) |> range(start: -{_LATEST_DAYS}d) |> filter(fn: (r) => {fields}) |> last()"
        ' |> keep(columns: ["_time", "_value", "_field", "_measurement", "device"])'
    )


def literal(text: str) -> str:
    """A Flux string: nothing in it can end it, begin an expression in it, or hide in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return '"' + "".join(c if c.isprintable() else "".join(f"\\x{b:02x}" for b in c.encode()) for c in escaped) + '"'


def points_of(answer: Iterable[str]) -> list[Point]:
    """The answer to ``range_query`` or ``steps_query``. Raises StoreUnavailable if it is an error or none of ours."""
    values: dict[Instant, Value] = {}
    qualities: dict[Instant, int] = {}
    for row in rows_of(answer):
        at, value = _instant(row), row.get("_value")
        if row.get("_field") == QUALITY:
            qualities[at] = int(value or 0)
        elif value is not None and (at not in values or isinstance(value, str)):
            values[at] = value
    return [Point(at, values[at], qualities.get(at, 0)) for at in sorted(values)]


def latest_of(answer: Iterable[str]) -> list[Reading]:
    """The answer to ``latest_query``; the server does not know when a reading was received."""
    readings = []
    for row in rows_of(answer):
        device, signal, value, at = row.get("device"), row.get("_measurement"), row.get("_value"), _instant(row)
        if isinstance(device, str) and isinstance(signal, str) and value is not None:
            readings.append(Reading(unnamed(device), unnamed(signal), value, at, at))
    return sorted(readings, key=lambda reading: reading.time)


def rows_of(answer: Iterable[str]) -> Iterator[Row]:
    """Rows of annotated CSV by column name, as the types that it declares."""
    types: list[str] = []
    defaults: list[str] = []
    header: list[str] = []
    for cells in _cells(answer):
        if not any(cells):
            header = []
        elif cells[0] == "#datatype":
            types, defaults, header = cells, [], []
        elif cells[0] == "#default":
            defaults = cells
        elif cells[0].startswith("#"):
            continue
        elif not header:
            header = cells
        elif "error" in header:
            raise StoreUnavailable(Text.of("stores.server", reason=cells[header.index("error")][:200]))
        else:
            yield {
                column: _typed(kind, cell or (defaults[place] if place < len(defaults) else ""))
                for place, (column, kind, cell) in enumerate(zip(header, types, cells, strict=False))
                if column
            }


def _cells(answer: Iterable[str]) -> Iterator[list[str]]:
    try:
        yield from csv.reader(answer)
    except (csv.Error, UnicodeDecodeError) as error:
        raise StoreUnavailable(Text.of("stores.server_no_csv", reason=str(error))) from error


def _typed(kind: str, cell: str) -> Value | None:
    if kind == "string":
        return cell
    if not cell:
        return None
    try:
        match kind:
            case "boolean":
                return cell == "true"
            case "double" | "long" | "unsignedLong":
                return float(cell)
    except ValueError as error:
        raise StoreUnavailable(Text.of("stores.server_odd", kind=kind, cell=cell[:50])) from error
    return cell


def _instant(row: Row) -> Instant:
    """RFC 3339 with up to nine decimals, which datetime would cut to six."""
    text = str(row.get("_time"))
    whole, _, decimals = text.rstrip("Z").partition(".")
    try:
        seconds = int(datetime.fromisoformat(f"{whole}+00:00").timestamp())
        return seconds * SECOND + int(decimals.ljust(9, "0")[:9])
    except ValueError as error:
        raise StoreUnavailable(Text.of("stores.server_odd_time", text=text[:50])) from error


def _series(bucket: str, device: str, signal: str, start: Instant, end: Instant) -> str:
    return (
        f"from(bucket: {literal(bucket)}) |> range(start: time(v: {int(start)}), stop: time(v: {int(end)}))"
        f" |> filter(fn: (r) => r._measurement == {literal(name(signal))} and r.device == {literal(name(device))})"
    )
