"""The exported file: our reader and the outsider's script agree on every file, whole or broken."""

import importlib.util
import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import ChainBroken
from ledger.chain import GENESIS, append, verify
from ledger.entry import Draft, content_of
from ledger.export import ends_at, entry_line, header_line, read_entries, read_header
from tests.ledger.drafts import DRAFT

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_ledger.py"
GUIDE = SCRIPT.parent / "ledger.md"


def lines_of(drafts):
    entries, head = append(GENESIS, drafts, "works", 7)
    return [header_line("works", head, 8), *(entry_line(entry.hash, content_of(entry)) for entry in entries)]


def our_verdict(lines):
    """0, or the number of the first entry that does not fit."""
    try:
        header = read_header(lines[0])
        verify(ends_at(read_entries(lines[1:]), header.head), header.site)
    except ChainBroken as broken:
        return broken.sequence
    return 0


def outsiders_verdict(file, lines):
    """The same, by docs/verify_ledger.py."""
    spec = importlib.util.spec_from_file_location("verify_ledger", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    file.write_bytes(b"".join(lines))
    return script.verify(file)[0]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("export") / "ledger.jsonl"


@given(drafts=st.lists(DRAFT, max_size=6))
def test_an_export_verifies_for_both(file, drafts):
    lines = lines_of(drafts)
    assert (0, 0) == (our_verdict(lines), outsiders_verdict(file, lines))


@given(drafts=st.lists(DRAFT, min_size=1, max_size=6), data=st.data())
def test_any_flipped_bit_of_an_entry_is_found_there_by_both(file, drafts, data):
    """Also one in the hash, in the frame of the line, or one that makes a line end."""
    lines = lines_of(drafts)
    place = data.draw(st.integers(1, len(drafts)))
    flipped = bytearray(lines[place])
    bit = data.draw(st.integers(0, (len(flipped) - 1) * 8 - 1))
    flipped[bit // 8] ^= 1 << bit % 8
    broken = BytesIO(b"".join([*lines[:place], flipped, *lines[place + 1 :]])).readlines()
    assert (place, place) == (our_verdict(broken), outsiders_verdict(file, broken))


LINES = lines_of([Draft(book="patrol", at=at, fields={"n": at}) for at in range(5)])
OTHER = lines_of([Draft(book="patrol", at=at, fields={"n": -at}) for at in range(5)])
TAMPERED = {
    "an entry left out": (2, [*LINES[:2], *LINES[3:]]),
    "two entries swapped": (2, [*LINES[:2], LINES[3], LINES[2], *LINES[4:]]),
    "an entry twice": (3, [*LINES[:3], LINES[2], *LINES[3:]]),
    "the end cut off": (4, LINES[:4]),
    "the end of a line cut off": (5, [*LINES[:5], LINES[5][:-9]]),
    "an entry of another chain": (3, [*LINES[:3], OTHER[3], *LINES[4:]]),
    "an empty line": (3, [*LINES[:3], b"\n", *LINES[3:]]),
    "a line that is another's end": (6, [*LINES, LINES[5]]),
    "the head of another chain": (5, [OTHER[0], *LINES[1:]]),
    "another site in the first line": (1, [LINES[0].replace(b'"works"', b'"wharf"'), *LINES[1:]]),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_tampering_is_found_at_its_place_by_both(case, tmp_path):
    place, lines = TAMPERED[case]
    assert (place, place) == (our_verdict(lines), outsiders_verdict(tmp_path / "export", lines))


@pytest.mark.parametrize("line", [b"", b"{}", b"not json", b'{"format":"keyarea-ledger","version":2}', b"\xff\xfe"])
def test_a_file_of_another_kind_is_refused(line):
    with pytest.raises(ChainBroken):
        read_header(line)


def test_the_outsiders_script_needs_nothing_of_ours(tmp_path):
    """It runs alone, in an isolated interpreter, and its exit code says the verdict."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(b"".join(LINES))
    bad.write_bytes(b"".join([*LINES[:2], *LINES[3:]]))
    run = [sys.executable, "-I", "-S", str(SCRIPT)]
    whole = subprocess.run([*run, str(good)], capture_output=True, text=True, cwd=tmp_path, check=False)
    broken = subprocess.run([*run, str(bad)], capture_output=True, text=True, cwd=tmp_path, check=False)
    head = json.loads(LINES[0])["head"]
    assert (whole.returncode, whole.stdout) == (0, f"OK head {head['sequence']}:{head['hash']}\n")
    assert (broken.returncode, broken.stdout) == (1, "BROKEN entry 2: it does not follow the entry before it\n")


def test_the_guide_shows_a_real_export():
    """Its example file verifies, so the specification and the code are the same thing."""
    example = re.search(r"```jsonl\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]
    assert our_verdict(example.encode().splitlines(keepends=True)) == 0
