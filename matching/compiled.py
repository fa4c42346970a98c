"""The one decorator of the compiled functions: integers only, no fast math, cached on disk.

Where the cache lies is for the caller to say (NUMBA_CACHE_DIR); NUMBA_DISABLE_JIT runs the same
functions as plain Python, with the same results. The functions get all their arrays from outside
and make none: that allows to leave out the counting of references, which costs more than the work
itself where a board of some forty arrays goes through a small function.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def kernel(function: Function) -> Function:
    """Compile a function over arrays; it lets other threads run meanwhile."""
    compiled: Function = njit(**OPTIONS)(function)
    return compiled
