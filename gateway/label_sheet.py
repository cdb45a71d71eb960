"""Label sheets as PDF: for each device a QR code that opens its page, its names and a line for the next test date.

Drawn in a process of its own (``python -m gateway.label_sheet``, an order as JSON in, a PDF out): to cut a Chinese
font down to the letters used takes seconds of computing, and the gateway has alarms to see to meanwhile.

A CJK font of 20 MB takes one to seven seconds to cut down. fontconfig names it, then a few known paths; without one
there are Latin letters and a note that says what to install. At most 240 labels.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from devices.device import Device
from devices.errors import Refused
from devices.kinds import KINDS
from devices.message import Text

if TYPE_CHECKING:
    from fpdf import FPDF  # loaded where labels are drawn alone: a gateway starts a sixth sooner

MOST_LABELS = 240
"""On one order: ten sheets of 24."""
_DRAWN_WITHIN_S = 120
_NO_FONT = (
    "no Chinese font is installed (on Debian: apt-get install fonts-noto-cjk): Chinese names are left out, "
    "and what is not Latin stands as ?"
)
_KNOWN_FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
)


class Sheet(msgspec.Struct, frozen=True):
    """An A4 sheet of labels; lengths in mm, from the top left."""

    columns: int
    rows: int
    width: float
    height: float
    left: float = 0
    top: float = 0
    gap: float = 0
    """Between two columns; rows touch each other."""
    margin: float = 2.5
    """Inside a label: more where labels reach the paper's edge, which office printers leave white."""


SHEETS = {
    "3x8": Sheet(3, 8, 70, 37, top=0.5, margin=4.5),
    "3x7": Sheet(3, 7, 63.5, 38.1, left=7.25, top=15.15, gap=2.5),
    "2x7": Sheet(2, 7, 99.1, 38.1, left=4.65, top=15.15, gap=2.5),
    "2x4": Sheet(2, 4, 99.1, 67.7, left=4.65, top=13.1, gap=2.5),
    "4x10": Sheet(4, 10, 48.5, 25.4, left=8, top=21.5),
}
"""What paper shops sell, named columns x rows."""


class Label(msgspec.Struct, frozen=True):
    """What stands on one label."""

    id: str
    url: str
    area: str
    name: str = ""
    name_zh: str = ""
    area_name: str = ""
    area_name_zh: str = ""
    kind: str = ""
    kind_zh: str = ""


class SheetOrder(msgspec.Struct, frozen=True):
    """Which labels on which paper; ``skip`` are the labels that are gone from the first sheet already."""

    labels: tuple[Label, ...]
    sheet: str = "3x8"
    skip: int = 0

    def check(self) -> None:
        """Raises Refused for what cannot be printed."""
        if self.sheet not in SHEETS:
            raise Refused(Text.of("label_sheet.none_such", sheet=self.sheet[:40], sheets=tuple(SHEETS)))
        sheet = SHEETS[self.sheet]
        if not 0 <= self.skip < sheet.columns * sheet.rows:
            labels = sheet.columns * sheet.rows
            raise Refused(Text.of("label_sheet.too_many_gone", sheet=self.sheet, labels=labels, gone=self.skip))
        if not self.labels:
            raise Refused(Text.of("label_sheet.no_device"))
        if len(self.labels) > MOST_LABELS:
            raise Refused(Text.of("label_sheet.too_many", labels=len(self.labels), most=MOST_LABELS))


def label_of(device: Device, base: str, area_name: str, area_name_zh: str) -> Label:
    """The label of a device, at a console that people reach at ``base``."""
    kind = KINDS.get(device.kind)
    return Label(
        id=device.id,
        url=page_of(base, device.id),
        area=device.area,
        name=device.name,
        name_zh=device.name_zh,
        area_name=area_name,
        area_name_zh=area_name_zh,
        kind=kind.name if kind is not None else device.kind,
        kind_zh=kind.name_zh if kind is not None else "",
    )


def page_of(base: str, device: str) -> str:
    """The address of a device's page in the console."""
    return f"{base.rstrip('/')}/console/devices/{quote(device, safe='')}"


def chinese_font() -> tuple[Path, int] | None:
    """A font file with Chinese letters and which font in it, None if there is none."""
    try:
        asked = ["fc-match", "-f", "%{file}\n%{index}\n%{lang}", "Noto Sans CJK SC:lang=zh-cn"]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False).stdout.split("\n")
    except (OSError, subprocess.SubprocessError):
        said = []
    if len(said) == 3 and "zh-cn" in said[2].split("|") and re.search(r"\.(ttc|ttf|otf)$", said[0]):
        return Path(said[0]), int(said[1] or 0) & 0xFFFF
    return next(((Path(path), index) for path, index in _KNOWN_FONTS if Path(path).exists()), None)


def drawn_apart(order: SheetOrder) -> tuple[bytes, str]:
    """``draw`` in a process of its own. Raises Refused."""
    order.check()
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(
        command, input=msgspec.json.encode(order), capture_output=True, timeout=_DRAWN_WITHIN_S, check=False
    )
    if done.returncode:
        raise Refused(Text.of("label_sheet.not_drawn", reason=done.stderr.decode(errors="replace")[-200:]))
    return done.stdout, _NO_FONT if _NO_FONT in done.stderr.decode(errors="replace") else ""


