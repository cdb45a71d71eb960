"""What a broker still owes a client: whatever that has not acknowledged."""

import threading

from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.rim.processes import PATIENCE_S, Mosquitto, wait_until


def kept_for(client_id: str, broker: Mosquitto) -> set[str]:
    """The topics of what the broker still keeps for that client: what it has not acknowledged."""
    topics: set[str] = set()
    is_all = threading.Event()
    client = Mqtt(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True)
    client.on_message = lambda _client, _data, message: (
        is_all.set() if message.topic.endswith("/last") else topics.add(message.topic)
    )
    client.on_connect = lambda *_: (client.subscribe(f"{client_id}/last"), client.publish(f"{client_id}/last", b""))
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert is_all.wait(PATIENCE_S)
    wait_until(lambda: topics, "the broker repeats what was not acknowledged")
    client.loop_stop()
    client.disconnect()
    return topics
