"""A site that asks to hear everything is shown what no family speaks on; its alarms count once all the same."""

from pathlib import Path
from typing import Any

from tests.rim.conftest import serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until


def test_what_no_family_speaks_on_is_seen_and_an_alarm_counts_once(tmp_path: Path, broker: Mosquitto) -> None:
    web, base = free_port(), "hear-all"
    text = site(broker.port, web, name=base).replace("[mqtt]", "[mqtt]\nlisten_to_all = true", 1)
    with serving(tmp_path, text, web, broker, base) as running:
        client = running.client("tom")
        running.publish(f"{base}/smoke-1/reading", '{"readings": {"smoke": true}}')

        def noted() -> dict[str, Any] | None:
            samples = client.get("/api/malformed")
            return next((one for one in samples if one["address"] == f"{base}/smoke-1/reading"), None)

        seen = wait_until(noted, "the wrong topic is seen")
        assert ("no family speaks on this topic", {"key": "ingest.nobody", "params": {}}) == (
            seen["reason"],
            seen["message"],
        )
        assert client.get("/api/health")["not_understood"] >= 1
        running.readings("smoke-0", smoke=True)
        wait_until(lambda: client.get("/api/alerts?open=true")["alerts"], "an alert")
        [alert] = [one for one in client.get("/api/alerts?open=true")["alerts"] if one["key"] == "smoke-0"]
        assert 1 == alert["occurrences"]
