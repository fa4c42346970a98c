"""The one decorator of the compiled functions: integers only, no fast math, cached on disk.

Where the cache lies is for the caller to say (NUMBA_CACHE_DIR); NUMBA_DISABLE_JIT runs the same
functions as plain Python, with the same results.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function over arrays; it lets other threads run meanwhile."""
    compiled: Function = njit(cache=True, nogil=True)(function)
    return compiled
