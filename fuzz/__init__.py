"""Feeds every decoder with hostile input, millions of them: ``make fuzz``. Finds the decoders by itself.

``mix.py`` makes hostile input of what was recorded of each family (tests/devices/codecs), ``sums.py`` puts sums right
so that what lies behind them is reached, ``target.py`` lets a decoder take it and looks for what must not be,
``worker.py`` does that under atheris, guided by coverage, in a process of its own; ``__main__.py`` starts those.
"""
