"""Telephone numbers as people write them, in the form a gateway reads."""

import re

_SPACES = re.compile(r"[\s()./\-–\u2010\u2011\u00a0]+")
_TRUNK = re.compile(r"\(\s*0\s*\)")
_MOBILE = re.compile(r"^\+491(5|6|7)\d{7,9}$")
LONGEST = 15


def e164(written: str) -> str:
    """`+491701234567` for "0170 / 123 45 67" or "+49 (0)170 1234567"; empty when it is none.

    A number without a country is German.

    References
    ----------
    ITU-T E.164 (at most 15 digits).
    """
    text = _SPACES.sub("", _TRUNK.sub("", written.strip()))
    if text.startswith("00"):
        text = "+" + text[2:]
    elif text.startswith("0"):
        text = "+49" + text[1:]
    digits = text[1:]
    if not text.startswith("+") or not (digits.isascii() and digits.isdigit()):
        return ""
    if text.startswith("+490"):
        text = "+49" + text[4:]
    return text if 8 <= len(text) - 1 <= LONGEST and text[1] != "0" else ""


def takes_sms(number: str) -> bool:
    """Whether a number in E.164 form is likely a mobile one; of foreign ones that is not known.

    References
    ----------
    Bundesnetzagentur, Nummernplan Rufnummern für Mobilfunkdienste: (0)15, (0)16, (0)17.
    """
    return bool(_MOBILE.match(number)) or (number != "" and not number.startswith("+49"))


def masked(number: str) -> str:
    """The last two digits of a number."""
    return f"…{number[-2:]}" if len(number) > 4 else "…"
