"""Spellings that mean the same name, or the same mailbox."""

import re
import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "oe", "æ": "ae"})
_SAINT = re.compile(r"\b(?:st|skt)\b\.?\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)")


def folded(text: str) -> str:
    """Letters and digits alone, in lower case: "Ausländer-Behörde" is "auslaenderbehoerde"."""
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if c.isalnum())


def same_name(text: str) -> str:
    """A key under which "Müller", "MUELLER" and "Mu\N{COMBINING DIAERESIS}ller" are one name."""
    return folded(text.casefold().translate(_LETTERS)) or text.strip()


def same_institution(name: str) -> str:
    """A key for an institution's name: case, umlauts, spaces, dashes, "St." make no difference."""
    return same_name(_SAINT.sub("sankt", name))


def same_town(name: str) -> str:
    """A key for a town: "Friedberg (Hessen)" is "Friedberg"."""
    return same_name(_BRACKETS.sub(" ", name))


def mailbox(address: str) -> str:
    """The box behind a mail address: `Ayla+kasse@example.org` is `ayla@example.org`."""
    name, at, domain = address.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}{at}{domain}"