def draw(order: SheetOrder, font: tuple[Path, int] | None) -> tuple[bytes, str]:
    """The PDF, and what there is to say about it. Raises Refused."""
    order.check()
    sheet = SHEETS[order.sheet]
    from fpdf import FPDF

    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_title("keyarea: device labels")
    if font is not None:
        pdf.add_font("label", "", str(font[0]), collection_font_number=font[1])
    pdf.set_font("label" if font is not None else "helvetica")
    for place, label in enumerate(order.labels, order.skip):
        on_page = place % (sheet.columns * sheet.rows)
        if on_page == 0 or place == order.skip:
            pdf.add_page()
        row, column = divmod(on_page, sheet.columns)
        pen = _Pen(
            pdf,
            has_chinese=font is not None,
            left=sheet.left + column * (sheet.width + sheet.gap),
            top=sheet.top + row * sheet.height,
            sheet=sheet,
        )
        pen.label(label)
    out = BytesIO()
    pdf.output(out)
    return out.getvalue(), "" if font is not None else _NO_FONT


class _Pen:
    """Draws one label."""

    def __init__(self, pdf: "FPDF", *, has_chinese: bool, left: float, top: float, sheet: Sheet) -> None:
        self._pdf, self._has_chinese, self._sheet = pdf, has_chinese, sheet
        self._scale = min(sheet.width / 70, sheet.height / 37)
        margin = sheet.margin * min(1, self._scale)
        self._left, self._top = left + margin, top + margin
        self._right, self._bottom = left + sheet.width - margin, top + sheet.height - margin

    def label(self, label: Label) -> None:
        side = min(self._bottom - self._top, 0.42 * self._sheet.width)
        self._code(label.url, side)
        x = self._left + side + 0.5
        y = self._top + 0.5
        names = [name for name in (label.name_zh if self._has_chinese else "", label.name) if name] or [label.id]
        texts = [
            (names[0], 11.0, 3 if names[0] == label.id else 2),
            (" ".join(names[1:]), 7.5, 1),
            ("" if names[0] == label.id else label.id, 9.0, 3),
            (self._both(label.area_name_zh, label.area_name or label.area), 7.5, 2),
            (self._both(label.kind_zh, label.kind), 7.5, 1),
        ]
        line_y = self._bottom
        for text, size, lines in texts:
            if text:
                y = self._write(self._drawable(text), x, y, size, lines, line_y - 4.5 * min(1, self._scale))
        self._next_test(x, line_y)

    def _both(self, chinese: str, other: str) -> str:
        return " ".join(word for word in (chinese if self._has_chinese else "", other) if word)

    def _code(self, url: str, side: float) -> None:
        """In black rectangles, with the four modules of white around it that scanners need."""
        import segno

        matrix = [list(row) for row in segno.make_qr(url, error="m").matrix_iter(border=4)]
        step = side / len(matrix)
        self._pdf.set_fill_color(0)
        for number, row in enumerate(matrix):
            for start, length in _runs(row):
                x, y = self._left + start * step, self._top + number * step
                # A hair more than a step: else viewers show white seams between the rows.
                self._pdf.rect(x, y, length * step, step * 1.02, style="F")

    def _write(self, text: str, x: float, y: float, size: float, most: int, bottom: float) -> float:
        """Lines from y down, none below ``bottom``, smaller rather than cut off; where the next begins."""
        lines: list[str] = []
        for share in (1, 0.85, 0.7):
            height = size * min(1.3, self._scale) * share
            self._pdf.set_font_size(height)
            lines, is_whole = self._lines(text, self._right - x, most)
            if is_whole:
                break
        step = height * 0.42
        for line in lines:
            if y + step > bottom:
                break
            self._pdf.set_xy(x, y)
            self._pdf.cell(text=line, h=step)
            y += step
        return y + 0.4

    def _lines(self, text: str, width: float, most: int) -> tuple[list[str], bool]:
        """The text in at most so many lines, and whether all of it is there."""
        lines: list[str] = []
        cut_off = "…" if self._has_chinese else "..."
        while not self._fits(text, width):
            end_sign = cut_off if len(lines) == most - 1 else ""
            end = next((end for end in range(len(text), 1, -1) if self._fits(text[:end] + end_sign, width)), 1)
            if end_sign:
                return [*lines, text[:end] + end_sign], False
            space = text.rfind(" ", 1, end + 1)
            end = space if space > 0 else end
            lines.append(text[:end])
            text = text[end:].lstrip()
        return [*lines, text], True

    def _fits(self, text: str, width: float) -> bool:
        return bool(self._pdf.get_string_width(text) <= width)

    def _next_test(self, x: float, y: float) -> None:
        size = 6.5 * min(1, self._scale)
        said = "下次检测 " if self._has_chinese else "Next test "
        self._pdf.set_font_size(size)
        width = self._pdf.get_string_width(said)
        self._pdf.set_xy(x, y - size * 0.42)
        self._pdf.cell(text=said, h=size * 0.42)
        self._pdf.set_line_width(0.15)
        self._pdf.line(x + width, y, self._right, y)

    def _drawable(self, text: str) -> str:
        clean = "".join(sign for sign in text if sign.isprintable())
        return clean if self._has_chinese else clean.encode("latin-1", "replace").decode("latin-1")


def _runs(row: Sequence[int]) -> Iterable[tuple[int, int]]:
    """(start, length) of what is dark."""
    return ((match.start(), len(match.group())) for match in re.finditer("1+", "".join(str(int(bit)) for bit in row)))


def main() -> None:
    pdf, note = draw(msgspec.json.decode(sys.stdin.buffer.read(), type=SheetOrder), chinese_font())
    sys.stdout.buffer.write(pdf)
    sys.stderr.write(note)


if __name__ == "__main__":
    main()
