"""``keyarea ledger`` and ``keyarea user`` as a person uses them."""

import argparse
import io
import re
import sqlite3
import subprocess
import sys
from datetime import date

import pytest
from msgspec.structs import replace

from alerts.effects import Effects
from gateway.cli import ledger, user
from gateway.stores.database import FILE_NAME
from gateway.stores.documents import Documents, document
from gateway.stores.users import Users
from gateway.stores.witness import Witness
from tests.gateway.stores.records_examples import commit, everything, raised
from workflows.people import Registered

PASSWORD = "correct horse battery"


class Terminal(io.StringIO):
    """What a person types into."""

    def isatty(self):
        return True


@pytest.fixture
def keyarea(tmp_path, capsys, monkeypatch):
    """Runs a command on the test's data folder; returns its exit code and what it printed."""

    def run(command, *words, stdin=""):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        monkeypatch.setattr("sys.stdin", Terminal(stdin))
        code = command.run(parser.parse_args([*words, "--data", str(tmp_path / "data")]))
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def verify_export(file, capsys, *words):
    parser = argparse.ArgumentParser()
    ledger.add_arguments(parser)
    code = ledger.run(parser.parse_args(["verify", "--export", str(file), *words]))
    return code, capsys.readouterr().out


def tamper(tmp_path, statement):
    outsider = sqlite3.connect(tmp_path / "data" / FILE_NAME)
    outsider.execute("DROP TRIGGER IF EXISTS ledger_update")
    outsider.execute("DROP TRIGGER IF EXISTS ledger_delete")
    outsider.execute(statement)
    outsider.commit()
    outsider.close()


def test_a_whole_ledger_verifies_and_shows_its_head(keyarea, records):
    commit(records, everything(1))
    head = records.ledger_head()
    assert keyarea(ledger, "verify") == (0, f"OK ledger of 'works': 5 entries verified\nhead 5:{head.hash}\n")


def test_a_tampered_ledger_fails_at_its_first_misfit(keyarea, records, tmp_path):
    commit(records, everything(1))
    tamper(tmp_path, "UPDATE ledger SET content = replace(content, 'door', 'gate') WHERE sequence = 3")
    code, printed = keyarea(ledger, "verify")
    assert (code, "BROKEN ledger of 'works': entry 3: its content does not give its hash" in printed) == (1, True)
    assert "The 2 entries before it fit" in printed


def test_a_head_noted_earlier_finds_a_cut_and_a_rewritten_ledger(keyarea, records, tmp_path):
    commit(records, everything(1))
    head = records.ledger_head()
    assert keyarea(ledger, "verify", "--expect", f"5:{head.hash}")[0] == 0
    code, printed = keyarea(ledger, "verify", "--expect", f"5:{'0' * 64}")
    assert (code, "entry 5" in printed) == (1, True)
    tamper(tmp_path, "DELETE FROM ledger WHERE sequence = 5")
    assert keyarea(ledger, "verify")[0] == 0
    code, printed = keyarea(ledger, "verify", "--expect", f"5:{head.hash}")
    assert (code, "entry 5: missing" in printed) == (1, True)
    with pytest.raises(SystemExit):
        keyarea(ledger, "verify", "--expect", "latest")


def test_an_export_is_verified_without_the_data(keyarea, records, tmp_path, capsys):
    for number in range(3):
        commit(records, everything(number))
    file = tmp_path / "ledger.jsonl"
    code, printed = keyarea(ledger, "export", str(file))
    head = records.ledger_head()
    assert (code, printed) == (0, f"15 entries of 'works' written to {file}\nhead 15:{head.hash}\n")
    assert verify_export(file, capsys) == (0, f"OK ledger of 'works': 15 entries verified\nhead 15:{head.hash}\n")
    assert verify_export(file, capsys, "--expect", f"15:{head.hash}")[0] == 0
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:7], *lines[8:]]))
    code, printed = verify_export(file, capsys)
    assert (code, "entry 7" in printed) == (1, True)
    file.write_text("something else")
    code, printed = verify_export(file, capsys)
    assert (code, printed.startswith("BROKEN")) == (1, True)


