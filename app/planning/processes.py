"""Processes that never outlive the one that started them, whatever ends it."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1
_LIBRARY = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Let the system end this process when its parent is gone, killed or not.

    For the moment between fork and exec. A clean-up in the parent would be skipped when a signal
    ends it; where the system has no such call, a child ends when it is done.
    """
    control = getattr(_LIBRARY, "prctl", None)
    if control is not None:
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
