"""Rows of availability to the rules and times of `scheduling`."""

from typing import cast

from app.tables import AvailabilityRecurrence, AvailabilityRule
from app.volunteers.dossiers import Dossier
from scheduling import availability, phrases
from scheduling.recurrence import Recurrence


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


def recurrence(row: AvailabilityRecurrence) -> Recurrence:
    """The rule of a row with its time of the day."""
    return Recurrence(row.rule, row.first_day, row.start_minute, row.end_minute, row.soft)


def times(dossier: Dossier) -> availability.Times:
    """Everything a volunteer has said about when she can go."""
    return availability.Times(
        rules=tuple(rule(row) for row in dossier.rules),
        recurrences=tuple(recurrence(row) for row in dossier.recurrences),
        extras=tuple(
            availability.ExtraTime(row.day, row.start_minute, row.end_minute, row.soft)
            for row in dossier.extras
        ),
        absences=tuple(
            phrases.Absence(row.first_day, row.last_day, row.start_minute, row.end_minute)
            for row in dossier.absences
        ),
    )
