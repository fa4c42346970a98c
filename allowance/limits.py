"""Tax-free amounts by year, and which year a payment belongs to."""

from dataclasses import dataclass
from datetime import date

_SOURCE = "steuergo.de and scheller-partner.de, read 2026-11"


@dataclass(frozen=True)
class TaxLimit:
    """A yearly amount free of tax, from the first to the last year, both inclusive."""

    key: str
    title_de: str
    title_en: str
    first_year: int
    last_year: int | None
    amount_cents: int
    source: str = _SOURCE
    status: str = "verified"

    def holds_in(self, year: int) -> bool:
        """Whether the amount is valid in `year`."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


_VOLUNTEER = ("26a", "Ehrenamtspauschale (§ 3 Nr. 26a EStG)", "volunteer allowance")
_TRAINER = ("26", "Übungsleiterpauschale (§ 3 Nr. 26 EStG)", "trainer allowance")

TAX_LIMITS = (
    TaxLimit(*_VOLUNTEER, 2013, 2020, 72_000),
    TaxLimit(*_VOLUNTEER, 2021, 2025, 84_000),
    TaxLimit(*_VOLUNTEER, 2026, None, 96_000),
    TaxLimit(*_TRAINER, 2013, 2020, 240_000),
    TaxLimit(*_TRAINER, 2021, 2025, 300_000),
    TaxLimit(*_TRAINER, 2026, None, 330_000),
)


def grant_year(day: date) -> int:
    """The year whose grant pays: that of the assignment's local date."""
    return day.year


def tax_year(paid_on: date) -> int:
    """The year that taxes: that of the payment.

    References
    ----------
    § 11 Abs. 1 EStG.
    """
    return paid_on.year


def payment_year(day: date) -> int:
    """The year that will probably tax work of a day: claims of a month are paid in the next one.

    Parameters
    ----------
    day : date
        Local date of the work.
    """
    return day.year + day.month // 12


def tax_limit(limit: str, year: int) -> int:
    """The tax-free amount of a year.

    Parameters
    ----------
    limit : str
        `26a` (Ehrenamtspauschale) or `26` (Übungsleiterpauschale).
    year : int
        Tax year, from 2013.

    Returns
    -------
    int
        Cents.

    Raises
    ------
    ValueError
        If the limit is unknown or has no figure for that year.

    References
    ----------
    § 3 Nr. 26 and Nr. 26a EStG.
    """
    for entry in TAX_LIMITS:
        if entry.key == limit and entry.holds_in(year):
            return entry.amount_cents
    raise ValueError(f"No tax limit {limit!r} is known for {year}.")


def headroom(limit: str, year: int, paid_cents: int) -> int:
    """What may still be paid free of tax in a year.

    Parameters
    ----------
    limit : str
        `26a` or `26`.
    year : int
        Tax year: that of the payment.
    paid_cents : int
        Paid in that year so far, declared income from elsewhere included. A negative sum after
        counter-bookings counts as nothing paid.

    Returns
    -------
    int
        Cents, at least 0 and at most the limit.

    Raises
    ------
    ValueError
        As `tax_limit`.
    """
    return max(0, tax_limit(limit, year) - max(0, paid_cents))
