"""One kind of prevention rule a file; each ends with ``KIND = ...`` and is found by alerts.kinds."""
