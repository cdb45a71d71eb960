"""A gateway that is killed in the middle of a response: ticks, clocks and who was told are as they were."""

from pathlib import Path
from typing import Any

from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

PROCEDURE = """
[[workflows.response.procedures]]
name = "Fire"
classes = ["fire"]
steps = [
  { id = "scene", kind = "scene", within_s = 600 },
  { id = "confirm", kind = "confirm", within_s = 600 },
  { id = "keys", name = "Bring the keys", within_s = 8 },
  { id = "team", within_s = 900, only = "real" },
]
"""


def running_response(running: Running) -> dict[str, Any] | None:
    found = running.client().get("/api/responses")["running"]
    return found[0] if found else None


def is_late_told(running: Running) -> bool:
    alerts = running.client().get("/api/alerts?open=true")["alerts"]
    return any(alert["rule"] == "response-late" and alert["active"] for alert in alerts)


def test_a_killed_gateway_forgets_no_tick_and_no_clock(broker: Mosquitto, tmp_path: Path) -> None:
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=2, name=name) + PROCEDURE
    with serving(tmp_path, text, web, broker, name) as running:
        running.readings("smoke-1", smoke=True)
        begun = wait_until(lambda: running_response(running), "the response has begun")
        client = running.client()
        client.post(f"/api/responses/{begun['id']}/tick", {"step": "scene", "note": "Wang is there"})
        client.post(f"/api/responses/{begun['id']}/confirm", {"verdict": "real", "burns": "acetone"})
        before = running_response(running)
        assert before is not None
        running.gateway.kill()
        running.gateway.start()
        after = wait_until(lambda: running_response(running), "it goes on")
        assert ("real", begun["started"]) == (after["verdict"], after["started"])
        done = {step["id"]: (step["done"], step["by"], step["due"]) for step in before["steps"]}
        assert done == {step["id"]: (step["done"], step["by"], step["due"]) for step in after["steps"]}
        assert [True, True, False, False] == [bool(step["done"]) for step in after["steps"]]
        wait_until(lambda: is_late_told(running), "what became late meanwhile, or does now, is told")
        client.post(f"/api/responses/{begun['id']}/tick", {"step": "keys"})
        wait_until(lambda: not is_late_told(running), "nothing is late any more")
        verified = running.gateway.keyarea("ledger", "verify", "--data", str(running.data))
        assert verified.returncode == 0, verified.stdout + verified.stderr
