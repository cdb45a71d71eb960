"""Label sheets as a technician holds them: every code on the paper opens the page of the device beside it."""

from io import BytesIO

import pytest
import zxingcpp
from pypdfium2 import PdfDocument

from devices.device import Device
from gateway.label_sheet import (
    MOST_LABELS,
    SHEETS,
    Label,
    SheetOrder,
    chinese_font,
    draw,
    drawn_apart,
    label_of,
    page_of,
)
from tests.words import refused

BASE = "https://keyarea.works.example"
HOSTILE = Device(
    "x" * 64,
    "keyarea",
    "q",
    "store",
    name="<b>%s</b> \\ (unbalanced " + "W" * 180,
    name_zh="化" * 200,
    kind="a kind that nobody knows " * 8,
)


def labels(count: int) -> tuple[Label, ...]:
    devices = [
        Device(f"smoke-{n}", "keyarea", f"smoke-{n}", "store", f"North {n}", "北门", "smoke_detector")
        for n in range(count)
    ]
    return tuple(label_of(device, BASE, "Chemical store", "化学品库") for device in devices)


def codes(pdf: bytes, *, dots_per_inch: int = 200) -> list[list[str]]:
    """What a scanner reads on each page, in reading order."""
    pages = []
    for page in PdfDocument(BytesIO(pdf)):
        found = zxingcpp.read_barcodes(page.render(scale=dots_per_inch / 72).to_pil(), zxingcpp.BarcodeFormat.QRCode)
        placed = sorted(found, key=lambda code: (round(code.position.top_left.y / 20), code.position.top_left.x))
        pages.append([code.text for code in placed])
    return pages


def text(pdf: bytes, page: int = 0) -> str:
    return str(PdfDocument(BytesIO(pdf))[page].get_textpage().get_text_range())


@pytest.fixture(scope="module")
def full() -> bytes:
    """25 labels on sheets of 24, drawn as the gateway does it."""
    pdf, note = drawn_apart(SheetOrder(labels(25)))
    assert "" == note
    return pdf


def test_every_code_opens_the_page_of_its_device(full: bytes) -> None:
    pages = [f"{BASE}/console/devices/smoke-{n}" for n in range(25)]
    assert [pages[:24], pages[24:]] == codes(full)


def test_what_people_read_is_there_in_both_languages(full: bytes) -> None:
    said = text(full)
    for words in ("smoke-23", "North 23", "北门", "Chemical store", "化学品库", "烟感探测器", "下次检测"):
        assert words in said


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_that_is_begun_is_used_up(name: str) -> None:
    """On every kind of paper; drawn without a font, which is quicker and must work too."""
    sheet = SHEETS[name]
    pdf, note = draw(SheetOrder(labels(sheet.rows * sheet.columns), name, skip=1), None)
    assert "fonts-noto-cjk" in note
    first, second = codes(pdf, dots_per_inch=300)
    assert [sheet.rows * sheet.columns - 1, 1] == [len(first), len(second)]
    assert f"{BASE}/console/devices/smoke-0" == first[0]


@pytest.mark.parametrize("name", SHEETS)
def test_no_label_reaches_over_the_paper(name: str) -> None:
    sheet = SHEETS[name]
    assert 210 >= sheet.left + sheet.columns * sheet.width + (sheet.columns - 1) * sheet.gap
    assert 297 >= sheet.top + sheet.rows * sheet.height


@pytest.mark.parametrize("font", [None, chinese_font()], ids=["no font", "font"])
def test_names_of_any_length_and_kind_leave_the_code_readable(font: tuple[object, int] | None) -> None:
    hostile = label_of(HOSTILE, BASE, "\u202e" + "A" * 200, "库" * 200)
    pdf, _ = draw(SheetOrder((hostile, *labels(2)), "4x10"), font)  # type: ignore[arg-type]
    (read,) = codes(pdf, dots_per_inch=300)
    assert f"{BASE}/console/devices/{'x' * 64}" in read
    assert 3 == len(read)


@pytest.mark.parametrize(
    ("device", "page"),
    [("a-1", "a-1"), ("a/b", "a%2Fb"), ("../x", "..%2Fx"), ("q?x=1#y", "q%3Fx%3D1%23y"), ("北", "%E5%8C%97")],
)
def test_an_id_is_one_part_of_the_address(device: str, page: str) -> None:
    assert f"{BASE}/console/devices/{page}" == page_of(f"{BASE}/", device)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (SheetOrder((), "3x8"), "no device to print"),
        (SheetOrder(labels(1), "5x5"), "there is no sheet '5x5'; there are 3x8"),
        (SheetOrder(labels(1), "3x8", 24), "24 cannot be gone"),
        (SheetOrder(labels(1), "3x8", -1), "-1 cannot be gone"),
        (SheetOrder(labels(MOST_LABELS + 1)), "print area by area"),
    ],
)
def test_what_cannot_be_printed_says_why(order: SheetOrder, words: str) -> None:
    with refused(words):
        draw(order, None)
    with refused(words):
        drawn_apart(order)
