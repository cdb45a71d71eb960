"""The socket in the data folder, through which programs of this machine reach the API: who is at its other end.

Nobody can connect before it listens, and by then only those may who are meant: the owner, or with ``shared`` the
folder's group as well, which may then pass through the folder and list nothing in it.
"""

import os
import pwd
import socket
import stat
import struct
from pathlib import Path

from api.machine_users import Peer

NAME = "gateway.sock"
_GROUP_PASSES = 0o010
_CREDENTIALS = struct.Struct("3i")


def open_door(folder: Path, *, shared: bool) -> socket.socket:
    """Bound, and not listening yet. Raises OSError."""
    path = folder / NAME
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    try:
        door.bind(_short(path))
        path.chmod(0o600)
        if shared:
            here = folder.stat()
            os.chown(path, -1, here.st_gid)
            path.chmod(0o660)
            folder.chmod(stat.S_IMODE(here.st_mode) | _GROUP_PASSES)
    except BaseException:
        door.close()
        raise
    return door


def close_door(folder: Path) -> None:
    """Take it away."""
    (folder / NAME).unlink(missing_ok=True)


def peer_at(end: socket.socket | None) -> Peer | None:
    """The user at the other end of a Unix socket, as the kernel knows it; None for any other."""
    if end is None or end.family != socket.AF_UNIX:
        return None
    _, uid, _ = _CREDENTIALS.unpack(end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    try:
        return Peer(uid, pwd.getpwuid(uid).pw_name)
    except KeyError:
        return Peer(uid, str(uid))


def _short(path: Path) -> str:
    """The shorter way to it: the name of a socket has 107 characters at most."""
    return min(str(path.absolute()), os.path.relpath(path), key=len)
