"""A book of the ledger is one file, and is gone when that is deleted: played through in a copy of the house."""

from pathlib import Path

from tests.house.copies import add, contents, copied, run, take_away

FILES = {
    "ledger/presets/toy_lamps.book.toml": """\
name = "Lamps"
zh = "灯具"

[[book]]
id = "toy_lamps"
title = "Lamps"
zh = "灯具台账"
writers = ["operator"]
keep_years = 1
fields = [
  { name = "lamp", title = "Lamp", zh = "灯具", required = true },
  { name = "lit", title = "Lit", zh = "点亮", kind = "yes_no" },
]
""",
}

PLAY = """
from api.catalogue import language
from devices.errors import Refused
from gateway.stores.books import read_books
books = read_books()
book = books["toy_lamps"]
print(book.title, book.zh, book.admits("operator"), book.admits("technician"))
print(book.typed({"lamp": "stairs", "lit": "yes"}))
try:
    book.check({"lit": "perhaps"})
except Refused as refused:
    print(language("zh").render(refused.text))
"""

PLAYED = [
    "Lamps 灯具台账 True False",
    "{'lamp': 'stairs', 'lit': True}",
    "lamp：必填（灯具，最多 4000 个字符）；lit：应为yes 或 no；现为“perhaps”",
]


def test_a_book_comes_and_goes_with_its_file(tmp_path: Path) -> None:
    house = copied(tmp_path)
    before = contents(house)
    add(house, FILES)
    assert PLAYED == run(house, "-c", PLAY).splitlines()
    take_away(house, FILES)
    assert before == contents(house)
    assert "toy_lamps" not in run(house, "-c", "from gateway.stores.books import read_books; print([*read_books()])")
