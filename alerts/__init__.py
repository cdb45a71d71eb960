"""What must hold in a key area, and what happens when it does not. Pure."""
