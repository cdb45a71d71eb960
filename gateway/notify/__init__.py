"""Telling people outside of the control room: what is due goes out on its channel, and is tried again."""
