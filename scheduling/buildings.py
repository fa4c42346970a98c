"""Whether two addresses are the same building."""

import re
import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BRACKETS = re.compile(r"\([^)]*\)")
_ORDINAL = re.compile(r"[0-9]+\s*\.\s*(?=[^\W0-9])")
_NUMBER = re.compile(r"[0-9]+(?:\s*[a-z](?![a-z]))?(?:\s*[-/\u2013]\s*[0-9]+)?")
_WORD_NUMBER = re.compile(r"\b(?:nr|hausnr|hausnummer|nummer)\b\.?")


def building_key(street: str, postal_code: str, town: str) -> str | None:
    """A key that is the same for one building, however its address is written.

    "Schulstr. 1", "Schulstraße 1" and "schulstrasse 1, Raum 5" are one building; "1" and "1a" are
    two. The town counts as well: villages of one postal code have streets of the same name.

    Parameters
    ----------
    street : str
        Street and house number.
    postal_code, town : str

    Returns
    -------
    str or None
        None without street or house number: then nobody can tell.
    """
    written = unicodedata.normalize("NFC", street).casefold().partition(",")[0]
    after = max((one.end() for one in _ORDINAL.finditer(written)), default=0)
    number = _NUMBER.search(written, after)
    road = _road(written[: number.start()]) if number else ""
    if number is None or not road:
        return None
    house = re.sub(r"\s", "", number[0]).replace("\u2013", "-")
    return f"{road} {house} {postal_code.strip()} {_folded(_BRACKETS.sub(' ', town))}"


def _road(written: str) -> str:
    plain = _folded(_WORD_NUMBER.sub(" ", written))
    return plain.replace("strasse", "str").replace("platz", "pl")


def _folded(text: str) -> str:
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if c.isalnum())
