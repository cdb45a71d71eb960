"""A workflow is added by new files only, and taken away by deleting them: played through at a gateway of its own.

Its routes with their OpenAPI, what it says on the stream in each reader's language, its table in the site file, its
entries in its own book: all of it is made from the files below.
"""

import threading
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from api.workflow_finder import workflows
from tests.house.copies import add, contents, copied, run, surroundings, take_away
from tests.house.places import PACKAGES, ROOT, modules
from tests.rim.processes import PATIENCE_S, Client, GatewayProcess, free_port

CODE = '''"""Keys: who has one, until it is brought back."""

from collections.abc import Mapping

from msgspec.structs import replace

from alerts.facts import Fact
from alerts.workflow import Ask, Case, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant


class KeyCase(Case, frozen=True, kw_only=True):
    """Out of its box."""

    key: str


class KeyConfig(Config, frozen=True, kw_only=True):
    """``most``: how many may be out"""

    most: int = 8


class Take(Ask, tag="take", frozen=True, kw_only=True):
    """Take a key."""

    key: str


class Bring(Ask, tag="bring", frozen=True, kw_only=True):
    """Bring it back."""


class Keys(Workflow[KeyCase]):
    """Keys."""

    name, book, case = "toy_keys", "toy_keys", KeyCase
    asks = (Take, Bring)
    config_type = KeyConfig

    def step(self, event: Heard, cases: Mapping[str, KeyCase], world: World, now: Instant) -> Moves:
        match event:
            case Take() if len(cases) >= self.config.most:
                raise Refused(Text.of("toy_keys.out", most=self.config.most))
            case Take():
                return moved(KeyCase(id=event.id, by=event.by, key=event.key), "taken", event.by, now)
            case Bring() if event.case in cases:
                return moved(replace(cases[event.case], is_open=False), "brought", event.by, now)
        return Moves()


def moved(case: KeyCase, step: str, by: str, now: Instant) -> Moves:
    text = Text.of(f"toy_keys.{step}", by=by, which=case.key)
    return Moves(cases=(case,), facts=(Fact(workflow="toy_keys", case=case.id, step=step, at=now, by=by, text=text),))


WORKFLOW = Keys
'''

ENGLISH = """\
[toy_keys]
title = "Keys"
ask_take = "take a key"
ask_bring = "bring it back"
taken = "{by} has taken the key {which}"
brought = "{by} has brought the key {which} back"
out = "{most} keys are out"
"""

CHINESE = """\
[toy_keys]
title = "钥匙"
ask_take = "领用钥匙"
ask_bring = "归还钥匙"
taken = "{by} 领用钥匙 {which}"
brought = "{by} 归还钥匙 {which}"
out = "已领出 {most} 把钥匙"
"""

BOOK = """\
name = "keys"
zh = "钥匙"

[[book]]
id = "toy_keys"
title = "Keys"
zh = "钥匙台账"
writers = ["gateway"]
keep_years = 1
fields = [{ name = "case", title = "Case", zh = "事项编号" }]
"""

FILES = {
    "workflows/toy_keys.py": CODE,
    "workflows/toy_keys.en.toml": ENGLISH,
    "workflows/toy_keys.zh.toml": CHINESE,
    "workflows/toy_keys.book.toml": BOOK,
}

SITE = """\
id = "toys"
name = "Toys"

[web]
port = {port}

[[areas]]
id = "store"
name = "Store"
"""
TABLE = "\n[workflows.toy_keys]\nmost = 1\n"
OPENAPI, TAKE = "/api/openapi.json", "/api/workflows/toy_keys/take"


def facts(client: Client, language: str) -> Queue[str]:
    """What the stream tells in that language of what happens in cases, from now on; "" when it listens."""
    told: Queue[str] = Queue()

    def listen() -> None:
        for _, kind, data in client.events(language=language):
            if kind in ("beat", "fact"):
                told.put(data.get("text", ""))

    threading.Thread(target=listen, daemon=True).start()
    assert "" == told.get(timeout=PATIENCE_S)
    return told


def next_fact(told: Queue[str]) -> str:
    """The next sentence that is none of a beat."""
    return next(filter(None, iter(lambda: told.get(timeout=PATIENCE_S), None)))


def taken_and_refused(gateway: GatewayProcess) -> None:
    """A key is taken; the next one is refused in words; both languages read it on the stream and in the list."""
    olga = Client(gateway.port, "olga")
    english, chinese = facts(olga, "en"), facts(olga, "zh")
    status, answer = olga.try_post(TAKE, {"key": "7"})
    assert 200 == status, answer
    assert ["olga has taken the key 7", "olga 领用钥匙 7"] == [next_fact(english), next_fact(chinese)]
    for language, refusal in (("en", "1 keys are out"), ("zh", "已领出 1 把钥匙")):
        status, answer = olga.try_post(f"{TAKE}?lang={language}", {"key": "8"})
        assert (409, refusal) == (status, answer["error"])
    titles = {flow["name"]: flow["title"] for flow in olga.get("/api/workflows?lang=zh")}
    assert "钥匙" == titles["toy_keys"]
    (case,) = olga.get("/api/workflows/toy_keys/cases")
    assert "7" == case["content"]["key"]
    (entry,) = Client(gateway.port).get("/api/ledger?book=toy_keys")["entries"]
    assert "taken" == entry["fields"]["step"]


def documented(gateway: GatewayProcess) -> dict[str, Any]:
    """The paths of its OpenAPI that are the toy's."""
    paths = Client(gateway.port, "olga").get(OPENAPI)["paths"]
    return {path: said for path, said in paths.items() if "toy_keys" in path}


def test_a_workflow_comes_and_goes_with_its_files(tmp_path: Path) -> None:
    """At one gateway: the second start is without the files, and what they had opened and written is still there."""
    house, place = copied(tmp_path / "house"), tmp_path / "place"
    before = contents(house)
    place.mkdir()
    add(house, FILES)
    port = free_port()
    env = {**surroundings(house), "PYTHONSAFEPATH": "1"}  # else `-m` looks where the tests were started
    gateway = GatewayProcess(place, SITE.format(port=port) + TABLE, web_port=port, env=env, fresh=True)
    gateway.add_users()
    with gateway:
        paths = documented(gateway)
        assert {TAKE, "/api/workflows/toy_keys/bring", "/api/workflows/toy_keys/cases"} == paths.keys()
        assert "Take a key" == paths[TAKE]["post"]["summary"]
        taken_and_refused(gateway)
    run(house, "docs/generate_site_file.py")
    assert "[workflows.toy_keys]" in (house / "docs/site-file.md").read_text(encoding="utf-8")
    take_away(house, FILES)
    run(house, "docs/generate_site_file.py")
    assert before == contents(house)
    gateway.site_file.write_text(SITE.format(port=port), encoding="utf-8")
    with gateway:
        assert {} == documented(gateway)
        (entry,) = Client(port).get("/api/ledger?book=toy_keys")["entries"]
        assert "olga has taken the key 7" == entry["fields"]["text"]


@pytest.mark.parametrize("name", workflows())
def test_nobody_compares_with_the_name_of_a_workflow(name: str) -> None:
    """A workflow that others know by name is no file of its own."""
    known = {
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES)
        if f'== "{name}"' in path.read_text(encoding="utf-8") and "workflows" not in path.parts
    }
    assert set() == known
