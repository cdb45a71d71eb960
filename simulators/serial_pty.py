"""A serial line with no cable: a pseudo terminal whose far end the gateway opens by a link."""

import os
import pty
import tty
from pathlib import Path


class SerialPty:
    """Opened at once; ``link`` points to the end that a gateway opens."""

    def __init__(self, link: Path) -> None:
        self._ours, theirs = pty.openpty()
        tty.setraw(self._ours)
        os.set_blocking(self._ours, False)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(theirs))
        self._theirs = theirs
        self._link = link

    def write(self, data: bytes) -> None:
        """Send; what nobody reads is lost, as on a cable."""
        try:
            os.write(self._ours, data)
        except BlockingIOError:
            return

    def fileno(self) -> int:
        """Our end, for whoever also reads."""
        return self._ours

    def close(self) -> None:
        """Unplug."""
        self._link.unlink(missing_ok=True)
        os.close(self._ours)
        os.close(self._theirs)
