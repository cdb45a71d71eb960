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
from ledger.canonical import spelled
from ledger.chain import verify
from ledger.entry import Draft, content_of
from ledger.export import ends_at, entry_line, header_line, read_entries, read_header, value_line
from ledger.values_beside import ERASURES, ValuesBeside
from tests.ledger.drafts import APART, DRAFT, mixed

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_ledger.py"
GUIDE = SCRIPT.parent / "ledger.md"


def lines_of(drafts):
    """Of a chain with entries of both formats."""
    entries, head = mixed(drafts)
    return [header_line("works", head, 8), *(line for entry in entries for line in entry_lines(entry))]


def entry_lines(entry):
    values = (
        value_line(entry.commitments[name], salt, spelled(entry.draft.fields[name]))
        for name, salt in entry.salts.items()
    )
    return [entry_line(entry.hash, content_of(entry)), *values]


def our_report(lines):
    beside = ValuesBeside()
    header = read_header(lines[0])
    verify(beside.passing(ends_at(read_entries(lines[1:]), header.head)), header.site)
    return beside.report()


def our_verdict(lines):
    """0, or the number of the first entry that does not fit."""
    try:
        our_report(lines)
    except ChainBroken as broken:
        return broken.sequence
    return 0


def outsiders_look(file, lines):
    """What docs/verify_ledger.py finds: number, what is said, the values."""
    spec = importlib.util.spec_from_file_location("verify_ledger", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    file.write_bytes(b"".join(lines))
    return script.verify(file)


def outsiders_verdict(file, lines):
    return outsiders_look(file, lines)[0]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("export") / "ledger.jsonl"


MIXED = st.lists(DRAFT | APART, min_size=1, max_size=6)


@pytest.mark.slow
@given(drafts=st.lists(DRAFT | APART, max_size=6))
def test_an_export_verifies_for_both(file, drafts):
    lines = lines_of(drafts)
    report, (number, _said, values) = our_report(lines), outsiders_look(file, lines)
    assert (number, values.there, values.gone()) == (0, report.there, [])


@pytest.mark.slow
@given(drafts=MIXED, data=st.data())
def test_any_flipped_bit_of_an_entry_or_a_value_is_found_there_by_both(file, drafts, data):
    """Also one in the hash, in the frame of the line, in a salt, or one that makes a line end."""
    lines = lines_of(drafts)
    place = data.draw(st.integers(1, len(lines) - 1))
    entry = sum(line.startswith(b'{"hash":"') for line in lines[1 : place + 1])
    flipped = bytearray(lines[place])
    bit = data.draw(st.integers(0, (len(flipped) - 1) * 8 - 1))
    flipped[bit // 8] ^= 1 << bit % 8
    broken = BytesIO(b"".join([*lines[:place], flipped, *lines[place + 1 :]])).readlines()
    ours, theirs = our_verdict(broken), outsiders_verdict(file, broken)
    is_frame_of_value = lines[place].startswith(b'{"commitment":"') and bit // 8 < 15
    assert ours == theirs == entry + is_frame_of_value


@pytest.mark.slow
@given(drafts=MIXED, data=st.data())
def test_a_value_that_is_left_out_takes_nothing_from_the_chain_and_both_say_so(file, drafts, data):
    lines = lines_of(drafts)
    places = [place for place, line in enumerate(lines) if line.startswith(b'{"commitment":"')]
    out = set(data.draw(st.lists(st.sampled_from(places), unique=True)) if places else ())
    kept = [line for place, line in enumerate(lines) if place not in out]
    report, (number, _said, values) = our_report(kept), outsiders_look(file, kept)
    assert (0, len(places) - len(out)) == (number, values.there)
    assert values.there == report.there
    assert [(name, "not in this file") for name in report.gone] == values.gone()
    assert len(out) == len(report.gone)


def test_both_tell_what_was_erased_from_what_is_not_in_the_file(tmp_path):
    drafts = [
        Draft("visitors", 1, {"person": "王五", "phone": "138", "note": "x"}, apart=("person", "phone", "note")),
        Draft(ERASURES, 2, {"action": "erased", "values": ({"entry": 1, "field": "phone"},), "reason": "asked for"}),
        Draft(ERASURES, 3, {"action": "retention_ended", "values": ({"entry": 1, "field": "note"},)}),
    ]
    lines = lines_of(drafts)
    chain = [line for line in lines if not line.startswith(b'{"commitment":"')]
    assert our_verdict(chain) == 0
    _number, _said, values = outsiders_look(tmp_path / "export", chain)
    assert values.gone() == [
        ((1, "note"), "retention ended, says entry 3"),
        ((1, "person"), "not in this file"),
        ((1, "phone"), "erased, says entry 2"),
    ]
    assert {name: (gone.why, gone.entry) for name, gone in our_report(chain).gone.items()} == {
        (1, "note"): ("retention_ended", 3),
        (1, "person"): ("missing", 0),
        (1, "phone"): ("erased", 2),
    }


LINES = lines_of([Draft(book="patrol", at=at, fields={"n": at}) for at in range(5)])
OTHER = lines_of([Draft(book="patrol", at=at, fields={"n": -at}) for at in range(5)])
APART_LINES = lines_of([Draft("b", at, {"n": at, "m": "x"}, apart=("n", "m")) for at in range(3)])
TAMPERED = {
    "a value twice": (1, [*APART_LINES[:3], APART_LINES[2], *APART_LINES[3:]]),
    "a value of another entry": (2, [*APART_LINES[:5], APART_LINES[2], *APART_LINES[5:]]),
    "a value before all entries": (1, [APART_LINES[0], APART_LINES[2], *APART_LINES[1:]]),
    "the end of a value cut off": (3, [*APART_LINES[:9], APART_LINES[9][:-2]]),
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


@pytest.mark.parametrize("line", [b"", b"{}", b"not json", b'{"format":"keyarea-ledger","version":3}', b"\xff\xfe"])
def test_a_file_of_another_kind_is_refused(line):
    with pytest.raises(ChainBroken):
        read_header(line)


@pytest.mark.slow
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


def test_a_file_of_version_1_verifies_for_ever(tmp_path):
    """Written before there were values beside the chain."""
    lines = (Path(__file__).parent / "export_of_version_1.jsonl").read_bytes().splitlines(keepends=True)
    assert (0, 0) == (our_verdict(lines), outsiders_verdict(tmp_path / "export", lines))
    assert {1} == {entry.format for entry in read_entries(lines[1:])}
