"""The sample site of ``keyarea demo``."""
