"""The yardstick: a consumer that subscribes with paho at QoS 1 and only counts.

``python -m benchmarks.bare_paho PORT COUNT``: prints ``ready``, then, after COUNT messages, one JSON line with its
CPU seconds from the first to the last and, for messages that carry ``sent_ns``, the delays in milliseconds.
"""

import json
import sys
import time
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion


def main(port: int, count: int, topic: str) -> None:
    client = Client(CallbackAPIVersion.VERSION2, client_id="bare-paho", clean_session=True)
    seen = 0
    cpu = 0.0
    delays: list[float] = []

    def on_message(_client: Client, _userdata: Any, message: MQTTMessage) -> None:
        nonlocal seen, cpu
        if not seen:
            cpu = time.process_time()
        seen += 1
        if b"sent_ns" in message.payload:
            delays.append((time.time_ns() - json.loads(message.payload)["sent_ns"]) / 1e6)
        if seen == count:
            print(
                json.dumps({"messages": seen, "cpu_seconds": time.process_time() - cpu, "delays_ms": delays}),
                flush=True,
            )
            client.disconnect()

    client.on_message = on_message
    client.on_connect = lambda *_: client.subscribe(topic, qos=1)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", port)
    client.loop_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "bare/+/readings")
