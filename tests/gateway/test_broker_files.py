"""Mosquitto's files as they are written anew: what is ours changes, what is not stays."""

import subprocess
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from devices.broker_access import Login
from gateway.broker_files import (
    access_file,
    dynamic_file,
    dynamic_users,
    hashed,
    new_password,
    ours_in,
    password_file,
    users_in,
)
from tests.words import refused

ONE = Login("one", ("k/one/readings",), ("k/one/command",))
TWO = Login("two", ("z/#",), ("z/#",))
others = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200).filter(
    lambda text: "-- keyarea" not in text and "\r" not in text
)


def test_rules_stand_at_the_end_and_are_exchanged_whole() -> None:
    first = access_file("user admin\ntopic readwrite #\n", [ONE, TWO])
    assert [
        "user one",
        "topic write k/one/readings",
        "topic read k/one/command",
        "",
        "user two",
        "topic readwrite z/#",
    ] == first.splitlines()[5:-2]
    assert {"one", "two"} == ours_in(first)
    second = access_file(first, [TWO])
    assert second.startswith("user admin\ntopic readwrite #\n\n# -- keyarea")
    assert {"two"} == ours_in(second)
    assert second == access_file(second, [TWO])


@given(others)
def test_rules_of_others_stay_whatever_they_are(text: str) -> None:
    written = access_file(access_file(text, [ONE]), [ONE, TWO])
    assert written.startswith(text.rstrip() if text.strip() else "# -- keyarea")
    assert 1 == written.count("user one\n") - text.count("user one\n")


def test_a_torn_block_is_not_guessed_at() -> None:
    torn = access_file("", [ONE]).rpartition("# -- keyarea: end")[0]
    with refused("by hand"):
        access_file(torn, [ONE])


def test_mosquitto_passwd_writes_the_same_form(tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(path), "admin", "secret"], check=True)
    text = path.read_text()
    written = password_file(text, {"one": hashed("secret")}, set())
    assert written.startswith(text)
    theirs, ours = (line.partition(":")[2].split("$") for line in written.splitlines())
    assert ["", "7"] == theirs[:2] == ours[:2]
    assert [len(part) for part in theirs[3:]] == [len(part) for part in ours[3:]]
    assert {"admin"} == users_in(password_file(written, {}, {"one"}))


def test_passwords_are_chance_and_can_be_read_aloud() -> None:
    many = {new_password() for _ in range(1000)}
    assert 1000 == len(many)
    assert not set("".join(many)) & set("01ilo")
    assert hashed("a").salt != hashed("a").salt


def test_the_plugins_file_keeps_what_is_not_ours() -> None:
    begun = {
        "defaultACLAccess": {"publishClientSend": False},
        "clients": [{"username": "admin", "roles": [{"rolename": "admin"}], "password": "x"}],
        "groups": [{"groupname": "g"}],
        "roles": [{"rolename": "admin", "acls": []}],
    }
    first = dynamic_file(msgspec.json.encode(begun), [ONE, TWO], {"one": hashed("a"), "two": hashed("b")}, set())
    assert ({"admin", "one", "two"}, {"one", "two"}) == dynamic_users(first)
    second = msgspec.json.decode(dynamic_file(first, [TWO], {}, {"one"}))
    assert begun["clients"] == second["clients"][:1]
    assert begun["groups"] == second["groups"]
    assert ["admin", "two"] == [client["username"] for client in second["clients"]]
    assert ["admin", "keyarea-device-two"] == [role["rolename"] for role in second["roles"]]
    assert second["clients"][1]["password"] == msgspec.json.decode(first)["clients"][2]["password"]
