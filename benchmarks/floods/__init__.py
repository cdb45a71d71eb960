"""The floods of ``make flood``, one a file: add a file, and it is run (benchmarks/flood.py says what it holds)."""
