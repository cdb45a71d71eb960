"""The load generator and the simulators against a real broker."""

import json
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.rim.processes import PATIENCE_S, Mosquitto

FACTORY = Path(__file__).parents[2] / "gateway" / "site" / "sample" / "factory.toml"


class Listener:
    """Counts what arrives under a topic filter."""

    def __init__(self, port: int, topic: str, enough: int) -> None:
        self.topics: Counter[str] = Counter()
        self.ready, self.done = threading.Event(), threading.Event()
        self._client = Mqtt(CallbackAPIVersion.VERSION2)

        def on_message(_client: Mqtt, _userdata: Any, message: Any) -> None:
            self.topics[message.topic] += 1
            if self.topics.total() >= enough:
                self.done.set()

        self._client.on_message = on_message
        self._client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self._client.on_subscribe = lambda *_: self.ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self.ready.wait(PATIENCE_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def test_the_load_generator_delivers_what_it_says(broker: Mosquitto, tmp_path: Path) -> None:
    """Every message arrives once, spread over the devices, and acknowledged alarms are noted one a line."""
    listener = Listener(broker.port, "load-test/+/readings", 500)
    noted = tmp_path / "noted.jsonl"
    done = subprocess.run(
        [
            sys.executable, "-m", "simulators.load", "--port", str(broker.port), "--devices", "500",
            "--messages", "500", "--topic-template", "load-test/{device}/readings", "--alarms", "--noted", str(noted),
        ],
        capture_output=True, text=True, timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    assert listener.done.wait(PATIENCE_S)
    listener.close()
    assert json.loads(done.stdout)["acked"] == 500
    assert len(listener.topics) == listener.topics.total() == 500
    assert len({json.loads(line)["device"] for line in noted.read_text().splitlines()}) == 500


def test_the_simulators_speak_every_familys_language(broker: Mosquitto, tmp_path: Path) -> None:
    """The sample factory's devices announce themselves and report, over MQTT and on a serial line."""
    listener = Listener(broker.port, "#", 300)
    link = tmp_path / "line"
    simulators = subprocess.Popen(
        [
            sys.executable, "-m", "simulators", "run", "quiet_day", "--site", str(FACTORY), "--quiet", "--speed", "5",
            "--broker", f"127.0.0.1:{broker.port}", "--serial-link", str(link),
        ]
    )  # fmt: skip
    assert listener.done.wait(PATIENCE_S)
    listener.close()
    with link.open("rb", buffering=0) as line:
        said = b""
        while said.count(b"\n") < 3:
            said += line.read(200)
    simulators.terminate()
    simulators.wait(PATIENCE_S)
    assert {topic.partition("/")[0] for topic in listener.topics} >= {"keyarea", "zigbee2mqtt", "tele"}
    whole = said.split(b"\n")[1:-1]
    assert all(json.loads(text)["device"].startswith("gate-") for text in whole if text)
