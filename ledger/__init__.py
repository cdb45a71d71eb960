"""What happened, provably. Pure."""
