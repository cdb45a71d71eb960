"""How messages reach the gateway: MQTT, serial lines, an in-process broker for the demo."""
