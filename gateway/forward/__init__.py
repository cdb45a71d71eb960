"""Alerts to receiving centres: what is committed is told them, until they have confirmed it (docs/forwarding.md)."""
