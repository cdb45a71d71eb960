"""One reason not to shout in each file; alerts/suppression/stage_finder.py finds them, in the order of their places."""
