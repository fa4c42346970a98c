"""Rows of availability to the rules and windows of `scheduling`."""

from typing import cast

from app.tables import AvailabilityRule
from scheduling import availability, phrases


def weekly_window(row: AvailabilityRule) -> phrases.WeeklyWindow:
    """The window of a row."""
    return phrases.WeeklyWindow(
        weekday=row.weekday,
        start_minute=row.start_minute,
        end_minute=row.end_minute,
        soft=row.soft,
        every_weeks=row.every_weeks,
        season=cast(phrases.Season, row.season),
        parity=cast(phrases.Parity, row.parity),
    )


def rule(row: AvailabilityRule) -> availability.Rule:
    """The window of a row and the days on which it holds."""
    return availability.Rule(weekly_window(row), row.valid_from, row.valid_to, row.anchor_day)
