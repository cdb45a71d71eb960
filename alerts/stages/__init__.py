"""One reason not to shout in each file; alerts/asides.py names them in their order."""
