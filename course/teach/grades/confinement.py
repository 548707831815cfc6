"""Shut a process in: it and all that it starts write into one folder, and signal no process outside.

Linux has this since 5.13, for processes without any privilege (Landlock,
https://docs.kernel.org/userspace-api/landlock.html). Elsewhere nothing is shut, and `shut_in` says so. What
stays open everywhere: reading what the user may read, and the network.
"""

import ctypes
import os
import sys
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
NO_NEW_PRIVILEGES = 38
VERSION = 1
BENEATH_A_PATH = 1

WRITE_FILE = 1 << 1
CHANGES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # to remove and to make entries of every kind
RENAME_ACROSS = 1 << 13  # from version 2
TRUNCATE = 1 << 14  # from version 3
SIGNALS_AND_SOCKETS = 0b11  # from version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The version of Landlock that this system has; 0 where it has none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_libc().syscall(CREATE_RULESET, None, 0, VERSION)))


def shut_in(folder: Path) -> bool:
    """Let this process and its children write in `folder`, to /dev/null, and nowhere else.

    Files that are open already stay open. There is no way back.

    Returns:
        Whether it is so. Where it is not, only the checkpoint's own limits hold.
    """
    known = version()
    if known == 0:
        return False
    changes = CHANGES | (RENAME_ACROSS if known >= 2 else 0) | (TRUNCATE if known >= 3 else 0)
    rules = _Ruleset(changes, 0, SIGNALS_AND_SOCKETS if known >= 6 else 0)
    size = 8 if known < 4 else 16 if known < 6 else 24
    libc = _libc()
    handle = libc.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0)
    if handle < 0:
        return False
    try:
        _allow(libc, handle, folder, changes)
        _allow(libc, handle, Path(os.devnull), changes & (WRITE_FILE | TRUNCATE))
        done = libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
        return done and int(libc.syscall(RESTRICT_SELF, handle, 0)) == 0
    finally:
        os.close(handle)


def _allow(libc: ctypes.CDLL, handle: int, path: Path, rights: int) -> None:
    opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_WRONLY)
    try:
        rule = _Beneath(rights, opened)
        if libc.syscall(ADD_RULE, handle, BENEATH_A_PATH, ctypes.byref(rule), 0) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock did not take a rule for {path}")
    finally:
        os.close(opened)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
