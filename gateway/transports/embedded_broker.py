"""A broker inside the process, for the demo only.

amqtt acknowledges what it may then lose when a publisher leaves at once (measured: of 20,000 QoS 1 messages 261 were
delivered), so it must never stand between a sensor and an alarm. In service the broker is Mosquitto (deploy/).
"""

import asyncio

from amqtt.broker import Broker


async def run(port: int) -> None:
    """Serve MQTT on the loopback port until cancelled."""
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    try:
        await asyncio.Event().wait()
    finally:
        await broker.shutdown()