def test_an_export_never_writes_over_a_file(keyarea, records, tmp_path):
    commit(records, everything(1))
    file = tmp_path / "ledger.jsonl"
    file.write_text("precious")
    code, printed = keyarea(ledger, "export", str(file))
    assert (code, "File exists" in printed, file.read_text()) == (2, True, "precious")


def test_a_tampered_ledger_can_still_be_exported_as_evidence(keyarea, records, tmp_path, capsys):
    commit(records, everything(1))
    tamper(tmp_path, "UPDATE ledger SET content = replace(content, 'door', 'gate') WHERE sequence = 3")
    assert keyarea(ledger, "export", str(tmp_path / "evidence"))[0] == 0
    code, printed = verify_export(tmp_path / "evidence", capsys)
    assert (code, "entry 3" in printed) == (1, True)


def test_the_newest_entries_are_shown_by_book(keyarea, records):
    commit(records, everything(1))
    commit(records, everything(2))
    code, printed = keyarea(ledger, "show", "--book", "patrol", "--last", "1")
    assert code == 0
    assert re.fullmatch(r" {6}9  2026-\S+Z  Patrols  gate  wang  Checkpoint: gate · Route: night\n", printed)
    assert keyarea(ledger, "show")[1].count("\n") == 10


def test_nothing_shown_can_steer_the_terminal(keyarea, records):
    event = raised(1)
    commit(records, Effects(alerts=[replace(event, by="li\x1b]0;x\x07\u202e", note="\x9b2J\n烟")]))
    printed = keyarea(ledger, "show")[1]
    assert printed.count("\n") == 1
    assert all(character.isprintable() for character in printed.removesuffix("\n"))
    assert "烟" in printed


def test_a_folder_without_records_is_left_as_it_is(keyarea, tmp_path):
    """A look at a ledger never makes an empty one that would verify."""
    for words in (("verify",), ("show",), ("export", str(tmp_path / "out"))):
        code, printed = keyarea(ledger, *words)
        assert (code, "name the data folder with --data" in printed) == (2, True)
    assert not (tmp_path / "data").exists()


def test_no_ledger_at_all_is_an_error(keyarea, records):
    code, said = keyarea(ledger, "verify")
    assert (code, said.startswith("BROKEN there is no ledger")) == (1, True)


def test_a_ledger_that_is_shorter_than_its_witness_is_broken_until_it_is_resumed(keyarea, records, tmp_path):
    commit(records, everything(1))
    witness, head = tmp_path / "data" / "ledger.witness", records.ledger_head()
    Witness(witness, "works").note(head)
    assert keyarea(ledger, "verify")[0] == 0
    tamper(tmp_path, "DELETE FROM ledger WHERE sequence > 3")
    code, said = keyarea(ledger, "verify")
    assert (code, "entry 4: missing: the chain was 5 entries long" in said) == (1, True)
    tamper(tmp_path, "DELETE FROM ledger")
    code, said = keyarea(ledger, "verify")
    assert (code, "entry 1: missing" in said) == (1, True)
    code, said = keyarea(ledger, "resume")
    assert (code, said.splitlines()[0]) == (0, "the ledger of 'works' had entry 5 and goes on after 0")
    (kept,) = witness.parent.glob("ledger.witness.*")
    assert Witness(kept, "works").known() == head
    assert keyarea(ledger, "resume") == (0, "there is no witness; nothing to do\n")


def test_without_a_folder_the_database_of_the_environment_is_meant(records, tmp_path, monkeypatch, capsys):
    commit(records, everything(1))
    monkeypatch.setenv("KEYAREA_DATABASE", f"sqlite:///{tmp_path / 'data' / FILE_NAME}")
    monkeypatch.chdir(tmp_path)
    for command, words, expected in ((ledger, ["verify"], "5 entries verified"), (user, ["list"], "")):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        assert command.run(parser.parse_args(words)) == 0
        assert expected in capsys.readouterr().out


