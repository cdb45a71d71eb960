"""Sparkplug nodes that are born again and again: long messages of which each is work, from a sender like any other."""

import time

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.flood import Target
from simulators.sparkplug_node import DOUBLE, Node, Tag

WHAT = "6,000 Sparkplug births of 1.6 KB, as fast as the broker takes them"
FAMILIES = ("keyarea", "sparkplug")
_NODES, _BIRTHS, _TAGS = 60, 100, 38


def run(target: Target) -> None:
    tags = [Tag(f"Pump {number}/Bearing temperature", DOUBLE, float(number), "Cel") for number in range(_TAGS)]
    births = [Node("plant", f"edge{number}", tags).birth(time.time_ns() // 1_000_000)[0] for number in range(_NODES)]
    client = Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(0)  # as many as there are
    client.connect("127.0.0.1", target.broker)
    client.loop_start()
    sent = [client.publish(topic, payload, qos=1) for _ in range(_BIRTHS) for topic, payload in births]
    for one in sent:
        one.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()
