"""Each page in Chinese, with something on it: no English sentence stands there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

PAGES = (
    *("/", "/areas", "/manager", "/console/devices", "/console/devices/smoke-0", "/console/devices/smoke-0/amend"),
    *("/console/devices/smoke-1/commissioning", "/console/waiting", "/console/import", "/console/walk-tests"),
    *("/console/bypasses", "/console/malformed", "/password", "/console/nothing-here"),
    *("/console/books", "/console/books/control_room", "/console/books/control_room/print"),
    "/console/adopt?family=keyarea&address=stranger&line=",
)
SITE_ZH = (
    ('name = "Test site"', 'name = "Test site"\nname_zh = "试验场"'),
    ('name = "Office"', 'name = "Office"\nname_zh = "办公室"'),
)
DATA = re.compile(
    r"smoke-\d+|door-1|stranger|oddity|local-\d|[\w.-]+@[\w.-]+|`[^`]*`|https?://\S+|\S*[/_=.:]\S*|[0-9a-f]{16}"
    r"|\bsmoke, warm, door-armed\b"
    r"|\b(?:MQTT|CSV|UTF-8|GB18030|EN|GB|OSDP|Modbus|ID|QR|PDF|L|A|B|C|D|Esc|Enter|keyarea|zigbee2mqtt|ada|tom|mqtt)\b"
)
"""What is no sentence: ids, addresses, topics, standards, names of things that have no Chinese name."""
SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,;]+[A-Za-z]{2,})+")


def english(text: str) -> list[str]:
    """Two or more Latin words in a row."""
    return [found for line in text.splitlines() for found in SENTENCE.findall(DATA.sub("·", line))]


@pytest.fixture(scope="module")
def lively(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with alarms, an unknown device, words that nobody understands, a bypass, a walk test, a record."""
    folder, web = tmp_path_factory.mktemp("lively"), free_port()
    text = site(broker.port, web, smokes=5, name=folder.name)
    for english_name, both in SITE_ZH:
        text = text.replace(english_name, both)
    with serving(folder, text, web, broker, folder.name) as running:
        running.readings("smoke-0", smoke=True, temperature=21.5)
        running.readings("smoke-2", smoke=False, temperature=75.0)
        running.readings("stranger", smoke=True)
        running.publish(f"{running.base}/smoke-3/readings", "nonsense")
        running.publish(f"{running.base}/smoke-3/readings", {"readings": {"smoke": "perhaps", "gas_alarm_x": "alarm"}})
        ada = running.client()
        wait_until(lambda: ada.get("/api/alerts?open=true")["alerts"], "the fire is an alert")
        alert = ada.get("/api/alerts?open=true")["alerts"][0]["id"]
        ada.post(f"/api/alerts/{alert}/acknowledge", {"note": ""})
        ada.post("/api/devices/smoke-1/commission", {"note": ""})
        assert ada.post("/api/devices/smoke-4/retire", {"note": ""})["waits"]
        ada.post("/api/walk-tests", {"devices": ["smoke-3"]})
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, lively: Running) -> Iterator[Page]:
    page = sign_in(browser, lively.url, "ada", "zh", at="")
    yield page
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_english_sentence_stands_on_a_chinese_page(page: Page, lively: Running, path: str) -> None:
    page.goto(lively.url + path)
    expect(page.locator("body")).to_contain_text(re.compile("[一-鿿]"))
    if page.locator("#data-age").count():
        expect(page.locator("#data-age")).to_have_text(re.compile(r"\d"))  # what is live has come
    assert [] == english(page.locator("body").inner_text())


def test_a_chinese_browser_is_spoken_to_in_chinese_from_the_first_page(browser: Browser, lively: Running) -> None:
    """Nobody has to find the switch before reading what the page says; who has chosen is not asked again."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(lively.url)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    context.close()
