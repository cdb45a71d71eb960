"""A spreadsheet of devices comes in whole or not at all, with every fault named; and goes out so that it comes back."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.device import Device
from devices.device_list import COLUMNS, MOST_ROWS, read, write
from tests import words as read_by

FULL = Device(
    *("sd-1", "zigbee2mqtt", "store/smoke 1", "store"),
    name="Smoke, north",
    name_zh='烟感"北"',
    kind="smoke_detector",
    model="HS1SA",
    signals=("smoke", "temperature.2"),
    interval_s=60.5,
    position=(0.25, 1.0),
    rename={"switch": "door"},
    tags=("radio", "a b"),
)


def told(content: str | bytes) -> list[str]:
    """The faults of a list."""
    data = content.encode() if isinstance(content, str) else content
    return [read_by.words(fault.text) for fault in read(data, "tom").faults]


def test_what_was_written_comes_back() -> None:
    order = read(write([FULL, Device("b", "keyarea", "b", "gate")]), "tom", "from the office")
    assert ((FULL, Device("b", "keyarea", "b", "gate")), (2, 3), ()) == (order.devices, order.rows, order.faults)
    assert ("tom", "from the office", COLUMNS) == (order.by, order.note, order.columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_spreadsheets_way_of_writing_is_read(encoding: str, comma: str, end: str) -> None:
    """Empty lines and empty cells at the end are nothing; titles may be in capitals."""
    rows = [
        ["ID", "Family ", "address", "area", "name_zh"],
        ["a", "keyarea", "a", "store", '"烟感""1"""'],
        [],
        [""] * 9,
    ]
    order = read(end.join(comma.join(row) for row in rows).encode(encoding), "tom")
    assert () == order.faults
    assert [('烟感"1"', 2)] == [(device.name_zh, row) for device, row in zip(order.devices, order.rows, strict=True)]


def test_every_fault_is_named_by_row_and_column() -> None:
    """All at once; rows as the spreadsheet numbers them."""
    sheet = (
        "id,family,address,area,interval_s,position,rename,signals\n"
        "a,keyarea,,store,soon,0.5,switch,smoke\n"
        "b,keyarea,b,store,5,0.1;0.2,switch=door,[1]\n"
        "c,keyarea,c,store,5,0.1;0.2,switch=door,smoke,more\n"
        "d,keyarea,d,store,inf,nan;1,,\n"
    )
    assert [
        "row 2, column address: must not be empty",
        "row 2, column interval_s: expected a number; found 'soon'",
        "row 2, column position: expected two fractions like 0.25;0.5; found '0.5'",
        "row 2, column rename: expected pairs like switch=door, parted by semicolons; found 'switch'",
        "row 3, column signals: expected words parted by semicolons; found '[1]'",
        "row 4: has 9 cells, but there are 8 titles",
        "row 5, column interval_s: expected a number; found 'inf'",
        "row 5, column position: expected a number; found 'nan'",
    ] == sorted(told(sheet))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "there is no device"),
        ("id,family,address,area\n", "there is no device"),
        ("id,famly,address,area\na,b,c,d", "row 1, column famly: there is no such column; did you mean 'family'?"),
        ("id,id,family,address,area\n", "row 1, column id: this column stands twice"),
        ("name\nx", "row 1, column area: this column is needed"),
        ('id,family,address,area\na,b,"c,d\n', "row 2: a quotation mark"),
        ('id,family,address,area\na,b,c"x",d\n', "row 2: a quotation mark"),
        (b"\xff\xfei\x00d\x00", "save the sheet as 'CSV UTF-8"),
        (b"PK\x03\x04\x00\x00", "save the sheet as 'CSV UTF-8"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MiB"),
        ("id,family,address,area\n" + "a,b,c,d\n" * (MOST_ROWS + 1), f"at most {MOST_ROWS} devices"),
    ],
)
def test_what_is_no_list_is_said_so(content: str | bytes, words: str) -> None:
    assert any(words in fault for fault in told(content)), told(content)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "'="])
def test_no_cell_is_run_by_a_spreadsheet(start: str) -> None:
    """Not even a quoted one; and the name comes back as it was."""
    evil = Device("a", "keyarea", "a", "store", name=f'{start}HYPERLINK("x")', tags=(f"{start}1",))
    written = list(csv.reader(io.StringIO(write([evil]).decode("utf-8-sig"), newline="")))
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in written[1])
    (back,) = read(write([evil]), "tom").devices
    assert (evil.name.strip(), evil.tags[0].strip()) == (back.name, back.tags[0].strip())


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12)
flat = st.builds(
    Device,
    words,
    words,
    words,
    words,
    name=words | st.just(""),
    model=words,
    signals=st.lists(words, max_size=3).map(tuple),
    interval_s=st.none() | st.floats(0, 1e6),
    position=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    rename=st.dictionaries(words, words, max_size=2),
    tags=st.lists(words, max_size=3).map(tuple),
)


@pytest.mark.slow
@given(st.lists(flat, min_size=1, max_size=5))
def test_any_devices_come_back_as_they_were(devices: list[Device]) -> None:
    """Whatever printable characters they are called by."""
    order = read(write(devices), "tom")
    assert (tuple(devices), ()) == (order.devices, order.faults)


@settings(max_examples=2 * settings().max_examples)
@given(st.binary(max_size=200) | st.text(alphabet='",;\r\nidfamly\t=[{', max_size=200).map(str.encode))
def test_nothing_that_is_sent_does_more_than_be_refused(content: bytes) -> None:
    order = read(b"id,family,address,area\n" + content, "tom")
    assert len(order.devices) == len(order.rows)


@pytest.mark.slow
@given(st.lists(st.lists(words, min_size=2, max_size=2), min_size=1, max_size=5))
def test_cells_are_parted_as_the_standard_library_parts_them(rows: list[list[str]]) -> None:
    """RFC 4180, by another reader."""
    devices = [Device(first, "keyarea", second, "a") for first, second in rows]
    parted = list(csv.reader(write(devices).decode("utf-8-sig").splitlines(keepends=True), strict=True))
    assert [len(COLUMNS)] * (len(rows) + 1) == [len(row) for row in parted]
