"""How long what is kept."""

from datetime import date, timedelta

from app.settings import get_settings
from app.tables import Sponsor

ACCOUNTING_YEARS = "accounting_years"
"""The member of a sponsor's settings that says for how many years it keeps its accounts."""
LONGEST = 30


def accounting_years(sponsor: Sponsor) -> int:
    """For how many years after the end of a year a sponsor keeps its accounts."""
    own = sponsor.settings.get(ACCOUNTING_YEARS)
    if isinstance(own, int) and 1 <= own <= LONGEST:
        return own
    return get_settings().accounting_years


def accounting_cutoff(sponsor: Sponsor, today: date) -> date:
    """The first month whose accounts are still kept: what is older may go."""
    return date(today.year - accounting_years(sponsor), 1, 1)


def days_ago(days: int, today: date) -> date:
    """What is older than this day has been kept long enough."""
    return today - timedelta(days=days)
