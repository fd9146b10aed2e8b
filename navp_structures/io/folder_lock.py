"""One writer at a time in a folder of phases."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from navp_structures.errors import InputFileError

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_NAME: Final = ".navp-add.lock"

WAIT: Final = 60.0
"""Seconds; writing a thousand pairs takes less."""

_PAUSE = 0.02
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
def locked(folder: Path, *, wait: float = WAIT) -> Iterator[bool]:
    """Keep other writers out of a folder; yield False where its file system has no locks.

    The operating system lets go of the lock when a process ends, however it ends. The file
    of the lock is removed, so that nothing is left in the folder.

    Parameters
    ----------
    wait
        Seconds to wait for another writer.

    Raises
    ------
    InputFileError
        When the folder cannot be written, or another writer takes too long.
    """
    file = folder / LOCK_NAME
    descriptor, alone = _opened(file, time.monotonic() + wait)
    try:
        yield alone
    finally:
        # Removed before it is let go: who waits for it sees that the name is gone. Windows
        # keeps an open file, which does no harm.
        with suppress(OSError):
            file.unlink()
        os.close(descriptor)


def _opened(file: Path, until: float) -> tuple[int, bool]:
    """Return an open file that is locked, and whether it could be."""
    while True:
        try:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(file, flags, 0o666)
        except OSError as error:
            reason = error.strerror or error
            raise InputFileError(f"cannot write into {file.parent}: {reason}") from None
        try:
            _take(descriptor)
        except OSError as error:
            if error.errno not in _BUSY:
                return descriptor, False
        except BaseException:
            os.close(descriptor)
            raise
        else:
            if _is_named(descriptor, file):
                return descriptor, True
        os.close(descriptor)
        if time.monotonic() > until:
            raise InputFileError(
                f"another 'navp add' is writing into {file.parent}; try again when it is done"
            )
        time.sleep(_PAUSE)


def _is_named(descriptor: int, file: Path) -> bool:
    """Whether the open file still has its name, which who held the lock may have removed."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.lstat())
    except OSError:
        return False
