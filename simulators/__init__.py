"""An outside world: fires, people, doors and the devices that see them. Shares no code with the gateway."""
