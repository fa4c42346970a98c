"""Passwords: argon2id, a bounded number of hashes at once."""

import threading
import unicodedata
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


def normal(password: str) -> str:
    """The same letters in one form, however a keyboard composes them (NFC)."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """The hash that is stored."""
    with _turns:
        return _hasher().hash(normal(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long when there is no account."""
    with _turns:
        fits = _hasher().verify(normal(password), password_hash or _nobody())
    return fits and password_hash is not None


def is_current(password_hash: str) -> bool:
    """Whether a hash was made with today's settings; if not it is made anew at the next sign-in."""
    return not _hasher().current_hasher.check_needs_rehash(password_hash)
