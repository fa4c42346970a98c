"""Hours as people type them, and when two statements about them agree."""

import re

from allowance.money import round_half_up

DAY_MINUTES = 24 * 60
TOLERANCE_MINUTES = 10

_HOUR = r"(?:(?:h|std|stunden?|hours?)\.?)"
_MINUTE = r"(?:(?:min|minuten?|minutes?)\.?)"
_CLOCK = re.compile(rf"(\d{{1,2}}):(\d{{2}})\s*{_HOUR}?")
_DECIMAL = re.compile(rf"(\d{{1,2}})([.,])(\d{{1,2}})\s*{_HOUR}?")
_BOTH = re.compile(rf"(\d{{1,2}})\s*{_HOUR}(?:\s*(\d{{1,2}})\s*(?:{_MINUTE})?)?")
_MINUTES = re.compile(rf"(\d{{1,4}})\s*{_MINUTE}")
_BARE = re.compile(r"\d{1,4}")


def read_hours(text: str) -> int:
    """Minutes from `7,5`, `7:30`, `1,5 Std`, `1 Std 30 min`, `90 min` or `45`.

    A decimal number is hours. A whole number without a unit is minutes; up to 24 it could as
    well be hours and is refused, as is `7.30`, which could be 7:30 or 7.3 hours.

    Parameters
    ----------
    text : str
        What was typed.

    Returns
    -------
    int
        Minutes, more than 0 and less than 1440.

    Raises
    ------
    ValueError
        If the text is no duration, could mean two, or is not between 0 and 24 hours.
    """
    typed = text.strip().lower()
    if typed.startswith(("-", "−", "–")):
        raise ValueError(f"Hours must be more than 0, not {typed[:30]!r}.")
    minutes = _minutes(typed)
    if not 0 < minutes < DAY_MINUTES:
        raise ValueError(f"Hours must be more than 0 and less than 24, not {typed!r}.")
    return minutes


def agreed_minutes(reported: int, confirmed: int) -> int | None:
    """The minutes two statements agree on; None when a person must decide.

    Up to 10 minutes apart the lower value counts: `min(reported, confirmed)`. An institution that
    confirms 0 minutes says that nothing took place: always disputed.

    Parameters
    ----------
    reported, confirmed : int
        Minutes the volunteer reported and the institution confirmed.

    Raises
    ------
    ValueError
        If nothing was reported or a figure is negative.
    """
    if reported <= 0 or confirmed < 0:
        raise ValueError(f"Reported {reported} and confirmed {confirmed} minutes are no durations.")
    if confirmed == 0 or abs(reported - confirmed) > TOLERANCE_MINUTES:
        return None
    return min(reported, confirmed)


def _minutes(typed: str) -> int:
    """Minutes of a text without a sign."""
    if match := _CLOCK.fullmatch(typed):
        return _hours_and_minutes(int(match[1]), int(match[2]), typed)
    if match := _DECIMAL.fullmatch(typed):
        return _decimal_hours(match[1], match[2], match[3])
    if match := _BOTH.fullmatch(typed):
        return _hours_and_minutes(int(match[1]), int(match[2] or 0), typed)
    if match := _MINUTES.fullmatch(typed):
        return int(match[1])
    if _BARE.fullmatch(typed):
        return _bare_number(int(typed))
    raise ValueError(f"Cannot read hours from {typed[:30]!r}: write 7,5 or 7:30 or 90 min.")


def _hours_and_minutes(hours: int, minutes: int, typed: str) -> int:
    """Minutes of `7:30`; refuses `7:75`."""
    if minutes >= 60:
        raise ValueError(f"An hour has 60 minutes: {typed!r} is no duration.")
    return 60 * hours + minutes


def _decimal_hours(whole: str, mark: str, fraction: str) -> int:
    """Minutes of `7,5`; refuses `7.30`, which many write for 7:30."""
    if mark == "." and len(fraction) == 2 and int(fraction) < 60:
        typed = f"{whole}.{fraction}"
        raise ValueError(f"{typed!r} can be {whole}:{fraction} or a decimal: write one of them.")
    scale: int = 10 ** len(fraction)
    return round_half_up(60 * (int(whole) * scale + int(fraction)), scale)


def _bare_number(number: int) -> int:
    """Minutes of `45`; refuses `8`, which could be hours."""
    if 0 < number <= 24:
        raise ValueError(
            f"'{number}' can be hours or minutes: write '{number} h' or '{number} min'."
        )
    return number
