"""What devices are and what they said. Pure: imports nothing that waits, and nothing of ours."""
