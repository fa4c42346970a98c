"""Secrets that are shown once and kept as a hash."""

import hashlib
import secrets

BEARER_PREFIX = "lw_"


def new_token() -> str:
    """A fresh secret of 256 bits, safe in addresses and headers."""
    return BEARER_PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a secret. Its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