@pytest.mark.parametrize(
    "address", ["no address: secret", "mysql://u:secret@h/n", "postgresql://u:secret@127.0.0.1:1/n"]
)
def test_a_wrong_address_is_said_without_its_password(address, monkeypatch, capsys):
    monkeypatch.setenv("KEYAREA_DATABASE", address)
    parser = argparse.ArgumentParser()
    ledger.add_arguments(parser)
    assert ledger.run(parser.parse_args(["verify"])) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("keyarea ledger: ")
    assert "secret" not in printed.out + printed.err


def test_accounts_are_made_listed_and_changed(keyarea, open_database):
    assert keyarea(user, "add", "ada", "--role", "admin", "--password-stdin", stdin=PASSWORD + "\n")[0] == 0
    assert keyarea(user, "add", "li", "--role", "operator", "--password-stdin", stdin=PASSWORD + "\r\n")[0] == 0
    users = Users(open_database())
    assert (users.check("ada", PASSWORD), users.check("li", PASSWORD)) == ("admin", "operator")
    assert keyarea(user, "role", "li", "technician")[0] == 0
    assert keyarea(user, "password", "li", "--password-stdin", stdin="another good one\n")[0] == 0
    assert users.check("li", "another good one") == "technician"
    assert keyarea(user, "disable", "li")[1] == "li is disabled\n"
    code, printed = keyarea(user, "list")
    assert code == 0
    assert re.search(r"^ada +admin +enabled +since 20", printed, re.MULTILINE)
    assert re.search(r"^li +technician +disabled", printed, re.MULTILINE)
    assert keyarea(user, "enable", "li")[0] == 0
    assert users.role("li") == "technician"
    assert PASSWORD not in printed


@pytest.mark.parametrize(("left", "code"), [(None, 0), (date(2020, 1, 1), 1), (date(9999, 1, 1), 0)])
def test_the_account_of_somebody_who_has_left_is_not_enabled(keyarea, open_database, left, code):
    """A running gateway would disable it again."""
    for name, role in (("ada", "admin"), ("li", "operator")):
        keyarea(user, "add", name, "--role", role, "--password-stdin", stdin=PASSWORD + "\n")
    keyarea(user, "disable", "li")
    database = open_database()
    with database.writing() as connection:
        kept = document("case:people", "w1", Registered(id="w1", name="Li", account="li", left=left))
        Documents(database).put(connection, [kept])
    found, printed = keyarea(user, "enable", "li")
    assert (code, bool(code)) == (found, "li belongs to w1, who left on 2020-01-01" in printed)
    assert bool(code) == (Users(database).role("li") is None)


def test_a_refusal_is_a_sentence_and_exit_code_one(keyarea):
    code, printed = keyarea(user, "add", "li", "--role", "operator", "--password-stdin", stdin="short\n")
    assert (code, printed) == (1, "keyarea user: a password has 10 to 256 characters\n")
    assert keyarea(user, "disable", "nobody")[0] == 1


def test_a_password_is_typed_twice_the_same(keyarea, monkeypatch, open_database):
    typed = iter([PASSWORD, PASSWORD, PASSWORD, PASSWORD + "x"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    monkeypatch.setattr("gateway.cli.user.is_at_terminal", lambda: True)
    assert keyarea(user, "add", "ada", "--role", "admin")[0] == 0
    assert Users(open_database()).check("ada", PASSWORD) == "admin"
    code, printed = keyarea(user, "password", "ada")
    assert (code, "the two differ" in printed) == (1, True)


def test_a_password_cannot_be_given_on_the_command_line(keyarea):
    with pytest.raises(SystemExit):
        keyarea(user, "add", "li", "--role", "operator", "--password", PASSWORD)


def test_a_long_ledger_shows_how_far_it_is(records, tmp_path, monkeypatch):
    """The bar goes to standard error, the verdict alone to standard output."""
    commit(records, Effects(alerts=[raised(number) for number in range(1_500)]))
    program = (
        "import argparse, sys; from gateway.cli import ledger; ledger._LONG = 1000; parser = argparse.ArgumentParser();"
        "ledger.add_arguments(parser); sys.exit(ledger.run(parser.parse_args(sys.argv[1:])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "verify", "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
        env={"FORCE_COLOR": "1", "TERM": "xterm", "PATH": ""},
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "OK ledger of 'works': 1500 entries verified")
    assert "verifying" in done.stderr
