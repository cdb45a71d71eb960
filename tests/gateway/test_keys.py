"""The key file: read by the gateway's user alone, anew when it changes, and never quoted."""

from pathlib import Path

import pytest

from devices.errors import ConfigError
from gateway.keys import KeyFile, read_keys

KEY = "00112233445566778899aabbccddeeff"


def written(folder: Path, text: str, mode: int = 0o600) -> str:
    """A key file with that text."""
    file = folder / "keys.toml"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


def test_a_key_is_found_by_its_name(tmp_path: Path) -> None:
    keys = read_keys(written(tmp_path, f'"dc09/1234" = "{KEY}"\n'))
    assert bytes.fromhex(KEY) == keys("dc09/1234")
    assert keys("dc09/9999") is None
    assert KEY not in repr(keys)


def test_no_file_holds_no_keys() -> None:
    assert read_keys("")("dc09/1234") is None


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        (f'"a" = "{KEY}"', 0o640, "chmod 600"),
        (f'"a" = "{KEY}', 0o600, "not TOML"),
        (f'"a" = "{KEY[2:]}"', 0o600, "32, 48 or 64"),
        (f'"a" = "{KEY[2:]}zz"', 0o600, "32, 48 or 64"),
        ('"a" = 12', 0o600, "32, 48 or 64"),
    ],
    ids=["open to others", "no TOML", "too short", "no digits", "a number"],
)
def test_a_fault_of_the_key_file_is_told_without_the_key(tmp_path: Path, text: str, mode: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_keys(written(tmp_path, text, mode))
    assert words in str(caught.value)
    assert KEY[4:20] not in str(caught.value)


def test_a_key_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_keys(str(tmp_path / "none"))


def test_a_key_that_is_written_while_the_gateway_runs_counts(tmp_path: Path) -> None:
    keys = KeyFile(written(tmp_path, f'"a" = "{KEY}"\n'))
    assert (bytes.fromhex(KEY), None) == (keys("a"), keys("osdp/gate/1"))
    written(tmp_path, f'"osdp/gate/1" = "{KEY}"\n')
    assert (None, bytes.fromhex(KEY)) == (keys("a"), keys("osdp/gate/1"))
    assert KeyFile("")("a") is None


@pytest.mark.parametrize("text", ["", f'"b" = "{KEY[2:]}"', f'"b" = "{KEY}'], ids=["gone", "too short", "no TOML"])
def test_a_key_file_that_is_spoilt_changes_nothing_and_is_said_once(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = written(tmp_path, f'"a" = "{KEY}"\n')
    keys = KeyFile(file)
    if text:
        written(tmp_path, text)
    else:
        Path(file).unlink()
    assert [bytes.fromhex(KEY)] * 2 == [keys("a"), keys("a")]
    assert 1 == len(caplog.records)
    assert KEY[4:20] not in caplog.text
    written(tmp_path, f'"osdp/gate/1" = "{KEY}"\n')
    assert keys("osdp/gate/1") == bytes.fromhex(KEY)


def test_a_key_file_that_is_wrong_at_the_start_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        KeyFile(written(tmp_path, '"a" ='))


@pytest.mark.parametrize(("written", "is_good"), [("a secret", True), ("short", False), ("x" * 4_001, False)])
def test_what_channels_need_is_text(tmp_path, written, is_good):
    file = tmp_path / "keys"
    file.write_text(f'"notify/hook" = "{written}"\n')
    file.chmod(0o600)
    if is_good:
        assert written.encode() == read_keys(str(file))("notify/hook")
        return
    with pytest.raises(ConfigError) as wrong:
        read_keys(str(file))
    assert written not in str(wrong.value)
