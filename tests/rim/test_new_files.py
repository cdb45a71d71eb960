"""A page and a workflow that nobody knows: added by new files only, they are there in a browser, in both languages."""

import hashlib
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.house.places import PACKAGES, ROOT, tracked
from tests.rim.browsing import sign_in
from tests.rim.conftest import site
from tests.rim.processes import GatewayProcess, Mosquitto, free_port

WORKFLOW = '''"""Keys: who has one."""

from collections.abc import Mapping
from typing import Literal

from alerts.facts import Fact
from alerts.workflow import EVERYBODY, Ask, Case, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant


class KeyOut(Case, frozen=True, kw_only=True):
    """Out of its box."""

    key: str
    kind: str = "spare"


class Take(Ask, tag="take", frozen=True, kw_only=True):
    """Take a key."""

    ROLES = EVERYBODY

    key: str
    area: str
    kind: Literal["main", "spare"]
    hours: float = 8


class Return(Ask, tag="return_key", frozen=True, kw_only=True):
    """Bring it back."""

    ROLES = frozenset({"operator"})


class Keys(Workflow[KeyOut]):
    """Keys."""

    name, book, case = "keys", "keys", KeyOut
    asks = (Take, Return)

    def step(self, event: Heard, cases: Mapping[str, KeyOut], world: World, now: Instant) -> Moves:
        match event:
            case Take():
                if event.hours > 24:
                    raise Refused(Text.of("keys.too_long"))
                case = KeyOut(id=event.id, by=event.by, area=event.area, key=event.key, kind=event.kind)
                said = Text.of("keys.taken", by=event.by, which=event.key)
            case Return():
                case = KeyOut(id=event.case, key=cases[event.case].key, is_open=False)
                said = Text.of("keys.returned", which=case.key)
            case _:
                return Moves()
        return Moves(
            cases=(case,), facts=(Fact(workflow="keys", case=case.id, step="moved", at=now, text=said, by=event.by),)
        )


WORKFLOW = Keys
'''
BOOK = """\
name = "keys"
zh = "钥匙"

[[book]]
id = "keys"
title = "Keys"
zh = "钥匙台账"
writers = ["gateway"]
keep_years = 1
fields = [{ name = "case", title = "Case", zh = "事项编号" }]
"""
ENGLISH = """\
[keys]
title = "Keys"
ask_take = "Take a key"
ask_return_key = "Bring it back"
field_key = "Which key"
field_kind = "What kind"
hint_key = "As its tag says"
kind_main = "main key"
kind_spare = "spare key"
taken = "{by} has taken {which}"
returned = "{which} is back"
too_long = "a key is out for 24 hours at most"
"""
CHINESE = """\
[keys]
title = "钥匙"
ask_take = "领用钥匙"
ask_return_key = "归还钥匙"
field_key = "哪把钥匙"
field_kind = "类别"
hint_key = "按标签填写"
kind_main = "主钥匙"
kind_spare = "备用钥匙"
taken = "{by} 领用 {which}"
returned = "{which} 已归还"
too_long = "钥匙最多领用 24 小时"
"""
PAGE = '''"""How many devices there are."""

from api.auth import Permission
from api.console.web_page import Asked, Page

PAGES = (
    Page(
        path="/console/toy",
        permission=Permission.SERVE_DEVICES,
        title="toy.title",
        template="toy.html",
        place=("main", 90),
        show=lambda asked: {"count": len(asked.gateway.devices.devices())},
    ),
)
'''
TEMPLATE = """\
{% extends "frame.html" %}
{% block page %}<h1>{{ say("toy.devices", count=count) }}</h1>{% endblock %}
"""
FILES = {
    "workflows/keys.py": WORKFLOW,
    "workflows/keys.book.toml": BOOK,
    "workflows/keys.en.toml": ENGLISH,
    "workflows/keys.zh.toml": CHINESE,
    "api/console/pages/toy.py": PAGE,
    "api/console/pages/toy.html": TEMPLATE,
    "api/console/pages/toy.en.toml": '[toy]\ntitle = "Toys"\ndevices = "{count} devices"\n',
    "api/console/pages/toy.zh.toml": '[toy]\ntitle = "玩具"\ndevices = "{count} 台设备"\n',
}


