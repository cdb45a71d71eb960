"""The engine: events and the time in, effects and the next wake-up out."""
