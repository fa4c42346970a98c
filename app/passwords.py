"""Passwords: argon2id, a bounded number of hashes at once."""

import threading
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.settings import get_settings

AT_ONCE = 2
"""One hash costs 64 MiB: more at once would let sign-ins exhaust the memory."""
_turns = threading.BoundedSemaphore(AT_ONCE)


@lru_cache
def _hasher() -> PasswordHash:
    memory = get_settings().password_memory_kib
    return PasswordHash((Argon2Hasher(memory_cost=memory, parallelism=1),))


@lru_cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """The hash that is stored."""
    with _turns:
        return _hasher().hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long when there is no account."""
    with _turns:
        fits = _hasher().verify(password, password_hash or _nobody())
    return fits and password_hash is not None
