"""What may be earned beside a benefit: a month's or a year's view, only for who wishes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Exemption:
    """An amount that leaves a benefit as it is, in a calendar month or a calendar year."""

    key: str
    title_de: str
    title_en: str
    per: str
    cents: int
    source: str
    status: str


EXEMPTIONS = (
    Exemption(
        "asylblg",
        "Asylbewerberleistungen (§ 7 AsylbLG)",
        "asylum seekers' benefits",
        "month",
        25_000,
        "haufe.de, AsylbLG § 7, read 2026-11",
        "verified",
    ),
    Exemption(
        "sgb2",
        "Bürgergeld (SGB II)",
        "basic income support",
        "year",
        300_000,
        "SGB II § 11b, first day of the figure not confirmed, read 2026-11",
        "unverified",
    ),
    Exemption(
        "alg1",
        "Arbeitslosengeld (SGB III)",
        "unemployment benefit",
        "month",
        25_000,
        "haufe.de, SGB III § 138, read 2026-11",
        "verified",
    ),
)


@dataclass(frozen=True)
class Part:
    """What came in within a month or a year, and how much of it is above the exempt amount."""

    first_day: date
    received_cents: int
    exempt_cents: int

    @property
    def above_cents(self) -> int:
        """What is more than the exempt amount."""
        return max(0, self.received_cents - self.exempt_cents)


def exemption(key: str) -> Exemption:
    """The exempt amount of a benefit.

    Raises
    ------
    ValueError
        If the benefit is unknown.
    """
    for one in EXEMPTIONS:
        if one.key == key:
            return one
    raise ValueError(f"No exempt amount is known for {key!r}.")


def view(key: str, payments: Mapping[date, int]) -> list[Part]:
    """What was received beside a benefit, by its months or years, in order.

    Parameters
    ----------
    key : str
        `asylblg`, `sgb2` or `alg1`.
    payments : mapping of date to int
        Cents by the day on which they arrived; a counter-booking is negative.

    Raises
    ------
    ValueError
        If the benefit is unknown.
    """
    rule = exemption(key)
    sums: dict[date, int] = {}
    for day, cents in payments.items():
        first = date(day.year, day.month if rule.per == "month" else 1, 1)
        sums[first] = sums.get(first, 0) + cents
    return [Part(first, sums[first], rule.cents) for first in sorted(sums)]
