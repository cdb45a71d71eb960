"""A gateway on a machine whose clock the test sets: the interpreter's own clock, ahead by what a file says."""

from pathlib import Path

_SHIM = """\
import os, time
_ahead, _real_ns, _real = {file!r}, time.time_ns, time.time
def _shift():
    with open(_ahead) as file:
        return int(file.read() or 0)
time.time_ns = lambda: _real_ns() + _shift() * 10**9
time.time = lambda: _real() + _shift()
"""


class MachineClock:
    """``env`` for a process; ``set_ahead`` sets its clock from the next look on."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ahead"
        self.set_ahead(0)
        (folder / "sitecustomize.py").write_text(_SHIM.format(file=str(self._file)))
        self.env = {"PYTHONPATH": str(folder)}

    def set_ahead(self, seconds: int) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._file)