@pytest.fixture(scope="module")
def url(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway of a copy of the house with those files."""
    house, folder, web = tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("toy"), free_port()
    copied = {}
    for path in tracked():
        place = path.relative_to(ROOT)
        if place.parts[0] in PACKAGES:
            (house / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, house / place)
            copied[place] = hashlib.sha256(path.read_bytes()).digest()
    for name, text in FILES.items():
        assert not (house / name).exists()
        (house / name).write_text(text, encoding="utf-8")
    env = {"PYTHONPATH": str(house), "PYTHONSAFEPATH": "1"}
    gateway = GatewayProcess(folder, site(broker.port, web, name=folder.name), web_port=web, env=env, fresh=True)
    gateway.add_users()
    with gateway:
        yield gateway.url
    assert copied == {place: hashlib.sha256((house / place).read_bytes()).digest() for place in copied}


@pytest.mark.parametrize(("language", "link", "words"), [("en", "Toys", "61 devices"), ("zh", "玩具", "61 台设备")])
def test_a_page_is_its_own_files(browser: Browser, url: str, language: str, link: str, words: str) -> None:
    """It has its link for those who may, and 403 in the document for those who may not."""
    page = sign_in(browser, url, "tom", language)
    page.get_by_role("link", name=link).first.click()
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    assert f"{url}/console/toy" == page.url
    page.context.close()
    other = sign_in(browser, url, "olga", language)
    expect(other.get_by_role("link", name=link)).to_have_count(0)
    answer = other.goto(f"{url}/console/toy")
    assert answer is not None
    assert 403 == answer.status
    expect(other.locator("#data-age")).to_be_visible()
    other.context.close()


def test_a_workflow_has_its_form_its_cases_and_its_history(browser: Browser, url: str) -> None:
    """Refused it says why beside the field, with all that was typed; then the case is there, and what was done."""
    page = sign_in(browser, url, "olga", width=390)
    documents: list[str] = []
    page.on("load", lambda loaded: documents.append(loaded.url))
    page.goto(f"{url}/console/workflows")
    page.locator("main").get_by_role("link", name="Keys").click()
    page.locator("summary", has_text="Take a key").click()
    form = page.locator("#ask-take")
    form.get_by_label("Which key").fill("K-7")
    expect(form).to_contain_text("As its tag says")
    form.get_by_label("Area").select_option("Chemical store")
    form.get_by_role("button", name="Take a key").click()
    expect(form).to_contain_text("This is needed.")
    expect(form.get_by_label("Which key")).to_have_value("K-7")
    form.get_by_label("What kind").select_option("spare key")
    form.get_by_label("For (hours)").fill("25")
    form.get_by_role("button", name="Take a key").click()
    expect(form).to_contain_text("a key is out for 24 hours at most")
    form.get_by_label("For (hours)").fill("2")
    form.get_by_role("button", name="Take a key").click()
    expect(page.locator(".ka-done")).to_have_text("Done: Take a key")
    expect(page.locator(".ka-case")).to_contain_text("Chemical store · K-7")
    expect(page.locator(".ka-case")).to_contain_text("spare key")
    expect(page.locator(".ka-step").first).to_contain_text("olga has taken K-7")
    assert 1 == len(documents)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()

    page = sign_in(browser, url, "olga", "zh", at="")
    page.goto(f"{url}/console/workflows/keys")
    page.locator(".ka-case").get_by_role("link").first.click()
    expect(page.locator(".ka-case.ka-here")).to_be_visible()  # the page without the case has that form too
    page.locator("summary", has_text="归还钥匙").click()
    page.locator("#ask-return_key").get_by_role("button", name="归还钥匙").click()
    expect(page.locator(".ka-case")).to_have_count(0)
    expect(page.locator(".ka-step").first).to_contain_text("K-7 已归还")
    expect(page.locator(".ka-step").nth(1)).to_contain_text("olga 领用 K-7")
    page.context.close()


def test_a_form_of_another_site_is_refused(browser: Browser, url: str) -> None:
    """Sent with the person's cookie and another origin it changes nothing."""
    page = sign_in(browser, url, "olga")
    fields = {"ask": "take", "id": "x", "key": "K-9", "area": "store", "kind": "main"}
    answer = page.context.request.post(
        f"{url}/console/workflows/keys", form=fields, headers={"origin": "http://evil.example"}
    )
    assert 403 == answer.status
    page.goto(f"{url}/console/workflows/keys")
    expect(page.locator("h1")).to_have_text("Keys")
    expect(page.locator("main")).not_to_contain_text("K-9")
    page.context.close()
