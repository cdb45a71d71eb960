"""The gate on a phone, in a real browser: a plate comes over MQTT, the gatekeeper completes it, and it leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port

_READERS = """
[[devices]]
id = "lane-in"
family = "keyarea"
address = "lane-in"
area = "office"
signals = ["plate"]

[workflows.gate]
readers = [{ device = "lane-in", way = "in" }]
"""


@pytest.fixture
def gate(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=1, name=name) + _READERS
    with serving(tmp_path, text, web, broker, name) as running:
        yield running


def test_what_a_reader_saw_is_completed_on_a_phone_and_leaves(browser: Browser, gate: Running) -> None:
    for _ in range(2):  # a camera that looks twice
        gate.publish(f"{gate.base}/lane-in/readings", {"readings": {"plate": "沪B·88321"}})
    page = sign_in(browser, gate.url, "olga", "zh", width=390, at="")
    page.goto(f"{gate.url}/console/gate")
    entry = page.locator("article", has_text="沪B88321")
    expect(entry).to_have_count(1)
    entry.get_by_role("link", name="补全识别记录").click()
    form = page.locator("#gate-form")
    form.locator("input[name=driver]").fill("周师傅")
    form.locator("input[name=organisation]").fill("钢材公司")
    form.locator(".ka-main").click()
    expect(form.locator(".ka-fault")).to_have_count(1)  # what is wanting says so, and the rest is still there
    form.locator("input[name=purpose]").fill("送货")
    form.locator(".ka-main").click()
    expect(form).to_have_count(0)
    expect(entry).to_contain_text("钢材公司")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    entry.get_by_role("button", name="车辆离开").click()
    expect(entry).to_have_count(0)
    page.context.close()
    rows = gate.client("ada").get("/api/ledger?book=gate")["entries"]
    assert ["came_in", "completed", "went_out"] == sorted(row["fields"]["step"] for row in rows)
    assert ["in", "out"] == sorted(row["fields"]["action"] for row in rows if "action" in row["fields"])
