"""Alarm figures of a running gateway: an alert that was answered stands in them, on page, file and terminal."""

import csv
import io

import pytest
from playwright.sync_api import Browser, expect

from gateway.cli import main
from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until


def test_what_was_answered_stands_in_the_figures(
    browser: Browser, running_gateway: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    client, device = running_gateway.client("olga"), running_gateway.fresh_smoke()
    before = client.get("/api/kpi?span=day")
    running_gateway.readings(device, smoke=True)

    def raised() -> str:
        return next((one["id"] for one in client.get("/api/alerts?open=true")["alerts"] if one["key"] == device), "")

    alert = wait_until(raised, "the alert")
    client.post(f"/api/alerts/{alert}/acknowledge", {})
    found = client.get("/api/kpi?span=day")
    assert (1, found["of"]) == (found["raised"] - before["raised"], found["counted"])
    assert "fire" in {row["of"] for row in found["answered"]}
    assert ["rate", "peak", "flood", "stale", "chattering", "top"] == [one["name"] for one in found["measures"]]
    assert found["is_assumed"]

    assert 0 == main(["kpi", "--span", "day", "--csv", "--data", str(running_gateway.data)])
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert ["Figures", "Alerts", str(found["raised"])] == rows[1][:3]
    assert 0 == main(["kpi", "--span", "day", "--data", str(running_gateway.data)])
    assert "Alerts per operator in 10 min, peak" in capsys.readouterr().out
    assert 1 == main(["kpi", "--span", "shift", "--data", str(running_gateway.data)])

    page = sign_in(browser, running_gateway.url, "olga", "zh", width=390, at="/console/kpi?span=day")
    expect(page.locator("h1")).to_have_text("报警指标")
    expect(page.locator(".ka-kpi-figures article")).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".ka-kpi-span", has_text="周").click()
    expect(page.locator(".ka-kpi-days svg")).to_have_count(7)
    assert [] == page.strangers  # type: ignore[attr-defined]
    page.context.close()
