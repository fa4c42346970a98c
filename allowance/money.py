"""Cents: rounding in one place, and how an amount is written."""


def round_half_up(numerator: int, denominator: int) -> int:
    """The fraction as a whole number; a half goes away from zero, so a counter-booking mirrors.

    Parameters
    ----------
    numerator, denominator : int
        The fraction; the denominator is positive.

    Raises
    ------
    ValueError
        If the denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError(f"A fraction needs a positive denominator, not {denominator}.")
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def is_english(locale: str) -> bool:
    """Whether texts are English; every other locale reads German."""
    return locale.lower().startswith("en")


def euro(cents: int, locale: str = "de") -> str:
    """An amount as people write it: `1.380,00 EUR`, in English `1,380.00 EUR`.

    Parameters
    ----------
    cents : int
        Integer cents; a counter-booking is negative.
    locale : str
        `de` or `en`.
    """
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    if is_english(locale):
        return f"{sign}{whole:,}.{rest:02d} EUR"
    grouped = f"{whole:,}".replace(",", ".")
    return f"{sign}{grouped},{rest:02d} EUR"
