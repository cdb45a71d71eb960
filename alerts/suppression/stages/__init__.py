"""One reason not to shout in each file; alerts/suppression/suppressor.py names them in their order."""
