"""The short form of `make fuzz`: hostile input for every decoder, a moment long; and the tool tells the truth."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Message
from devices.codecs.ndjson import CODEC
from devices.families import families, line_families
from devices.signals import base_name
from fuzz.held import held
from fuzz.mix import LARGEST, Mix
from fuzz.sums import KEY, SUMS, has_key
from fuzz.target import NOW, Broken, Target
from tests.devices.codecs.recordings import ROOT, recordings
from tests.rim.processes import PATIENCE_S

_INPUTS = 30
targets = {family: Target(family) for family in families()}
mixes = {family: Mix(target.seeds, SUMS.get(family)) for family, target in targets.items()}


@pytest.mark.parametrize("family", sorted(families()))
@given(seed=st.integers(0, 2**32 - 1))
def test_hostile_input_breaks_no_decoder(family: str, seed: int) -> None:
    """Thirty changed recordings in a row; a million of each is `make fuzz`."""
    target, mix, chance = targets[family], mixes[family], Random(seed)
    target.begin_anew()
    for _ in range(_INPUTS):
        target.feed(mix.fresh(chance))


@pytest.mark.parametrize("family", sorted(families()))
def test_a_family_is_found_with_its_recordings_as_seeds(family: str) -> None:
    target = targets[family]
    target.begin_anew()
    assert len(target.seeds) == len(recordings(family)) > 0
    for seed in target.seeds:
        target.feed(seed)


@pytest.mark.parametrize("family", sorted(SUMS))
def test_sums_are_put_right(family: str) -> None:
    """Most changed recordings are taken, which they would not be with the sums that they came with."""
    chance = Random(7)
    told = {True: 0, False: 0}
    for put_right in told:
        mix = Mix(targets[family].seeds, SUMS[family] if put_right else None)
        codec = line_families()[family]
        opened = codec.open_line("line", codec.options(), lambda name: KEY if has_key(name) else None)
        for _ in range(400):
            told[put_right] += sum(map(_is_understood, opened().receive(mix.fresh(chance), NOW)))
    assert told[True] > 1.5 * told[False]


def _is_understood(decoded: Decoded) -> bool:
    """Whether it says more than that something of that sender could not be read."""
    return any(base_name(signal) != "fault" for report in decoded.reports for signal, _ in report.values)


def test_the_same_chance_makes_the_same_input_and_none_is_larger_than_allowed() -> None:
    for family, mix in mixes.items():
        made = [[mix.fresh(chance) for _ in range(50)] for chance in (Random(3), Random(3))]
        assert made[0] == made[1]
        assert max(map(len, made[0])) <= LARGEST, family
        assert len(set(made[0])) > 40


def test_what_is_remembered_is_counted() -> None:
    line = CODEC.open_line("line", CODEC.options(), lambda name: None)()
    before = held(line)
    line.receive(b"x" * 50_000, 0)
    assert held(line) > before + 50_000


class _Forgetful:
    """A decoder with a fault: it fails over a byte that no recording holds."""

    def decode(self, message: Message) -> Decoded:
        if b"\x07" in message.payload:
            raise ZeroDivisionError
        return Decoded()


class _Hoarder:
    """A decoder that keeps all that it was ever told."""

    def __init__(self) -> None:
        self._all: list[bytes] = []

    def decode(self, message: Message) -> Decoded:
        self._all.append(message.payload * 1000)
        return Decoded()


def test_a_decoder_that_fails_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("tasmota")
    monkeypatch.setattr(target._under_attack, "_fresh", _Forgetful)
    target.begin_anew()
    mix, chance = mixes["tasmota"], Random(1)
    with pytest.raises(ZeroDivisionError):
        while True:
            target.feed(mix.fresh(chance))
    assert b"\x07" in target.history[-1]


def test_a_decoder_that_hoards_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("tasmota")
    monkeypatch.setattr(target._under_attack, "_fresh", _Hoarder)
    target.begin_anew()
    with pytest.raises(Broken, match="are remembered after 256 inputs"):
        for _ in range(300):
            target.feed(b"\x00" + bytes(200))


def test_the_long_form_counts_and_ends_well(tmp_path: Path) -> None:
    """Guided by coverage and in mass, each in a process of its own."""
    command = [sys.executable, "-m", "fuzz", "ndjson", "--inputs", "3000", "--seed", "1"]
    done = subprocess.run(
        [*command, "--crashes", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "3,000" in done.stdout
    assert [] == list(tmp_path.iterdir())


def test_what_broke_is_replayed(tmp_path: Path) -> None:
    """And mended, it says so."""
    path = tmp_path / "crash.json"
    path.write_text(json.dumps({"family": "ndjson", "inputs": [b"{}\n".hex(), "ff0a"]}))
    command = [sys.executable, "-m", "fuzz", "--replay", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=False)
    assert (0, "2 inputs of ndjson: nothing breaks any more\n") == (done.returncode, done.stdout)
