"""One device family a file; each ends with ``CODEC = ...`` and is found by devices.families."""
